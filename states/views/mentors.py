"""The leaders and second mentors of a cohort: how they are reached, whom they help, and what waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from config.programme import CommitmentSpec
from config.roles import Role
from states.machines.commitment import is_late, is_open
from states.machines.journey import ends
from states.running_cohort import RunningCohort
from states.store.conditions import of_cohort
from states.store.tables import CommitmentRow, JourneyRow, PersonRow
from states.views.pages import Peer

_ROLES: tuple[Role, ...] = ("mentor", "second_mentor")


@dataclass(frozen=True)
class Helped:
    """A talent whom somebody helps, and whether as a second mentor."""

    talent: Peer
    second: bool


@dataclass(frozen=True)
class Waiting:
    """A promise that is open, and that they have made or can answer for; ``late`` when its deadline is past."""

    talent: Peer
    label: str
    due: date | None
    late: bool


@dataclass(frozen=True)
class MentorLine:
    """A leader or a second mentor; whoever is both, or helps several, is there once."""

    name: str
    title: str
    email: str
    telephone: str
    talents: tuple[Helped, ...]
    waiting: tuple[Waiting, ...]
    """What waits for them, the earliest deadline first."""


def mentor_lines(connection: Connection, cohort: RunningCohort) -> list[MentorLine]:
    """Return those beside the talents who are on their way, by name; nobody is beside a talent who has ended."""
    ours = of_cohort(PersonRow.id, cohort.cohort_id)
    persons = {row.id: row for row in connection.execute(select(PersonRow.__table__).where(ours))}
    mine = (JourneyRow.cohort_id == cohort.cohort_id) & JourneyRow.state.not_in(ends(cohort.definition))
    journeys = connection.execute(select(JourneyRow.__table__).where(mine).order_by(JourneyRow.id)).all()
    promises = _open_promises(connection, cohort)
    beside: dict[str, list[tuple[Row[Any], Role]]] = {}
    people: dict[str, Row[Any]] = {}
    for journey in journeys:
        for role in _ROLES:
            person = persons.get(getattr(journey, f"{role}_id") or "")
            if person is not None:
                people.setdefault(person.email, person)
                beside.setdefault(person.email, []).append((journey, role))
    lines = []
    for email, person in people.items():
        helped = [
            (Peer(journey.id, persons[journey.talent_id].name), role, promises.get(journey.id, []))
            for journey, role in beside[email]
        ]
        lines.append(
            MentorLine(
                name=person.name,
                title=person.title,
                email=email,
                telephone=person.telephone,
                talents=tuple(Helped(talent, role == "second_mentor") for talent, role, _ in helped),
                waiting=tuple(
                    sorted(
                        (one for talent, role, found in helped for one in _waiting(cohort, talent, role, found)),
                        key=lambda one: (one.due or date.max, one.talent.journey),
                    )
                ),
            )
        )
    return sorted(lines, key=lambda line: (line.name, line.email))


def _open_promises(connection: Connection, cohort: RunningCohort) -> dict[str, list[Row[Any]]]:
    mine = (CommitmentRow.cohort_id == cohort.cohort_id) & CommitmentRow.journey_id.is_not(None)
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(select(CommitmentRow.__table__).where(mine).order_by(CommitmentRow.id)):
        if is_open(row.state):
            found.setdefault(row.journey_id, []).append(row)
    return found


def _waiting(cohort: RunningCohort, talent: Peer, role: Role, promises: list[Row[Any]]) -> Iterator[Waiting]:
    for row in promises:
        spec = cohort.spec(row.name)
        if _is_asked(spec, role):
            yield Waiting(talent, spec.label, row.due_on, is_late(row.state))


def _is_asked(spec: CommitmentSpec, role: Role) -> bool:
    """Whether a promise is a role's own, or can be answered for by it."""
    return spec.owner == role or any(role in answer.by for answer in spec.answers)
