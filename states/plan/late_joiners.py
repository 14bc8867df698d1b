"""What awaits somebody who joins a running cohort or comes back to it: a learning group, and the news. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from states.plan.calendar import Calendar
from states.plan.timers import NOTICE_RANK, Timer, milestone_timers


def group_to_join(sizes: Mapping[int, int]) -> int | None:
    """Return the smallest of the learning groups there are (number → members); none before they are formed (R27)."""
    return min(sizes, key=lambda number: (sizes[number], number), default=None)


def catch_up_notices(
    calendar: Calendar, cohort_id: str, journey_id: str, now: datetime, since: datetime | None = None
) -> Iterator[Timer]:
    """Yield timers that tell one journey what the others were told before: of every milestone still ahead.

    Who has been told already is not told again: a notice is one effect for each person. ``since`` leaves out what was
    told by then.
    """
    for milestone in calendar.definition.milestones.values():
        after = milestone_timers(calendar, cohort_id, milestone, since or now)
        missed = {timer.trigger for timer in after if since is None or timer.due_at > since}
        for timer in milestone_timers(calendar, cohort_id, milestone, now):
            if timer.rank == NOTICE_RANK and timer.due_at <= now and timer.trigger in missed:
                yield timer._replace(subject=journey_id)
