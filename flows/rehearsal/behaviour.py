"""Plays the people of a cohort in a rehearsal: decides, by a profile and a seed, who does what and when. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from config.answers import AnswerSpec, Asked
from config.definition import Definition
from config.grammar import CORRECT, MOVE, NEWS, Trigger, talent_number
from config.plan import plan_steps
from config.profile import COHORT, Incident, Profile
from config.programme import CommitmentSpec
from states.facts import Transition
from states.machines.commitment import OPEN
from states.moves.arrange import ARRANGED
from states.plan.calendar import Calendar

ACTING_TIME = time(10)
STARTING_TIME = time(9)
A_WEEK = timedelta(weeks=1)


COORDINATOR = "coordinator"
RECORDS, APPOINTS = "keep", "appoint"
"""The verbs that people answer with: it was held, and it is agreed for a day."""
MISTAKE = "corrects"
"""The detail of an act that takes back what was recorded: the key of that."""


class Act(NamedTuple):
    """Someone's doing: at ``at`` the fact ``trigger`` about ``journey``, once.

    Who has a page of their own answers there: ``option`` is the answer that they give, ``details`` are its fields as
    they are typed. A coordinator tells the engine, with ``details`` as a fact has them.
    """

    at: datetime
    trigger: str
    journey: str
    key: str
    details: tuple[tuple[str, Any], ...]
    role: str = COORDINATOR
    option: str = ""


def is_known(event: str, definition: Definition) -> bool:
    """Whether what a profile's incident names can happen in a programme at all."""
    name, part = Trigger.parse(event)
    if not part:
        return name in definition.programme.events or name in ARRANGED
    return name in (definition.milestones if part in NEWS else definition.commitments)


def about(cohort_id: str, incident: Incident) -> str:
    """Return the id of whom an incident befalls: a talent's journey, or the cohort."""
    return cohort_id if incident.talent is None else f"{cohort_id}-{incident.talent:02d}"


