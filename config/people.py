"""The people of a cohort: talents and their nearest leaders, read from .csv or .xlsx (R1, R2).

One row a talent. All problems of a file are reported at once, each with its row and column, so that whoever keeps
the list can mend it in one go.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from email_validator import EmailNotValidError, validate_email
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from config.errors import DefinitionError, FileMissingError, Problem
from config.yaml_source import did_you_mean

Level = Literal["leader_of_leaders", "leader_of_employees"]

NUMBER, NAME, EMAIL = "nr", "navn", "e-mail"
ORGANISATION, UNIT, LEVEL = "organisation", "enhed", "niveau"
LEADER_NAME, LEADER_EMAIL, LEADER_TITLE = "leder navn", "leder e-mail", "leder titel"
REQUIRED = (NUMBER, NAME, EMAIL, ORGANISATION, UNIT, LEVEL, LEADER_NAME, LEADER_EMAIL)
COLUMNS = (*REQUIRED, LEADER_TITLE)

LEVELS: dict[str, Level] = {
    "leder af ledere": "leader_of_leaders",
    "ll": "leader_of_leaders",
    "leder af medarbejdere": "leader_of_employees",
    "lm": "leader_of_employees",
}


@dataclass(frozen=True)
class PersonRow:
    """A person by name and lower-case mail address."""

    name: str
    email: str


@dataclass(frozen=True)
class TalentRow:
    """A talent and the nearest leader, who is the mentor (R2); ``row`` is where in the file they stand, from 1."""

    number: int
    name: str
    email: str
    organisation: str
    unit: str
    level: Level
    leader: PersonRow
    leader_title: str
    row: int


@dataclass(frozen=True)
class People:
    """The talents of one cohort, in the order of the file."""

    talents: tuple[TalentRow, ...]


def read_people(path: Path, organisations: Collection[str]) -> People:
    """Read the talents and leaders in ``path``; ``organisations`` are the ids that may occur.

    Raises ``FileMissingError``, and ``DefinitionError`` with every problem of the file.
    """
    if not path.is_file():
        raise FileMissingError(path, "list of people")
    findings = _Findings(str(path))
    talents = [_talent(cells, organisations, findings) for cells in _named(list(_rows(path, findings)), findings)]
    if not talents:
        findings.add(None, "", "has no talents")
    _numbers_are_unique(talents, findings)
    _addresses_are_personal(talents, findings)
    _leaders_lead_upward(talents, findings)
    findings.raise_any()
    return People(tuple(talents))


@dataclass
class _Findings:
    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: int | None, column: str, what: str) -> None:
        self.problems.append(Problem(self.file, row, column, what))

    def raise_any(self) -> None:
        if self.problems:
            raise DefinitionError(sorted(self.problems, key=lambda problem: problem.line or 0))

    def refuse(self, what: str, row: int | None = None) -> DefinitionError:
        """The error for a file that cannot be read any further."""
        self.add(row, "", what)
        return DefinitionError(self.problems)


@dataclass(frozen=True)
class _Cells:
    """One talent's texts by column."""

    row: int
    texts: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.texts.get(column, "")


