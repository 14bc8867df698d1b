"""Excel workbooks, unpacked by us within limits: the library that reads the cells sees only what has been weighed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import load_workbook

from config.files.weighed import UnreadableError

MOST_PARTS = 1000
MOST_UNPACKED = 8 * 1024 * 1024
MOST_TAGS = 150_000
MOST_TAGS_BESIDE = 20_000
"""Tags of XML in all parts together, and in those without cells or texts; the time to read a workbook goes by them."""
WIDEST_ROW = 1024
"""Blank cells included, which some programs write far to the right."""
_CELLS_AND_TEXTS = ("xl/worksheets/", "xl/sharedstrings")
_CHUNK = 64 * 1024
_NOT_A_WORKBOOK = "is not an Excel workbook, or is protected by a password"
# A declaration of types may hold entities, which unfold; in UTF-16 every second byte is 0. No workbook has one.
_DECLARATIONS = (b"<!D", b"<!E", b"<\0!\0D", b"<\0!\0E")


def workbook_rows(data: bytes, most_rows: int) -> Iterator[Sequence[object]]:
    """Yield the cells of each row of the first sheet, blank rows too.

    Macros are never run; a workbook that has some is refused all the same.
    Raises ``UnreadableError`` for what is no workbook, has no sheet of cells, or is too large.
    """
    packed = _packed_anew(_parts(data))
    rows = _rows(packed)
    for number, row in enumerate(rows, start=1):
        if number > most_rows:
            raise UnreadableError(f"has more than {most_rows} rows, blank ones included; delete those below the list")
        if len(row) > WIDEST_ROW:
            raise UnreadableError(f"is wider than {WIDEST_ROW} columns", number)
        filled = max((column for column, cell in enumerate(row, start=1) if cell is not None), default=0)
        yield row[:filled]


def _parts(data: bytes) -> dict[str, bytes]:
    """Unpack what is XML; pictures and the like are left packed."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = _weighed(archive.infolist())
            left, parts = MOST_UNPACKED, dict[str, bytes]()
            for entry in entries:
                parts[entry.filename] = _part(archive, entry, left)
                left -= len(parts[entry.filename])
    except UnreadableError:
        raise
    except Exception as error:  # zipfile lets through what zlib, struct and its own parts raise.
        raise UnreadableError(_NOT_A_WORKBOOK) from error
    if any(b"macroEnabled" in part for name, part in parts.items() if name.lower() == "[content_types].xml"):
        raise _has_macros()
    tags = {name: part.count(b"<") for name, part in parts.items()}
    beside = sum(number for name, number in tags.items() if not name.lower().startswith(_CELLS_AND_TEXTS))
    if sum(tags.values()) > MOST_TAGS or beside > MOST_TAGS_BESIDE:
        raise UnreadableError("holds too much for a list of people; copy the list alone into a new workbook")
    if any(mark in part for part in parts.values() for mark in _DECLARATIONS):
        raise UnreadableError(_NOT_A_WORKBOOK)
    return parts


def _weighed(entries: Sequence[ZipInfo]) -> list[ZipInfo]:
    """Return the entries to unpack, by what the archive says of itself."""
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise _has_macros()
    wanted = [entry for entry in entries if entry.filename.lower().endswith((".xml", ".rels"))]
    if any(entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for entry in wanted):
        raise UnreadableError(_NOT_A_WORKBOOK)
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in wanted) > MOST_UNPACKED:
        raise _too_large()
    return wanted


def _part(archive: ZipFile, entry: ZipInfo, left: int) -> bytes:
    """Unpack one entry, at most ``left`` bytes whatever the archive says of its size."""
    found = bytearray()
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            found += chunk
            if len(found) > left:
                raise _too_large()
    return bytes(found)


def _packed_anew(parts: dict[str, bytes]) -> BytesIO:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(ZipInfo(name), part)
    return packed


def _rows(packed: BytesIO) -> Iterator[Sequence[object]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about formats and lists of choices, which hold no data
        try:
            workbook = load_workbook(packed, read_only=True, data_only=True, keep_links=False)
            sheets = workbook.worksheets
        except Exception as error:  # openpyxl lets through whatever a strange part makes it stumble over.
            raise UnreadableError(_NOT_A_WORKBOOK) from error
    if not sheets:
        raise UnreadableError("has no sheet with cells")
    try:
        sheets[0].reset_dimensions()  # some programs write wrong ones
        yield from sheets[0].iter_rows(values_only=True)
    except Exception as error:
        raise UnreadableError(_NOT_A_WORKBOOK) from error


def _has_macros() -> UnreadableError:
    return UnreadableError("holds macros; save it as an Excel workbook (.xlsx) without them")


def _too_large() -> UnreadableError:
    return UnreadableError(f"unpacks to more than {MOST_UNPACKED // 1024 // 1024} MB, and no list of people does")
