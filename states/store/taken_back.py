"""What has to be known to take a fact back: the fact itself, what it changed, what came later, and who was told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from config.errors import CorrectionRefusedError, UnknownRecordError
from states.facts import Transition
from states.store.conditions import CORRECTED
from states.store.queries import calendar_version, chunks, journeys_and_cohort
from states.store.tables import EffectRow, FactRow, HistoryRow, MailRow


class KeptFact(NamedTuple):
    """A fact as it was told; ``before`` is how what it changed stood, ``None`` for one of before migration 0008."""

    key: str
    trigger: str
    at: datetime
    actor: str
    details: Mapping[str, Any]
    subjects: Sequence[str] | None
    before: Mapping[str, Mapping[str, Any]] | None
    corrects: str | None


_STEPS = select(*(getattr(HistoryRow, name) for name in Transition._fields)).order_by(HistoryRow.n)
_FACTS = select(*(getattr(FactRow, name) for name in KeptFact._fields)).order_by(FactRow.at, FactRow.key)


def kept_fact(connection: Connection, key: str) -> KeptFact:
    """Return a fact by its key.

    Raises:
        UnknownRecordError: there is none.
    """
    row = connection.execute(_FACTS.where(FactRow.key == key)).one_or_none()
    if row is None:
        raise UnknownRecordError("fact", key)
    return KeptFact._make(row)


def fact_and_cohort(connection: Connection, key: str) -> tuple[KeptFact, str]:
    """Return a fact by its key, and the id of the cohort that it is about.

    Raises:
        UnknownRecordError: there is none.
        CorrectionRefusedError: it is about no cohort: a decision on mails.
    """
    fact = kept_fact(connection, key)
    cohort_id = journeys_and_cohort(connection, list(fact.subjects or ())).cohort_id
    if calendar_version(connection, cohort_id) is None:
        raise CorrectionRefusedError(key, "kind", fact.trigger)
    return fact, cohort_id


def correction_of(connection: Connection, key: str) -> KeptFact | None:
    """Return the fact that takes this one back, if there is one."""
    row = connection.execute(_FACTS.where(FactRow.corrects == key)).one_or_none()
    return None if row is None else KeptFact._make(row)


def later_steps(connection: Connection, last: Transition) -> list[Transition]:
    """Return what was moved in the same cohort after ``last``, in order."""
    n = select(HistoryRow.n).where(HistoryRow.id == last.id).scalar_subquery()
    mine = (HistoryRow.cohort_id == last.cohort_id) & (HistoryRow.n > n)
    return [Transition._make(row) for row in connection.execute(_STEPS.where(mine))]


def later_facts(connection: Connection, than: KeptFact) -> list[KeptFact]:
    """Return the facts that were told since and still hold: neither corrections nor corrected."""
    since = (FactRow.at >= than.at) & (FactRow.key != than.key)
    holds = FactRow.corrects.is_(None) & FactRow.key.not_in(CORRECTED)
    return [KeptFact._make(row) for row in connection.execute(_FACTS.where(since, holds))]


def effects_of(connection: Connection, history_ids: Collection[str]) -> list[Row[Any]]:
    """Return the effects of transitions with the subject line of the mail that carried each, the oldest first."""
    query = select(
        EffectRow.id,
        EffectRow.key,
        EffectRow.journey_id,
        EffectRow.subject,
        EffectRow.history_id,
        EffectRow.trigger,
        EffectRow.kind,
        EffectRow.role,
        EffectRow.recipient_id,
        EffectRow.details,
        EffectRow.status,
        EffectRow.changed_at,
        MailRow.subject.label("mail_subject"),
    ).join(MailRow, MailRow.id == EffectRow.mail_id, isouter=True)
    return sorted(_in_pieces(connection, query, history_ids), key=lambda row: int(row.id))


def _in_pieces(connection: Connection, query: Any, history_ids: Collection[str]) -> Iterator[Row[Any]]:
    for some in chunks(sorted(history_ids)):
        yield from connection.execute(query.where(EffectRow.history_id.in_(some)))
