"""DBOS: a workflow of four steps for each item, every step recorded in its SQLite system database.

DBOS keeps state and history itself (workflow_status and operation_outputs), so nothing else is written. Left to itself
it opens SQLite with a rollback journal; here its connections get the pragmas of the work, in its favour.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from time import perf_counter

from dbos import DBOS
from sqlalchemy import Engine, event

from bench.work import STATES, Result, database, expect, tune

NAME = "DBOS, four steps a workflow"


@DBOS.step()
def move(dest: str) -> str:
    """One transition: its result is recorded before the workflow goes on."""
    return dest


@DBOS.workflow()
def journey() -> str:
    """The four transitions of an item."""
    state = STATES[0]
    for dest in STATES[1:]:
        state = move(dest)
    return state


def run(n: int, directory: Path) -> Result:
    """Workflow by workflow; starting and ending one takes DBOS a commit each, which are not counted as transitions."""
    path = database(directory)
    event.listen(Engine, "connect", tune)
    DBOS(
        config={
            "name": "bench",
            "system_database_url": f"sqlite:///{path}",
            "application_version": "1",
            "log_level": "WARNING",
        }
    )
    DBOS.launch()
    started = perf_counter()
    for _item in range(n):
        journey()
    seconds = perf_counter() - started
    DBOS.destroy()
    event.remove(Engine, "connect", tune)
    check_steps(path, n)
    return Result(NAME, (len(STATES) - 1) * n, seconds)


def check_steps(path: Path, n: int) -> None:
    """Every workflow has succeeded, with its four steps recorded, and the file is in WAL mode."""
    steps = (
        "SELECT function_id, count(*), count(DISTINCT workflow_uuid) FROM operation_outputs"
        " WHERE output IS NOT NULL AND completed_at_epoch_ms IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    with closing(sqlite3.connect(path)) as connection:
        expect("journal mode", connection.execute("PRAGMA journal_mode").fetchone()[0], "wal")
        done = connection.execute("SELECT status, count(*) FROM workflow_status GROUP BY 1").fetchall()
        expect("workflows by status", done, [("SUCCESS", n)])
        expect("steps by number", connection.execute(steps).fetchall(), [(step, n, n) for step in (1, 2, 3, 4)])
