"""Whom a cohort knows: everybody once, by address, with what they are for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from config.errors import AmbiguousPersonError, UnknownRecordError
from config.roles import Role
from states.plan.offices import administration_id, changes_hands, consultant_id, coordinator_id
from states.running_cohort import RunningCohort
from states.store.conditions import of_cohort
from states.store.tables import CohortRow, JourneyRow, PersonRow


class KnownPerson(NamedTuple):
    """A person by id; ``role`` is the first of what they are for the cohort, ``organisation`` a consultant's."""

    id: str
    name: str
    email: str
    role: Role
    organisation: str = ""


def people_of(connection: Connection, cohort: RunningCohort) -> list[KnownPerson]:
    """Return the people of a cohort, by name; whoever has several roles, or ids, is there once."""
    ours = of_cohort(PersonRow.id, cohort.cohort_id)
    persons = {row.id: row for row in connection.execute(select(PersonRow.__table__).where(ours))}
    found: dict[str, KnownPerson] = {}
    for ident, role, organisation in _roles(connection, cohort):
        row = persons[ident]
        found.setdefault(row.email, KnownPerson(ident, row.name, row.email, role, organisation))
    return sorted(found.values(), key=lambda one: (one.name, one.id))


def holders_of(connection: Connection, cohort: RunningCohort) -> list[KnownPerson]:
    """Return who holds an office that can change hands, office by office, under the office's id."""
    ours = of_cohort(PersonRow.id, cohort.cohort_id)
    persons = {row.id: row for row in connection.execute(select(PersonRow.__table__).where(ours))}
    return [
        KnownPerson(office, persons[holder].name, persons[holder].email, *role_of_office(cohort, office))
        for office, holder in cohort.holders.items()
        if changes_hands(cohort.cohort_id, office)
    ]


def _roles(connection: Connection, cohort: RunningCohort) -> Iterator[tuple[str, Role, str]]:
    """Yield what everybody is: talents first, and leaders after who has an office."""
    mine = select(JourneyRow.__table__).where(JourneyRow.cohort_id == cohort.cohort_id).order_by(JourneyRow.id)
    journeys = connection.execute(mine).all()
    yield from ((row.talent_id, "talent", "") for row in journeys)
    for office, holder in cohort.holders.items():
        yield (holder, *role_of_office(cohort, office))
    yield from ((row.mentor_id, "mentor", "") for row in journeys if row.mentor_id)
    yield from ((row.second_mentor_id, "second_mentor", "") for row in journeys if row.second_mentor_id)


def role_of_office(cohort: RunningCohort, office: str) -> tuple[Role, str]:
    """Return the role of whoever holds an office, and the organisation whose consultant they are."""
    described, ident = cohort.described, cohort.cohort_id
    if office in {coordinator_id(ident, n) for n in range(1, len(described.coordinators) + 1)}:
        return "coordinator", ""
    if office == administration_id(ident):
        return "administration", ""
    consultants = {consultant_id(ident, one): organisation for one, organisation in described.organisations.items()}
    return ("consultant", consultants[office].name) if office in consultants else ("challenge_owner", "")


def cohort_of(person: str, cohorts: Iterable[str]) -> str:
    """Return the cohort, among all that there are, from whose id a person's was derived."""
    return max((one for one in cohorts if person.startswith((f"{one}/", f"{one}-"))), key=len)


def named_person(connection: Connection, text: str) -> tuple[str, str]:
    """Return the cohort and the id of a person, who is named by id or by mail address.

    Raises:
        UnknownRecordError: nobody is called so.
        AmbiguousPersonError: the address is known in several cohorts.
    """
    called = (PersonRow.id == text) | (PersonRow.email == text.strip().lower())
    ids = list(connection.scalars(select(PersonRow.id).where(called).order_by(PersonRow.id)))
    cohorts = list(connection.scalars(select(CohortRow.id)))
    found: dict[str, str] = {}
    for ident in ids:
        found.setdefault(cohort_of(ident, cohorts), ident)
    if not found:
        raise UnknownRecordError("person", text)
    if len(found) > 1:
        raise AmbiguousPersonError(text, list(found.values()))
    return next(iter(found.items()))
