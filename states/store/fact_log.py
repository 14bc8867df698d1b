"""Facts as they are kept: each key once, with the outcome that its transitions tell (invariant 4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from config.errors import FactReusedError
from states.facts import Fact, Outcome, Transition
from states.store.prepared import Prepared
from states.store.tables import FactRow, HistoryRow

_FACT = FactRow.__table__.c
_KNOWN = select(_FACT.trigger).where(_FACT.key == bindparam("key"))
_LOG = Prepared(insert(FactRow), _FACT.keys())
_OUTCOME = (
    select(*(HistoryRow.__table__.c[name] for name in Transition._fields))
    .where(HistoryRow.cause == bindparam("cause"))
    .order_by(HistoryRow.n)
)


class FactAlreadyLogged(Exception):
    """Somebody told this fact before; the transaction is to be given up."""


def log_fact(connection: Connection, fact: Fact, trigger: str, now: datetime) -> None:
    """Write the fact down.

    Raises:
        FactAlreadyLogged: its key is known. Looking first would cost every new fact for the sake of the rare known one.
    """
    row = {"key": fact.key, "trigger": trigger, "at": now, "actor": fact.actor, "details": dict(fact.details)}
    try:
        _LOG.run(connection, [row])
    except IntegrityError as error:
        raise FactAlreadyLogged from error


def earlier_outcome(connection: Connection, fact: Fact, trigger: str, cohort_id: str) -> Outcome:
    """Return the outcome of a fact that was taken before.

    Raises:
        FactReusedError: the key stands for another trigger.
    """
    before = connection.scalar(_KNOWN, {"key": fact.key})
    if before != trigger:
        raise FactReusedError(fact.key, str(before))
    rows = connection.execute(_OUTCOME, {"cause": f"fact {fact.key}"})
    return Outcome(cohort_id, trigger, tuple(Transition._make(row) for row in rows))
