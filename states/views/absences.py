"""Who does not come to the days that are still ahead: talents, and others who are asked (R29, R61)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from config.definition import Milestone
from states.running_cohort import RunningCohort
from states.store.attending import Away, ids_of, parts_in_journeys, who_stays_away
from states.store.tables import JourneyRow, PersonRow
from states.views.pages import AbsenceLine


def absences(connection: Connection, cohort: RunningCohort, now: datetime) -> Iterator[AbsenceLine]:
    """Yield who stays away from what is ahead, in the calendar's order; who is asked no more is left out."""
    told = who_stays_away(connection, cohort.cohort_id)
    for milestone in cohort.definition.milestones.values():
        held = cohort.calendar.days.get(milestone.id)
        mine = [one for one in told if one.milestone == milestone.id]
        if mine and (held is None or held.ends_at > now):
            yield from _absent_from(connection, cohort, milestone, mine, now)


def _absent_from(
    connection: Connection, cohort: RunningCohort, milestone: Milestone, told: Sequence[Away], now: datetime
) -> Iterator[AbsenceLine]:
    held, today = cohort.calendar.days.get(milestone.id), cohort.calendar.local_day(now)
    seen: set[str] = set()
    for one in told:
        ids = ids_of(connection, cohort.cohort_id, one.person)
        asked = ("talent",) if one.journey else cohort.definition.asked_to(milestone.id)
        parts = [part for part in parts_in_journeys(connection, cohort, ids, today) if part.role in asked]
        if parts and one.person not in seen:
            seen |= set(ids)  # One address is one person.
            yield AbsenceLine(
                day=held.day if held else None,
                label=milestone.label,
                journey=one.journey,
                name=connection.scalar(select(PersonRow.name).where(PersonRow.id == one.person)) or "",
                role=parts[0].role,
                organisation=_organisations(connection, cohort, [part.journey.id for part in parts]),
            )


def _organisations(connection: Connection, cohort: RunningCohort, journeys: Sequence[str]) -> str:
    rows = select(JourneyRow.organisation).where(JourneyRow.id.in_(journeys)).distinct()
    return ", ".join(map(cohort.organisation_name, connection.scalars(rows.order_by(JourneyRow.organisation))))
