"""Addresses that take no mail: the mark of each person who has one, and the task that asks for another address.

A mark is a person's, under one of the ids that they may have, and counts for the address: whoever else has the same
one is not written to either. It goes when the address is corrected, or when somebody says that it is right.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from states.store.conditions import OPEN_TASK
from states.store.queries import chunks
from states.store.reach_tables import UnreachableRow
from states.store.tables import PersonRow, TaskRow

ADDRESS_TASK = "address_bounced"
"""The task that asks for another address; it ends the task's subject, which begins with the person's id."""

# Built once: it is asked before every mail.
_ADDRESS = select(PersonRow.email).where(PersonRow.id == bindparam("person")).scalar_subquery()
_MARK_ON = (
    select(UnreachableRow.__table__)
    .where(UnreachableRow.email == _ADDRESS)
    .order_by(UnreachableRow.since, UnreachableRow.person_id)
    .limit(1)
)


def address_task(person_id: str) -> str:
    """Return the subject of the task that asks for another address of a person."""
    return f"{person_id}/{ADDRESS_TASK}"


def whose_address(subject: str) -> str:
    """Return the id of the person whose address a task with this subject asks for; empty if it asks for none."""
    person, _, name = subject.rpartition("/")
    return person if name == ADDRESS_TASK else ""


def mark_on(connection: Connection, person_id: str) -> Row[Any] | None:
    """Return the oldest mark on the address that a person has now."""
    return connection.execute(_MARK_ON, {"person": person_id}).one_or_none()


def mark(connection: Connection, person_id: str, email: str, since: datetime, reason: str) -> None:
    """Mark a person's address; a mark that is there stays as it is. The caller holds the person's cohort."""
    known = connection.scalar(select(UnreachableRow.person_id).where(UnreachableRow.person_id == person_id))
    if known is None:
        row = {"person_id": person_id, "email": email, "since": since, "reason": reason}
        connection.execute(insert(UnreachableRow), row)


def reachable_again(connection: Connection, people: Sequence[str], now: datetime) -> None:
    """Take the marks of people away, by id, and close the tasks that asked for their addresses."""
    for some in chunks(people):
        connection.execute(delete(UnreachableRow).where(UnreachableRow.person_id.in_(some)))
        asked = TaskRow.subject.in_([address_task(one) for one in some])
        connection.execute(update(TaskRow).where(OPEN_TASK, asked).values(status="done", closed_at=now))


def same_address(connection: Connection, people: Collection[str]) -> list[str]:
    """Return all ids under which the addresses of people are known, also in other cohorts."""
    addresses = select(PersonRow.email).where(PersonRow.id.in_(people))
    return list(connection.scalars(select(PersonRow.id).where(PersonRow.email.in_(addresses)).order_by(PersonRow.id)))
