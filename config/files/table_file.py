"""Tables as people keep them, .csv or .xlsx: rows by column, and every problem named by row and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.errors import DefinitionError, Problem, first_faults
from config.files.weighed import UnreadableError, read_weighed
from config.files.workbook import workbook_rows
from config.plain_text import quoted

MOST_BYTES = {".csv": 1024 * 1024, ".xlsx": 5 * 1024 * 1024}
MOST_ROWS = 2000
MOST_COLUMNS = 50
LONGEST_CELL = 2000
_SHOWN = 40
_BLANKS = re.compile(r"[^\S\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")
_WESTERN = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŠšŽžŸ€§°´½’–\u00a0")
_ALL_ACCENTS = re.compile("[À-ÖØ-öø-ÿ]{4}")


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
            raise DefinitionError(first_faults(sorted(self.problems, key=lambda problem: problem.line or 0)))

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

    Raises ``DefinitionError`` when the file cannot be read, is too large, or lacks a required column.
    """
    try:
        rows = list(_rows(path))
    except UnreadableError as error:
        raise findings.refuse(error.what, error.row) from error
    if not rows:
        raise findings.refuse("is empty")
    (header_row, header), *body = rows
    names = [name.lower() for name in header]
    for column in (*required, *optional):
        if names.count(column) > 1:
            findings.add(header_row, column, "this column is there twice")
    there = ", ".join(name[:_SHOWN] for name in header if name)
    for column in required:
        if column not in names:
            findings.add(header_row, column, f"this column is missing; there are {there}")
    findings.raise_any()
    return [Cells(number, _by_column(number, names, texts, findings)) for number, texts in body]


def _by_column(row: int, names: Sequence[str], texts: Sequence[str], findings: Findings) -> dict[str, str]:
    for column, text in enumerate(texts):
        if text and not (column < len(names) and names[column]):
            findings.add(row, "", f"{quoted(text)} stands below no heading; is there a separator too many?")
    return dict(zip(names, texts, strict=False))


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Row number and trimmed texts of every row that is not blank."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise UnreadableError("is neither .csv nor .xlsx; save the list as one of them")
    raw = read_weighed(path, MOST_BYTES[suffix])
    rows = _csv_rows(raw) if suffix == ".csv" else enumerate(workbook_rows(raw, MOST_ROWS), start=1)
    for number, cells in rows:
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise UnreadableError(f"has more than {MOST_COLUMNS} columns", number)
        if any(len(text) > LONGEST_CELL for text in texts):
            raise UnreadableError(f"has a cell of more than {LONGEST_CELL} characters", number)
        if texts:
            yield number, texts


def _csv_rows(raw: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    text = _decoded(raw)
    header = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(";,", key=header.count), strict=True)
    start = 1
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise UnreadableError(f"has more than {MOST_ROWS} rows, blank ones included", start)
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(f"cannot be read from here on: {error}", start) from error


def _decoded(raw: bytes) -> str:
    """Return the text of a file in UTF-8, or in Windows-1252 as Danish Excel writes "CSV".

    Any bytes can be read as Windows-1252; signs that no list of people holds, and words that are all accented
    letters, tell most other encodings (Shift-JIS, GBK, Cyrillic, DOS, UTF-8 cut in half) from it.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
        foreign = any(character > "\x7f" and character not in _WESTERN for character in text)
        if foreign or _ALL_ACCENTS.search(text):
            text = "\0"
    if "\0" in text or "\ufffd" in text:
        raise UnreadableError("is neither UTF-8 nor Windows-1252 text; save it as 'CSV UTF-8'")
    return text


def _text(cell: object) -> str:
    """Return a cell as text, runs of blanks and line breaks as one blank; other control characters are left in."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else _BLANKS.sub(" ", str(cell)).strip(" ")
