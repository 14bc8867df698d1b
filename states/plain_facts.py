"""The door's rule for facts: keys, actors and details are plain and in bounds, before anything is written. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from config.answers import clean_plan, clean_time
from config.cohort import in_our_time
from config.errors import DefinitionError, FactIncompleteError, Problem, UnknownRecordError, UnknownTriggerError
from config.list_columns import Column, ListForm
from config.mail_address import normal_address
from config.people import People, PersonRow
from config.plain_text import clean_line, clean_name, clean_note, clean_optional_line, not_plain, quoted
from config.plan import PLAN
from config.telephone import clean_telephone
from states.facts import Fact

_DAYS = ("held_on", "due_on", "appointed_on", "first_day", "last_day")
PERSONS = ("new_mentor", "person", "representative", "holder", "newcomer", "leader")
"""Details that name a person: name and mail address."""
_RULES: Mapping[str, Callable[[str], str]] = {
    "note": clean_note,
    "text": clean_note,
    "to": clean_note,
    "name": clean_name,
    "email": normal_address,
    "telephone": clean_telephone,
    "appointed_at": clean_time,
    PLAN: clean_plan,
}
_LARGEST_NUMBER = 10**9
_MOST_DETAILS = 20
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def plain_fact(fact: Fact, trigger: str, subjects: Sequence[str]) -> Fact:
    """Return the fact as it may be kept: names trimmed, addresses in one spelling.

    Raises:
        FactIncompleteError: its key, its actor or a detail is not plain, too long, or cannot be meant.
        UnknownTriggerError, UnknownRecordError: the trigger or a subject is no word at all.
    """
    for what, text in (("key", fact.key), ("actor", fact.actor)):
        _checked(trigger, what, clean_line, text)
    if not _is_plain(trigger):
        raise UnknownTriggerError(trigger[:80], ())
    for subject in subjects:
        if not _is_plain(subject):
            raise UnknownRecordError("journey or cohort", subject[:80])
    if len(fact.details) > _MOST_DETAILS:
        raise FactIncompleteError(trigger, "details", f"there are more than {_MOST_DETAILS}")
    details = {_checked(trigger, "details", clean_line, name): value for name, value in fact.details.items()}
    return replace(fact, details={name: _detail(trigger, name, value) for name, value in details.items()})


def refuse_unplain_people(people: People, file: str, form: ListForm) -> None:
    """Raise ``DefinitionError`` for people who were not read from a list and break its rules; ``file`` names it."""
    unit = form.talent.get("unit")
    problems: list[Problem] = []
    for talent in people.talents:
        for column, rule, text in (
            (form.talent["name"], clean_name, talent.name),
            (form.talent["email"], normal_address, talent.email),
            *([(unit, clean_line, talent.unit)] if unit else []),
            *_of_person(form.mentor, talent.leader, talent.leader_title),
            *(_of_person(form.second_mentor, talent.helper, talent.helper_title) if talent.helper else ()),
        ):
            try:
                rule(text)
            except ValueError as error:
                problems.append(Problem(file, talent.row, column, str(error)))
    if problems:
        raise DefinitionError(problems)


def _of_person(
    columns: Mapping[Column, str], person: PersonRow, title: str
) -> Iterator[tuple[str, Callable[[str], str], str]]:
    yield columns["name"], clean_name, person.name
    yield columns["email"], normal_address, person.email
    yield columns.get("title", ""), clean_optional_line, title


def _detail(trigger: str, name: str, value: Any) -> Any:
    if name in _DAYS and value:
        return _checked(trigger, name, _day, str(value))
    if name in PERSONS and isinstance(value, Mapping):
        return _person(trigger, name, value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(trigger, name, value)
    if isinstance(value, str):
        return _checked(trigger, name, _RULES.get(name, clean_optional_line), value)
    raise FactIncompleteError(trigger, name, f"is neither a text nor a number: {type(value).__name__}")


def _person(trigger: str, field: str, given: Mapping[str, Any]) -> dict[str, str]:
    name, email = (given.get(key) for key in ("name", "email"))
    if not isinstance(name, str) or not name.strip():
        raise FactIncompleteError(trigger, field, "has no name")
    return {
        "name": _checked(trigger, field, clean_name, name),
        "email": _checked(trigger, field, normal_address, str(email or "")),
    }


def _day(text: str) -> str:
    """Return a day as it is written (2027-03-18); which days can be meant is for the cohort to say."""
    if not _ISO_DATE.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a date")
    try:
        return in_our_time(date.fromisoformat(text)).isoformat()
    except ValueError as error:
        raise ValueError(f"{quoted(text)} is not a date: {error}") from error


def _number(trigger: str, name: str, value: float) -> float:
    if not abs(value) <= _LARGEST_NUMBER:  # Also what is no number at all (NaN).
        raise FactIncompleteError(trigger, name, "is no number that can be meant")
    return value


def _checked(trigger: str, field: str, rule: Callable[[str], str], text: Any) -> str:
    if not isinstance(text, str):
        raise FactIncompleteError(trigger, field, f"is not a text but {type(text).__name__}")
    try:
        return rule(text)
    except ValueError as error:
        raise FactIncompleteError(trigger, field, str(error)) from error


def _is_plain(word: str) -> bool:
    return not_plain(word) is None
