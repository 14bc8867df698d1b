"""What somebody is for a cohort now, and for which others the same address is somebody too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, cast, get_args

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from config.answers import Answerer
from config.definition import Definition
from config.grammar import TAKEN_BACK
from states.machines.journey import event_to
from states.running_cohort import RunningCohort, read_cohort
from states.store.prepared import Prepared
from states.store.tables import CohortRow, JourneyRow, PersonRow
from states.views.people import cohort_of, role_of_office

_HOLDERS: tuple[Answerer, ...] = ("talent", "mentor", "second_mentor")
_COLUMNS = {role: JourneyRow.__table__.c[f"{role}_id"] for role in _HOLDERS}

_PERSON: BindParameter[str] = bindparam("person")
_JOURNEYS = Prepared(
    select(JourneyRow.state, *_COLUMNS.values()).where(
        JourneyRow.cohort_id == bindparam("cohort"), or_(*(column == _PERSON for column in _COLUMNS.values()))
    )
)


class Part(NamedTuple):
    """What somebody is for one cohort, under the id that they have there."""

    person: str
    cohort: RunningCohort
    roles: tuple[Answerer, ...]


def has_left(definition: Definition, state: str) -> bool:
    """Return whether a journey in this state was left before its end, so that it is nobody's affair any more."""
    by = event_to(definition, state)
    return state == TAKEN_BACK or (by is not None and by[1].final)


def roles_in(connection: Connection, cohort: RunningCohort, person: str) -> tuple[Answerer, ...]:
    """Return what a person is for a cohort, as far as it may answer; nothing for who has left, or is nothing there.

    Whoever stands in for a consultant has the role all the time: on which days they are asked, each matter says.
    """
    found = {*_of_journeys(connection, cohort, person), *_of_offices(cohort, person)}
    return tuple(role for role in get_args(Answerer) if role in found)


def parts_of(connection: Connection, email: str) -> list[Part]:
    """Return all that the person with an address is, cohort by cohort, the newest first; under each id of theirs."""
    ids = list(connection.scalars(select(PersonRow.id).where(PersonRow.email == email).order_by(PersonRow.id)))
    names = list(connection.scalars(select(CohortRow.id))) if ids else []
    cohorts = {name: read_cohort(connection, name) for name in sorted({cohort_of(ident, names) for ident in ids})}
    parts = [(ident, cohorts[cohort_of(ident, names)]) for ident in ids]
    found = [Part(ident, cohort, roles_in(connection, cohort, ident)) for ident, cohort in parts]
    return sorted((one for one in found if one.roles), key=lambda one: one.cohort.began or date.min, reverse=True)


def _of_journeys(connection: Connection, cohort: RunningCohort, person: str) -> Iterator[Answerer]:
    for state, *holders in _JOURNEYS.run(connection, [{"cohort": cohort.cohort_id, "person": person}]).fetchall():
        if not has_left(cohort.definition, state):
            yield from (role for role, holder in zip(_COLUMNS, holders, strict=True) if holder == person)


def _of_offices(cohort: RunningCohort, person: str) -> Iterator[Answerer]:
    answering = get_args(Answerer)
    for office, holder in cohort.holders.items():
        role = role_of_office(cohort, office)[0]
        if role in answering and person in {holder, *cohort.cast.acting_for(holder)}:
            yield cast(Answerer, role)