def _rows(path: Path, findings: _Findings) -> Iterator[tuple[int, list[str]]]:
    """Row number and trimmed texts of every row that is not blank."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise findings.refuse("is neither .csv nor .xlsx; save the list as one of them")
    rows = _csv_rows(path, findings) if suffix == ".csv" else _xlsx_rows(path, findings)
    for number, cells in rows:
        texts = [_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def _csv_rows(path: Path, findings: _Findings) -> Iterator[tuple[int, Sequence[object]]]:
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


def _xlsx_rows(path: Path, findings: _Findings) -> Iterator[tuple[int, Sequence[object]]]:
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


def _named(rows: Sequence[tuple[int, list[str]]], findings: _Findings) -> list[_Cells]:
    """The rows below the header by column. Raises ``DefinitionError`` when a column is missing."""
    if not rows:
        raise findings.refuse("is empty")
    (header_row, header), *body = rows
    names = [name.lower() for name in header]
    for column in COLUMNS:
        if names.count(column) > 1:
            findings.add(header_row, column, "this column is there twice")
    for column in REQUIRED:
        if column not in names:
            findings.add(header_row, column, f"this column is missing; there are {', '.join(filter(None, header))}")
    findings.raise_any()
    return [_Cells(number, dict(zip(names, texts, strict=False))) for number, texts in body]


def _talent(cells: _Cells, organisations: Collection[str], findings: _Findings) -> TalentRow:
    """The talent of a row; what cannot be read is reported and left 0 or blank, so that the rest is checked too."""
    if cells[LEADER_NAME] or cells[LEADER_EMAIL]:
        leader = PersonRow(_filled(cells, LEADER_NAME, findings), _address(cells, LEADER_EMAIL, findings))
    else:
        findings.add(cells.row, LEADER_NAME, f"{cells[NAME] or 'this talent'} has no leader")
        leader = PersonRow("", "")
    return TalentRow(
        number=_number(cells, findings),
        name=_filled(cells, NAME, findings),
        email=_address(cells, EMAIL, findings),
        organisation=_organisation(cells, organisations, findings),
        unit=_filled(cells, UNIT, findings),
        level=_level(cells, findings),
        leader=leader,
        leader_title=cells[LEADER_TITLE],
        row=cells.row,
    )


def _filled(cells: _Cells, column: str, findings: _Findings) -> str:
    if not cells[column]:
        findings.add(cells.row, column, "is blank")
    return cells[column]


def _number(cells: _Cells, findings: _Findings) -> int:
    text = _filled(cells, NUMBER, findings)
    if re.fullmatch(r"[1-9][0-9]{0,8}", text):
        return int(text)
    if text:
        findings.add(cells.row, NUMBER, f"{text!r} is not a whole number from 1")
    return 0


def _address(cells: _Cells, column: str, findings: _Findings) -> str:
    text = _filled(cells, column, findings)
    if not text:
        return ""
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        findings.add(cells.row, column, f"{text!r} is not a mail address: {error}")
        return ""
    return (found.ascii_email or found.normalized).lower()


def _organisation(cells: _Cells, known: Collection[str], findings: _Findings) -> str:
    text = _filled(cells, ORGANISATION, findings).lower()
    if text and text not in known:
        findings.add(cells.row, ORGANISATION, f"unknown organisation {text!r}{did_you_mean(text, known)}")
    return text


def _level(cells: _Cells, findings: _Findings) -> Level:
    text = _filled(cells, LEVEL, findings)
    if text and text.lower() not in LEVELS:
        findings.add(cells.row, LEVEL, f"unknown level {text!r}; write one of {', '.join(LEVELS)}")
    return LEVELS.get(text.lower(), "leader_of_employees")


def _numbers_are_unique(talents: Sequence[TalentRow], findings: _Findings) -> None:
    first: dict[int, TalentRow] = {}
    for talent in talents:
        other = first.setdefault(talent.number, talent)
        if talent.number and other is not talent:
            findings.add(talent.row, NUMBER, f"{talent.number} is already the number of {other.name} (row {other.row})")


def _addresses_are_personal(talents: Sequence[TalentRow], findings: _Findings) -> None:
    """No talent is there twice, and one address always goes with one name, in whatever role."""
    listed: dict[str, TalentRow] = {}
    named: dict[str, tuple[str, int]] = {}
    for talent in talents:
        other = listed.setdefault(talent.email, talent)
        if talent.email and other is not talent:
            findings.add(talent.row, EMAIL, f"{talent.email} is already talent {other.name} (row {other.row})")
    for talent in listed.values():
        named.setdefault(talent.email, (talent.name, talent.row))
    for talent in talents:
        leader = talent.leader
        name, row = named.setdefault(leader.email, (leader.name, talent.row))
        if leader.email and leader.name and name and leader.name != name:
            what = f"{leader.email} belongs to {name!r} in row {row}, here to {leader.name!r}"
            findings.add(talent.row, LEADER_EMAIL, f"{what}; one address is one person, always named alike")


def _leaders_lead_upward(talents: Sequence[TalentRow], findings: _Findings) -> None:
    """Nobody is their own leader, directly or through other talents."""
    by_email = {talent.email: talent for talent in talents if talent.email}
    seen: set[str] = set()
    for talent in by_email.values():
        chain: list[TalentRow] = []
        step: TalentRow | None = talent
        while step is not None and step.email not in seen:
            seen.add(step.email)
            chain.append(step)
            step = by_email.get(step.leader.email)
        if step in chain:
            _report_circle(chain[chain.index(step) :], findings)


def _report_circle(circle: list[TalentRow], findings: _Findings) -> None:
    start = circle.index(min(circle, key=lambda talent: talent.row))
    circle = circle[start:] + circle[: start + 1]
    if len(circle) == 2:
        what = f"{circle[0].name} cannot be their own leader"
    else:
        what = f"the leaders go in a circle: {' → '.join(talent.name for talent in circle)}"
    findings.add(circle[0].row, LEADER_EMAIL, what)
