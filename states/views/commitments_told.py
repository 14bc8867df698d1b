"""What was told of commitments, by whom and when: what the second person who answers sees of the first (R65, R67)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from config.programme import CommitmentSpec
from states.facts import FACT_CAUSE
from states.records import Commitment
from states.running_cohort import RunningCohort
from states.store.conditions import CORRECTED
from states.store.queries import chunks
from states.store.tables import FactRow, HistoryRow
from states.views.actors import names_of, role_and_person
from states.views.matter import Said

_ANSWERING = ("keep", "appoint", "stall", "hush")


def commitments_told(
    connection: Connection, cohort: RunningCohort, commitments: Sequence[Commitment]
) -> dict[str, list[Said]]:
    """Return what was told of each commitment and still holds, the oldest first; facts taken back do not count."""
    found: dict[str, list[Said]] = {}
    by_id = {one.id: one for one in commitments}
    rows = list(_told(connection, cohort, commitments))
    names = names_of(connection, {row.actor for row in rows})
    for row in rows:
        subject = row.id.rpartition("#")[0]
        if subject in by_id:
            spec = cohort.spec(by_id[subject].name)
            found.setdefault(subject, []).append(_said(cohort, spec, row, names))
    return found


def _told(connection: Connection, cohort: RunningCohort, commitments: Sequence[Commitment]) -> Iterator[Row[Any]]:
    """Yield transitions that facts have brought about, with the fact; a fact on several commitments comes with each."""
    columns = (HistoryRow.n, HistoryRow.id, HistoryRow.trigger, FactRow.actor, FactRow.at, FactRow.details)
    told = HistoryRow.trigger.in_(_ANSWERING) & FactRow.key.not_in(CORRECTED)
    query = select(*columns).join(FactRow, HistoryRow.cause == FACT_CAUSE + FactRow.key).where(told)
    query = query.order_by(HistoryRow.n)
    journeys = sorted({one.journey_id for one in commitments if one.journey_id})
    for some in chunks(journeys):
        names = {one.name for one in commitments if one.journey_id in some}
        yield from connection.execute(query.where(HistoryRow.journey_id.in_(some), HistoryRow.machine.in_(names)))
    of_cohort = {one.name for one in commitments if not one.journey_id}
    if of_cohort:
        mine = (HistoryRow.cohort_id == cohort.cohort_id) & HistoryRow.journey_id.is_(None)
        yield from connection.execute(query.where(mine, HistoryRow.machine.in_(of_cohort)))


def _said(cohort: RunningCohort, spec: CommitmentSpec, row: Row[Any], names: dict[str, str]) -> Said:
    details = row.details
    day = details.get("appointed_on" if row.trigger == "appoint" else "held_on")
    named = details.get("person") or {}
    more = spec.choices.get(str(details.get("choice")), "") or str(named.get("name", ""))
    verb = cohort.definition.verb_label(row.trigger)
    return Said(
        what=f"{verb}: {more}" if more else verb,
        by=names.get(row.actor, ""),
        role=role_and_person(row.actor)[0],
        at=cohort.definition.working_time.local(row.at),
        day=date.fromisoformat(day) if day else None,
        time=str(details.get("appointed_at") or ""),
    )
