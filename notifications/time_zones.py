"""A time zone as calendars want it described (VTIMEZONE): when its clocks are turned, and by how much.

Made here, since the calendar library takes the hour after a turn for the hour at which it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARS_ALIKE = 3


class _Turn(NamedTuple):
    """An instant at which the clocks are turned, and the offsets from UTC before and after it."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def local(self) -> datetime:
        """The time that the clocks show when they are turned."""
        return (self.at + self.before).replace(tzinfo=None)

    @property
    def rule(self) -> tuple[int, str, object]:
        """The month, the day of the week in it (``-1SU`` is the last Sunday) and the time at which it is done."""
        week = -1 if (self.local + timedelta(weeks=1)).month != self.local.month else (self.local.day - 1) // 7 + 1
        return self.local.month, f"{week}{_WEEKDAYS[self.local.weekday()]}", self.local.time()


@lru_cache(maxsize=64)
def described(name: str, first_year: int, last_year: int) -> Timezone:
    """Return the description of a time zone, good for these years; where turns are alike every year, as a rule."""
    zone = ZoneInfo(name)
    found = Timezone()
    found.add("tzid", name)
    begins = datetime(first_year - 1, 1, 1)  # noqa: DTZ001 - a time zone is described in local times
    turns = list(_turns(zone, begins.year, last_year + _YEARS_ALIKE))
    first_offset = turns[0].before if turns else _offset(zone, begins.replace(tzinfo=UTC))
    found.add_component(_part(zone, begins, begins.replace(tzinfo=UTC), first_offset, first_offset))
    by_rule = {rule: [turn for turn in turns if turn.rule == rule] for rule in dict.fromkeys(t.rule for t in turns)}
    years = last_year + _YEARS_ALIKE - begins.year + 1
    alike = all(len(mine) == years for mine in by_rule.values())
    for rule, mine in by_rule.items():
        for turn in mine[:1] if alike else mine:
            part = _part(zone, turn.local, turn.at, turn.before, turn.after)
            if alike:
                part.add("rrule", vRecur(freq="YEARLY", bymonth=rule[0], byday=rule[1]))
            found.add_component(part)
    return found


def _part(
    zone: ZoneInfo, local: datetime, at: datetime, before: timedelta, after: timedelta
) -> TimezoneDaylight | TimezoneStandard:
    here = at.astimezone(zone)
    part = TimezoneDaylight() if here.dst() else TimezoneStandard()
    part.add("dtstart", local)
    part.add("tzname", here.tzname() or zone.key)
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", after)
    return part


def _turns(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[_Turn]:
    """Yield every turn of the clocks in these years, to the minute."""
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        until = min(at + timedelta(days=1), end)
        before, after = _offset(zone, at), _offset(zone, until)
        if before != after:
            low, high = at, until
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                middle = middle.replace(second=0, microsecond=0)
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            yield _Turn(high, before, after)
        at = until


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