def _of(cohort_id: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return details with the cohort's id where a profile, which is of no cohort, leaves a place for it."""
    return {name: one.replace(COHORT, cohort_id) if isinstance(one, str) else one for name, one in details.items()}


@dataclass
class Behaviour:
    """The people of one cohort under one profile; the same seed does the same things."""

    cohort_id: str
    calendar: Calendar
    profile: Profile
    seed: int

    def incidents(self) -> Iterator[Act]:
        """Yield the acts of the profile's incidents, for those events that the programme knows."""
        for number, incident in enumerate(self.profile.incidents):
            day = self.calendar.day_of(incident.when)
            if day is None or not is_known(incident.event, self.calendar.definition):
                continue
            subject = about(self.cohort_id, incident)
            key = f"rehearsal/{incident.event}/{subject}/{number}"
            dates = {name: self.calendar.day_of(when) for name, when in incident.dates.items()}
            details = _of(self.cohort_id, incident.details) | {
                name: day.isoformat() for name, day in dates.items() if day
            }
            yield Act(self._at(day), incident.event, subject, key, tuple(details.items()))
            regretted = self.calendar.day_of(incident.taken_back) if incident.taken_back else None
            if regretted is not None:
                trigger = str(Trigger(Trigger.parse(incident.event).name, CORRECT))
                yield Act(self._at(regretted), trigger, subject, f"{key}/{CORRECT}", ((MISTAKE, key),))

    def react_to(self, transitions: Iterable[Transition]) -> Iterator[Act]:
        """Yield what people will do about the commitments that have just opened."""
        for transition in transitions:
            if transition.dest == OPEN and transition.trigger == "open":
                yield from self._keep(transition)

    def _keep(self, opened: Transition) -> Iterator[Act]:
        spec = self.calendar.definition.commitments[opened.machine]
        today = self.calendar.local_day(opened.at)
        due = self.calendar.day_of(spec.due, {"opened": today})
        subject = opened.journey_id or self.cohort_id
        # A commitment that opens again has another id in history, so people may do otherwise then.
        dice = random.Random(f"{self.seed}/{opened.id}")
        choice = self._choice(opened, dice)
        nothing_found = spec.secures and self.profile.challenge is None
        if due is None or (spec.choices and choice is None) or nothing_found:
            return
        habit, hours = self.profile.habit(spec.id), self.calendar.definition.working_time
        luck = dice.random()
        if spec.kept_by_date_of is not None:
            told = due + timedelta(days=dice.randint(*habit.late_days)) if luck < habit.late else today + A_WEEK
            yield self._date(spec.kept_by_date_of, opened, hours.next_working_day(told))
            return
        if luck < habit.never + habit.late and spec.default_choice is None:
            day = hours.next_working_day(due + timedelta(days=dice.randint(*habit.late_days)))
            verb = "waive" if luck < habit.never else "keep"
        else:
            share = dice.uniform(*habit.within)
            day = min(today + timedelta(days=max(1, round((due - today).days * share))), due)
            verb = "keep"
            working = hours.previous_working_day(day)
            day = working if working > today else hours.next_working_day(day)
        at = self._at(day)
        given = {"held_on": self.calendar.local_day(at).isoformat(), "choice": choice or ""}
        answers = tuple(self._answers(spec, opened, given, at)) if verb == RECORDS else ()
        yield from answers or (self._told(spec, verb, subject, opened, given, at),)

    def _answers(
        self, spec: CommitmentSpec, opened: Transition, given: Mapping[str, str], at: datetime
    ) -> Iterator[Act]:
        """Yield what is answered of a commitment on people's own pages: the day agreed for, and that it was held."""
        # Dice of their own: who answers has no part in whether and when it is done.
        dice, habit = random.Random(f"{self.seed}/{opened.id}/answers"), self.profile.habit(spec.id)
        aside, before = dice.random() < habit.counterpart, dice.random() < habit.appoints
        hours = self.calendar.definition.working_time
        half_way = self._at(hours.previous_working_day((opened.at + (at - opened.at) / 2).date()))
        for answer in spec.answers:
            others = [role for role in answer.by if role != spec.owner]
            role = others[0] if aside and others else spec.owner
            fields = self._typed(spec, answer, given)
            if answer.verb == RECORDS and role in answer.by and fields is not None:
                yield self._answer(spec, answer, opened, fields, at, role)
            elif answer.verb == APPOINTS and role in answer.by and fields is not None and before:
                yield self._answer(spec, answer, opened, fields, hours.next_open(max(half_way, opened.at)), role)

    def _answer(
        self,
        spec: CommitmentSpec,
        answer: AnswerSpec,
        opened: Transition,
        fields: Mapping[str, str],
        at: datetime,
        role: str,
    ) -> Act:
        key = f"rehearsal/{opened.id}/{answer.id}"
        trigger = str(Trigger(spec.id, answer.verb))
        return Act(at, trigger, opened.journey_id or self.cohort_id, key, tuple(fields.items()), role, answer.id)

    def _typed(self, spec: CommitmentSpec, answer: AnswerSpec, given: Mapping[str, str]) -> dict[str, str] | None:
        """Return the fields of an answer as they are typed; ``None`` where the profile has nothing to type."""
        person, day = self.profile.second_mentor, given["held_on"]
        known: dict[Asked, Mapping[str, str] | None] = {
            "held_on": {"held_on": day},
            "appointed_on": {"appointed_on": day, "appointed_at": f"{ACTING_TIME:%H:%M}"},
            "choice": {"choice": given["choice"]} if given["choice"] else None,
            "person": {"person_name": person.name, "person_email": person.email} if person else None,
            "plan": {"plan": "written" if plan_steps(self.calendar.definition)[:1] == [spec.id] else "revised"},
        }
        fields: dict[str, str] = {}
        for asked in answer.asks:
            typed = known[asked]
            if typed is None:
                return None
            fields |= typed
        return fields

    def _told(
        self,
        spec: CommitmentSpec,
        verb: str,
        subject: str,
        opened: Transition,
        given: Mapping[str, str],
        at: datetime,
    ) -> Act:
        """Return what the coordinator records of a commitment."""
        details: dict[str, Any] = {name: text for name, text in given.items() if text}
        found = self.profile.challenge if spec.secures else None
        if found is not None:
            who = {"name": found.representative.name, "email": found.representative.email}
            details |= {"owner": found.owner, "representative": who, "title": found.title, "text": found.text}
        return Act(at, str(Trigger(spec.id, verb)), subject, f"rehearsal/{opened.id}/{verb}", tuple(details.items()))

    def _date(self, milestone: str, opened: Transition, told_on: date) -> Act:
        """Return the coordinator's doing about a milestone without a date: it gets one (R39)."""
        spec, hours = self.calendar.definition.milestones[milestone], self.calendar.definition.working_time
        bounds = (spec.window.earliest, spec.window.latest) if spec.window else ()
        days = [day for day in map(self.calendar.day_of, bounds) if day is not None]
        middle = days[0] + (days[-1] - days[0]) / 2 if days else told_on + timedelta(weeks=7)
        day = hours.previous_working_day(max(middle, told_on + A_WEEK))
        starts = datetime.combine(day, STARTING_TIME)
        ends = starts + timedelta(hours=spec.hours or 1)
        when = {"date": day.isoformat(), "start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}"}
        key = f"rehearsal/{opened.id}/{MOVE}"
        trigger = str(Trigger(milestone, MOVE))
        return Act(self._at(told_on), trigger, self.cohort_id, key, tuple(when.items()))

    def _choice(self, opened: Transition, dice: random.Random) -> str | None:
        spec = self.calendar.definition.commitments[opened.machine]
        if not spec.choices:
            return None
        number = talent_number(opened.journey_id or "")
        wanted = self.profile.choices.get(spec.id, {})
        named = next((choice for choice, talents in wanted.items() if number in talents), None)
        return named or (None if spec.default_choice else dice.choice(sorted(spec.choices)))

    def _at(self, day: date) -> datetime:
        """Return when on ``day`` people act."""
        return self.calendar.definition.working_time.at(day, ACTING_TIME)
