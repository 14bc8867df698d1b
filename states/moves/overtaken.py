"""What happened to matters after a mail had gone out that, as it turns out, never arrived.

A fact leaves its word on what was not told yet (``overtaken``, ``successor_id``). On a mail that counted as sent it
leaves none: here the word is found that it would have left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from config.definition import Definition
from states.facts import FACT_CAUSE
from states.machines.commitment import drops_pending
from states.machines.journey import silences
from states.store.tables import EffectRow, HistoryRow, JourneyRow
from states.store.taken_back import correction_of

_FILLED_BY_JOURNEY = ("mentor", "second_mentor")
_EFFECT = (EffectRow.id, EffectRow.cohort_id, EffectRow.journey_id, EffectRow.subject, EffectRow.history_id)
_ABOUT = select(*_EFFECT, EffectRow.role, EffectRow.recipient_id)


class Word(NamedTuple):
    """What has come between, by effect: the cause that has made it untrue, or who is to be told of it now."""

    overtaken: Mapping[int, str]
    successors: Mapping[int, str]


def word_on(connection: Connection, definition: Definition, effects: Sequence[int]) -> Word:
    """Return the word on effects, by id, of cohorts with one definition, as if none of them had ever been sent."""
    rows = connection.execute(_ABOUT.where(EffectRow.id.in_(effects)).order_by(EffectRow.id)).all()
    overtaken = {row.id: cause for row in rows if (cause := _cause_since(connection, definition, row))}
    others = {row.id: _holder(connection, row) for row in rows if row.role in _FILLED_BY_JOURNEY and row.journey_id}
    return Word(overtaken, {one: person for one, person in others.items() if person and one not in overtaken})


def _cause_since(connection: Connection, definition: Definition, effect: Row[Any]) -> str:
    """Return what moved an effect's matter on since it came about; empty if it is still as it was."""
    origin = connection.execute(select(HistoryRow.n, HistoryRow.cause).where(HistoryRow.id == effect.history_id)).one()
    if taken_back := correction_of(connection, origin.cause.removeprefix(FACT_CAUSE)):
        return f"{FACT_CAUSE}{taken_back.key}"
    mine = HistoryRow.id.startswith(f"{effect.subject}#", autoescape=True) & (HistoryRow.cohort_id == effect.cohort_id)
    steps = select(HistoryRow.machine, HistoryRow.trigger, HistoryRow.source, HistoryRow.dest, HistoryRow.cause)
    for step in connection.execute(steps.where(mine, HistoryRow.n > origin.n).order_by(HistoryRow.n)):
        if _ends(definition, step):
            return str(step.cause)
    return ""


def _ends(definition: Definition, step: Row[Any]) -> bool:
    if step.machine in definition.commitments:
        return drops_pending(step.trigger, step.source, step.dest)
    return step.machine == "journey" and silences(definition, step.trigger, step.source, step.dest)


def _holder(connection: Connection, effect: Row[Any]) -> str | None:
    """Return who has the role of an effect's recipient now, if that is somebody else."""
    column = getattr(JourneyRow, f"{effect.role}_id")
    holder = connection.scalar(select(column).where(JourneyRow.id == effect.journey_id))
    if holder == effect.recipient_id:
        return None
    # A notice that goes out once for several talents (R13) is still meant for whoever leads another of them.
    theirs = select(JourneyRow.id).where(JourneyRow.cohort_id == effect.cohort_id, column == effect.recipient_id)
    return None if connection.scalar(theirs.limit(1)) else holder
