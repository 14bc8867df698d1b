"""Who is in which mixed team of which module (R51); teams are read with those who come, whoever was put into them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, select

from config.definition import ACTIVE, Definition
from states.running_cohort import RunningCohort
from states.store.attending import who_stays_away
from states.store.queries import journeys_of
from states.store.reach_tables import TeamRow
from states.store.tables import JourneyRow

Seats = Mapping[tuple[str, str], int]
"""The numbers of teams, by module and journey."""


class _Talent(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def talent_id(self) -> str: ...


class Team(NamedTuple):
    """A team of a module; its members, by journey, are those who come."""

    module: str
    number: int
    members: tuple[str, ...]


def seats_of(connection: Connection, cohort_id: str) -> dict[tuple[str, str], int]:
    """Return where everybody of a cohort was put, also those who do not come."""
    query = select(TeamRow.module, TeamRow.journey_id, TeamRow.number).join(
        JourneyRow, JourneyRow.id == TeamRow.journey_id
    )
    rows = connection.execute(query.where(JourneyRow.cohort_id == cohort_id).order_by(TeamRow.module, JourneyRow.id))
    return {(row.module, row.journey_id): row.number for row in rows}


def teams_of(
    definition: Definition, seats: Seats, journeys: Iterable[_Talent], away: Collection[tuple[str, str]]
) -> list[Team]:
    """Return the teams of each module in order; ``away`` are people and the milestones that they stay away from, by id.

    Who has left, is on leave, or does not come to the module's first day is in none.
    """
    here = [one for one in journeys if one.state.startswith(ACTIVE)]
    return [
        Team(
            module.id,
            number,
            tuple(
                one.id
                for one in here
                if seats.get((module.id, one.id)) == number and (one.talent_id, module.days[0]) not in away
            ),
        )
        for module in definition.modules.values()
        for number in sorted({number for (where, _), number in seats.items() if where == module.id})
    ]


def read_teams(connection: Connection, cohort: RunningCohort, seats: Seats | None = None) -> list[Team]:
    """Return a cohort's teams as they stand, or as they will with ``seats``."""
    known = seats_of(connection, cohort.cohort_id) if seats is None else seats
    if not known:
        return []
    away = {(one.person, one.milestone) for one in who_stays_away(connection, cohort.cohort_id)}
    return teams_of(cohort.definition, known, journeys_of(connection, cohort.cohort_id), away)
