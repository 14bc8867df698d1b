"""What is corrected about a person: name, address, telephone number, title. Whatever waits for them follows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, select

from config.cohort import Contact
from config.errors import FactIncompleteError, UnknownRecordError
from states.moves.firing import Firing, is_one_name
from states.plan.offices import described_with
from states.store.conditions import of_cohort
from states.store.tables import PersonRow

CORRECT = "correct"
WHOM = "whom"
"""The detail that holds the id of whom a correction is about."""

_PARTS = {"name": "name", "email": "email", "telephone": "telephone", "job_title": "title"}
"""What can be corrected: details of the fact, and the columns that they set."""

_ALIKE = frozenset({"name", "email", "telephone"})
"""What is alike under all ids of a person; a title belongs to what somebody is."""


def correct_person(firing: Firing) -> None:
    """Collect a corrected person, under each id that the address has in the cohort: one address is one person.

    Raises:
        UnknownRecordError: the cohort has no such person.
        FactIncompleteError: nothing of it is new, or the address is somebody else's.
    """
    whom = str(firing.details.get(WHOM) or "")
    ids = _ids_of(firing, whom)
    given = {column: firing.details[name] for name, column in _PARTS.items() if firing.details.get(name)}
    corrected = [one for one in (_corrected(row, given, whom) for row in ids) if len(one) > 1]
    if not corrected:
        raise FactIncompleteError(CORRECT, WHOM, "nothing of it would be other than it is")
    name, email = (given.get(column, getattr(ids[0], column)) for column in ("name", "email"))
    _refuse_address_of_another(firing, [row.id for row in ids], name, email)
    changes = firing.changes
    changes.corrected += corrected
    changes.reachable += [one["id"] for one in corrected if "email" in one]
    changes.revised.append(firing.cohort.cohort_id)
    _describe(firing, {row.id: {**row._asdict(), **one} for row in ids for one in corrected if one["id"] == row.id})


def _ids_of(firing: Firing, whom: str) -> Sequence[Row[Any]]:
    """Return the rows that stand for one person, the one that was named first."""
    ours = of_cohort(PersonRow.id, firing.cohort.cohort_id)
    address = select(PersonRow.email).where(PersonRow.id == whom).scalar_subquery()
    rows = firing.connection.execute(
        select(PersonRow.__table__).where(ours, PersonRow.email == address).order_by(PersonRow.id != whom, PersonRow.id)
    ).all()
    if not rows:
        raise UnknownRecordError("person", whom)
    return rows


def _corrected(row: Row[Any], given: dict[str, Any], whom: str) -> dict[str, Any]:
    new = {column: value for column, value in given.items() if column in _ALIKE or row.id == whom}
    return {"id": row.id, **{column: value for column, value in new.items() if getattr(row, column) != value}}


def _refuse_address_of_another(firing: Firing, ids: Collection[str], name: str, email: str) -> None:
    ours = of_cohort(PersonRow.id, firing.cohort.cohort_id) & PersonRow.id.not_in(ids)
    for other in firing.connection.scalars(select(PersonRow.name).where(ours, PersonRow.email == email)):
        if not is_one_name(other, name):
            what = f"{email} belongs to {other!r}, here to {name!r}; one address is one person"
            raise FactIncompleteError(CORRECT, "email", what)


def _describe(firing: Firing, people: dict[str, dict[str, Any]]) -> None:
    """Let the cohort's description name whom it names as they are called now."""
    cohort_id = firing.cohort.cohort_id
    described = firing.changes.described.get(cohort_id, firing.cohort.described)
    held = [(office, people[one]) for office, one in firing.cohort.holders.items() if one in people]
    for office, person in held:
        described = described_with(described, office, contact_of(person))
    if held:
        firing.changes.described[cohort_id] = described


def contact_of(person: dict[str, Any]) -> Contact:
    """Return a person's row as the description of a cohort names people."""
    return Contact.model_construct(**{name: person[name] for name in Contact.model_fields})
