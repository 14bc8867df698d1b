"""The people of a cohort: talents and their nearest leaders, read from .csv or .xlsx (R1, R2).

One row a talent. All problems of a file are reported at once, each with its row and column, so that whoever keeps
the list can mend it in one go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import FileMissingError
from config.files.table_file import Cells, Findings, read_table
from config.mail_address import normal_address
from config.plain_text import LONGEST_NAME, clean_line, clean_name, clean_optional_line, quoted
from config.suggest import did_you_mean

NUMBER, NAME, EMAIL = "nr", "navn", "e-mail"
ORGANISATION, UNIT, LEVEL = "organisation", "enhed", "niveau"
LEADER_NAME, LEADER_EMAIL, LEADER_TITLE = "leder navn", "leder e-mail", "leder titel"
REQUIRED = (NUMBER, NAME, EMAIL, ORGANISATION, UNIT, LEVEL, LEADER_NAME, LEADER_EMAIL)
OPTIONAL = (LEADER_TITLE,)
COLUMNS = (*REQUIRED, *OPTIONAL)

LEVELS = {"leader_of_leaders": "leder af ledere", "leader_of_employees": "leder af medarbejdere"}
SHORT_LEVELS = {"ll": "leader_of_leaders", "lm": "leader_of_employees"}


@dataclass(frozen=True)
class PersonRow:
    """A person by name and lower-case mail address."""

    name: str
    email: str


@dataclass(frozen=True)
class TalentRow:
    """A talent and the nearest leader, who is the mentor (R2).

    ``level`` is the id of one of the programme's levels; ``row`` is where in the file they stand, from 1.
    """

    number: int
    name: str
    email: str
    organisation: str
    unit: str
    level: str
    leader: PersonRow
    leader_title: str
    row: int


@dataclass(frozen=True)
class People:
    """The talents of one cohort, in the order of the file."""

    talents: tuple[TalentRow, ...]


def read_people(path: Path, organisations: Collection[str], levels: Mapping[str, str] | None = LEVELS) -> People:
    """Read the talents and leaders in ``path``.

    ``organisations`` are the ids that may occur, ``levels`` the programme's levels: their names for people by id
    (``None`` while they are not known, so that any text will do).
    Raises ``FileMissingError``, and ``DefinitionError`` with every problem of the file.
    """
    if not path.is_file():
        raise FileMissingError(path, "list of people")
    findings = Findings(str(path))
    words = None if levels is None else _level_words(levels)
    rows = read_table(path, REQUIRED, OPTIONAL, findings)
    talents = [_talent(cells, organisations, words, findings) for cells in rows]
    if not talents:
        findings.add(None, "", "has no talents")
    _numbers_are_unique(talents, findings)
    _addresses_are_personal(talents, findings)
    _leaders_lead_upward(talents, findings)
    findings.raise_any()
    return People(tuple(talents))


def _level_words(levels: Mapping[str, str]) -> dict[str, str]:
    """What may stand for a level in the list, in lower case: its name or its letters."""
    short = {ident: letters for letters, ident in SHORT_LEVELS.items()}
    words: dict[str, str] = {}
    for ident, name in levels.items():
        words |= {word.lower(): ident for word in (name, short.get(ident, name))}
    return words


def _talent(
    cells: Cells, organisations: Collection[str], levels: Mapping[str, str] | None, findings: Findings
) -> TalentRow:
    """The talent of a row; what cannot be read is reported and left 0 or blank, so that the rest is checked too."""
    if cells[LEADER_NAME] or cells[LEADER_EMAIL]:
        leader = PersonRow(_clean(cells, LEADER_NAME, clean_name, findings), _address(cells, LEADER_EMAIL, findings))
    else:
        findings.add(cells.row, LEADER_NAME, f"{cells[NAME][:LONGEST_NAME] or 'this talent'} has no leader")
        leader = PersonRow("", "")
    return TalentRow(
        number=_number(cells, findings),
        name=_clean(cells, NAME, clean_name, findings),
        email=_address(cells, EMAIL, findings),
        organisation=_organisation(cells, organisations, findings),
        unit=_clean(cells, UNIT, clean_line, findings),
        level=_level(cells, levels, findings),
        leader=leader,
        leader_title=_clean(cells, LEADER_TITLE, clean_optional_line, findings),
        row=cells.row,
    )


def _filled(cells: Cells, column: str, findings: Findings) -> str:
    if not cells[column]:
        findings.add(cells.row, column, "is blank")
    return cells[column]


def _clean(cells: Cells, column: str, rule: Callable[[str], str], findings: Findings) -> str:
    """The text of a cell as its rule leaves it; one that breaks it is reported and left blank."""
    try:
        return rule(cells[column])
    except ValueError as error:
        findings.add(cells.row, column, str(error))
        return ""


def _number(cells: Cells, findings: Findings) -> int:
    text = _filled(cells, NUMBER, findings)
    if re.fullmatch(r"[1-9][0-9]{0,8}", text):
        return int(text)
    if text:
        findings.add(cells.row, NUMBER, f"{quoted(text)} is not a whole number from 1")
    return 0


def _address(cells: Cells, column: str, findings: Findings) -> str:
    return _clean(cells, column, normal_address, findings) if _filled(cells, column, findings) else ""


def _organisation(cells: Cells, known: Collection[str], findings: Findings) -> str:
    text = _filled(cells, ORGANISATION, findings).lower()
    if text and text not in known:
        findings.add(cells.row, ORGANISATION, f"unknown organisation {quoted(text)}{did_you_mean(text, known)}")
    return text


def _level(cells: Cells, words: Mapping[str, str] | None, findings: Findings) -> str:
    text = _filled(cells, LEVEL, findings)
    if words is None:
        return text
    if text and text.lower() not in words:
        findings.add(cells.row, LEVEL, f"unknown level {quoted(text)}; write one of {', '.join(words)}")
    return words.get(text.lower(), "")


def _numbers_are_unique(talents: Sequence[TalentRow], findings: Findings) -> None:
    first: dict[int, TalentRow] = {}
    for talent in talents:
        other = first.setdefault(talent.number, talent)
        if talent.number and other is not talent:
            findings.add(talent.row, NUMBER, f"{talent.number} is already the number of {other.name} (row {other.row})")


def _addresses_are_personal(talents: Sequence[TalentRow], findings: Findings) -> None:
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


def _leaders_lead_upward(talents: Sequence[TalentRow], findings: Findings) -> None:
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


def _report_circle(circle: list[TalentRow], findings: Findings) -> None:
    start = circle.index(min(circle, key=lambda talent: talent.row))
    circle = circle[start:] + circle[: start + 1]
    if len(circle) == 2:
        what = f"{circle[0].name} cannot be their own leader"
    else:
        what = f"the leaders go in a circle: {' → '.join(talent.name for talent in circle)}"
    findings.add(circle[0].row, LEADER_EMAIL, what)
