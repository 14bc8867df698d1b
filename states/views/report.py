"""The steering group's report of a cohort: who is where, what was kept, late or waived, and totals by organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from config.definition import Definition
from config.grammar import TAKEN_BACK, level_of, without_level
from states.machines.commitment import CANCELLED, KEPT, KEPT_LATE, WAIVED, is_late
from states.running_cohort import read_cohort
from states.store.conditions import of_cohort
from states.store.queries import beside_of
from states.store.tables import CommitmentRow, JourneyRow, PersonRow

PROMISED = ("kept", "kept_late", "late", "waived", "ahead")
"""What a commitment counts as in totals; what does not apply any more counts as nothing."""


class TalentRow(NamedTuple):
    """A talent: where they are, and how many of their commitments count as what (by ``PROMISED``)."""

    name: str
    organisation: str
    leader: str
    place: str
    counts: dict[str, int]


class PromiseRow(NamedTuple):
    """A commitment of a talent, or of the cohort where ``talent`` is empty, in the programme's words."""

    talent: str
    organisation: str
    label: str
    state: str
    due: date | None


class Total(NamedTuple):
    """An organisation with so many talents, and what their commitments count as."""

    organisation: str
    talents: int
    counts: dict[str, int]


class Report(NamedTuple):
    """A cohort on a local day."""

    cohort: str
    programme: str
    day: date
    talents: Sequence[TalentRow]
    promises: Sequence[PromiseRow]
    totals: Sequence[Total]


def report_of(connection: Connection, cohort_id: str, now: datetime) -> Report:
    """Return the report of a cohort as it stands at ``now``.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    cohort = read_cohort(connection, cohort_id)
    definition, beside = cohort.definition, beside_of(connection, cohort_id)
    ours = of_cohort(PersonRow.id, cohort_id)
    names = dict(connection.execute(select(PersonRow.id, PersonRow.name).where(ours)).tuples().all())
    mine = CommitmentRow.cohort_id == cohort_id
    columns = (CommitmentRow.journey_id, CommitmentRow.name, CommitmentRow.state, CommitmentRow.due_on)
    order = (CommitmentRow.journey_id.nulls_last(), CommitmentRow.due_on.nulls_last(), CommitmentRow.id)
    rows = connection.execute(select(*columns).where(mine).order_by(*order)).all()
    journeys = connection.execute(
        select(JourneyRow.__table__)
        .where(JourneyRow.cohort_id == cohort_id, JourneyRow.state != TAKEN_BACK)
        .order_by(JourneyRow.id)
    ).all()
    talents = {
        one.id: TalentRow(
            names[one.talent_id],
            cohort.organisation_name(one.organisation),
            names.get(one.mentor_id or "", ""),
            definition.whereabouts(one.state, beside.get(one.id, {})),
            _counted(row.state for row in rows if row.journey_id == one.id),
        )
        for one in journeys
    }
    nobody = TalentRow("", "", "", "", {})
    promises = [
        PromiseRow(*talents.get(row.journey_id, nobody)[:2], *_promise(definition, row), row.due_on)
        for row in rows
        if row.journey_id is None or row.journey_id in talents
    ]
    totals = list(_totals(list(talents.values())))
    today = cohort.calendar.local_day(now)
    return Report(cohort.name, definition.programme.name, today, list(talents.values()), promises, totals)


def _promise(definition: Definition, row: Row[Any]) -> tuple[str, str]:
    """Return what a commitment is called, and its state."""
    level = level_of(row.state)
    state = definition.verb_label(without_level(row.state)) + (f" ({level})" if level else "")
    return definition.commitments[row.name].label, state


def _totals(talents: Sequence[TalentRow]) -> Iterator[Total]:
    """Yield a total for each organisation, by name."""
    for organisation in sorted({one.organisation for one in talents}):
        mine = [one for one in talents if one.organisation == organisation]
        yield Total(organisation, len(mine), {what: sum(one.counts[what] for one in mine) for what in PROMISED})


def _counted(states: Iterable[str]) -> dict[str, int]:
    found = Counter(_counts_as(state) for state in states)
    return {what: found[what] for what in PROMISED}


def _counts_as(state: str) -> str:
    if state in {KEPT, KEPT_LATE}:
        return "kept" if state == KEPT else "kept_late"
    if is_late(state):
        return "late"
    return {WAIVED: "waived", CANCELLED: ""}.get(state, "ahead")
