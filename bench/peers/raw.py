"""The limit: the sqlite3 driver by hand, which writes the very rows that our engine has written before.

First the engine does the work, not timed. Then the driver does it again on a copy made beforehand, with the same
tables, indexes and settings, and as many rows in each commit. It reads nothing, decides nothing, and has all values
at hand when the clock starts. At the end both files must hold the same rows.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.peers import ours, promises
from bench.programme import MILESTONES, enrol, open_database, programme
from bench.work import Result, connect, database, expect
from states.engine import Engine

NAME = "sqlite3 driver, our rows"
BATCH_NAME = "sqlite3 driver, our rows, in batches"
PROMISES_NAME = "sqlite3 driver, our rows, a mail and a timer each"
PROMISES_BATCH_NAME = "sqlite3 driver, our rows, a mail and a timer each, in batches"

TABLES = ("cohorts", "persons", "milestones", "journeys", "commitments", "facts", "history", "timers", "effects")
FACT = (
    'INSERT INTO facts (key, "trigger", at, actor, details, subjects, "before", corrects)'
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
FIRE = "UPDATE timers SET status = 'fired' WHERE id = ?"
MOVE_JOURNEY = "UPDATE journeys SET state = ?, version = version + 1 WHERE id = ? AND version = ?"
MOVE_PROMISE = (
    "UPDATE commitments SET state = ?, version = version + 1, opened_on = ?, due_on = ?, missed_on = ?, choice = ?"
    " WHERE id = ? AND version = ?"
)
RECORD = (
    'INSERT INTO history (id, cohort_id, journey_id, machine, "trigger", source, dest, at, cause)'
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
DROP = "UPDATE effects SET status = 'dropped', changed_at = ?, note = ? WHERE status = 'pending' AND subject = ?"
ARM = "INSERT INTO timers (cohort_id, subject, \"trigger\", due_at, rank, status) VALUES (?, ?, ?, ?, ?, 'armed')"
CAUSE = (
    'INSERT INTO effects (key, cohort_id, journey_id, subject, history_id, "trigger", kind, message, role,'
    " recipient_id, details, send_at, status, mail_id, changed_at, note)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', NULL, NULL, '')"
)

Commit = list[tuple[str, list[tuple[Any, ...]]]]
"""Statements, each with the values of every row."""


def run(n: int, directory: Path) -> Result:
    """One commit a transition: state, history, fact."""
    return _facts(NAME, n, 1, directory)


def run_batch(n: int, directory: Path) -> Result:
    """One commit for one move of up to 1,000 journeys: states, history, fact."""
    return _facts(BATCH_NAME, n, ours.BATCH, directory)


def run_promises(n: int, directory: Path) -> Result:
    """One commit a transition: state, history, timer fired, timer armed, mail."""
    return _promises(PROMISES_NAME, n, directory, apart=True)


def run_promises_batch(n: int, directory: Path) -> Result:
    """One commit for one move of up to 1,000 promises: states, history, timers fired and armed, mails."""
    return _promises(PROMISES_BATCH_NAME, n, directory, apart=False)


def _facts(name: str, n: int, size: int, directory: Path) -> Result:
    written, path = directory / "written.db", database(directory)
    store = open_database(written)
    journeys = enrol(store, "bench", n, programme())
    batches = [journeys[start : start + size] for start in range(0, n, size)]
    store.close()
    shutil.copy(written, path)
    ours.fire(Engine(store, lambda: ours.HELD), batches)
    store.close()
    seconds = write_again(written, path, size)
    ours.check(path, n, len(MILESTONES) * len(batches))
    return Result(name, len(MILESTONES) * n, seconds)


def _promises(name: str, n: int, directory: Path, apart: bool) -> Result:
    written, path = directory / "written.db", database(directory)
    store = promises.lay_out(written, n, apart)
    store.close()
    shutil.copy(written, path)
    promises.tick(store, written, n, apart)
    store.close()
    seconds = write_again(written, path, 1 if apart else promises.BATCH)
    promises.check(path, n)
    return Result(name, len(promises.MOVES) * n, seconds)


def write_again(written: Path, path: Path, size: int) -> float:
    """Write what came to ``written`` to its copy ``path``, up to ``size`` transitions a commit; returns the seconds.

    Raises NotDoneError unless both hold the same rows in the end.
    """
    commits = list(read_commits(written, size))
    with connect(path) as connection:
        # As our engine has it.
        connection.execute("PRAGMA foreign_keys = ON")
        started = perf_counter()
        for commit in commits:
            for statement, rows in commit:
                connection.executemany(statement, rows)
            connection.commit()
        seconds = perf_counter() - started
    for table in TABLES:
        rows_of = _reader(f"SELECT * FROM {table} ORDER BY 1, 2")
        expect(f"rows of {table} as written", rows_of(path) == rows_of(written), True)
    return seconds


def _reader(query: str) -> Callable[[Path], list[tuple[Any, ...]]]:
    def read(path: Path) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(query).fetchall()

    return read


def read_commits(written: Path, size: int) -> Iterator[Commit]:
    """Yield what each commit wrote, from the rows that there are: a move of up to ``size`` subjects of a cohort."""
    with closing(sqlite3.connect(written)) as connection:
        connection.row_factory = sqlite3.Row
        history = connection.execute("SELECT * FROM history ORDER BY n").fetchall()
        facts = {f"fact {row['key']}": row for row in connection.execute("SELECT * FROM facts")}
        effects = {row["history_id"]: row for row in connection.execute("SELECT * FROM effects")}
        dropped = {(row["subject"], row["note"]) for row in effects.values() if row["status"] == "dropped"}
        commitments = {row["id"]: row for row in connection.execute("SELECT * FROM commitments")}
        timers = defaultdict(list)
        for row in connection.execute("SELECT * FROM timers ORDER BY id"):
            timers[row["subject"]].append(row)
    for _, moves in groupby(history, lambda row: (row["cohort_id"], row["trigger"], row["source"])):
        for rows in _pieces(list(moves), size):
            commit: dict[str, list[tuple[Any, ...]]] = {
                statement: [] for statement in (FACT, FIRE, MOVE_JOURNEY, MOVE_PROMISE, RECORD, DROP, ARM, CAUSE)
            }
            for row in rows:
                subject, _, number = row["id"].rpartition("#")
                version = int(number)
                commit[RECORD].append(tuple(row)[1:])
                if row["machine"] == "journey":
                    commit[MOVE_JOURNEY].append((row["dest"], subject, version - 1))
                else:
                    # The dates that it has in the end are as long as those that it had in between.
                    dates = tuple(commitments[subject][name] for name in ("opened_on", "due_on", "missed_on", "choice"))
                    commit[MOVE_PROMISE].append((row["dest"], *dates, subject, version - 1))
                # The first transition fires the first timer of its subject and arms the second, and so on.
                commit[FIRE] += [(timer["id"],) for timer in timers[subject][version - 1 : version]]
                commit[ARM] += [tuple(timer)[1:-1] for timer in timers[subject][version : version + 1]]
                if (subject, row["cause"]) in dropped:
                    commit[DROP].append((row["at"], row["cause"], subject))
                if row["id"] in effects:
                    commit[CAUSE].append(tuple(effects[row["id"]])[1:13])
            if rows[0]["cause"] in facts:
                commit[FACT].append(tuple(facts[rows[0]["cause"]]))
            yield [(statement, values) for statement, values in commit.items() if values]


def _pieces(rows: Sequence[sqlite3.Row], size: int) -> Iterator[Sequence[sqlite3.Row]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
