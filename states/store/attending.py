"""Who is asked whether they come to a milestone, and who does not come (R29, R61)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from config.definition import ACTIVE
from config.roles import Role
from states.machines.journey import on_calendar
from states.records import Journey
from states.running_cohort import RunningCohort
from states.store.conditions import of_cohort
from states.store.queries import journeys_of
from states.store.reach_tables import AbsenceRow, AttendanceRow
from states.store.tables import JourneyRow, PersonRow


class Away(NamedTuple):
    """Somebody who does not come to a milestone; ``journey`` is a talent's own, empty for others."""

    milestone: str
    person: str
    journey: str


class JourneyPart(NamedTuple):
    """What somebody is in a journey: its talent, the talent's leader …"""

    role: Role
    journey: Journey


def who_stays_away(connection: Connection, cohort_id: str) -> list[Away]:
    """Return who does not come to what, as was told last; of talents those who are on the calendar."""
    absent = (
        select(AbsenceRow.milestone, JourneyRow.talent_id, JourneyRow.id)
        .join(JourneyRow, JourneyRow.id == AbsenceRow.journey_id)
        .where(JourneyRow.cohort_id == cohort_id, JourneyRow.state.startswith(ACTIVE))
        .order_by(JourneyRow.id)
    )
    others = (
        select(AttendanceRow.milestone, AttendanceRow.person_id)
        .where(AttendanceRow.cohort_id == cohort_id, AttendanceRow.coming.is_(False))
        .order_by(AttendanceRow.person_id)
    )
    talents = [Away._make(row) for row in connection.execute(absent)]
    return [*talents, *(Away(row.milestone, row.person_id, "") for row in connection.execute(others))]


def ids_of(connection: Connection, cohort_id: str, person: str) -> list[str]:
    """Return the ids under which a cohort knows a person, the one named first: one address is one person."""
    address = select(PersonRow.email).where(PersonRow.id == person).scalar_subquery()
    same = select(PersonRow.id).where(of_cohort(PersonRow.id, cohort_id), PersonRow.email == address)
    return list(connection.scalars(same.order_by(PersonRow.id != person, PersonRow.id)))


def parts_in_journeys(
    connection: Connection, cohort: RunningCohort, people: Collection[str], today: date
) -> list[JourneyPart]:
    """Return what one person, by any of their ids, is in the journeys of a cohort that are not given up.

    A consultant's part is also theirs who acts for the consultant today.
    """
    journeys = journeys_of(connection, cohort.cohort_id)
    return list(_parts(cohort, [one for one in journeys if on_calendar(cohort.definition, one.state)], people, today))


def _parts(
    cohort: RunningCohort, journeys: Iterable[Journey], people: Collection[str], today: date
) -> Iterator[JourneyPart]:
    for journey in journeys:
        consultant = journey.consultant_id or ""
        around: dict[Role, set[str]] = {
            "talent": {journey.talent_id},
            "mentor": {journey.mentor_id or ""},
            "second_mentor": {journey.second_mentor_id or ""},
            "consultant": {consultant, cohort.cast.acting(consultant, today)},
        }
        yield from (JourneyPart(role, journey) for role, ids in around.items() if ids & set(people))
