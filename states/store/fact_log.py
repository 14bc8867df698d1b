"""Facts as they are kept: each key once, with the outcome that its transitions tell (invariant 4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from config.cohort import Day
from config.errors import FactReusedError
from states.facts import FACT_CAUSE, Fact, Outcome, Transition
from states.store.prepared import Prepared
from states.store.queries import chunks
from states.store.tables import CohortRow, FactRow, HistoryRow
from states.store.trouble import is_duplicate

_FACT = FactRow.__table__.c
_KNOWN = select(_FACT.trigger, _FACT.subjects, _FACT.actor, _FACT.details).where(_FACT.key == bindparam("key"))
_LOG = Prepared(insert(FactRow), _FACT.keys())
_KEEP_BEFORE = Prepared(update(FactRow).where(FactRow.key == bindparam("b_key")).values(before=bindparam("b_before")))
_OUTCOME = (
    select(*(HistoryRow.__table__.c[name] for name in Transition._fields))
    .where(HistoryRow.cause == bindparam("cause"))
    .order_by(HistoryRow.n)
)
_NEW_DAY = "moved_to"


class FactAlreadyLogged(Exception):
    """Somebody told a fact with this key before; the transaction is to be given up."""


def with_day(fact: Fact, day: Day | None) -> Fact:
    """Return a fact that moves a milestone as it is kept: the new day, or none, is a part of what was told."""
    return replace(fact, details={**fact.details, _NEW_DAY: day and day.model_dump(mode="json")})


def log_fact(
    connection: Connection,
    fact: Fact,
    trigger: str,
    subjects: Sequence[str],
    now: datetime,
    corrects: str | None = None,
) -> None:
    """Write the fact down; ``corrects`` is the key of the one that it takes back.

    Raises:
        FactAlreadyLogged: its key is known. Looking first would cost every new fact for the sake of the rare known one.
    """
    row = {
        "key": fact.key,
        "trigger": trigger,
        "at": now,
        "actor": fact.actor,
        "details": dict(fact.details),
        "subjects": sorted(set(subjects)),
        "before": {},
        "corrects": corrects,
    }
    try:
        _LOG.run(connection, [row])
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise FactAlreadyLogged from None


def key_of_import(connection: Connection, cohort_id: str) -> str:
    """Return the key of the next import of a cohort's files: the first is no fact, the others are counted."""
    if connection.scalar(select(CohortRow.id).where(CohortRow.id == cohort_id)) is None:
        return f"enrol:{cohort_id}"
    earlier = connection.scalars(
        select(FactRow.key).where(FactRow.key.startswith(f"enrol:{cohort_id}:", autoescape=True))
    )
    return f"enrol:{cohort_id}:{len(earlier.all()) + 1}"


def keep_before(connection: Connection, key: str, before: Mapping[str, Any]) -> None:
    """Write down beside a fact how what it changed stood before."""
    _KEEP_BEFORE.run(connection, [{"b_key": key, "b_before": before}])


def earlier_outcome(
    connection: Connection, fact: Fact, trigger: str, subjects: Sequence[str], cohort_id: str
) -> Outcome:
    """Return the outcome of a fact that was taken before.

    Raises:
        FactReusedError: the key stands for a fact with another trigger, about others, by another actor or with
            other details.
    """
    before = connection.execute(_KNOWN, {"key": fact.key}).one()
    differs = list(_differences(before, fact, trigger, subjects))
    if differs:
        raise FactReusedError(fact.key, before.trigger, differs)
    return Outcome(cohort_id, trigger, transitions_of(connection, fact.key))


def transitions_of(connection: Connection, key: str) -> tuple[Transition, ...]:
    """Return what the fact with this key has changed, in order; nothing if there is no such fact."""
    return tuple(Transition._make(row) for row in connection.execute(_OUTCOME, {"cause": f"{FACT_CAUSE}{key}"}))


def last_step(connection: Connection, subject: str) -> tuple[int, str]:
    """Return the number of the last step of what has no row of its own, and where it led; 0 before there is any."""
    mine = HistoryRow.id.startswith(f"{subject}#", autoescape=True)
    rows = select(HistoryRow.id, HistoryRow.dest).where(mine).order_by(HistoryRow.n.desc()).limit(1)
    last = connection.execute(rows).one_or_none()
    return (0, "") if last is None else (int(last.id.rpartition("#")[2]), last.dest)


def actors_of(connection: Connection, causes: Iterable[str]) -> dict[str, str]:
    """Return who told the facts among ``causes`` of transitions, by cause; the clock's are not among them."""
    keys = [cause.removeprefix(FACT_CAUSE) for cause in causes if cause.startswith(FACT_CAUSE)]
    found: dict[str, str] = {}
    for some in chunks(keys):
        rows = connection.execute(select(_FACT.key, _FACT.actor).where(_FACT.key.in_(some)))
        found.update({f"{FACT_CAUSE}{row.key}": row.actor for row in rows})
    return found


def _differences(before: Row[Any], fact: Fact, trigger: str, subjects: Sequence[str]) -> Iterator[str]:
    """Yield the names of the parts in which a fact differs from the one that was told under its key before."""
    old, new = dict(before.details), dict(fact.details)
    if before.trigger != trigger:
        yield "trigger"
    if before.subjects is None:  # Of before migration 0002, which kept neither subjects nor the day of a move.
        new.pop(_NEW_DAY, None)
    elif before.subjects != sorted(set(subjects)):
        yield "subjects"
    if before.subjects is not None and before.actor != fact.actor:
        yield "actor"
    yield from (f"details.{name}" for name in sorted({*old, *new}) if _as_kept(old, name) != _as_kept(new, name))


def _as_kept(details: Mapping[str, Any], name: str) -> str | None:
    """Return a detail as the database keeps it: a tuple is a list there, and the order of names means nothing."""
    return json.dumps(json.loads(json.dumps(details[name])), sort_keys=True) if name in details else None
