"""The mixed teams of a cohort's modules (R51), as coordinators look at them; who does not come is in none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from config.definition import Module
from states.plan.teams import announcement
from states.running_cohort import RunningCohort
from states.store.tables import HistoryRow, JourneyRow, PersonRow
from states.store.teams import read_teams


@dataclass(frozen=True)
class TeamMember:
    """A talent in a team, and what teams mix."""

    journey: str
    name: str
    organisation: str
    level: str
    group: int | None


@dataclass(frozen=True)
class TeamLine:
    """A team; nobody may be left in it."""

    number: int
    members: tuple[TeamMember, ...]


@dataclass(frozen=True)
class ModuleTeams:
    """The teams of a module; ``announced`` whether the talents know of them, ``over`` whether it has been held."""

    module: str
    label: str
    day: date | None
    announced: bool
    over: bool
    teams: tuple[TeamLine, ...]


def module_teams(connection: Connection, cohort: RunningCohort, now: datetime) -> list[ModuleTeams]:
    """Return the teams of each module that has some by now."""
    teams = read_teams(connection, cohort)
    people = _people(connection, cohort) if teams else {}
    found = []
    for module in cohort.definition.modules.values():
        mine = [one for one in teams if one.module == module.id]
        first = cohort.calendar.days.get(module.days[0])
        if mine:
            found.append(
                ModuleTeams(
                    module=module.id,
                    label=cohort.definition.state_label(module.id),
                    day=first.day if first else None,
                    announced=bool(told_of_teams(connection, cohort.cohort_id, module)),
                    over=cohort.calendar.is_over(module.days[-1], now),
                    teams=tuple(TeamLine(one.number, tuple(people[ident] for ident in one.members)) for one in mine),
                )
            )
    return found


def told_of_teams(connection: Connection, cohort_id: str, module: Module) -> set[str]:
    """Return the journeys whose talents were told of a module's teams, as far as they come."""
    told = (HistoryRow.cohort_id == cohort_id) & (HistoryRow.trigger == announcement(module))
    return {ident for ident in connection.scalars(select(HistoryRow.journey_id).where(told)) if ident}


def _people(connection: Connection, cohort: RunningCohort) -> dict[str, TeamMember]:
    levels = cohort.definition.programme.levels
    named = select(JourneyRow.__table__, PersonRow.name).join(PersonRow, PersonRow.id == JourneyRow.talent_id)
    return {
        row.id: TeamMember(
            journey=row.id,
            name=row.name,
            organisation=cohort.organisation_name(row.organisation),
            level=levels.get(row.level, row.level),
            group=row.group_number,
        )
        for row in connection.execute(named.where(JourneyRow.cohort_id == cohort.cohort_id))
    }
