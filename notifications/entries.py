"""What is true for a person's calendar now: the events that concern them, and the talks that they have agreed on.

Nothing here knows what anybody was sent before. Titles and places are seen by colleagues: who meets whom stands in an
entry's own text only, and what about nowhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row

from config.definition import Milestone, in_active
from config.effects import Notice
from config.grammar import Trigger
from config.roles import OF_COHORT, Role
from notifications.context import CohortReader
from notifications.due import Effect
from states.machines.commitment import FINAL
from states.machines.journey import on_calendar
from states.plan.effects import ActiveJourneys, Cause, recipients

TALK = timedelta(hours=1)
"""How long an agreed talk is taken to last: nobody is asked."""

_GUEST: Role = "challenge_owner"
"""Who is invited to events by their notices, and is in no audience (R24, R38)."""

_DOT = " · "
"""What parts a programme's name from what an entry is."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """An entry of a calendar; plain days instead of times are a whole day each, ``ends`` is the day after."""

    uid: str
    title: str
    place: str
    starts: date
    ends: date
    people: tuple[str, ...] = ()
    """The ids of those who meet; empty for an event, where all of a role do."""
    names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it is, without its programme."""
        return self.title.partition(_DOT)[2] or self.title


@dataclass(frozen=True)
class Concern:
    """An entry that concerns a person, the id under which it does, and how they come to hear of it."""

    entry: Entry
    person: str
    invited: bool
    """Whether its invitation has gone out, as far as anybody has been asked who is in their place."""
    is_known_ahead: bool = True
    """Whether it is no secret before: its invitation waits for nothing but its time."""
    milestones: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def is_told_by(self, effects: Iterable[Effect]) -> bool:
        """Whether one of these effects tells them of it: invites, reminds, or has news of the day."""
        return any(one.role in self.roles and Trigger.parse(one.trigger).name in self.milestones for one in effects)


class _Part(NamedTuple):
    """One way in which a milestone concerns a person: in a role, by a journey or (a guest) by none."""

    milestone: Milestone
    role: str
    person: str
    journey: Row[Any] | None


def concerns(reader: CohortReader, ids: frozenset[str]) -> list[Concern]:
    """Return what is true for the person who has these ids in a cohort, each entry once, in the order of their UIDs."""
    found: dict[str, Concern] = {}
    for one in (*_Events(reader, ids).concerns(), *_agreed(reader, ids)):
        before = found.get(one.entry.uid)
        found[one.entry.uid] = one if before is None else _both(before, one)
    return [found[uid] for uid in sorted(found)]


def _both(one: Concern, other: Concern) -> Concern:
    return Concern(
        entry=one.entry,
        person=one.person,
        invited=one.invited or other.invited,
        is_known_ahead=one.is_known_ahead or other.is_known_ahead,
        milestones=one.milestones | other.milestones,
        roles=one.roles | other.roles,
    )


def _uid(reader: CohortReader, name: str) -> str:
    return f"{name}.{reader.cohort.cohort_id}@{reader.definition.programme.id}"


def _title(reader: CohortReader, label: str) -> str:
    return f"{reader.definition.programme.name}{_DOT}{label}"


class _Events:
    """The events of one cohort, as they concern one person."""

    def __init__(self, reader: CohortReader, ids: frozenset[str]) -> None:
        self._reader = reader
        self._ids = ids
        self._definition = reader.definition
        self._dated = [one for one in self._definition.milestones.values() if one.id in reader.events]
        self._of_the_year = [one for one in self._dated if any(notice.year for notice in one.notices)]
        self._journeys = [one for one in reader.journeys.values() if self._may_be_of(one)]

    def _may_be_of(self, journey: Row[Any]) -> bool:
        """Whether the person has a part in a journey that is on the calendar, on whatever day."""
        holder = journey.consultant_id or ""
        around = {journey.talent_id, journey.mentor_id, journey.second_mentor_id, holder}
        mine = not self._ids.isdisjoint(around | self._reader.cohort.cast.acting_for(holder))
        return mine and on_calendar(self._definition, journey.state)

    def concerns(self) -> Iterator[Concern]:
        """Yield the events in whose audience the person is, and those that they are invited to as a guest."""
        together: dict[str, list[_Part]] = {}
        for milestone in self._dated:
            module = milestone.module
            # A module of fixed length is one stay, with its night (R21).
            name = module.id if module is not None and module.hours is not None else milestone.id
            parts = [part for part in self._parts(milestone) if self._comes(part)]
            together[name] = together.get(name, []) + parts
        for name, parts in together.items():
            if parts:
                yield self._concern(name, parts)
        for milestone in self._dated:
            guests = [part for part in self._guests(milestone) if self._comes(part)]
            if guests:
                yield self._concern(milestone.id, guests)

    def _comes(self, part: _Part) -> bool:
        return (part.person, part.milestone.id) not in self._reader.invitations.away

    def _parts(self, milestone: Milestone) -> Iterator[_Part]:
        """Yield the ways in which the person is in a milestone's audience."""
        day = self._reader.events[milestone.id].start.date()
        for role in milestone.audience:
            if role in OF_COHORT:
                yield from self._of_cohort(milestone, role)
                continue
            for journey in self._journeys:
                person = getattr(journey, f"{role}_id", None) or ""
                if role == "consultant":
                    person = self._reader.cohort.cast.acting(person, day)
                if person in self._ids:
                    yield _Part(milestone, role, person, journey)

    def _guests(self, milestone: Milestone) -> Iterator[_Part]:
        if _GUEST not in milestone.audience and list(self._notices(milestone, _GUEST)):
            yield from self._of_cohort(milestone, _GUEST)

    def _of_cohort(self, milestone: Milestone, role: Role) -> Iterator[_Part]:
        cohort, now = self._reader.cohort, self._reader.read_at
        module = milestone.module.id if milestone.module else None
        cause = Cause(cohort.cohort_id, cohort.cohort_id, "", milestone.id, now, None, module)
        for person in recipients(role, cause, cohort.cast, ActiveJourneys()):
            if person in self._ids:
                yield _Part(milestone, role, person, None)

    def _concern(self, name: str, parts: list[_Part]) -> Concern:
        days = {part.milestone.id: part.milestone for part in parts}
        return Concern(
            entry=self._entry(name, list(days.values()), guest=parts[0].role == _GUEST),
            person=min(part.person for part in parts),
            invited=any(map(self._is_invited, parts)),
            is_known_ahead=any(map(self._is_known_ahead, parts)),
            milestones=frozenset(one for part in parts for one in _announced_with(part.milestone)),
            roles=frozenset(part.role for part in parts),
        )

    def _entry(self, name: str, days: list[Milestone], guest: bool) -> Entry:
        first, last = (self._reader.events[days[at].id] for at in (0, -1))
        module = days[0].module
        label = days[0].label
        if module is not None and name == module.id:
            label = self._definition.state_label(in_active(module.id))
        starts, ends = first.start, last.end
        uid, title = _uid(self._reader, name), _title(self._reader, label)
        if guest and module is not None:
            # A guest of a day of teaching comes for a part of it: for which the mail says where the programme does not.
            part = self._reader.occasions.presentations(module) if last.id == module.days[-1] else None
            if part is not None:
                return Entry(uid, title, first.place, part, ends)
            return Entry(uid, title, first.place, starts.date(), starts.date() + _ONE_DAY)
        return Entry(uid, title, first.place, starts, ends)

    def _is_invited(self, part: _Part) -> bool:
        """Whether a notice that invites, or reminds, has gone out to those who are in the person's place."""
        if self._is_known_ahead(part) and self._is_of_the_year(part):
            return True
        siblings = map(self._definition.milestones.__getitem__, _announced_with(part.milestone))
        return any(
            self._is_out(one, notice, part)
            for one in siblings
            if one.id in self._reader.events
            for notice in self._notices(one, part.role)
        )

    def _is_of_the_year(self, part: _Part) -> bool:
        """Whether a notice that invites to all events has gone out to those who are in the person's place."""
        return any(
            notice.year and self._is_out(one, notice, part)
            for one in self._of_the_year
            for notice in self._notices(one, part.role)
        )

    def _is_known_ahead(self, part: _Part) -> bool:
        return part.role != _GUEST and all(notice.state is None for notice in self._notices(part.milestone, part.role))

    def _is_out(self, milestone: Milestone, notice: Notice, part: _Part) -> bool:
        trigger = str(Trigger(milestone.id, notice.id))
        subjects = {self._reader.cohort.cohort_id, *((part.journey.id,) if part.journey is not None else ())}
        if any((subject, trigger) in self._reader.invitations.ahead for subject in subjects):
            return False
        # R39: nobody is invited before they have come so far.
        return part.journey is None or notice.state is None or self._has_reached(part.journey.state, notice.state)

    def _has_reached(self, state: str, place: str) -> bool:
        order = [self._definition.start_state, *(step.state for step in self._definition.steps)]
        wanted = self._definition.state_of(place)
        return state in order and wanted in order and order.index(state) >= order.index(wanted)

    def _notices(self, milestone: Milestone, role: str) -> Iterator[Notice]:
        """Yield a milestone's notices to a role that go out before it."""
        for notice in milestone.notices:
            told = any(effect.mail and role in effect.to for effect in notice.effects)
            if told and not self._reader.cohort.calendar.follows(milestone.id, notice.when):
                yield notice


