"""Reads the page of one person: what waits for them, and their year, as a talent, as a leader, or as both (R61, R65).

One address is one person, in every cohort where they are somebody. A talent sees her own matters, and how to reach
whom she learns with; a leader sees what each of their talents owes and when, and nothing else about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, select

from config.definition import ACTIVE, Milestone
from config.grammar import without_level
from config.roles import Role
from states.machines.commitment import PLANNED, is_late, is_open
from states.machines.journey import on_calendar
from states.store.conditions import of_cohort
from states.store.queries import beside_of, commitments_named
from states.store.tables import CommitmentRow, JourneyRow, MilestoneRow, PersonRow
from states.store.teams import read_teams
from states.views.matters import matters
from states.views.overview import Overview
from states.views.own_page import (
    Ask,
    AsLeader,
    AsTalent,
    LedTalent,
    OwnDate,
    OwnPage,
    OwnTeam,
    Partner,
    Promise,
    Someone,
)
from states.views.plan import Revision, plan_revisions
from states.views.recorded import mails_to, recorded_of, told_by
from states.views.roles import Part, has_left, parts_of
from states.views.teams import told_of_teams


def my_page(connection: Connection, email: str, now: datetime) -> OwnPage | None:
    """Return the page of whoever has an address; ``None`` for who is neither a talent nor a leader anywhere."""
    parts = [one for one in parts_of(connection, email) if {"talent", "mentor"} & set(one.roles)]
    if not parts:
        return None
    readers = [_Reader(connection, part, now) for part in parts]
    first, programme = readers[0], parts[0].cohort.definition.programme
    asks = (ask for reader in readers for ask in reader.asks())
    return OwnPage(
        me=first.someone(parts[0].person),
        coordinator=first.someone(parts[0].cohort.coordinator_on(first.today)),
        programme=programme.name,
        today=first.today,
        asks=tuple(sorted(asks, key=lambda one: (one.matter.due or date.max, one.matter.subject))),
        talent=tuple(one for reader in readers for one in reader.as_talent()),
        leader=tuple(reader.as_leader() for reader in readers if "mentor" in reader.part.roles),
        mails=tuple(mails_to(connection, parts[0].cohort, [part.person for part in parts])),
        language=programme.language,
        role_labels=programme.role_labels,
    )


class _Reader:
    """Reads what one id of a person is for its cohort, within one transaction."""

    def __init__(self, connection: Connection, part: Part, now: datetime) -> None:
        self.part = part
        self._connection, self._now, self._cohort = connection, now, part.cohort
        self.today = part.cohort.calendar.local_day(now)
        ours = select(PersonRow.__table__).where(of_cohort(PersonRow.id, self._cohort.cohort_id))
        self._persons = {row.id: row for row in connection.execute(ours)}
        journeys = select(JourneyRow.__table__).where(JourneyRow.cohort_id == self._cohort.cohort_id)
        self._journeys = connection.execute(journeys.order_by(JourneyRow.id)).all()
        found = matters(connection, self._cohort, part.person, now)
        email = self.someone(part.person).email
        self._asks = [Ask(part.person, email, self._cohort.name, one, _event(one.subject)) for one in found]

    def someone(self, person: str) -> Someone:
        """Return a person of the cohort."""
        row = self._persons[person]
        return Someone(row.name, row.email, row.telephone, row.title)

    def asks(self) -> Iterator[Ask]:
        """Yield what is owed and not settled, most of which can be answered; whether they come stands at each date."""
        yield from (one for one in self._of_promises if one.matter.subject in self._open)

    def as_talent(self) -> Iterator[AsTalent]:
        """Yield the person's own journeys."""
        for journey in self._own("talent_id"):
            yield self._talent(journey)

    def as_leader(self) -> AsLeader:
        """Return the person's talents, and their own year with them."""
        journeys = self._own("mentor_id")
        plans = plan_revisions(self._connection, self._cohort, [one.id for one in journeys])
        dates = tuple(self._dates("mentor"))
        return AsLeader(
            person=self.part.person,
            cohort=self._cohort.name,
            cohort_id=self._cohort.cohort_id,
            next_event=_next(dates),
            talents=tuple(self._led(one, plans.get(one.id)) for one in journeys),
            has_plans=self._cohort.definition.programme.plan is not None,
            dates=dates,
            answered=self._answered("mentor"),
            recorded=tuple(told_by(self._connection, self._cohort, self.part.person, self.part.roles)),
        )

    def _talent(self, journey: Row[Any]) -> AsTalent:
        dates = tuple(self._dates("talent"))
        programme = self._cohort.definition.programme
        return AsTalent(
            journey=journey.id,
            person=self.part.person,
            cohort=self._cohort.name,
            cohort_id=self._cohort.cohort_id,
            organisation=self._cohort.organisation_name(journey.organisation),
            unit=journey.unit,
            level=programme.levels.get(journey.level, journey.level),
            where=self._where(journey),
            next_event=_next(dates) if journey.state.startswith(ACTIVE) else None,
            dates=dates,
            answered=self._answered("talent"),
            ahead=tuple(self._ahead(journey)),
            group_number=journey.group_number,
            group=tuple(self.someone(one.talent_id) for one in self._group_of(journey)),
            teams=tuple(self._teams(journey)),
            partners=tuple(self._partners(journey)),
            mentor=self.someone(journey.mentor_id) if journey.mentor_id else None,
            second_mentor=self.someone(journey.second_mentor_id) if journey.second_mentor_id else None,
            has_plan=programme.plan is not None,
            plan=plan_revisions(self._connection, self._cohort, [journey.id]).get(journey.id),
            recorded=tuple(recorded_of(self._connection, self._cohort, self._overview, journey.id, journey.talent_id)),
        )

    def _led(self, journey: Row[Any], plan: Revision | None) -> LedTalent:
        line = self._overview.line(journey.id)
        return LedTalent(
            journey=journey.id,
            person=self.someone(journey.talent_id),
            where=self._where(journey),
            next_event=line.next_event,
            next_day=line.next_day,
            owes=tuple(self._promise(one, journey) for one in self._promises[journey.id] if is_open(one.state)),
            plan=plan,
        )

    @cached_property
    def _overview(self) -> Overview:
        return Overview(self._connection, self._cohort.cohort_id, self._now)

    @cached_property
    def _of_promises(self) -> list[Ask]:
        return [one for one in self._asks if not one.milestone]

    @cached_property
    def _open(self) -> set[str]:
        """The commitments among the person's matters that are not settled."""
        named = commitments_named(self._connection, [one.matter.subject for one in self._of_promises])
        return {one.id for one in named if is_open(one.state)}

    @cached_property
    def _promises(self) -> dict[str, list[Row[Any]]]:
        """What is promised on the way of each of the journeys in which the person is talent or leader, by deadline."""
        mine = [one.id for one in (*self._own("talent_id"), *self._own("mentor_id"))]
        query = select(CommitmentRow.__table__).where(CommitmentRow.journey_id.in_(mine))
        found: dict[str, list[Row[Any]]] = {one: [] for one in mine}
        for row in self._connection.execute(query.order_by(CommitmentRow.due_on.nulls_last(), CommitmentRow.id)):
            found[row.journey_id].append(row)
        return found

    def _own(self, column: str) -> list[Row[Any]]:
        """Return the journeys, of those that nobody has left, in which the person has a part."""
        gone = self._cohort.definition
        mine = [one for one in self._journeys if getattr(one, column) == self.part.person]
        return [one for one in mine if not has_left(gone, one.state)]

    def _answered(self, role: str) -> tuple[Ask, ...]:
        """Return what the person was asked in a role and is settled."""
        mine = (one for one in self._of_promises if one.matter.role == role)
        return tuple(one for one in mine if one.matter.subject not in self._open)

    def _where(self, journey: Row[Any]) -> str:
        beside = beside_of(self._connection, self._cohort.cohort_id).get(journey.id, {})
        return self._cohort.definition.whereabouts(journey.state, beside)

    def _dates(self, role: Role) -> Iterator[OwnDate]:
        """Yield the events that concern the person in a role, in the calendar's order."""
        query = select(MilestoneRow.__table__).where(MilestoneRow.cohort_id == self._cohort.cohort_id)
        rows = {row.id: row for row in self._connection.execute(query)}
        asks = {one.milestone: one for one in self._asks}
        for milestone in self._cohort.definition.milestones.values():
            if role in milestone.audience:
                yield self._date(milestone, rows[milestone.id], asks.get(milestone.id))

    def _date(self, milestone: Milestone, row: Row[Any], ask: Ask | None) -> OwnDate:
        local = self._cohort.definition.working_time.local
        title = milestone.module.title if milestone.module else ""
        return OwnDate(
            id=milestone.id,
            label=milestone.label,
            about="" if title in milestone.label else title,
            starts=local(row.starts_at) if row.starts_at else None,
            ends=local(row.ends_at) if row.ends_at else None,
            place=row.place,
            staff=tuple(row.details.get("staff", ())),
            over=row.ends_at is not None and row.ends_at <= self._now,
            ask=ask,
        )

    def _group_of(self, journey: Row[Any]) -> Iterator[Row[Any]]:
        for other in self._journeys:
            in_it = journey.group_number is not None and other.group_number == journey.group_number
            if in_it and other.id != journey.id and on_calendar(self._cohort.definition, other.state):
                yield other

    def _teams(self, journey: Row[Any]) -> Iterator[OwnTeam]:
        """Yield the teams that a talent was told of, as long as their modules lie ahead."""
        journeys = {one.id: one for one in self._journeys}
        for team in read_teams(self._connection, self._cohort):
            module = self._cohort.definition.modules[team.module]
            if journey.id not in team.members or self._cohort.calendar.is_over(module.days[-1], self._now):
                continue
            if journey.id in told_of_teams(self._connection, self._cohort.cohort_id, module):
                others = [journeys[ident] for ident in team.members if ident != journey.id]
                named = ((self.someone(one.talent_id).name, one.organisation) for one in others)
                known_as = tuple((name, self._cohort.organisation_name(place)) for name, place in named)
                yield OwnTeam(self._cohort.definition.state_label(module.id), team.number, known_as)

    def _partners(self, journey: Row[Any]) -> Iterator[Partner]:
        talents = {one.id: one.talent_id for one in self._journeys}
        for row in self._promises[journey.id]:
            if row.partner_id and is_open(row.state):
                yield Partner(self._cohort.spec(row.name).label, self.someone(talents[row.partner_id]))

    def _ahead(self, journey: Row[Any]) -> Iterator[Promise]:
        """Yield what will be asked of a talent for certain, by deadline; not what hangs on a choice."""
        planned = (row for row in self._promises[journey.id] if row.state == PLANNED)
        found = (self._promise(row, journey) for row in planned if self._cohort.spec(row.name).opens_on is None)
        yield from sorted(found, key=lambda one: one.due or date.max)

    def _promise(self, row: Row[Any], journey: Row[Any]) -> Promise:
        spec, words = self._cohort.spec(row.name), self._cohort.definition.programme.commitment_states
        state = without_level(row.state)
        owner = self._persons.get(getattr(journey, f"{spec.owner}_id", None) or "")
        return Promise(
            label=spec.label,
            state=words.get(state, state),
            due=row.due_on or self._cohort.calendar.due_of(spec),
            late=is_late(row.state),
            owner=owner.name if owner else "",
            appointed_on=row.appointed_on if is_open(row.state) else None,
        )


def _event(subject: str) -> str:
    """Return the milestone that a matter is about; empty for a promise."""
    return subject.partition("@")[2]


def _next(dates: Iterable[OwnDate]) -> OwnDate | None:
    return next((one for one in dates if not one.over), None)
