"""When a commitment's reminders go out, and how a day that is agreed on moves them and the ladder. Pure.

Within the margin of a step the agreed day stands in for that step's own; beyond it, it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from config.programme import CommitmentSpec
from config.when import When
from states.plan.calendar import Calendar
from states.records import Commitment

_DUE = "due"
_AFTER = When("day", ((1, "wd"),))
_A_DAY = timedelta(days=1)


class Dates(NamedTuple):
    """The dates a commitment has so far; ``appointed`` is the day that those concerned have agreed on."""

    opened: date | None = None
    due: date | None = None
    missed: date | None = None
    appointed: date | None = None

    def anchors(self) -> Mapping[str, date]:
        """Return those that a definition can count from, by the name that it calls them."""
        known = {"opened": self.opened, "due": self.due, "missed": self.missed}
        return {name: day for name, day in known.items() if day is not None}


def dates_of(commitment: Commitment) -> Dates:
    """Return the dates of a commitment as it stands."""
    return Dates(commitment.opened_on, commitment.due_on, commitment.missed_on, commitment.appointed_on)


def reminders_at(calendar: Calendar, spec: CommitmentSpec, dates: Dates) -> Iterator[tuple[int, datetime]]:
    """Yield when each reminder goes out, with its number; none goes before ``first_reminder``.

    Where a day is agreed, of those that hang on the deadline the last one alone goes: on the working day after, when it
    can have been kept, and only if it is not missed by then.
    """
    agreed, anchors = _stands_in(calendar, spec, dates), dates.anchors()
    first = calendar.notice_at(spec.first_reminder, anchors) if spec.first_reminder else None
    hanging: list[int] = []
    for number, step in enumerate(spec.reminders, start=1):
        if agreed is not None and step.when.anchor == _DUE:
            hanging.append(number)
            continue
        at = calendar.notice_at(step.when, anchors)
        if at is not None and (first is None or at >= first):
            yield number, at
    if agreed is not None and hanging:
        after, missed = calendar.day_of(_AFTER, {"day": agreed}), missed_on(calendar, spec, dates)
        if after is not None and (missed is None or after < missed):
            yield hanging[-1], calendar.definition.working_time.opening(after)


def missed_on(calendar: Calendar, spec: CommitmentSpec, dates: Dates) -> date | None:
    """Return the day on which a commitment counts as missed: never before its deadline, or the agreed day, is over."""
    day, agreed = calendar.missed_on(spec, dates.anchors()), _stands_in(calendar, spec, dates)
    return day if day is None or agreed is None else max(day, agreed + _A_DAY)


def escalated_on(calendar: Calendar, spec: CommitmentSpec, passed: int, dates: Dates) -> date | None:
    """Return the day of the level of escalation after ``passed`` ones; what one has waited for, the later ones wait."""
    own = [calendar.day_of(step.when, dates.anchors()) for step in spec.escalation[: passed + 1]]
    waited = (_waits(calendar, spec, day, dates.appointed) for day in own if day is not None)
    return None if own[-1] is None else own[-1] + max(waited, default=timedelta())


def _stands_in(calendar: Calendar, spec: CommitmentSpec, dates: Dates) -> date | None:
    """Return the agreed day where it stands in for the deadline: it is no later than the margin allows."""
    if dates.due is None or dates.appointed is None or spec.appoint_within is None:
        return None
    last = calendar.day_of(spec.appoint_within, {"day": dates.due})
    return dates.appointed if last is not None and dates.appointed <= last else None


def _waits(calendar: Calendar, spec: CommitmentSpec, day: date, appointed: date | None) -> timedelta:
    """Return how long a level that would come on ``day`` waits for the agreed day."""
    if appointed is None or spec.appoint_within is None or appointed < day:
        return timedelta()
    last = calendar.day_of(spec.appoint_within, {"day": day})
    return appointed + _A_DAY - day if last is not None and appointed <= last else timedelta()
