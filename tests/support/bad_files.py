"""Lists of people and workbooks that are broken, huge or not what they seem, made where a test wants them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

from openpyxl import Workbook
from openpyxl.chart import BarChart

from tests.support.list_form import COLUMNS

ROW = ("1", "Søren Å", "soeren@a.example.org", "aalborg", "Nord", "LL", "Inge Ø", "inge@a.example.org", "Chef")
HEADER = ";".join(COLUMNS)
GOOD_ROW = ";".join(ROW)
SHEET = "xl/worksheets/sheet1.xml"
_SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def row(**changes: str) -> str:
    """A good row of a list as CSV; ``changes`` by column, with _ for blank and hyphen."""
    cells = dict(zip(COLUMNS, ROW, strict=True))
    known = {column.replace(" ", "_").replace("-", "_"): column for column in COLUMNS}
    cells |= {known[name]: value for name, value in changes.items()}
    return ";".join(cells.values())


def listed(*rows: str) -> bytes:
    """A list as CSV with these rows."""
    return "\r\n".join([HEADER, *rows]).encode()


def workbook(path: Path, **changes: Any) -> Path:
    """A good list as a workbook; ``changes`` are values of the row's cells by their letter (``B=...``)."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(COLUMNS))
    sheet.append(list(ROW))
    for letter, value in changes.items():
        sheet[f"{letter}2"] = value
    book.save(path)
    return path


def with_parts(path: Path, parts: Mapping[str, bytes | str | None], pack: int = ZIP_DEFLATED) -> Path:
    """Give a workbook other parts; ``None`` takes one out."""
    with ZipFile(path) as archive:
        all_parts: dict[str, bytes | str | None] = {name: archive.read(name) for name in archive.namelist()}
    all_parts.update(parts)
    with ZipFile(path, "w", pack) as archive:
        for name, part in all_parts.items():
            if part is not None:
                archive.writestr(name, part)
    return path


def with_sheet(path: Path, rows: str) -> Path:
    """Give a workbook other rows, written in XML."""
    return with_parts(workbook(path), {SHEET: f"<worksheet {_SPACE}><sheetData>{rows}</sheetData></worksheet>"})


def without_sheets(path: Path) -> Path:
    return with_parts(workbook(path), {"xl/workbook.xml": f"<workbook {_SPACE}><sheets/></workbook>"})


def only_a_chart(path: Path) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    book.create_chartsheet("Diagram").add_chart(BarChart())
    book.save(path)
    return path


def bzipped(path: Path) -> Path:
    """Packed in a way that Excel does not read, and that unpacks without bounds."""
    return with_parts(workbook(path), {}, ZIP_BZIP2)


def patched(path: Path, name: str, offset: int, value: bytes) -> Path:
    """Overwrite bytes of a part's entry in the archive's directory, and the same in its own header."""
    data = bytearray(path.read_bytes())
    for mark, at, length in ((b"PK\x01\x02", offset, 46), (b"PK\x03\x04", offset - 2, 30)):
        start = data.find(mark)
        while start >= 0:
            if data[start + length : start + length + len(name)] == name.encode():
                data[start + at : start + at + len(value)] = value
                break
            start = data.find(mark, start + 4)
    path.write_bytes(data)
    return path


def encrypted_part(path: Path) -> Path:
    return patched(workbook(path), SHEET, 8, b"\x01\x00")


def unknown_packing(path: Path) -> Path:
    return patched(workbook(path), SHEET, 10, struct.pack("<H", 77))


def damaged(path: Path) -> Path:
    """Bytes in the middle of a packed sheet are others."""
    with ZipFile(workbook(path)) as archive:
        entry = archive.getinfo(SHEET)
    start = entry.header_offset + 30 + len(SHEET)
    data = bytearray(path.read_bytes())
    data[start : start + 12] = b"\xff" * 12
    path.write_bytes(data)
    return path


def cut_off(path: Path) -> Path:
    path.write_bytes(workbook(path).read_bytes()[:-200])
    return path


def zip_bomb(path: Path, megabytes: int, *, lying: bool = False) -> Path:
    """A sheet that unpacks to so many megabytes of blanks; ``lying``: the archive says it is 100 bytes."""
    blanks, packer, check = b" " * 1024 * 1024, zlib.compressobj(9, zlib.DEFLATED, -15), 0
    once = packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(megabytes):
        check = zlib.crc32(blanks, check)
    with_parts(workbook(path), {SHEET: once * megabytes + packer.flush()}, ZIP_STORED)
    patched(path, SHEET, 10, struct.pack("<H", ZIP_DEFLATED))
    patched(path, SHEET, 16, struct.pack("<I", check))
    return patched(path, SHEET, 24, struct.pack("<I", 100 if lying else megabytes * len(blanks)))


def with_macros(path: Path, *, named: bool = True, typed: bool = True) -> Path:
    """A workbook as Excel saves one with macros: ``named`` by its part, ``typed`` by the archive's list of types."""
    with ZipFile(workbook(path)) as archive:
        types = archive.read("[Content_Types].xml").decode()
    plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert plain in types
    parts: dict[str, bytes | str | None] = {}
    if typed:
        parts["[Content_Types].xml"] = types.replace(plain, "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    if named:
        parts["xl/vbaProject.bin"] = compound_file("VBA", "PROJECT")
    return with_parts(path, parts)


def compound_file(*names: str) -> bytes:
    """A compound file (MS-CFB), as macros and protected workbooks are kept: header, sector table, directory."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    sectors = struct.pack("<128I", table, end, *[free] * 126)
    entries = b""
    for number, name in enumerate(("Root Entry", *names)):
        written = f"{name}\0".encode("utf-16-le")
        kind, child = (5, 1) if number == 0 else (1, free)
        entries += written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written), kind, 1, free, free, child)
        entries += bytes(36) + struct.pack("<IQ", end, 0)
    return header + sectors + entries.ljust(512, b"\0")


def protected(path: Path) -> Path:
    """A workbook behind a password is a compound file and no archive."""
    path.write_bytes(compound_file("EncryptionInfo", "EncryptedPackage"))
    return path