def _announced_with(milestone: Milestone) -> tuple[str, ...]:
    """Return the milestones that are announced together: the days of a module."""
    return (milestone.id,) if milestone.module is None else milestone.module.days


def _agreed(reader: CohortReader, ids: frozenset[str]) -> Iterator[Concern]:
    """Yield the talks and meetings that a talent and their leader have agreed on, for either."""
    for commitment in reader.agreed:
        journey = reader.journeys.get(commitment.journey_id or "")
        if journey is None or commitment.state in FINAL:
            continue
        both = tuple(one for one in (journey.talent_id, journey.mentor_id) if one)
        mine = [one for one in both if one in ids]
        if mine and on_calendar(reader.definition, journey.state):
            yield Concern(_talk(reader, commitment, both), mine[0], invited=True)


def _talk(reader: CohortReader, commitment: Row[Any], both: tuple[str, ...]) -> Entry:
    # A commitment's id leads to a talent; a calendar is passed on to whoever asks for it.
    name = hashlib.sha256(commitment.id.encode()).hexdigest()[:24]
    names = tuple(person.name for person in map(reader.person, both) if person is not None)
    uid, title = _uid(reader, name), _title(reader, reader.definition.commitments[commitment.name].label)
    day: date = commitment.appointed_on
    if not commitment.appointed_at:
        return Entry(uid, title, "", day, day + _ONE_DAY, both, names)
    hours = reader.definition.working_time
    starts: datetime = hours.at(day, time.fromisoformat(commitment.appointed_at))
    return Entry(uid, title, "", hours.local(starts), hours.local(starts + TALK), both, names)
