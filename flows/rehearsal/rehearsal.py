"""Runs a cohort from its first day to its last on a clock turned by hand, with people played by a profile."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from config.grammar import Trigger, commitment_id
from config.library import LoadedCohort
from config.profile import Profile
from flows.clock import TurnedClock
from flows.rehearsal.behaviour import COORDINATOR, Act, Behaviour
from flows.rehearsal.desk import Desk
from flows.services import Services
from states.answers import answer
from states.facts import Outcome
from states.plan.calendar import Calendar
from states.plan.timers import cohort_timers, opening_timer
from states.running_cohort import read_cohort
from states.store.conditions import ARMED, PENDING
from states.store.tables import EffectRow, JourneyRow, TimerRow
from states.views.matters import matter


@dataclass(frozen=True)
class Step:
    """One instant of a rehearsal: where it stands, and how much of the way is behind."""

    at: datetime
    outcomes: tuple[Outcome, ...]
    share: float


@dataclass
class Rehearsal:
    """A cohort's whole way, an instant at a time; who runs it carries out what is due before asking for the next."""

    loaded: LoadedCohort
    profile: Profile
    seed: int
    clock: TurnedClock
    services: Services
    _acts: list[Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._desk = Desk(self.loaded, self.services)

    def run(self) -> Iterator[Step]:
        """Enrol the cohort and go from instant to instant until nothing is due any more."""
        self.services.engine.enrol(self.loaded.cohort, self.loaded.definition, self.loaded.people)
        calendar = calendar_of(self.loaded)
        behaviour = Behaviour(self.loaded.cohort.id, calendar, self.profile, self.seed)
        self._plan(behaviour.incidents())
        first, last = self.clock(), max(day.ends_at for day in calendar.days.values())
        while (instant := self._next_instant()) is not None:
            self.clock.turn_to(instant)
            # What people do may arm a timer for this very instant: it belongs to the same morning (R48).
            outcomes = [*self.services.engine.tick(), *self._act(), *self._desk.finish(), *self.services.engine.tick()]
            self._plan(act for outcome in outcomes for act in behaviour.react_to(outcome.transitions))
            yield Step(instant, tuple(outcomes), min(1.0, (instant - first) / (last - first)))

    def _plan(self, acts: Iterable[Act]) -> None:
        for act in acts:
            heapq.heappush(self._acts, act)

    def _next_instant(self) -> datetime | None:
        with self.services.database.read() as connection:
            timer = connection.scalar(select(func.min(TimerRow.due_at)).where(ARMED))
            effect = connection.scalar(select(func.min(EffectRow.send_at)).where(PENDING))
        act = self._acts[0].at if self._acts else None
        return min((at for at in (timer, effect, act) if at is not None), default=None)

    def _act(self) -> list[Outcome]:
        """Let everyone do what they do at this instant; those who do the same are one fact."""
        together: dict[tuple[str, tuple[tuple[str, Any], ...]], list[Act]] = defaultdict(list)
        while self._acts and self._acts[0].at <= self.clock():
            act = heapq.heappop(self._acts)
            together[act.trigger, tuple((name, _plain(value)) for name, value in act.details)].append(act)
        outcomes = []
        for (trigger, _), acts in together.items():
            able = [act for act in acts if self._desk.is_able(act)]
            told = [act for act in able if act.role == COORDINATOR]
            outcomes += [outcome for act in able if act.role != COORDINATOR for outcome in self._answered(act)]
            if told:
                outcomes.append(self._desk.tell(trigger, told))
        return outcomes

    def _answered(self, act: Act) -> Iterator[Outcome]:
        """Let somebody answer on their own page, as the site has it; nothing where it no longer can be answered."""
        cohort_id, engine = self.loaded.cohort.id, self.services.engine
        subject = commitment_id(act.journey, Trigger.parse(act.trigger).name)
        with self.services.database.read() as connection:
            cohort = read_cohort(connection, cohort_id)
            role = getattr(JourneyRow, f"{act.role}_id")
            person = connection.scalar(select(role).where(JourneyRow.id == act.journey)) or ""
            found = matter(connection, cohort, person, subject, self.clock())
        if found is not None and act.option in {option.id for option in found.options}:
            yield answer(engine, cohort_id, person, subject, act.option, dict(act.details), found.version)


def _plain(value: Any) -> Any:
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def calendar_of(loaded: LoadedCohort) -> Calendar:
    """Return the calendar that a cohort's file gives."""
    return Calendar.of(loaded.cohort.dates, loaded.definition)


def first_instant(loaded: LoadedCohort) -> datetime:
    """Return when to enrol a cohort so that nothing it should be told is late: the day before its first timer."""
    calendar, cohort = calendar_of(loaded), loaded.cohort.id
    long_ago = min(day.starts_at for day in calendar.days.values()) - timedelta(days=366)
    timers = list(cohort_timers(calendar, cohort, long_ago))
    for spec in loaded.definition.commitments.values():
        timers += opening_timer(calendar, cohort, spec.id, spec, long_ago)
    return min(timer.due_at for timer in timers) - timedelta(days=1)
