"""What awaits somebody who joins a running cohort or comes back to it: a learning group, and the news. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from config.programme import CommitmentSpec
from states.plan.calendar import Calendar
from states.plan.timers import NOTICE_RANK, Timer, milestone_timers


def group_to_join(sizes: Mapping[int, int]) -> int | None:
    """Return the smallest of the learning groups there are (number → members); none before they are formed (R27)."""
    return min(sizes, key=lambda number: (sizes[number], number), default=None)


def can_be_asked(calendar: Calendar, spec: CommitmentSpec, today: date) -> bool:
    """Whether a commitment can still be kept by somebody who joins today: what is over is not asked for (R8)."""
    due, last = calendar.day_of(spec.due), calendar.day_of(spec.asked_late.until) if spec.asked_late else None
    is_over = due is not None and due < today
    if is_over and last is not None and last < today:
        return False
    due = calendar.due_of(spec, today)
    return due is None or due >= today


def deadline(calendar: Calendar, spec: CommitmentSpec, today: date) -> date | None:
    """Return the deadline that somebody who joins today has; who joins after the opening is asked at once."""
    opens = calendar.opening_at(spec.opens) if spec.opens else None
    is_late = opens is not None and calendar.local_day(opens) <= today
    return calendar.due_of(spec, today if is_late else None)


def catch_up_notices(calendar: Calendar, cohort_id: str, journey_id: str, now: datetime) -> Iterator[Timer]:
    """Yield timers that tell one journey what the others were told before: of every milestone still ahead.

    Who has been told already is not told again: a notice is one effect for each person.
    """
    for milestone in calendar.definition.milestones.values():
        for timer in milestone_timers(calendar, cohort_id, milestone, now):
            if timer.rank == NOTICE_RANK and timer.due_at <= now:
                yield timer._replace(subject=journey_id)
