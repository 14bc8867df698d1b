"""This engine when more follows from a transition: ``Engine.tick`` on a promise that nobody keeps.

Each of its four transitions is caused by a timer and causes a mail; all but the last arm the next timer. In batches,
the promises of a cohort fall due together; one by one, each at a second of its own.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.programme import enrol, open_database, programme
from bench.work import Result, database, expect
from states.engine import Engine
from states.store.database import Database

NAME = "Talent Nord, a mail and a timer each"
BATCH_NAME = "Talent Nord, a mail and a timer each, in batches"
BATCH = 1000

STATES = ("planned", "open", "missed", "escalated.1", "escalated.2")
MOVES = tuple(zip(("open", "miss", "escalate", "escalate"), STATES, STATES[1:], strict=False))
INSTANTS = tuple(datetime(2027, month, day, 17, tzinfo=UTC) for month, day in ((2, 15), (3, 17), (3, 20), (4, 1)))
"""When the engine ticks: after each of the four timers is due, and before the next one is."""

_MAIL: dict[str, Any] = {"to": ["talent"]}
PROMISE = {
    "id": "promise",
    "label": "promise",
    "owner": "talent",
    "opens": "first",
    "due": "second",
    "on_open": [{"mail": "opened"} | _MAIL],
    "on_miss": [{"mail": "missed"} | _MAIL],
    "escalation": [
        {"when": "missed + 3wd", "effects": [{"mail": "escalated"} | _MAIL]},
        {"when": "missed + 6wd", "effects": [{"mail": "escalated"} | _MAIL]},
    ],
}


def run(n: int, directory: Path) -> Result:
    """Promise by promise: its state, history, timers and mail in one commit."""
    return _measure(NAME, n, directory, apart=True)


def run_batch(n: int, directory: Path) -> Result:
    """A thousand promises of a cohort: their states, history, timers and mails in one commit."""
    return _measure(BATCH_NAME, n, directory, apart=False)


def _measure(name: str, n: int, directory: Path, apart: bool) -> Result:
    path = database(directory)
    store = lay_out(path, n, apart)
    seconds = tick(store, path, n, apart)
    store.close()
    check(path, n)
    return Result(name, len(MOVES) * n, seconds)


def lay_out(path: Path, n: int, apart: bool) -> Database:
    """``n`` promises whose opening is due: of one cohort and ``apart`` in time, or of cohorts of up to a thousand."""
    store = open_database(path)
    size = n if apart else BATCH
    for first in range(0, n, size):
        enrol(store, f"c{first:06d}", min(size, n - first), programme((PROMISE,)))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM timers")
        connection.execute(
            "INSERT INTO commitments (id, cohort_id, journey_id, name, state, version)"
            " SELECT id || '/promise', cohort_id, id, 'promise', 'planned', 0 FROM journeys ORDER BY id"
        )
        connection.execute(
            'INSERT INTO timers (cohort_id, subject, "trigger", due_at, rank, status)'
            " SELECT cohort_id, id, 'promise:open', '2027-02-15 14:00:00.000000', 2, 'armed' FROM commitments"
        )
    if apart:
        _spread(path, INSTANTS[0])
    return store


def tick(store: Database, path: Path, n: int, apart: bool) -> float:
    """Let the four timers of every promise fall; returns the seconds that the ticks have taken."""
    engine, seconds = Engine(store, lambda: INSTANTS[0]), 0.0
    for instant, following in zip(INSTANTS, (*INSTANTS[1:], None), strict=True):
        started = perf_counter()
        outcomes = engine.tick(instant)
        seconds += perf_counter() - started
        expect("timers fired", sum(len(outcome.transitions) for outcome in outcomes), n)
        expect("commits", len(outcomes), n if apart else -(-n // BATCH))
        if apart and following is not None:
            _spread(path, following)
    return seconds


def _spread(path: Path, instant: datetime) -> None:
    """Give each armed timer a second of its own before ``instant``."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE timers SET due_at = strftime('%Y-%m-%d %H:%M:%S.000000', ?, '-' || id || ' seconds')"
            " WHERE status = 'armed'",
            (f"{instant:%Y-%m-%d %H:%M:%S}",),
        )


def check(path: Path, n: int) -> None:
    """Looks with a new connection whether the whole work is in the file.

    Every promise in the last state, every move of each in the history exactly once with a mail of its own, every
    timer fired, and the file in WAL mode. Raises NotDoneError otherwise.
    """
    with closing(sqlite3.connect(path)) as connection:
        expect("journal mode", connection.execute("PRAGMA journal_mode").fetchone()[0], "wal")
        states = connection.execute("SELECT state, version, count(*) FROM commitments GROUP BY 1, 2").fetchall()
        expect("promises by state", states, [(STATES[-1], len(MOVES), n)])
        moves = connection.execute(
            'SELECT h."trigger", source, dest, count(*), count(DISTINCT h.journey_id), count(DISTINCT key)'
            " FROM history AS h JOIN effects ON history_id = h.id GROUP BY 1, 2, 3 ORDER BY min(n)"
        ).fetchall()
        expect("history by move", moves, [(*move, n, n, n) for move in MOVES])
        expect("rows of history", connection.execute("SELECT count(*) FROM history").fetchone()[0], len(MOVES) * n)
        timers = connection.execute("SELECT status, count(*) FROM timers GROUP BY 1").fetchall()
        expect("timers by status", timers, [("fired", len(MOVES) * n)])
