"""Clocks: the real one, and one that a rehearsal turns by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

TICK_EVERY = timedelta(minutes=15)
TRUSTED_FOR = 2 * TICK_EVERY + timedelta(minutes=5)
"""How long a page that every tick publishes holds good: by then two have been missed."""


def system_clock() -> datetime:
    """Return the present instant, aware and in UTC."""
    return datetime.now(UTC)


def clock_ahead(seconds: int) -> Callable[[], datetime]:
    """Return a clock that goes as the real one does, so many seconds ahead of it."""
    ahead = timedelta(seconds=seconds)
    return lambda: system_clock() + ahead


class TurnedClock:
    """Shows what it was set to; never goes backwards."""

    def __init__(self, start: datetime) -> None:
        self._instant = start

    def __call__(self) -> datetime:
        """Return the instant it stands at."""
        return self._instant

    def turn_to(self, instant: datetime) -> None:
        """Set it forward to ``instant``; an earlier one is ignored."""
        self._instant = max(self._instant, instant)
