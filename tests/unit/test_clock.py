"""The clocks: one is real, one is turned by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flows.clock import TurnedClock, system_clock

NOON = datetime(2027, 3, 11, 12, tzinfo=UTC)


def test_the_real_clock_is_in_utc_and_shows_now() -> None:
    shown = system_clock()
    assert shown.utcoffset() == timedelta()
    assert abs(datetime.now(UTC) - shown) < timedelta(minutes=1)


def test_a_turned_clock_stands_still_until_it_is_turned() -> None:
    clock = TurnedClock(NOON)
    assert clock() == clock() == NOON
    clock.turn_to(NOON + timedelta(days=1))
    assert clock() == NOON + timedelta(days=1)


def test_a_turned_clock_never_goes_backwards() -> None:
    clock = TurnedClock(NOON)
    clock.turn_to(NOON - timedelta(seconds=1))
    assert clock() == NOON
