"""A task is done, says a coordinator: it is closed, unless its matter would then be nobody's turn (invariant 6)."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, select

from config.definition import ACTIVE
from config.errors import TaskNotDoneError, UnknownRecordError
from config.grammar import CORRECT
from states.machines.commitment import FINAL, OPEN, PLANNED
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
_WAITS, _DONE = "open", "done"
"""How a task stands, as its row says."""


class _Stand(NamedTuple):
    """How a task's subject stands."""

    has_ended: bool
    """Whether there is nothing to do about it any more: a promise has an end, a day a date, a talent is back."""
    leads_on: bool
    """Whether something comes by itself that asks about it again, or ends it."""


def finish_task(firing: Firing) -> None:
    """Collect that a task is done.

    Raises:
        UnknownRecordError: the cohort has no such task.
        TaskNotDoneError: it is closed, closes by itself, or is all that keeps its matter from being forgotten.
    """
    task = _task(firing, str(firing.details.get(TASK) or ""))
    why = why_not_done(firing.connection, firing.cohort, task.id, task.subject)
    if task.status != _WAITS or why:
        raise TaskNotDoneError(task.id, task.title, why if task.status == _WAITS else "closed")
    firing.changes.closed.append(task.id)
    _record(firing, task, FINISH, _WAITS, _DONE)


def open_again(firing: Firing, ident: str) -> None:
    """Collect that a task was called done by mistake: it is open again, unless its matter has ended since."""
    task = _task(firing, ident)
    stand = _stand(firing.connection, firing.cohort, task.subject)
    holds = stand is not None and not stand.has_ended
    if holds:
        firing.changes.reopened.append(task.id)
    _record(firing, task, CORRECT, task.status, _WAITS if holds else task.status)


def why_not_done(connection: Connection, cohort: RunningCohort, task: str, subject: str) -> str:
    """Return why an open task about a subject cannot be called done, as ``TaskNotDoneError`` does, or nothing."""
    stand = _stand(connection, cohort, subject)
    if stand is None:
        return "itself"
    return "" if stand.has_ended or stand.leads_on or _something_else_asks(connection, task, subject) else "alone"


def _task(firing: Firing, ident: str) -> Row[Any]:
    ours = (TaskRow.id == ident) & (TaskRow.cohort_id == firing.cohort.cohort_id)
    row = firing.connection.execute(select(TaskRow.__table__).where(ours)).one_or_none()
    if row is None:
        raise UnknownRecordError(TASK, ident)
    return row


def _stand(connection: Connection, cohort: RunningCohort, subject: str) -> _Stand | None:
    """Return how a task's subject stands.

    ``None`` for what the programme does not know: the system asks for it, and sees itself when it is done.
    """
    found = commitments_named(connection, [subject])
    if found:
        # What is missed has a ladder whose last steps may be mails: from there, only a task points out.
        ahead = found[0].state in (PLANNED, OPEN) and _is_armed(connection, subject)
        return _Stand(found[0].state in FINAL, ahead)
    journey = journeys_and_cohort(connection, [subject]).journeys.get(subject)
    if journey is not None:
        on_its_way = journey.state.startswith(ACTIVE)
        return _Stand(on_its_way or journey.state in ends(cohort.definition), _is_armed(connection, subject))
    if subject == cohort.cohort_id:  # A notice has asked for it: nothing hangs on it, and taken back it is asked again.
        return _Stand(has_ended=False, leads_on=True)
    name = subject.removeprefix(f"{cohort.cohort_id}/")
    return _Stand(name in cohort.calendar.days, False) if name in cohort.definition.milestones else None


def _is_armed(connection: Connection, subject: str) -> bool:
    return connection.scalar(select(TimerRow.id).where(TimerRow.subject == subject, ARMED).limit(1)) is not None


def _something_else_asks(connection: Connection, task: str, subject: str) -> bool:
    ahead: list[tuple[Any, ColumnElement[bool]]] = [
        (EffectRow.id, (EffectRow.subject == subject) & (EffectRow.kind == TASK) & PENDING),
        (TaskRow.id, (TaskRow.subject == subject) & (TaskRow.id != task) & OPEN_TASK),
    ]
    return any(connection.scalar(select(column).where(which).limit(1)) is not None for column, which in ahead)


def _record(firing: Firing, task: Row[Any], trigger: str, source: str, dest: str) -> None:
    subject = f"{TASK}:{task.id}"
    version, _ = last_step(firing.connection, subject)
    step = (trigger, source, dest)
    firing.changes.record(firing.cohort.cohort_id, task.journey_id, subject, version, TASK, step)
