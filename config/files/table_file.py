"""Tables as people keep them, .csv or .xlsx: rows by column, and every problem named by row and column."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from config.errors import DefinitionError, Problem


@dataclass
class Findings:
    """The problems found in one file so far, by row and column."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: int | None, column: str, what: str) -> None:
        """Note a problem; ``row`` is counted from 1, ``None`` for the whole file."""
        self.problems.append(Problem(self.file, row, column, what))

    def raise_any(self) -> None:
        """Raise ``DefinitionError`` with all problems, in the order of the rows, if there are any."""
        if self.problems:
            raise DefinitionError(sorted(self.problems, key=lambda problem: problem.line or 0))

    def refuse(self, what: str, row: int | None = None) -> DefinitionError:
        """Return the error for a file that cannot be read any further."""
        self.add(row, "", what)
        return DefinitionError(self.problems)


@dataclass(frozen=True)
class Cells:
    """The texts of one row by column; ``row`` is where it stands, from 1. A column that is not there is blank."""

    row: int
    texts: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.texts.get(column, "")


def read_table(path: Path, required: Sequence[str], optional: Sequence[str], findings: Findings) -> list[Cells]:
    """Read the first sheet below its header, without blank rows; columns are named in lower case.

    Raises ``DefinitionError`` when the file cannot be read or lacks a required column.
    """
    rows = list(_rows(path, findings))
    if not rows:
        raise findings.refuse("is empty")
    (header_row, header), *body = rows
    names = [name.lower() for name in header]
    for column in (*required, *optional):
        if names.count(column) > 1:
            findings.add(header_row, column, "this column is there twice")
    for column in required:
        if column not in names:
            findings.add(header_row, column, f"this column is missing; there are {', '.join(filter(None, header))}")
    findings.raise_any()
    return [Cells(number, dict(zip(names, texts, strict=False))) for number, texts in body]


def _rows(path: Path, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Row number and trimmed texts of every row that is not blank."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise findings.refuse("is neither .csv nor .xlsx; save the list as one of them")
    rows = _csv_rows(path, findings) if suffix == ".csv" else _xlsx_rows(path, findings)
    for number, cells in rows:
        texts = [_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def _csv_rows(path: Path, findings: Findings) -> Iterator[tuple[int, Sequence[object]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")  # as Danish Excel writes "CSV"
    if "\0" in text or "\ufffd" in text:
        raise findings.refuse("is neither UTF-8 nor Windows-1252 text; save it as 'CSV UTF-8'")
    header = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(";,", key=header.count), strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise findings.refuse(f"cannot be read from here on: {error}", start) from error


def _xlsx_rows(path: Path, findings: Findings) -> Iterator[tuple[int, Sequence[object]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about formats and lists of choices, which hold no data
        try:
            workbook = load_workbook(path, read_only=True, data_only=True)
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()  # some programs write wrong ones
            rows = list(sheet.iter_rows(values_only=True))
            workbook.close()
        except (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError) as error:
            raise findings.refuse("is not an Excel workbook, or is protected by a password") from error
    yield from enumerate(rows, start=1)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else " ".join(str(cell).split())
