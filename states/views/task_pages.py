"""What the pages of tasks hold: what is asked of whom, about whom, since when, and how it ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from config.errors import UnknownRecordError
from states.running_cohort import RunningCohort
from states.store.conditions import OPEN_TASK
from states.store.tables import JourneyRow, PersonRow, TaskRow


@dataclass(frozen=True)
class TaskPage:
    """A task with all that is behind it; dates are local. One of the cohort has no ``journey`` and no ``talent``."""

    id: str
    title: str
    text: str
    owner: str
    subject: str
    """The id of the commitment, the journey or the cohort's day that it is about."""
    journey: str
    talent: str
    cohort_id: str
    cohort: str
    opened: date
    due: date | None
    closed: date | None
    owner_id: str


class OpenTask(NamedTuple):
    """A task that is asked of somebody; ``owner`` is their name."""

    id: str
    subject: str
    title: str
    owner: str
    due: date | None


def open_tasks(connection: Connection, cohort_id: str) -> list[OpenTask]:
    """Return a cohort's open tasks, the one that is due first at the top."""
    rows = connection.execute(
        select(TaskRow.id, TaskRow.subject, TaskRow.title, PersonRow.name, TaskRow.due_on)
        .join(PersonRow, PersonRow.id == TaskRow.owner_id)
        .where(TaskRow.cohort_id == cohort_id, OPEN_TASK)
        .order_by(TaskRow.due_on.nulls_last(), TaskRow.id)
    )
    return [OpenTask._make(row) for row in rows]


def open_task_titles(connection: Connection, cohort_id: str) -> dict[str, str]:
    """Return the titles of a cohort's open tasks, by id."""
    return {one.id: one.title for one in sorted(open_tasks(connection, cohort_id))}


def task_place(connection: Connection, ident: str) -> tuple[str, str]:
    """Return the cohort and the journey that a task belongs to; the journey is empty for one of the cohort's.

    Raises:
        UnknownRecordError: there is no such task.
    """
    row = connection.execute(select(TaskRow.cohort_id, TaskRow.journey_id).where(TaskRow.id == ident)).one_or_none()
    if row is None:
        raise UnknownRecordError("task", ident)
    return row.cohort_id, row.journey_id or ""


def task_pages(connection: Connection, cohort: RunningCohort, about: Collection[str] | None = None) -> list[TaskPage]:
    """Return a cohort's tasks, also closed ones: all, or those about the journeys in ``about``, or about the cohort."""
    owner, talent = aliased(PersonRow), aliased(PersonRow)
    rows = connection.execute(
        select(TaskRow.__table__, owner.name.label("owner"), talent.name.label("talent"))
        .join(owner, owner.id == TaskRow.owner_id)
        .join(JourneyRow, JourneyRow.id == TaskRow.journey_id, isouter=True)
        .join(talent, talent.id == JourneyRow.talent_id, isouter=True)
        .where(TaskRow.cohort_id == cohort.cohort_id)
        .order_by(TaskRow.id)
    )
    local_day = cohort.calendar.local_day
    return [
        TaskPage(
            id=row.id,
            title=row.title,
            text=row.text,
            owner=row.owner,
            subject=row.subject,
            journey=row.journey_id or "",
            talent=row.talent or "",
            cohort_id=cohort.cohort_id,
            cohort=cohort.name,
            opened=local_day(row.opened_at),
            due=row.due_on,
            closed=local_day(row.closed_at) if row.closed_at else None,
            owner_id=row.owner_id,
        )
        for row in rows
        if about is None or (row.journey_id or row.cohort_id) in about
    ]
