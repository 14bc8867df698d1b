"""What a cohort has before it: its days, where each leads and for how long, and deadlines of how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import Connection, select

from states.machines.commitment import FINAL, PLANNED, is_late
from states.running_cohort import RunningCohort, read_cohort
from states.store.tables import CommitmentRow


@dataclass(frozen=True)
class DayAhead:
    """A milestone: ``leads_to`` is the place that talents are in from then on, ``until`` the day it ends.

    A day that is past stands here as long as the place that it led to lasts. Without a date ``day`` is empty.
    """

    label: str
    day: date | None
    leads_to: str = ""
    until: date | None = None


@dataclass(frozen=True)
class DeadlineAhead:
    """A deadline: of how many talents, or of the cohort itself where that is none."""

    label: str
    day: date
    talents: int


@dataclass(frozen=True)
class YearAhead:
    """What lies before a cohort from today on, in order of time, what has no date last; ``made`` is local."""

    cohort: str
    cohort_id: str
    made: datetime
    lines: tuple[DayAhead | DeadlineAhead, ...]

    @property
    def today(self) -> date:
        """The local day on which it was made."""
        return self.made.date()

    @property
    def days(self) -> tuple[DayAhead, ...]:
        """Return the days that are still to come, those without a date too."""
        ahead = (line for line in self.lines if isinstance(line, DayAhead))
        return tuple(line for line in ahead if line.day is None or line.day >= self.today)

    @property
    def deadlines(self) -> tuple[DeadlineAhead, ...]:
        """Return the deadlines."""
        return tuple(line for line in self.lines if isinstance(line, DeadlineAhead))


def year_ahead(connection: Connection, cohort_id: str, now: datetime) -> YearAhead:
    """Return what lies before a cohort at ``now``.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    cohort = read_cohort(connection, cohort_id)
    today = cohort.calendar.local_day(now)
    lines: list[DayAhead | DeadlineAhead] = [*_days(cohort, today), *_deadlines(connection, cohort, today)]
    return YearAhead(
        cohort=cohort.name,
        cohort_id=cohort_id,
        made=cohort.definition.working_time.local(now),
        lines=tuple(sorted(lines, key=lambda line: (line.day or date.max, isinstance(line, DeadlineAhead)))),
    )


def _days(cohort: RunningCohort, today: date) -> Iterator[DayAhead]:
    dates, steps = cohort.calendar.days, cohort.definition.steps
    after = {step.id: later.id for step, later in pairwise(steps)}
    for milestone in cohort.definition.milestones.values():
        held, later = dates.get(milestone.id), dates.get(after.get(milestone.id, ""))
        if held is None:
            yield DayAhead(milestone.label, None)
        elif held.day >= today or (later is not None and later.day >= today):
            place = cohort.definition.state_label(milestone.state) if milestone.state and later else ""
            yield DayAhead(milestone.label, held.day, place, later.day if later else None)


def _deadlines(connection: Connection, cohort: RunningCohort, today: date) -> Iterator[DeadlineAhead]:
    """Yield each deadline of what is still to be kept; what waits for a choice that nobody has made has none."""
    counted: dict[tuple[str, date], int] = {}
    mine = select(CommitmentRow.name, CommitmentRow.journey_id, CommitmentRow.state, CommitmentRow.due_on).where(
        CommitmentRow.cohort_id == cohort.cohort_id, CommitmentRow.state.not_in(FINAL)
    )
    for row in connection.execute(mine):
        spec = cohort.spec(row.name)
        due = row.due_on
        if row.state == PLANNED:
            due = None if spec.opens_on else cohort.calendar.due_of(spec)
        if due is not None and due >= today and not is_late(row.state):
            counted[row.name, due] = counted.get((row.name, due), 0) + (row.journey_id is not None)
    for (name, due), talents in counted.items():
        yield DeadlineAhead(cohort.spec(name).label, due, talents)
