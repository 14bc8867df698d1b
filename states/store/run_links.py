"""Which run carried out what a transition caused: a row is written with the transition, the run puts its id in.

Nothing is decided by it: without Prefect rows wait for a run, and the next tick gives them one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from states.facts import Transition
from states.store.conditions import UNTAKEN
from states.store.prepared import Prepared
from states.store.queries import chunks
from states.store.tables import HistoryRow, RunLinkRow

_HISTORY = Prepared(insert(HistoryRow).inline(), Transition._fields)
_LINKS = Prepared(insert(RunLinkRow).inline().values(history_id=bindparam("id")))
_WAITING = (
    select(HistoryRow.id, HistoryRow.cohort_id, HistoryRow.journey_id, HistoryRow.machine, HistoryRow.trigger)
    .join(RunLinkRow, RunLinkRow.history_id == HistoryRow.id)
    .where(UNTAKEN)
    .order_by(HistoryRow.n)
)
_ANY_WAITING = select(RunLinkRow.history_id).where(UNTAKEN).limit(1)


def add_to_history(connection: Connection, transitions: Iterable[Transition]) -> None:
    """Insert transitions, each with a row that waits for its run."""
    rows = [transition._asdict() for transition in transitions]
    if rows:
        _HISTORY.run(connection, rows)
        _LINKS.run(connection, rows)


def untaken(connection: Connection) -> Sequence[Row[Any]]:
    """Return the transitions that no run has taken yet, in order, with what they are grouped by."""
    return connection.execute(_WAITING).all()


def anything_untaken(connection: Connection) -> bool:
    """Return whether some transition waits for a run."""
    return connection.scalar(_ANY_WAITING) is not None


def take(connection: Connection, transitions: Sequence[str], run: str) -> int:
    """Say that ``run`` carries out what the transitions caused, where no run has said so before; return how many."""
    mine = update(RunLinkRow).where(UNTAKEN).values(flow_run_id=run)
    return sum(connection.execute(mine.where(RunLinkRow.history_id.in_(some))).rowcount for some in chunks(transitions))


def runs_of(connection: Connection, journey_id: str) -> Mapping[str, str]:
    """Return the runs behind a journey's history, by the transition's id; of old ones none is known."""
    found = connection.execute(
        select(RunLinkRow.history_id, RunLinkRow.flow_run_id)
        .join(HistoryRow, HistoryRow.id == RunLinkRow.history_id)
        .where(HistoryRow.journey_id == journey_id, RunLinkRow.flow_run_id.is_not(None))
    )
    return {row.history_id: str(row.flow_run_id) for row in found}
