"""What the demo shows beside the year itself: a day that is moved by the form, and a slip that is taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.form import Form
from config.library import LoadedCohort
from config.profile import Incident, MovedDay, Profile
from config.when import When
from flows.move_day import move_day
from flows.new_day import Asked, shown
from flows.record import record
from flows.rehearsal.behaviour import about
from flows.rehearsal.rehearsal import calendar_of
from flows.services import Services
from flows.undo import undo
from states.store.days import read_days
from states.views.told import told_facts

SOON = timedelta(hours=1)

Scene = tuple[datetime, Callable[[], Awaitable[None]]]


class Scenes:
    """The demo's scenes, each once its time has come; they fill in forms as a coordinator does."""

    def __init__(self, loaded: LoadedCohort, profile: Profile, services: Services) -> None:
        self._loaded = loaded
        self._services = services
        self._ahead: list[Scene] = []
        if profile.moved is not None:
            self._plan(profile.moved.when, partial(self._move, profile.moved))
        if profile.slip is not None:
            self._plan(profile.slip.when, partial(self._slip, profile.slip))

    async def play(self, now: datetime) -> None:
        """Play what has its time by ``now``."""
        due = [scene for scene in self._ahead if scene[0] <= now]
        self._ahead = [scene for scene in self._ahead if scene[0] > now]
        for _, scene in due:
            await scene()

    def _plan(self, when: When, scene: Callable[[], Awaitable[None]]) -> None:
        at = calendar_of(self._loaded).notice_at(when)
        if at is not None:
            self._ahead.append((at, scene))

    async def _move(self, moved: MovedDay) -> None:
        """Show what follows from another date on a page, then do exactly that."""
        cohort, programme = self._loaded.cohort.id, self._loaded.definition.programme.id
        form = next((one.id for one in self._forms() if one.moves == "all"), None)
        with self._services.database.read() as connection:
            day = read_days(connection, cohort, self._loaded.definition)[moved.milestone].day
        if form is None or day is None:
            return
        to = day.date + timedelta(days=moved.days)
        given: dict[str, Any] = {"programme": programme, "form": form, "day": f"{cohort}/{moved.milestone}", "to": to}
        await move_day(**given)
        found, _ = shown(self._services, cohort, moved.milestone, Asked(to))
        if found.allowed:
            await move_day(**given, seal=found.seal)

    async def _slip(self, slip: Incident) -> None:
        """Record what is not so; and plan that it is taken back."""
        programme, talent = self._loaded.definition.programme.id, about(self._loaded.cohort.id, slip)
        form = next((one.id for one in self._forms() if one.event == slip.event), None)
        if form is not None:
            await record(programme=programme, form=form, talent=talent, **slip.details)
            with self._services.database.read() as connection:
                told = told_facts(connection, self._loaded.cohort.id)
            mine = [one.key for one in told if one.trigger == slip.event]
            self._ahead.append((self._services.now() + SOON, partial(self._take_back, mine[-1])))

    async def _take_back(self, fact: str) -> None:
        form = next((one for one in self._forms() if one.undoes), None)
        if form is None:
            return
        programme = self._loaded.definition.programme.id
        await undo(programme=programme, form=form.id, fact=fact, why="")

    def _forms(self) -> tuple[Form, ...]:
        return self._loaded.definition.programme.forms
