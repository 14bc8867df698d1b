"""The fields of the forms about people, and the lists of whom they can mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from flows.cockpit.labels import words
from states.running_cohort import RunningCohort
from states.views.people import KnownPerson, holders_of, people_of

_TEXT = {"type": "string"}
_EMAIL = {"type": "string", "format": "email"}
_DAY = {"type": "string", "format": "date"}

PEOPLE_FIELDS: Mapping[str, tuple[dict[str, dict[str, Any]], list[str]]] = {
    "correct": (
        {"whom": _TEXT, "name": _TEXT, "email": _EMAIL, "telephone": _TEXT, "job_title": _TEXT, "note": _TEXT},
        ["whom"],
    ),
    "replace": (
        {"office": _TEXT, "holder_name": _TEXT, "holder_email": _EMAIL, "note": _TEXT},
        ["office", "holder_name", "holder_email"],
    ),
    "stand_in": (
        {
            "office": _TEXT,
            "holder_name": _TEXT,
            "holder_email": _EMAIL,
            **dict.fromkeys(("first_day", "last_day", "ends"), _DAY),
            "note": _TEXT,
        },
        ["office"],
    ),
}
"""The fields of each form about people, in order, and those that have to be filled in."""


def people_fields(kind: str, people: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the fields of a form about people with the list of whom it can mean, and the required ones."""
    fields, required = PEOPLE_FIELDS[kind]
    listed = {"type": "string", "enum": list(people)} if people else _TEXT
    return {**fields, required[0]: listed}, required


def people_labels(connection: Connection, cohort: RunningCohort, kind: str) -> dict[str, str]:
    """Return everybody, or all whose office changes hands, as a list shows them: ``Anna Holm (talent, Hold 3)``."""
    people = people_of(connection, cohort) if kind == "correct" else holders_of(connection, cohort)
    often = Counter(_label(one, cohort) for one in people)
    return {_label(one, cohort, one.email if often[_label(one, cohort)] > 1 else ""): one.id for one in people}


def _label(person: KnownPerson, cohort: RunningCohort, email: str = "") -> str:
    what = filter(None, (words()[f"role_{person.role}"], person.organisation, cohort.name, email))
    return f"{person.name} ({', '.join(what)})"
