"""The dates of a cohort in order, those without a date last: the read model of the calendar's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from states.running_cohort import RunningCohort
from states.store.tables import MilestoneRow


@dataclass(frozen=True)
class DayLine:
    """A milestone of a cohort; times are local, and without a date there are none. Its form is about ``subject``."""

    subject: str
    label: str
    day: date | None
    starts: datetime | None
    ends: datetime | None
    place: str
    over: bool


def day_lines(connection: Connection, cohort: RunningCohort, now: datetime) -> list[DayLine]:
    """Return a cohort's milestones in the order of their days."""
    mine = MilestoneRow.cohort_id == cohort.cohort_id
    places = dict(connection.execute(select(MilestoneRow.id, MilestoneRow.place).where(mine)).tuples().all())
    local = cohort.definition.working_time.local
    lines = []
    for milestone in cohort.definition.milestones.values():
        held = cohort.calendar.days.get(milestone.id)
        lines.append(
            DayLine(
                subject=f"{cohort.cohort_id}/{milestone.id}",
                label=milestone.label,
                day=held.day if held else None,
                starts=local(held.starts_at) if held else None,
                ends=local(held.ends_at) if held else None,
                place=places.get(milestone.id, ""),
                over=cohort.calendar.is_over(milestone.id, now),
            )
        )
    return sorted(lines, key=lambda line: line.day or date.max)
