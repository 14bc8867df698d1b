"""What a message may say, read from the database for one effect: the people, the event, the commitment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from config.definition import Definition, Module
from config.grammar import Trigger
from config.plain_text import without_the_unseen
from config.plan import plan_in
from notifications.due import Effect
from notifications.links import Links
from notifications.occasions import Occasions
from notifications.promises import SOON, Promises
from notifications.signposts import Signposts
from notifications.view_models import Context, EventView, OfficeView, Person, Talent
from states.machines.journey import on_calendar
from states.moves.attendance import WHOM
from states.plan.offices import consultant_id
from states.running_cohort import RunningCohort, read_cohort
from states.store.attending import who_stays_away
from states.store.conditions import of_cohort
from states.store.tables import CommitmentRow, JourneyRow, MilestoneRow, PersonRow
from states.store.teams import seats_of, teams_of
from states.views.invitations import read_invitations

_CLOSE = frozenset({"mentor", "second_mentor", "consultant"})
"""Roles of those who are close to some talents of a cohort."""

# Built once: building a query costs more than running it.
_COHORT: BindParameter[str] = bindparam("cohort")
_JOURNEYS = select(JourneyRow.__table__).where(JourneyRow.cohort_id == _COHORT).order_by(JourneyRow.id)
_MILESTONES = select(MilestoneRow.__table__).where(MilestoneRow.cohort_id == _COHORT)
_COMMITMENTS = select(CommitmentRow.__table__).where(CommitmentRow.cohort_id == _COHORT)


def first_name(name: str) -> str:
    """Return what to greet someone with: the first name, or the whole name of an office."""
    words = name.split()
    return words[0] if len(words) in {2, 3, 4} and all(word[:1].isupper() for word in words) else name


class CohortReader:
    """What messages about one cohort say, as it stood at ``now``: each table is read once, for all its effects.

    Holds no connection, so that several threads may use it. Without ``links`` there is no site to lead to.
    """

    def __init__(self, connection: Connection, cohort_id: str, now: datetime, links: Links | None = None) -> None:
        about = {"cohort": cohort_id}
        self.read_at = now
        self.cohort: RunningCohort = read_cohort(connection, cohort_id)
        self.journeys: Mapping[str, Row[Any]] = {row.id: row for row in connection.execute(_JOURNEYS, about)}
        self._commitments = {row.id: row for row in connection.execute(_COMMITMENTS, about)}
        mine = of_cohort(PersonRow.id, cohort_id)
        self._persons = {row.id: row for row in connection.execute(select(PersonRow.__table__).where(mine))}
        milestones = {row.id: row for row in connection.execute(_MILESTONES, about)}
        self.occasions = Occasions(self.cohort, milestones, self.person)
        self.events: Mapping[str, EventView] = self.occasions.dated
        self.invitations = read_invitations(connection, self.cohort)
        self._away = {(one.person, one.milestone) for one in who_stays_away(connection, cohort_id)}
        self._teams = teams_of(self.definition, seats_of(connection, cohort_id), self.journeys.values(), self._away)
        self._promises = Promises(self.cohort, self._commitments, self.journeys, now, self.person)
        self._signposts = Signposts(links, self.cohort, self.journeys, now)

    @property
    def definition(self) -> Definition:
        """The definition the cohort is pinned to."""
        return self.cohort.definition

    @property
    def today(self) -> date:
        """The local day at which it was read."""
        return self.cohort.calendar.local_day(self.read_at)

    @cached_property
    def soon(self) -> date:
        """A week of work from that day."""
        return self.definition.working_time.add_working_days(self.today, SOON)

    @property
    def house(self) -> tuple[object, ...]:
        """What two cohorts must have in common for one mail to speak for both: words, hours, and who gets an answer."""
        programme, coordinator = self.definition.programme, self._persons[self.cohort.coordinator_on(self.today)]
        words = (programme.id, programme.name, programme.sender_name, programme.language, programme.templates)
        return (*words, programme.hours, coordinator.email)

    def commitment(self, ident: str | None) -> Row[Any] | None:
        """Return a commitment by id."""
        return self._commitments.get(ident or "")

    @cached_property
    def agreed(self) -> Sequence[Row[Any]]:
        """The commitments for which a day is agreed."""
        return [row for row in self._commitments.values() if row.appointed_on is not None]

    def ids_of(self, address: str) -> frozenset[str]:
        """Return the ids under which the cohort knows the person with an address."""
        return frozenset(row.id for row in self._persons.values() if row.email == address)

    def address(self, person: str) -> str:
        """Return a person's address, ``""`` if the cohort does not know them."""
        return self._persons[person].email if person in self._persons else ""

    @cached_property
    def _organisations(self) -> Mapping[str, str]:
        """Organisations' names by person: talents, and leaders through their talents."""
        found: dict[str, str] = {}
        for journey in self.journeys.values():
            name = self.cohort.organisation_name(journey.organisation)
            found[journey.talent_id] = name
            if journey.mentor_id:
                found.setdefault(journey.mentor_id, name)
        return found

    def person(self, ident: str | None) -> Person | None:
        """Return a person by id."""
        row = self._persons.get(ident or "")
        if row is None:
            return None
        name = without_the_unseen(row.name)
        organisation = self._organisations.get(row.id) or row.organisation or None
        return Person(name, first_name(name), row.email, organisation, row.telephone, row.title)

    def talent(self, journey: Row[Any]) -> Talent:
        """Return the talent of a journey."""
        row = self._persons[journey.talent_id]
        name = without_the_unseen(row.name)
        return Talent(
            name=name,
            first_name=first_name(name),
            email=row.email,
            telephone=row.telephone,
            organisation=self.cohort.organisation_name(journey.organisation),
            level_label=self.definition.programme.levels.get(journey.level, journey.level),
            unit=journey.unit,
        )

    def context(self, effect: Effect) -> Context:
        """Return what the effect's message may say to its recipient."""
        journey = self.journeys.get(effect.journey_id or "")
        name, verb = Trigger.parse(effect.trigger)
        about_event = name in self.definition.milestones and bool(verb)
        recipient, coordinator, administration = (
            self.person(ident)
            for ident in (
                effect.recipient_id,
                self.cohort.coordinator_on(self.today),
                self.cohort.cast.administration,
            )
        )
        plan = plan_in(effect.message, self.definition.programme.plan)
        assert recipient is not None
        assert coordinator is not None
        assert administration is not None
        if journey is None or (about_event and effect.role != "talent"):
            people: dict[str, Any] = {"mine": self._talents_of(effect)} if about_event else {}
        else:
            people = self._people(journey, effect)
        return Context(
            role=effect.role,
            recipient=recipient,
            coordinator=coordinator,
            administration=administration,
            programme=self.definition.programme.name,
            role_names=self.definition.programme.role_names,
            cohort=self.cohort.name,
            today=self.today,
            soon=self.soon,
            next_event=self.occasions.next_after(self.read_at),
            year=self.occasions.year(Trigger(name, verb), effect.role, self.read_at),
            plan=plan.title if plan else None,
            attendee=self.person(effect.details.get(WHOM)),
            turns=effect.role == "talent" and self._leads_elsewhere(effect.trigger),
            away=(effect.recipient_id, effect.details.get("milestone")) in self._away,
            details={key: str(value) for key, value in effect.details.items() if isinstance(value, str | int)},
            **people,
            **self._matter(effect, name),
            **self._signposts.of(effect, self.commitment(effect.subject), recipient.email, people.get("talent")),
        )

    def _leads_elsewhere(self, trigger: str) -> bool:
        event = self.definition.programme.events.get(trigger)
        return event is not None and event.leads_elsewhere

    def _talents_of(self, effect: Effect) -> tuple[Talent, ...]:
        """Return whose leader or consultant a recipient is, of those who are on the calendar."""
        if effect.role not in _CLOSE:
            return ()
        acting, found = self.cohort.cast.acting, []
        for journey in self.journeys.values():
            person = getattr(journey, f"{effect.role}_id") or ""
            mine = effect.recipient_id in {person, acting(person, self.today)}
            if mine and on_calendar(self.definition, journey.state):
                found.append(self.talent(journey))
        return tuple(found)

    def _people(self, journey: Row[Any], effect: Effect) -> dict[str, Any]:
        members = [
            self.person(other.talent_id)
            for other in self.journeys.values()
            if journey.group_number is not None
            and other.group_number == journey.group_number
            and other.id != journey.id
            and other.state.startswith("active")
        ]
        return {
            "talent": self.talent(journey),
            "mentor": self.person(journey.mentor_id),
            "second_mentor": self.person(journey.second_mentor_id),
            "consultant": self.person(self.cohort.cast.acting(journey.consultant_id or "", self.today)),
            "group": tuple(member for member in members if member is not None),
            "group_number": journey.group_number,
            **self._team(journey, effect),
            **self._promises.touched(journey, effect),
            **self._promises.around(self.commitment(effect.subject)),
        }

    def _team(self, journey: Row[Any], effect: Effect) -> dict[str, Any]:
        """Return the talent's team of the module that a message is about, if they are in one."""
        about = effect.details.get("milestone") or Trigger.parse(effect.trigger).name
        milestone = self.definition.milestones.get(about)
        module = milestone.module if milestone else None
        for team in self._teams:
            if module is not None and team.module == module.id and journey.id in team.members:
                others = [self.journeys[ident].talent_id for ident in team.members if ident != journey.id]
                return {"team": tuple(filter(None, map(self.person, others))), "team_number": team.number}
        return {}

    def _office(self, effect: Effect) -> OfficeView:
        """Return the office that changes hands, as one of the two whom it concerns sees it."""
        told, other = effect.details, self.person(effect.details["other"])
        assert other is not None
        described, first = self.cohort.described, date.fromisoformat(told["first_day"])
        names = {consultant_id(described.id, ident): one.name for ident, one in described.organisations.items()}
        last, was = (date.fromisoformat(told[name]) if name in told else None for name in ("last_day", "was"))
        return OfficeView(names.get(told["office"]), other, told["side"] == "takes", first, last, was)

    def _challenged_by(self, effect: Effect) -> Module | None:
        """Return the module whose challenge a guest has set (R38)."""
        mine = [module for module, owner in self.cohort.cast.owners.items() if owner == effect.recipient_id]
        return self.definition.modules[mine[0]] if effect.role == "challenge_owner" and mine else None

    def _matter(self, effect: Effect, name: str) -> dict[str, Any]:
        """Return the event, module or commitment that a message is about."""
        if "office" in effect.details:
            return {"office": self._office(effect)}
        told, found = effect.details.get("milestone"), self.occasions
        event = found.event(told)
        if name in self.definition.milestones or "milestone" in effect.details:
            was = found.as_it_was(told or name, effect.details.get("was"))
            module = (event.module if event else None) or found.module(self._challenged_by(effect))
            about = {"event": event, "module": module, "was": was}
            return about | ({"topic": event.topic} if event else {})
        if name not in self.definition.commitments:
            return {}
        spec = self.definition.commitments[name]
        row = self.commitment(effect.subject)
        assert row is not None
        return {
            "event": found.event(spec.kept_by_date_of),
            "module": found.module(self.definition.modules.get(spec.module or "")),
            "topic": found.topic(name, name.removesuffix(f"_{spec.module}")),
            "commitment": self._promises.view(row),
        }
