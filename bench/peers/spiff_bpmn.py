"""SpiffWorkflow as its manual has it: a BPMN process for each item, serialised whole and committed after every step."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.util.task import TaskState

from bench.peers.spiff import lay_out_workflows
from bench.work import STATES, TRIGGERS, Result, connect, database, expect

NAME = "SpiffWorkflow, BPMN process"


def process() -> BpmnProcessSpec:
    """A start event, a manual task for each of s1 to s4 in a row, an end event."""
    nodes = ("begin", *STATES[1:], "end")
    tasks = "".join(f'<manualTask id="{state}" name="{state}"/>' for state in STATES[1:])
    flows = "".join(
        f'<sequenceFlow id="to_{dest}" sourceRef="{source}" targetRef="{dest}"/>' for source, dest in pairwise(nodes)
    )
    parser = BpmnParser()
    parser.add_bpmn_str(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="definitions">'
        '<process id="journey" isExecutable="true">'
        f'<startEvent id="begin"/>{tasks}<endEvent id="end"/>{flows}</process></definitions>'.encode()
    )
    return parser.get_spec("journey")


def run(n: int, directory: Path) -> Result:
    """Item by item: start its process, then four times do the waiting task, serialise, store and commit."""
    path = database(directory)
    spec = process()
    serializer = BpmnWorkflowSerializer()
    with connect(path) as connection:
        lay_out_workflows(connection, n)
        started = perf_counter()
        for item in range(1, n + 1):
            workflow = BpmnWorkflow(spec)
            workflow.run_all()
            for _trigger in TRIGGERS:
                workflow.get_next_task(state=TaskState.READY, manual=True).run()
                workflow.run_all()
                stored = serializer.serialize_json(workflow)
                connection.execute("UPDATE item SET workflow = ? WHERE id = ?", (stored, item))
                connection.commit()
        seconds = perf_counter() - started
    check_processes(path, n)
    return Result(NAME, len(TRIGGERS) * n, seconds)


def check_processes(path: Path, n: int) -> None:
    """Reads every process back: each is complete, with s1 to s4 done in that order, and the file is in WAL mode."""
    serializer = BpmnWorkflowSerializer()
    with closing(sqlite3.connect(path)) as connection:
        expect("journal mode", connection.execute("PRAGMA journal_mode").fetchone()[0], "wal")
        rows = connection.execute("SELECT workflow FROM item WHERE workflow IS NOT NULL").fetchall()
    expect("processes", len(rows), n)
    for (stored,) in rows:
        workflow = serializer.deserialize_json(stored)
        tasks = workflow.get_tasks(state=TaskState.COMPLETED, manual=True)
        expect("tasks done", tuple(task.task_spec.name for task in tasks), STATES[1:])
        expect("process complete", workflow.is_completed(), True)
