"""A cohort's events and modules as messages speak of them: when, where, by whom, and what there is to tell of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from config.cohort import Day
from config.content import Topic, topic
from config.definition import Module
from config.grammar import Trigger
from notifications.view_models import EventView, ModuleView, Person
from states.running_cohort import RunningCohort


class Occasions:
    """The dated events of a cohort, by milestone; ``rows`` are its milestones' in the database."""

    def __init__(
        self, cohort: RunningCohort, rows: Mapping[str, Row[Any]], person: Callable[[str | None], Person | None]
    ) -> None:
        self._definition = cohort.definition
        self._cohort = cohort
        self._person = person
        self._materials = {ident: tuple(row.details.get("material", {}).items()) for ident, row in rows.items()}
        self.dated = self._dated(rows)

    def _dated(self, rows: Mapping[str, Row[Any]]) -> Mapping[str, EventView]:
        """Return the dated milestones by id, without their modules."""
        found: dict[str, EventView] = {}
        for ident, milestone in self._definition.milestones.items():
            row = rows.get(ident)
            if row is not None and row.starts_at is not None and row.ends_at is not None:
                start, end = (self._definition.working_time.local(at) for at in (row.starts_at, row.ends_at))
                staff, told = tuple(row.details.get("staff", ())), self.topic(ident)
                found[ident] = EventView(ident, milestone.label, start, end, row.place, staff, topic=told)
        return found

    def topic(self, *names: str) -> Topic:
        """Return what there is to tell under the first of these names that is known."""
        return topic(self._definition.programme.content, self._cohort.described.content, *names)

    def module(self, module: Module | None) -> ModuleView | None:
        """Return a module with its days."""
        if module is None:
            return None
        days = tuple(self.dated[day] for day in module.days if day in self.dated)
        challenge = self._cohort.described.challenges.get(module.id)
        representative = self._person(self._cohort.cast.owners.get(module.id))
        return ModuleView(
            number=module.number,
            title=module.title,
            bootcamp=module.hours is not None,
            days=days,
            challenge_owner=challenge.owner if challenge else None,
            challenge_title=challenge.title if challenge else None,
            challenge_text=challenge.text if challenge else None,
            representative=representative.name if representative else None,
            presentations=self.presentations(module),
            material=self._materials.get(module.days[0], ()) if days else (),
            topic=self.topic(module.id),
        )

    def presentations(self, module: Module) -> datetime | None:
        """Return when a challenge's owner is to be there on a module's last day (R24); ``None`` where nobody says."""
        last = self.dated.get(module.days[-1])
        if last is None or module.presentations_hours is None:
            return None
        return last.end - timedelta(hours=module.presentations_hours)

    def event(self, milestone: str | None) -> EventView | None:
        """Return a dated milestone with its module, ``None`` while it has no date."""
        view = self.dated.get(milestone or "")
        return None if view is None else self._with_module(view)

    def _with_module(self, view: EventView) -> EventView:
        return replace(view, module=self.module(self._definition.milestones[view.id].module))

    def as_it_was(self, milestone: str, was: object) -> EventView | None:
        """Return a milestone as it was before a change that told of it; ``was`` is its day in plain data, if any."""
        if not was:
            return None
        day, known = Day.model_validate(was), self._definition.milestones[milestone]
        hours = self._definition.working_time
        start, end = (hours.local(at) for at in (day.starts(hours), day.ends(hours)))
        return EventView(known.id, known.label, start, end, day.place, day.staff)

    def next_after(self, instant: datetime) -> EventView | None:
        """Return the next event of the journeys' calendar."""
        now = self._definition.working_time.local(instant)
        ahead = [step.id for step in self._definition.steps if step.id in self.dated]
        return next((self.event(ident) for ident in ahead if self.dated[ident].start > now), None)

    def year(self, trigger: Trigger, role: str, instant: datetime) -> tuple[EventView, ...]:
        """Return the events ahead that a role is invited to, in order, for a notice that invites to them all (R57)."""
        milestone = self._definition.milestones.get(trigger.name)
        if milestone is None or not any(one.id == trigger.part and one.year for one in milestone.notices):
            return ()
        now = self._definition.working_time.local(instant)
        mine = [one.id for one in self._definition.milestones.values() if role in one.audience]
        ahead = (self.dated[ident] for ident in mine if ident in self.dated and self.dated[ident].start > now)
        return tuple(map(self._with_module, sorted(ahead, key=lambda one: one.start)))
