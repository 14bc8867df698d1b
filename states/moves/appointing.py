"""A day is agreed on, none is found, or nobody else shall be asked: what that changes of a commitment (R17, R59)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, select

from config.errors import AppointmentRefusedError, FactIncompleteError
from config.grammar import Trigger, reminder
from config.programme import CommitmentSpec
from states.moves.firing import Firing
from states.moves.plausible import FARTHEST_AHEAD
from states.records import Commitment
from states.store.conditions import OPEN_TASK, PENDING, UNTOLD
from states.store.tables import EffectRow, TaskRow

_VOID = frozenset({"stall", "pause", "retract", "waive", "cancel", "expire"})
"""Verbs after which no agreed day holds any more."""


def appointed_after(firing: Firing, verb: str, commitment: Commitment, due: date | None) -> date | None:
    """Return the day that is agreed after a verb; ``due`` is the deadline by then.

    Raises:
        FactIncompleteError, AppointmentRefusedError: a day is agreed on, and the fact names none that can be.
    """
    if verb == "appoint":
        return _told_day(firing, str(Trigger(commitment.name, verb)))
    day = commitment.appointed_on
    if day is None or verb in _VOID:
        return None
    # Another deadline is agreed on instead: a day within it still holds.
    return day if verb != "extend" or (due is not None and firing.today <= day <= due) else None


def time_after(firing: Firing, verb: str, commitment: Commitment, appointed: date | None) -> str:
    """Return the time of day that goes with the agreed day after a verb."""
    told = firing.details.get("appointed_at") if verb == "appoint" else commitment.appointed_at
    return str(told or "") if appointed else ""


def not_stalled_yet(firing: Firing, trigger: str, commitments: Sequence[Commitment]) -> list[Commitment]:
    """Return those of the commitments for which nobody has been asked yet to help to find a time."""
    asked = (EffectRow.trigger == trigger) & EffectRow.subject.in_([one.id for one in commitments])
    waits = select(EffectRow.subject).where(asked, PENDING)
    opened = select(EffectRow.subject).join(TaskRow, TaskRow.id == EffectRow.key).where(asked, OPEN_TASK)
    known = {*firing.connection.scalars(waits), *firing.connection.scalars(opened)}
    return [one for one in commitments if one.id not in known or one.appointed_on is not None]


def settle_what_it_answers(firing: Firing, spec: CommitmentSpec, verb: str, commitment: Commitment) -> None:
    """Drop what a verb makes untrue before it is told, and close the task that it answers."""
    mine = EffectRow.subject == commitment.id
    if verb == "hush":
        asking = [reminder(number) for number, step in enumerate(spec.reminders, start=1) if step.asks_others]
        _drop(firing, mine & _caused_by(spec, *asking))
        return
    _drop(firing, mine & _caused_by(spec, "appoint", "stall"))
    query = select(TaskRow.id).join(EffectRow, EffectRow.key == TaskRow.id)
    tasks = query.where(mine & _caused_by(spec, "stall"), OPEN_TASK)
    firing.changes.closed += firing.connection.scalars(tasks.order_by(TaskRow.id))


def _told_day(firing: Firing, trigger: str) -> date:
    given = firing.details.get("appointed_on")
    if not given:
        raise FactIncompleteError(trigger, "appointed_on", "is missing")
    day = date.fromisoformat(str(given))
    if not firing.today <= day <= firing.today + FARTHEST_AHEAD:
        raise AppointmentRefusedError(trigger, "appointed_on", day, past=day < firing.today)
    return day


def _caused_by(spec: CommitmentSpec, *verbs: str) -> ColumnElement[bool]:
    return EffectRow.trigger.in_([str(Trigger(spec.id, verb)) for verb in verbs])


def _drop(firing: Firing, which: ColumnElement[bool]) -> None:
    query = select(EffectRow.id).where(UNTOLD, which)
    firing.changes.dropped += firing.connection.scalars(query.order_by(EffectRow.id))
