"""SpiffWorkflow at its leanest: a workflow for each item, its state serialised to JSON and committed after every step.

The workflow keeps its own history (its tasks, each with the instant of its last change), so no other is written. The
specification, the same for every item, is left out of what is stored each time, in the peer's favour.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from time import perf_counter

from SpiffWorkflow.serializer.json import JSONSerializer
from SpiffWorkflow.specs import Simple
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from bench.work import STATES, TRIGGERS, Result, connect, database, expect

NAME = "SpiffWorkflow, bare specification"


def specification() -> WorkflowSpec:
    """Start, then a task for each of s1 to s4 in a row."""
    spec = WorkflowSpec("journey", addstart=True)
    last = spec.start
    for state in STATES[1:]:
        task = Simple(spec, state)
        last.connect(task)
        last = task
    return spec


def run(n: int, directory: Path) -> Result:
    """Item by item: make its workflow, then four times run the next task, serialise, store and commit."""
    path = database(directory)
    spec = specification()
    serializer = JSONSerializer()
    with connect(path) as connection:
        lay_out_workflows(connection, n)
        started = perf_counter()
        for item in range(1, n + 1):
            workflow = Workflow(spec)
            workflow.run_next()
            for _trigger in TRIGGERS:
                workflow.run_next()
                stored = serializer.serialize_workflow(workflow, include_spec=False)
                connection.execute("UPDATE item SET workflow = ? WHERE id = ?", (stored, item))
                connection.commit()
        seconds = perf_counter() - started
    check_workflows(path, spec, n)
    return Result(NAME, len(TRIGGERS) * n, seconds)


def lay_out_workflows(connection: sqlite3.Connection, n: int) -> None:
    """A table with ``n`` items whose workflows have not begun."""
    with connection:
        connection.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, workflow TEXT)")
        connection.executemany("INSERT INTO item VALUES (?, NULL)", ((i,) for i in range(1, n + 1)))


def check_workflows(path: Path, spec: WorkflowSpec, n: int) -> None:
    """Reads every workflow back: each is complete, with s1 to s4 done in that order, and the file is in WAL mode."""
    serializer = JSONSerializer()
    shared = {"wf_spec": serializer.serialize_workflow_spec(spec)}
    with closing(sqlite3.connect(path)) as connection:
        expect("journal mode", connection.execute("PRAGMA journal_mode").fetchone()[0], "wal")
        rows = connection.execute("SELECT workflow FROM item WHERE workflow IS NOT NULL").fetchall()
    expect("workflows", len(rows), n)
    for (stored,) in rows:
        workflow = serializer.deserialize_workflow(json.dumps(json.loads(stored) | shared))
        tasks = workflow.get_tasks(state=TaskState.COMPLETED)
        expect("tasks done", tuple(task.task_spec.name for task in tasks)[-4:], STATES[1:])
        expect("workflow complete", workflow.is_completed(), True)
