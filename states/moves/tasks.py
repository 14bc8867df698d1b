"""A task is done, says a coordinator: it is closed, unless its matter would then be nobody's turn (invariant 6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from config.definition import ACTIVE
from config.errors import TaskNotDoneError, UnknownRecordError
from config.grammar import CORRECT
from states.machines.commitment import FINAL
from states.machines.journey import ends
from states.moves.firing import Firing
from states.running_cohort import RunningCohort
from states.store.conditions import ARMED, OPEN_TASK, PENDING
from states.store.fact_log import last_step
from states.store.queries import commitments_named, journeys_and_cohort
from states.store.tables import EffectRow, TaskRow, TimerRow

FINISH = "finish"
TASK = "task"
"""The detail that holds a task's id; and the machine of what happens to tasks, in history."""
_OPEN, _DONE = "open", "done"


def finish_task(firing: Firing) -> None:
    """Collect that a task is done.

    Raises:
        UnknownRecordError: the cohort has no such task.
        TaskNotDoneError: it is closed, closes by itself, or is all that keeps its matter from being forgotten.
    """
    task = _task(firing, str(firing.details.get(TASK) or ""))
    why = why_not_done(firing.connection, firing.cohort, task.id, task.subject)
    if task.status != _OPEN or why:
        raise TaskNotDoneError(task.id, task.title, why if task.status == _OPEN else "closed")
    firing.changes.closed.append(task.id)
    _record(firing, task, FINISH, _OPEN, _DONE)


def open_again(firing: Firing, ident: str) -> None:
    """Collect that a task was called done by mistake: it is open again, unless its matter has ended since."""
    task = _task(firing, ident)
    holds = not _leads_on(firing.connection, firing.cohort, task.subject)
    if holds:
        firing.changes.reopened.append(task.id)
    _record(firing, task, CORRECT, task.status, _OPEN if holds else task.status)


def why_not_done(connection: Connection, cohort: RunningCohort, task: str, subject: str) -> str:
    """Return why an open task about a subject cannot be called done, as ``TaskNotDoneError`` does, or nothing."""
    leads_on = _leads_on(connection, cohort, subject)
    if leads_on is None:
        return "itself"
    return "" if leads_on or _something_else_points_on(connection, task, subject) else "alone"


def _task(firing: Firing, ident: str) -> Row[Any]:
    ours = (TaskRow.id == ident) & (TaskRow.cohort_id == firing.cohort.cohort_id)
    row = firing.connection.execute(select(TaskRow.__table__).where(ours)).one_or_none()
    if row is None:
        raise UnknownRecordError(TASK, ident)
    return row


def _leads_on(connection: Connection, cohort: RunningCohort, subject: str) -> bool | None:
    """Whether a task's subject goes on from where it stands by itself, or has ended.

    ``None`` for what the programme does not know: the system asks for it, and sees itself when it is done.
    """
    found = commitments_named(connection, [subject])
    if found:
        return found[0].state in FINAL
    journey = journeys_and_cohort(connection, [subject]).journeys.get(subject)
    if journey is not None:
        return journey.state.startswith(ACTIVE) or journey.state in ends(cohort.definition)
    name = subject.removeprefix(f"{cohort.cohort_id}/")
    return name in cohort.calendar.days if name in cohort.definition.milestones else None


def _something_else_points_on(connection: Connection, task: str, subject: str) -> bool:
    ahead: list[tuple[Any, ColumnElement[bool]]] = [
        (TimerRow.id, (TimerRow.subject == subject) & ARMED),
        (EffectRow.id, (EffectRow.subject == subject) & (EffectRow.kind == TASK) & PENDING),
        (TaskRow.id, (TaskRow.subject == subject) & (TaskRow.id != task) & OPEN_TASK),
    ]
    return any(connection.scalar(select(column).where(which).limit(1)) is not None for column, which in ahead)


def _record(firing: Firing, task: Row[Any], trigger: str, source: str, dest: str) -> None:
    subject = f"{TASK}:{task.id}"
    version, _ = last_step(firing.connection, subject)
    step = (trigger, source, dest)
    firing.changes.record(firing.cohort.cohort_id, task.journey_id, subject, version, TASK, step)
