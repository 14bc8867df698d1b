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
from config.list_columns import Column, ListForm
from config.mail_address import normal_address
from config.plain_text import LONGEST_NAME, clean_line, clean_name, clean_optional_line, quoted
from config.suggest import did_you_mean


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
    helper: PersonRow | None = None
    """Who helps the talent beside the leader (a buddy), where the list tells."""
    helper_title: str = ""


@dataclass(frozen=True)
class People:
    """The talents of one cohort, in the order of the file."""

    talents: tuple[TalentRow, ...]


def read_people(path: Path, organisations: Collection[str], form: ListForm) -> People:
    """Read the talents, and whoever is named beside each, in ``path``.

    ``organisations`` are the ids that may occur, ``form`` says how the programme's lists are written.
    Raises ``FileMissingError``, and ``DefinitionError`` with every problem of the file.
    """
    if not path.is_file():
        raise FileMissingError(path, "list of people")
    findings = Findings(str(path))
    rows = read_table(path, form.required, form.optional, findings)
    talents = [_talent(cells, organisations, form, findings) for cells in rows]
    if not talents:
        findings.add(None, "", "has no talents")
    _numbers_are_unique(talents, form, findings)
    _addresses_are_personal(talents, form, findings)
    _leaders_lead_upward(talents, form, findings)
    findings.raise_any()
    return People(tuple(talents))


def _talent(cells: Cells, organisations: Collection[str], form: ListForm, findings: Findings) -> TalentRow:
    """The talent of a row; what cannot be read is reported and left 0 or blank, so that the rest is checked too."""
    columns = form.talent
    if _is_named(cells, form.mentor):
        leader = _person(cells, form.mentor, findings)
    else:
        who = cells[columns["name"]][:LONGEST_NAME] or "this talent"
        findings.add(cells.row, form.mentor["name"], f"{who} has no leader")
        leader = PersonRow("", "")
    helped = _is_named(cells, form.second_mentor) or (form.second_mentor and not form.second_mentor_is_optional)
    return TalentRow(
        number=_number(cells, columns["number"], findings),
        name=_clean(cells, columns["name"], clean_name, findings),
        email=_address(cells, columns["email"], findings),
        organisation=_organisation(cells, columns["organisation"], organisations, findings),
        unit=_clean(cells, columns["unit"], clean_line, findings) if "unit" in columns else "",
        level=_level(cells, columns["level"], form.levels, findings) if "level" in columns else "",
        leader=leader,
        leader_title=_title(cells, form.mentor, findings),
        row=cells.row,
        helper=_person(cells, form.second_mentor, findings) if helped else None,
        helper_title=_title(cells, form.second_mentor, findings),
    )


def _is_named(cells: Cells, columns: Mapping[Column, str]) -> bool:
    return any(cells[columns[column]] for column in ("name", "email") if column in columns)


def _person(cells: Cells, columns: Mapping[Column, str], findings: Findings) -> PersonRow:
    name = _clean(cells, columns["name"], clean_name, findings)
    return PersonRow(name, _address(cells, columns["email"], findings))


def _title(cells: Cells, columns: Mapping[Column, str], findings: Findings) -> str:
    return _clean(cells, columns["title"], clean_optional_line, findings) if "title" in columns else ""


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


def _number(cells: Cells, column: str, findings: Findings) -> int:
    text = _filled(cells, column, findings)
    if re.fullmatch(r"[1-9][0-9]{0,8}", text):
        return int(text)
    if text:
        findings.add(cells.row, column, f"{quoted(text)} is not a whole number from 1")
    return 0


def _address(cells: Cells, column: str, findings: Findings) -> str:
    return _clean(cells, column, normal_address, findings) if _filled(cells, column, findings) else ""


def _organisation(cells: Cells, column: str, known: Collection[str], findings: Findings) -> str:
    text = _filled(cells, column, findings).lower()
    if text and text not in known:
        findings.add(cells.row, column, f"unknown organisation {quoted(text)}{did_you_mean(text, known)}")
    return text


def _level(cells: Cells, column: str, words: Mapping[str, str], findings: Findings) -> str:
    text = _filled(cells, column, findings)
    if text and text.lower() not in words:
        findings.add(cells.row, column, f"unknown level {quoted(text)}; write one of {', '.join(words)}")
    return words.get(text.lower(), "")


def _numbers_are_unique(talents: Sequence[TalentRow], form: ListForm, findings: Findings) -> None:
    first: dict[int, TalentRow] = {}
    for talent in talents:
        other = first.setdefault(talent.number, talent)
        if talent.number and other is not talent:
            what = f"{talent.number} is already the number of {other.name} (row {other.row})"
            findings.add(talent.row, form.talent["number"], what)


def _addresses_are_personal(talents: Sequence[TalentRow], form: ListForm, findings: Findings) -> None:
    """No talent is there twice, and one address always goes with one name, in whatever role."""
    listed: dict[str, TalentRow] = {}
    named: dict[str, tuple[str, int]] = {}
    for talent in talents:
        other = listed.setdefault(talent.email, talent)
        if talent.email and other is not talent:
            what = f"{talent.email} is already talent {other.name} (row {other.row})"
            findings.add(talent.row, form.talent["email"], what)
    for talent in listed.values():
        named.setdefault(talent.email, (talent.name, talent.row))
    for talent in talents:
        for person, columns in ((talent.leader, form.mentor), (talent.helper, form.second_mentor)):
            if person is None:
                continue
            name, row = named.setdefault(person.email, (person.name, talent.row))
            if person.email and person.name and name and person.name != name:
                what = f"{person.email} belongs to {name!r} in row {row}, here to {person.name!r}"
                findings.add(talent.row, columns["email"], f"{what}; one address is one person, always named alike")


def _leaders_lead_upward(talents: Sequence[TalentRow], form: ListForm, findings: Findings) -> None:
    """Nobody is their own leader, directly or through other talents, nor helps themselves."""
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
            _report_circle(chain[chain.index(step) :], form.mentor["email"], findings)
    for talent in talents:
        if talent.helper is not None and talent.helper.email in {talent.email, talent.leader.email} - {""}:
            what = f"{talent.helper.name} is there already in this row; it has to be somebody else"
            findings.add(talent.row, form.second_mentor["email"], what)


def _report_circle(circle: list[TalentRow], column: str, findings: Findings) -> None:
    start = circle.index(min(circle, key=lambda talent: talent.row))
    circle = circle[start:] + circle[: start + 1]
    if len(circle) == 2:
        what = f"{circle[0].name} cannot be their own leader"
    else:
        what = f"the leaders go in a circle: {' → '.join(talent.name for talent in circle)}"
    findings.add(circle[0].row, column, what)
