"""A cohort's history as it is read outside: one record a transition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from config.grammar import level_of, without_level
from states.store.tables import HistoryRow


def history_records(connection: Connection, cohort_id: str) -> Iterator[dict[str, Any]]:
    """Yield the cohort's history, one record a transition in the order it happened.

    ``machine`` is ``journey`` or the commitment's name; an escalation's ``dest`` is ``escalated``, its level apart.
    """
    mine = select(HistoryRow.__table__).where(HistoryRow.cohort_id == cohort_id)
    for row in connection.execute(mine.order_by(HistoryRow.n)):
        record = {
            "at": row.at.isoformat().replace("+00:00", "Z"),
            "talent": row.journey_id,
            "machine": row.machine,
            "trigger": row.trigger,
            "source": without_level(row.source),
            "dest": without_level(row.dest),
            "cause": row.cause,
            "id": row.id,
        }
        level = level_of(row.dest)
        yield record | ({"level": level} if level else {})


def not_before_history(connection: Connection, now: datetime) -> datetime:
    """Return ``now``, or when the last transition was if that is later: a demo turns its clock ahead of everybody's."""
    last = connection.scalar(select(HistoryRow.at).order_by(HistoryRow.n.desc()).limit(1))
    return now if last is None else max(now, last)
