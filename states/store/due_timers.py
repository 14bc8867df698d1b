"""What is due, as the engine looks for it: the first timer of all cohorts, and what falls together with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, select

from states.store.conditions import ARMED
from states.store.tables import CohortRow, TimerRow

# Built once: building a statement costs several times what running it does.
_FIRST = (
    select(TimerRow.cohort_id, TimerRow.trigger, TimerRow.due_at, TimerRow.rank)
    .where(ARMED, TimerRow.due_at <= bindparam("now"))
    .order_by(TimerRow.due_at, TimerRow.rank, TimerRow.id)
    .limit(1)
)
_FIRST_OF_COHORT = _FIRST.where(TimerRow.cohort_id == bindparam("cohort_id"))
# Whoever holds the cohort fires its timers, so that what falls together or one after the other does so in order. The
# cohort alone is held: holding a timer first and then its cohort, two ticks would wait for each other.
_COHORT_DUE = _FIRST.with_only_columns(TimerRow.cohort_id).join(CohortRow, CohortRow.id == TimerRow.cohort_id)
_FREE_COHORT_DUE = _COHORT_DUE.with_for_update(of=CohortRow, key_share=True, skip_locked=True)
_BUSY_COHORT_DUE = _COHORT_DUE.with_for_update(of=CohortRow, key_share=True)
_FALLING = (
    select(TimerRow.id, TimerRow.subject)
    .where(
        ARMED,
        TimerRow.due_at == bindparam("due_at"),
        TimerRow.rank == bindparam("rank"),
        TimerRow.cohort_id == bindparam("cohort_id"),
        TimerRow.trigger == bindparam("trigger"),
    )
    .order_by(TimerRow.subject)
)


class Due(NamedTuple):
    """The timers that fall together: one instant, one cohort, one trigger."""

    cohort_id: str
    trigger: str
    due_at: datetime
    rank: int


def first_due(connection: Connection, now: datetime, aside: Sequence[str]) -> Due | None:
    """Return what falls first in all cohorts but those laid ``aside``; ``None`` when nothing is due."""
    found = connection.execute(_without(_FIRST, aside), {"now": now}).one_or_none()
    return None if found is None else Due._make(found)


def hold_a_cohort_that_is_due(connection: Connection, now: datetime, aside: Sequence[str]) -> str | None:
    """Hold the cohort in which something is due first, of those that nobody holds; else wait for one.

    Others may hold what is due, for a fact that leaves it due: they are waited for, so that nothing is left over.
    """
    free, busy = (_without(statement, aside) for statement in (_FREE_COHORT_DUE, _BUSY_COHORT_DUE))
    cohort = connection.scalar(free, {"now": now}) or connection.scalar(busy, {"now": now})
    return None if cohort is None else str(cohort)


def first_due_of(connection: Connection, now: datetime, cohort_id: str) -> Due | None:
    """Return what falls first in a cohort, ``None`` when nothing is due in it."""
    found = connection.execute(_FIRST_OF_COHORT, {"now": now, "cohort_id": cohort_id}).one_or_none()
    return None if found is None else Due._make(found)


def falling(connection: Connection, due: Due) -> Sequence[Row[Any]]:
    """Return the timers (id, subject) that fall together."""
    return connection.execute(_FALLING, due._asdict()).all()


def _without(statement: Select[Any], cohorts: Sequence[str]) -> Select[Any]:
    """Return a statement about timers that leaves some cohorts out; as a rule there are none."""
    return statement.where(TimerRow.cohort_id.not_in(cohorts)) if cohorts else statement
