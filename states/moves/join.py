"""One talent more is enrolled into a cohort that runs: as reading its list again with one more row would (R1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from config.errors import FactIncompleteError
from config.grammar import TAKEN_BACK, talent_number
from config.people import People, TalentRow
from config.people import PersonRow as ListedPerson
from states.machines.journey import ENROL
from states.moves.enrol import Enrolment
from states.moves.firing import Firing, refuse_another_name
from states.store.conditions import of_cohort
from states.store.tables import JourneyRow, PersonRow

NEWCOMER, LEADER, LEADER_TITLE = "newcomer", "leader", "leader_title"
"""Details that name the talent and the nearest leader (name and address), and the leader's title."""
ORGANISATION, UNIT, LEVEL = "organisation", "unit", "level"


def join(firing: Firing) -> None:
    """Collect what enrolling somebody adds; late joiners get what is still ahead, and a seat in a learning group.

    Raises:
        FactIncompleteError: something is missing or none of the choices, or they are in the cohort already.
        PersonRefusedError: an address is known under another name.
        CohortOverError: its last day is over.
    """
    described = firing.cohort.described
    talent = _talent(firing)
    # Challenges are told by facts of their own, and nobody else of the cohort is described anew.
    Enrolment(
        described.model_copy(update={"challenges": {}}),
        firing.cohort.definition,
        People((talent,)),
        firing.changes,
    ).work_out(firing.connection)


def _talent(firing: Firing) -> TalentRow:
    """Return the row of the list that the fact stands for, under the next free number, or under the former one."""
    definition = firing.cohort.definition.programme
    ours = of_cohort(PersonRow.id, firing.cohort.cohort_id)
    known = list(firing.connection.execute(select(PersonRow.__table__).where(ours).order_by(PersonRow.id)))
    talent, leader = (_person(firing, field, known) for field in (NEWCOMER, LEADER))
    columns = definition.list_form.talent
    row = TalentRow(
        number=0,
        name=talent.name,
        email=talent.email,
        organisation=_chosen(firing, ORGANISATION, firing.cohort.described.organisations),
        unit=_given(firing, UNIT) if UNIT in columns else "",
        level=_chosen(firing, LEVEL, definition.levels) if LEVEL in columns else "",
        leader=leader,
        # Who is known has a title that is theirs: another one is a correction.
        leader_title="" if _with_address(known, leader.email) else str(firing.details.get(LEADER_TITLE) or ""),
        row=1,
    )
    journeys = _journeys(firing, known)
    _refuse_circle(row, journeys)
    return replace(row, number=_number(row, journeys))


def _given(firing: Firing, field: str) -> str:
    text = str(firing.details.get(field) or "").strip()
    if not text:
        raise FactIncompleteError(ENROL, field, "is missing")
    return text


def _chosen(firing: Firing, field: str, known: Collection[str]) -> str:
    ident = _given(firing, field)
    if ident not in known:
        raise FactIncompleteError(ENROL, field, f"{ident!r} is none of the choices")
    return ident


def _person(firing: Firing, field: str, known: Sequence[Row[Any]]) -> ListedPerson:
    """Return whom the fact names, called as the cohort calls them where it knows the address."""
    given = firing.details.get(field)
    if not isinstance(given, Mapping):
        raise FactIncompleteError(ENROL, field, "has no name")
    name, email = str(given["name"]), str(given["email"])
    for row in _with_address(known, email):
        refuse_another_name(ENROL, field, email, row.name, name)
        name = row.name
    return ListedPerson(name, email)


def _with_address(known: Sequence[Row[Any]], email: str) -> list[Row[Any]]:
    return [row for row in known if row.email == email]


class _Enrolled(NamedTuple):
    """Somebody who is enrolled, or was: as ``TalentRow``, people by their addresses."""

    number: int
    state: str
    email: str
    leader: str
    unit: str
    level: str
    organisation: str


def _journeys(firing: Firing, known: Sequence[Row[Any]]) -> list[_Enrolled]:
    emails = {row.id: row.email for row in known}
    mine = select(JourneyRow.__table__).where(JourneyRow.cohort_id == firing.cohort.cohort_id).order_by(JourneyRow.id)
    return [
        _Enrolled(
            talent_number(row.id),
            row.state,
            emails[row.talent_id],
            emails.get(row.mentor_id or "", ""),
            row.unit,
            row.level,
            row.organisation,
        )
        for row in firing.connection.execute(mine)
    ]


def _refuse_circle(talent: TalentRow, journeys: Sequence[_Enrolled]) -> None:
    """Refuse a leader whom the talent leads, directly or through others, or who is the talent."""
    if talent.leader.email == talent.email:
        raise FactIncompleteError(ENROL, LEADER, "nobody is their own leader")
    leads = {one.email: one.leader for one in journeys if one.state != TAKEN_BACK}
    step, seen = talent.leader.email, set[str]()
    while step in leads and step not in seen:
        seen.add(step)
        step = leads[step]
        if step == talent.email:
            raise FactIncompleteError(ENROL, LEADER, "the leaders go in a circle")


def _number(talent: TalentRow, journeys: Sequence[_Enrolled]) -> int:
    """Return the number under which somebody is enrolled: the next free one, or that of before it was taken back."""
    for one in journeys:
        if one.email != talent.email:
            continue
        if one.state != TAKEN_BACK:
            raise FactIncompleteError(ENROL, NEWCOMER, f"{talent.email} is a talent of the cohort already")
        before, now = (one.leader, one.organisation, one.unit, one.level), (talent.leader.email, talent.organisation)
        if before != (*now, talent.unit, talent.level):
            raise FactIncompleteError(ENROL, NEWCOMER, "was enrolled before, and otherwise")
        return one.number
    return max((one.number for one in journeys), default=0) + 1
