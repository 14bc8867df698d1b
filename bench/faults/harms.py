"""What is done to database and clock, most of it while a mail is in the peer's hands and nobody has recorded it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bench.faults.peers import Moment, Strike
from bench.faults.places import Place, PostgresPlace, SqlitePlace
from bench.faults.year import Year

HOUR_BACK, WEEKS_ON = timedelta(hours=-1), timedelta(weeks=3)
TIMES = 6
"""How often each harm is done to a database in a year."""


def harms_for(year: Year, mails: int, times: int = TIMES) -> dict[tuple[int, Moment], Strike]:
    """Return the harms of a year by the number of the mail at which they are done, spread over the whole of it."""
    kinds = _kinds(year)
    each = [kind for _ in range(times) for kind in kinds]
    clocks = [lambda: year.turn_clock(HOUR_BACK), lambda: year.turn_clock(HOUR_BACK), lambda: year.turn_clock(WEEKS_ON)]
    strikes = [year.harm(what, undo) for what, undo in each]
    strikes += [year.turned(clock) for clock in clocks]
    # In turn, so that each kind falls on the whole year; a clock that goes on three weeks skips some mails.
    distance = max(2, int(mails * 0.8) // (len(strikes) + 1))
    places: list[tuple[int, Moment]] = [(distance * number, "taken") for number in range(1, len(strikes) + 1)]
    order = sorted(range(len(strikes)), key=lambda number: (number * 7919) % len(strikes))
    return {place: strikes[number] for place, number in zip(places, order, strict=True)}


def harms_of(place: Place) -> str:
    """Return what is done to a place, as it stands in the table."""
    if isinstance(place, SqlitePlace):
        return f"{'disk full' if place.disk else 'file size limited'}, file moved away, clock turned"
    return "connections ended, server stopped, clock turned"


def _kinds(year: Year) -> list[tuple[Callable[[], None], Callable[[], None] | None]]:
    place = year.place
    if isinstance(place, SqlitePlace):
        pid = year.killer
        return [
            (lambda: place.fill(pid.pid), lambda: place.free(pid.pid)),
            (place.move_away, place.move_back),
        ]
    assert isinstance(place, PostgresPlace)
    return [(place.terminate, None), (place.cluster.halt, place.cluster.start)]
