"""What the pages of tasks hold: what is asked of whom, about whom, since when, and how it ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

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


def open_task_titles(connection: Connection, cohort_id: str) -> dict[str, str]:
    """Return the titles of a cohort's open tasks, by id."""
    rows = connection.execute(
        select(TaskRow.id, TaskRow.title).where(TaskRow.cohort_id == cohort_id, OPEN_TASK).order_by(TaskRow.id)
    )
    return {row.id: row.title for row in rows}


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
