"""Working days and opening hours: when people may be mailed, and how working days are counted (R45, R47).

Public holidays come from the ``holidays`` library. Everything that takes or gives an instant speaks aware
datetimes and answers in UTC; days and clock times are local to the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache, partial
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from babel.dates import format_date, format_skeleton
from pydantic import ConfigDict, field_validator, model_validator
from pydantic.dataclasses import dataclass

from config.errors import WorkingTimeError

ONE_DAY = timedelta(days=1)
LEAP_YEAR = 2024


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class WorkingTime:
    """The working days and hours of one place; immutable, hashable and cheap to make.

    ``country`` is an ISO 3166 code, or that of a part with holidays of its own (``GB-ENG``): its holidays and its
    week-end. ``opens`` and ``closes`` are local clock times (closing time itself is outside), ``closed_days`` are MM-DD
    days that are closed each year although they are not public holidays. Wrong values raise
    ``pydantic.ValidationError``.
    """

    country: str = "DK"
    time_zone: str = "Europe/Copenhagen"
    opens: time = time(8)
    closes: time = time(16)
    closed_days: tuple[str, ...] = ("12-24", "12-31", "06-05")

    @field_validator("country")
    @classmethod
    def _country_is_known(cls, country: str) -> str:
        whole, dash, part = country.partition("-")
        parts = _countries().get(whole)
        if parts is None:
            raise ValueError(f"no public holidays are known for the country {whole!r}; write a code such as DK")
        if dash and part not in parts:
            known = ", ".join([whole, *(f"{whole}-{one}" for one in parts)])
            raise ValueError(f"no public holidays are known for {country!r}; write one of {known}")
        return country

    @field_validator("time_zone")
    @classmethod
    def _time_zone_is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is not a time zone; write a name such as Europe/Copenhagen") from None
        return name

    @field_validator("closed_days")
    @classmethod
    def _closed_days_are_days(cls, days: tuple[str, ...]) -> tuple[str, ...]:
        for day in days:
            try:
                date.fromisoformat(f"{LEAP_YEAR}-{day}")
            except ValueError:
                raise ValueError(f"{day!r} is not a day of the year; write month-day such as 12-24") from None
        return days

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> WorkingTime:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("opening hours are local clock times and take no time zone")
        if self.opens >= self.closes:
            raise ValueError(f"it closes at {self.closes:%H:%M}, which is not after it opens at {self.opens:%H:%M}")
        return self

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is neither week-end, public holiday nor one of ``closed_days``."""
        return self.why_closed(day) is None

    def why_closed(self, day: date) -> str | None:
        """Why nobody works on ``day``, in the country's language (``Skærtorsdag``, ``lørdag``); ``None`` if they do."""
        calendar = _calendar(self.country, day.year)
        holiday = calendar.public.get((day.month, day.day))
        if holiday is not None:
            return holiday
        if day.weekday() in calendar.weekend:
            return format_date(day, "EEEE", locale=calendar.language)
        if f"{day:%m-%d}" in self.closed_days:
            named = calendar.optional.get((day.month, day.day))
            return named or format_skeleton("MMMMd", day, locale=calendar.language)
        return None

    def previous_working_day(self, day: date) -> date:
        """The last working day up to and including ``day``."""
        while not self.is_working_day(day):
            day -= ONE_DAY
        return day

    def next_working_day(self, day: date) -> date:
        """The first working day from and including ``day``."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day`` (``day`` itself, working or not, when ``n`` is 0).

        Raises ``WorkingTimeError`` when ``n`` is negative.
        """
        if n < 0:
            raise WorkingTimeError(n, "working days are counted forward; give 0 or more")
        for _ in range(n):
            day = self.next_working_day(day + ONE_DAY)
        return day

    def at(self, day: date, clock: time) -> datetime:
        """The instant, in UTC, at which a wall clock of this place shows ``clock`` on ``day``.

        A time that the clocks skip in spring is read as if they had not yet been moved (02:30 becomes 03:30); of a
        time shown twice in autumn the first is meant. Raises ``WorkingTimeError`` for a clock time with a zone.
        """
        if clock.tzinfo is not None:
            raise WorkingTimeError(clock, "a local clock time takes no time zone")
        return datetime.combine(day, clock, tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)

    def local(self, instant: datetime) -> datetime:
        """``instant`` as a wall clock of this place shows it. Raises ``WorkingTimeError`` for a naive one."""
        if instant.utcoffset() is None:
            raise WorkingTimeError(instant, "an instant needs a time zone; naive datetimes are not taken")
        return instant.astimezone(ZoneInfo(self.time_zone))

    def opening(self, day: date) -> datetime:
        """The instant, in UTC, of opening time on ``day``, whether or not it is a working day."""
        return self.at(day, self.opens)

    def next_open(self, instant: datetime) -> datetime:
        """``instant`` itself, in UTC, if someone is at work then; otherwise when work next begins (R47).

        Raises ``WorkingTimeError`` for a naive instant.
        """
        here = self.local(instant)
        day = here.date()
        if not self.is_working_day(day) or instant >= self.at(day, self.closes):
            return self.opening(self.next_working_day(day + ONE_DAY))
        return max(instant.astimezone(UTC), self.opening(day))


class _Calendar:
    """What a country keeps in one year, by (month, day), so that no library object is changed behind our back."""

    def __init__(self, country: str, year: int) -> None:
        # The library would otherwise name holidays in the language of the machine's locale.
        whole, _, part = country.partition("-")
        language: str | None = holidays.country_holidays(whole).default_language
        of_year = partial(
            holidays.country_holidays, whole, subdiv=part or None, years=year, expand=False, language=language
        )
        public = of_year()
        self.language = language or "en"
        self.weekend = frozenset(public.weekend)
        self.public = _by_day(public)
        self.optional: Mapping[tuple[int, int], str] = {}
        if holidays.OPTIONAL in public.supported_categories:
            self.optional = _by_day(of_year(categories=(holidays.OPTIONAL,)))


def _by_day(found: Mapping[date, str]) -> Mapping[tuple[int, int], str]:
    return MappingProxyType({(day.month, day.day): name for day, name in found.items()})


@cache
def _countries() -> Mapping[str, Sequence[str]]:
    """Return the parts of each country that have holidays of their own, by the country's code."""
    return MappingProxyType(holidays.list_supported_countries())


@lru_cache(maxsize=256)
def _calendar(country: str, year: int) -> _Calendar:
    return _Calendar(country, year)
