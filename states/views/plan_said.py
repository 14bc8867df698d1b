"""When talents' development plans were last written or revised, as those who held the talks have said (R9 to R11)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from states.facts import FACT_CAUSE
from states.running_cohort import RunningCohort
from states.store.tables import FactRow, HistoryRow, PersonRow
from states.views.said import CORRECTED, role_and_person

WRITTEN = ("written", "revised")
"""The answers by which there is a plan that is newer than before."""


class PlanSaid(NamedTuple):
    """What was said last of a plan, on which day it was true, and by whom (a name; empty for an office)."""

    what: str
    day: date
    by: str
    role: str


def plans_said(connection: Connection, cohort: RunningCohort, journeys: Collection[str]) -> dict[str, PlanSaid]:
    """Return when the plans of talents were last written or revised, by journey; facts taken back do not count."""
    query = select(HistoryRow.journey_id, FactRow.at, FactRow.actor, FactRow.details)
    query = query.join(FactRow, HistoryRow.cause == FACT_CAUSE + FactRow.key)
    said = FactRow.details["plan"].as_string().in_(WRITTEN) & FactRow.key.not_in(CORRECTED)
    found: dict[str, PlanSaid] = {}
    for row in connection.execute(query.where(HistoryRow.journey_id.in_(journeys), said).order_by(HistoryRow.n)):
        role, person = role_and_person(row.actor)
        held = row.details.get("held_on")
        day = date.fromisoformat(held) if held else cohort.calendar.local_day(row.at)
        earlier = found.get(row.journey_id)
        if earlier is None or day >= earlier.day:
            found[row.journey_id] = PlanSaid(row.details["plan"], day, person, role)
    names = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_({one.by for one in found.values()}))
    by = dict(connection.execute(names).tuples().all())
    return {journey: one._replace(by=by.get(one.by, "")) for journey, one in found.items()}
