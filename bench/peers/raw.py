"""The ceiling: the sqlite3 driver by hand, with no state machine at all."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from bench.work import MOVES, Result, check, connect, database, lay_out, now

NAME = "sqlite3 driver, one by one"
NAME_BATCH = "sqlite3 driver, in batches"
BATCH = 1000
MOVE = "UPDATE item SET state = ? WHERE id = ? AND state = ?"
RECORD = 'INSERT INTO history (item, "trigger", source, dest, at) VALUES (?, ?, ?, ?, ?)'


def run(n: int, directory: Path) -> Result:
    """One commit a transition."""
    path = database(directory)
    lay_out(path, n)
    with connect(path) as connection:
        started = perf_counter()
        for item in range(1, n + 1):
            for trigger, source, dest in MOVES:
                connection.execute(MOVE, (dest, item, source))
                connection.execute(RECORD, (item, trigger, source, dest, now()))
                connection.commit()
        seconds = perf_counter() - started
    check(path, n)
    return Result(NAME, len(MOVES) * n, seconds)


def run_batch(n: int, directory: Path) -> Result:
    """One commit for one move of up to 1,000 items."""
    path = database(directory)
    lay_out(path, n)
    with connect(path) as connection:
        started = perf_counter()
        for first in range(1, n + 1, BATCH):
            items = range(first, min(first + BATCH, n + 1))
            for trigger, source, dest in MOVES:
                at = now()
                connection.executemany(MOVE, ((dest, item, source) for item in items))
                connection.executemany(RECORD, ((item, trigger, source, dest, at) for item in items))
                connection.commit()
        seconds = perf_counter() - started
    check(path, n)
    return Result(NAME_BATCH, len(MOVES) * n, seconds)
