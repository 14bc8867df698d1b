"""Addresses that take no mail: nothing more is sent to one, and the coordinator is asked for another, once a person.

What is held back is set aside as if a peer had refused it: a corrected address sends it by itself, as far as it still
holds by then (docs/adr/0033).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update

from notifications.context import CohortReader
from notifications.due import Effect
from notifications.tasks import ask_coordinator
from states.store.conditions import OPEN_TASK, PENDING, UNTOLD
from states.store.database import Database
from states.store.queries import lock_cohort_of
from states.store.tables import EffectRow, TaskRow
from states.store.unreachable import ADDRESS_TASK, address_task, mark, mark_on, same_address, whose_address


def hold_back(database: Database, effects: Sequence[Effect], templates: Path, now: datetime) -> str:
    """Set aside mails that are due to one address, and return why; empty where the address takes mail after all."""
    with database.write() as connection:
        for cohort in sorted({one.cohort_id for one in effects}):
            lock_cohort_of(connection, [cohort])
        found = mark_on(connection, effects[0].recipient_id)
        if found is None:  # Corrected since.
            return ""
        note = f"not sent, since the address takes no mail: {found.reason}"
        waits = PENDING & EffectRow.id.in_([one.id for one in effects])
        connection.execute(update(EffectRow).where(waits).values(status="rejected", changed_at=now, note=note))
        for cohort, person in dict.fromkeys((one.cohort_id, one.recipient_id) for one in effects):
            mark(connection, person, found.email, found.since, found.reason)
            ask_for_address(connection, cohort, person, templates, now)
    return note


def ask_for_address(connection: Connection, cohort: str, person: str, templates: Path, now: datetime) -> None:
    """Ask a cohort's coordinator for another address of a person who misses something there, unless they are asked.

    The caller holds the cohort.
    """
    reader = CohortReader(connection, cohort, now)
    found, who = mark_on(connection, person), reader.person(person)
    ids = same_address(connection, [person])
    asked = select(TaskRow.id).where(
        OPEN_TASK, TaskRow.cohort_id == cohort, TaskRow.subject.in_([address_task(one) for one in ids])
    )
    if (
        found is None
        or who is None
        or not _misses_something(connection, cohort, person)
        or connection.scalar(asked.limit(1))
    ):
        return
    subject = address_task(person)
    earlier = connection.scalar(select(func.count()).where(TaskRow.subject == subject)) or 0
    details = {"who": who.name, "telephone": who.telephone, "address": found.email, "why": found.reason}
    ask_coordinator(connection, reader, f"{subject}@{earlier + 1}", ADDRESS_TASK, details, templates, now)


def close_what_is_over(database: Database, now: datetime) -> tuple[str, ...]:
    """Close the tasks about people who miss nothing any more (they left, another took over); return their cohorts.

    The marks stay: the next mail to such an address asks anew.
    """
    with database.write() as connection:
        for cohort in sorted({task.cohort_id for task in _open_tasks(connection)}):
            lock_cohort_of(connection, [cohort])
        over = [
            one
            for one in _open_tasks(connection)
            if not _misses_something(connection, one.cohort_id, whose_address(one.subject))
        ]
        closed = TaskRow.id.in_([one.id for one in over])
        connection.execute(update(TaskRow).where(OPEN_TASK, closed).values(status="done", closed_at=now))
    return tuple(sorted({one.cohort_id for one in over}))


def _open_tasks(connection: Connection) -> Sequence[Row[Any]]:
    mine = TaskRow.subject.endswith(f"/{ADDRESS_TASK}", autoescape=True)
    columns = (TaskRow.id, TaskRow.cohort_id, TaskRow.subject)
    return connection.execute(select(*columns).where(OPEN_TASK, mine)).all()


def _misses_something(connection: Connection, cohort: str, person: str) -> bool:
    """Whether something of a cohort that still holds did not reach a person, under any of their ids."""
    mine = (EffectRow.cohort_id == cohort) & (EffectRow.overtaken == "")
    missed = UNTOLD & (EffectRow.status == "rejected") & mine
    theirs = EffectRow.recipient_id.in_(same_address(connection, [person])) & EffectRow.successor_id.is_(None)
    return bool(connection.scalar(select(exists().where(missed, theirs))))
