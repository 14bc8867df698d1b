"""The work that everyone does: N items through s0 to s4, each transition stored with one row of history.

The clock runs while items are loaded, their machines or workflows made, and transitions made and committed. Creating
the tables and the N items, and the check at the end, are not timed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

STATES = ("s0", "s1", "s2", "s3", "s4")
TRIGGERS = ("to_s1", "to_s2", "to_s3", "to_s4")
MOVES = tuple(zip(TRIGGERS, STATES, STATES[1:], strict=False))
"""(trigger, source, dest), in the order of the journey."""

SCHEMA = """
CREATE TABLE item (id INTEGER PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES item (id),
    "trigger" TEXT NOT NULL,
    source TEXT NOT NULL,
    dest TEXT NOT NULL,
    at TEXT NOT NULL
);
"""

PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL")
"""What every connection of every entry starts with."""


@dataclass(frozen=True)
class Result:
    """What one run did: ``transitions`` made durable in ``seconds`` of wall-clock time."""

    name: str
    transitions: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Durable transitions a second."""
        return self.transitions / self.seconds


class Run(Protocol):
    """An entry of the benchmark: takes ``n`` items through the journey, keeping its files in ``directory``."""

    def __call__(self, n: int, directory: Path) -> Result: ...


class NotDoneError(Exception):
    """An entry says that it is done, and its database says otherwise."""

    def __init__(self, what: str, found: object, wanted: object) -> None:
        super().__init__(f"{what}: found {found}, wanted {wanted}")


def database(directory: Path) -> Path:
    """The database file of an entry's run."""
    return directory / "bench.db"


def now() -> str:
    """The instant that a row of history carries: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat()


@contextmanager
def connect(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection with the pragmas set, closed afterwards."""
    with closing(sqlite3.connect(path)) as connection:
        tune(connection)
        yield connection


def tune(connection: sqlite3.Connection, _record: object = None) -> None:
    """Sets the pragmas; can be given to SQLAlchemy as a listener for ``connect``."""
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def lay_out(path: Path, n: int) -> None:
    """Creates the tables and ``n`` items in s0, numbered from 1."""
    with connect(path) as connection, connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO item VALUES (?, 's0')", ((i,) for i in range(1, n + 1)))


def expect(what: str, found: object, wanted: object) -> None:
    """Raises NotDoneError unless both are equal."""
    if found != wanted:
        raise NotDoneError(what, found, wanted)


def check(path: Path, n: int) -> None:
    """Looks with a new connection whether the whole work is in the file.

    Every item in s4, every move of every item in the history exactly once with its instant, and the file in WAL mode.
    Raises NotDoneError otherwise.
    """
    with closing(sqlite3.connect(path)) as connection:
        expect("journal mode", connection.execute("PRAGMA journal_mode").fetchone()[0], "wal")
        states = connection.execute("SELECT state, count(*) FROM item GROUP BY state").fetchall()
        expect("items by state", states, [(STATES[-1], n)])
        moves = connection.execute(
            'SELECT "trigger", source, dest, count(*), count(DISTINCT item) FROM history'
            " WHERE at LIKE '____-__-__T%' GROUP BY 1, 2, 3 ORDER BY 1"
        ).fetchall()
        expect("history by move", moves, [(*move, n, n) for move in MOVES])
        expect("rows of history", connection.execute("SELECT count(*) FROM history").fetchone()[0], len(MOVES) * n)
