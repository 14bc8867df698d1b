"""This engine: ``Engine.fire`` on a definition of four milestones, one fact with a key of its own each time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bench.programme import MILESTONES, STATES, enrol, open_database, programme
from bench.work import Result, database, expect
from states.engine import Engine
from states.facts import Fact
from states.store.database import Synchronous

NAME = "Talent Nord"
FULL_NAME = "Talent Nord, `synchronous=FULL`"
BATCH_NAME = "Talent Nord, in batches"
BATCH_FULL_NAME = "Talent Nord, in batches, `synchronous=FULL`"
BATCH = 1000
HELD = datetime(2027, 2, 15, 12, tzinfo=UTC)
"""When all is told: on the day on which the cohort is enrolled."""


def run(n: int, directory: Path) -> Result:
    """Journey by journey, four facts each: state, history and fact in one commit a transition."""
    return _measure(NAME, n, 1, directory)


def run_full(n: int, directory: Path) -> Result:
    """The same with production's setting, which waits for the disk at every commit."""
    return _measure(FULL_NAME, n, 1, directory, "FULL")


def run_batch(n: int, directory: Path) -> Result:
    """A thousand journeys by one fact: their states, their history and the fact in one commit."""
    return _measure(BATCH_NAME, n, BATCH, directory)


def run_batch_full(n: int, directory: Path) -> Result:
    """The same with production's setting, which waits for the disk at every commit."""
    return _measure(BATCH_FULL_NAME, n, BATCH, directory, "FULL")


def _measure(name: str, n: int, size: int, directory: Path, synchronous: Synchronous = "NORMAL") -> Result:
    path = database(directory)
    store = open_database(path, synchronous)
    journeys = enrol(store, "bench", n, programme())
    batches = [journeys[start : start + size] for start in range(0, n, size)]
    started = perf_counter()
    fire(Engine(store, lambda: HELD), batches)
    seconds = perf_counter() - started
    store.close()
    check(path, n, len(MILESTONES) * len(batches))
    return Result(name, len(MILESTONES) * n, seconds)


def fire(engine: Engine, batches: Sequence[Sequence[str]]) -> None:
    """Take each batch through the four milestones, a fact each."""
    for number, batch in enumerate(batches):
        for milestone in MILESTONES:
            engine.fire(milestone, batch, Fact(f"{milestone}/{number}", "bench", {"held_on": HELD.date().isoformat()}))


def check(path: Path, n: int, facts: int) -> None:
    """Looks with a new connection whether the whole work is in the file, as ``bench.work.check`` does for the peers.

    Every journey done, every move of each in the history exactly once, every fact taken, and the file in WAL mode.
    Raises NotDoneError otherwise.
    """
    with closing(sqlite3.connect(path)) as connection:
        expect("journal mode", connection.execute("PRAGMA journal_mode").fetchone()[0], "wal")
        states = connection.execute("SELECT state, version, count(*) FROM journeys GROUP BY 1, 2").fetchall()
        expect("journeys by state", states, [(STATES[-1], len(MILESTONES), n)])
        moves = connection.execute(
            'SELECT "trigger", source, dest, count(*), count(DISTINCT journey_id) FROM history'
            " WHERE at LIKE '____-__-__ %' GROUP BY 1, 2, 3 ORDER BY min(n)"
        ).fetchall()
        wanted = [(*move, n, n) for move in zip(MILESTONES, STATES, STATES[1:], strict=False)]
        expect("history by move", moves, wanted)
        expect("rows of history", connection.execute("SELECT count(*) FROM history").fetchone()[0], len(wanted) * n)
        causes = "SELECT count(DISTINCT cause) FROM history JOIN facts ON cause = 'fact ' || key"
        expect("facts behind it", connection.execute(causes).fetchone()[0], facts)
