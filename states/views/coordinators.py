"""Who the coordinators are now: those whom cohorts name, who replaced them, and who stands in for them today (R67)."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from states.running_cohort import RunningCohort, read_cohort
from states.store.tables import CohortRow, PersonRow


class Coordinator(NamedTuple):
    """A coordinator by id, under which one cohort knows them; who has several has one of these for each."""

    id: str
    name: str
    email: str


def coordinators_now(connection: Connection, now: datetime) -> list[Coordinator]:
    """Return all coordinators of all cohorts, those of the newest cohort first."""
    cohorts = [read_cohort(connection, ident) for ident in connection.scalars(select(CohortRow.id))]
    cohorts.sort(key=lambda one: (one.began or date.min, one.cohort_id), reverse=True)
    ids = list(dict.fromkeys(person for cohort in cohorts for person in _of(cohort, now)))
    query = select(PersonRow.id, PersonRow.name, PersonRow.email).where(PersonRow.id.in_(ids))
    known = {row.id: Coordinator(row.id, row.name, row.email) for row in connection.execute(query)}
    return [known[ident] for ident in ids if ident in known]


def _of(cohort: RunningCohort, now: datetime) -> list[str]:
    today = cohort.calendar.local_day(now)
    holders = cohort.cast.coordinators
    return [*holders, *(cohort.cast.acting(holder, today) for holder in holders)]
