"""The fields of the forms about people, and the lists of whom they can mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from flows.cockpit.labels import words
from states.running_cohort import RunningCohort
from states.views.people import KnownPerson, people_of

_TEXT = {"type": "string"}
_EMAIL = {"type": "string", "format": "email"}

PEOPLE_FIELDS: Mapping[str, tuple[dict[str, dict[str, Any]], list[str]]] = {
    "correct": (
        {"whom": _TEXT, "name": _TEXT, "email": _EMAIL, "telephone": _TEXT, "job_title": _TEXT, "note": _TEXT},
        ["whom"],
    ),
}
"""The fields of each form about people, in order, and those that have to be filled in."""


def people_labels(connection: Connection, cohort: RunningCohort) -> dict[str, str]:
    """Return everybody of a cohort as a list shows them, ``Anna Holm (talent, Hold 3)``, with their ids."""
    people = people_of(connection, cohort)
    often = Counter(_label(one, cohort) for one in people)
    return {_label(one, cohort, one.email if often[_label(one, cohort)] > 1 else ""): one.id for one in people}


def _label(person: KnownPerson, cohort: RunningCohort, email: str = "") -> str:
    what = filter(None, (words()[f"role_{person.role}"], person.organisation, cohort.name, email))
    return f"{person.name} ({', '.join(what)})"
