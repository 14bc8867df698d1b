"""The ground on which a definition is explored: a calendar made up for it, and people whom everyone has. Pure.

Time is left open there: an armed timer may fire whenever it is, and a guard that depends on dates may hold or not. So
whatever an engine can do on any calendar is among the moves, and a few things that none would do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from config.effects import EffectSpec
from states.machines.rules import Rules
from states.plan.calendar import Calendar, MilestoneDate
from states.plan.effects import ActiveJourneys, Cast, Cause, recipients
from states.records import Journey

BEFORE = datetime(2029, 1, 1, 8, tzinfo=UTC)
"""Before everything; no timer is late then."""
_FIRST_DAY, _APART = date(2030, 1, 7), timedelta(weeks=3)
_LONELY = Journey("talent", "cohort", "", 0, "talent", "mentor", None, "consultant", None)
"""A talent with nobody but those whom everyone has: no second mentor, no group yet."""


class Ground:
    """A definition on a calendar of its own, on which every milestone that must have a date has one.

    ``chased`` are the milestones without a fixed date that a sound commitment of the cohort gets a date for.
    """

    def __init__(self, rules: Rules, chased: frozenset[str] = frozenset()) -> None:
        self.rules = rules
        self.definition = rules.definition
        self.chased = chased
        self.optional = tuple(one.id for one in self.definition.milestones.values() if one.date_optional)
        self.dating = f"{'+'.join(self.optional)}:move"
        self.full = self._calendar(without=frozenset())
        self.bare = self._calendar(without=frozenset(self.optional))
        self.promised = self._calendar(without=frozenset(self.optional) - chased)
        owners = {module.id: module.id for module in self.definition.modules.values() if module.challenge}
        self._cast = Cast(("coordinator",), "administration", owners)

    def calendar(self, dated: bool) -> Calendar:
        """Return the calendar with or without the dates that are optional."""
        return self.full if dated else self.bare

    def _calendar(self, without: frozenset[str]) -> Calendar:
        hours, days = self.definition.working_time, {}
        for position, ident in enumerate(self.definition.milestones):
            day = _FIRST_DAY + position * _APART
            if ident not in without:
                days[ident] = MilestoneDate(day, hours.at(day, time(9)), hours.at(day, time(16)))
        return Calendar(self.definition, days)

    def opens_task(self, effects: Iterable[EffectSpec], module: str | None, of_talent: bool = True) -> bool:
        """Whether one of the effects is a task that somebody gets for certain."""
        journey = _LONELY if of_talent else None
        cause = Cause("cohort", "", "", "", BEFORE, journey, module)
        tasks = [effect for effect in effects if effect.task]
        return any(recipients(role, cause, self._cast, ActiveJourneys()) for effect in tasks for role in effect.to)
