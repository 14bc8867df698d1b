"""What is due: the effects that wait to be carried out, in the groups that are carried out together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from states.facts import Outcome
from states.store.tables import PENDING, EffectRow

_DUE = (
    select(
        EffectRow.id,
        EffectRow.cohort_id,
        EffectRow.trigger,
        EffectRow.history_id,
        EffectRow.journey_id,
        EffectRow.changed_at,
    )
    .where(PENDING, EffectRow.send_at <= bindparam("now"))
    .order_by(EffectRow.id)
)


class Due(NamedTuple):
    """What is to be carried out for one trigger of one cohort: effects in order, with what is behind them (ids)."""

    cohort_id: str
    trigger: str
    transitions: tuple[str, ...]
    journeys: tuple[str, ...]
    effects: tuple[int, ...]
    tried_at: datetime | None
    """When a peer last did not take one of the mails."""


def what_is_due(connection: Connection, now: datetime, outcomes: Iterable[Outcome] = ()) -> list[Due]:
    """Return what is due at ``now``: first what ``outcomes`` have just caused, each by itself, then what else waits.

    An outcome that changed something is among them even if nothing of it is due: its pages are.
    """
    found: list[Due] = []
    waiting = {row.id: row for row in connection.execute(_DUE, {"now": now})}
    for outcome in outcomes:
        if outcome.transitions:
            ids = tuple(transition.id for transition in outcome.transitions)
            mine = set(ids)
            effects = [row for row in waiting.values() if row.history_id in mine]
            for row in effects:
                del waiting[row.id]
            journeys = [transition.journey_id for transition in outcome.transitions]
            found.append(_due(outcome.cohort_id, outcome.trigger, ids, journeys, effects))
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in waiting.values():
        groups.setdefault((row.cohort_id, row.trigger), []).append(row)
    for (cohort_id, trigger), rows in groups.items():
        ids = tuple(dict.fromkeys(row.history_id for row in rows))
        found.append(_due(cohort_id, trigger, ids, [row.journey_id for row in rows], rows))
    return found


def _due(
    cohort_id: str, trigger: str, transitions: tuple[str, ...], journeys: Iterable[str | None], effects: Sequence[Any]
) -> Due:
    return Due(
        cohort_id,
        trigger,
        transitions,
        tuple(dict.fromkeys(journey for journey in journeys if journey)),
        tuple(row.id for row in effects),
        max((row.changed_at for row in effects if row.changed_at is not None), default=None),
    )
