"""How a coordinator tells facts: by the ``talentnord`` command alone, or by the forms alone."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from config.cohort import Day
from config.errors import CorrectionRefusedError, TalentNordError, TransitionRefusedError, UnknownRecordError
from config.grammar import Trigger
from flows.cockpit.refusal import refusal
from states.facts import Fact
from states.store.database import Database
from states.store.tables import FactRow, JourneyRow, PersonRow
from tests.support.command import Command
from tests.support.driver import talent_nord


class ByCommand:
    """Tells everything at the command line; keys are those that the command has made up."""

    def __init__(self, run: Command, cohort: str) -> None:
        self._run = run
        self._cohort = cohort
        self._keys: dict[str, str] = {}

    def fire(self, trigger: str, subjects: Sequence[str], fact: Fact) -> None:
        name, verb = Trigger.parse(trigger)
        if verb == "extend":
            self._told(fact, "extend", f"{subjects[0]}/{name}", "--to", str(fact.details["due_on"]))
            return
        given = [word for name, value in fact.details.items() for word in ("--set", f"{name}={_text(value)}")]
        self._told(fact, "tell", trigger, *subjects, *given)

    def reschedule(self, cohort_id: str, milestone: str, day: Day | None, fact: Fact) -> None:
        assert day is not None
        when = ("--to", str(day.date), "--start", f"{day.start:%H:%M}", "--end", f"{day.end:%H:%M}")
        why = ("--because", day.reason) if day.reason else ()
        self._told(fact, "move", cohort_id, milestone, *when, "--place", day.place, *why, "--yes")

    def undo(self, key: str, fact: Fact) -> None:
        self._told(fact, "undo", self._keys[key], "--because", "a slip", "--yes")

    def _told(self, fact: Fact, *words: str) -> None:
        ended = self._run(*words)
        if ended.code:
            said = " ".join(ended.err.split())
            rests = re.search(r"\((\S+)\) rests on it", said)
            if rests:
                key = next(key for key, one in self._keys.items() if one == rests[1])
                raise CorrectionRefusedError(said, "rests", other=key)
            raise TransitionRefusedError(said, [])
        self._keys[fact.key] = json.loads(self._run("facts", self._cohort, "--json").out)[-1]["key"]


class ByForm:
    """Fills in the forms of the programme; keys are the ids of the forms' runs."""

    def __init__(self, database: Database, set_clock: Callable[[], None]) -> None:
        self._database = database
        self._set_clock = set_clock
        self._keys: dict[str, str] = {}

    def fire(self, trigger: str, subjects: Sequence[str], fact: Fact) -> None:
        from flows.record import record

        name, verb = Trigger.parse(trigger)
        given: dict[str, Any] = {"programme": "talent-nord", "form": _form(name, verb), "talent": subjects[0]}
        if verb:
            given["commitment"] = name
        for field, value in fact.details.items():
            if isinstance(value, dict):
                given |= {f"{field}_name": value["name"], f"{field}_email": value["email"]}
            else:
                given[field] = date.fromisoformat(value) if field in {"held_on", "due_on"} else value
        if verb == "waive":
            given["because"] = "a slip"
        if name in {"withdraw", "transfer"}:
            given["confirm"] = self._name(subjects[0])
        self._run(record, fact, given)

    def reschedule(self, cohort_id: str, milestone: str, day: Day | None, fact: Fact) -> None:
        from flows.move_day import move_day
        from flows.services import current_services

        assert day is not None
        self._set_clock()
        seal = current_services().engine.preview(cohort_id, milestone, day).seal
        given = {
            "programme": "talent-nord",
            "form": "move-day",
            "day": f"{cohort_id}/{milestone}",
            "to": day.date,
            "start": f"{day.start:%H:%M}",
            "end": f"{day.end:%H:%M}",
            "place": day.place,
            "because": day.reason,
            "seal": seal,
        }
        self._run(move_day, fact, given)

    def undo(self, key: str, fact: Fact) -> None:
        from flows.undo import undo

        given = {"programme": "talent-nord", "form": "undo", "fact": self._keys[key], "why": "a slip"}
        try:
            self._run(undo, fact, given)
        except CorrectionRefusedError as error:
            other = next((mine for mine, one in self._keys.items() if one == error.other), error.other)
            raise CorrectionRefusedError(key, error.why, error.by, other, error.at, error.actor) from error

    def _name(self, journey: str) -> str:
        with self._database.read() as connection:
            of = select(PersonRow.name).join(JourneyRow, JourneyRow.talent_id == PersonRow.id)
            return str(connection.scalar(of.where(JourneyRow.id == journey)))

    def _run(self, flow: Any, fact: Fact, given: dict[str, Any]) -> None:
        self._set_clock()
        with self._database.read() as connection:
            before = set(connection.scalars(select(FactRow.key)))
        refused: list[TalentNordError] = []

        def watched(services: Any, error: TalentNordError, programme: str = "") -> str | None:
            refused.append(error)
            return refusal(services, error, programme)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("flows.cockpit.told.refusal", watched)
            asyncio.run(flow(**given))
        if refused:
            raise refused[0]
        with self._database.read() as connection:
            (key,) = set(connection.scalars(select(FactRow.key))) - before
        assert UUID(key.removeprefix("form:"))
        self._keys[fact.key] = key


def _form(name: str, verb: str) -> str:
    """The form of the programme that records a verb of a commitment, or an event."""
    definition = talent_nord()
    for form in definition.programme.forms:
        kinds = [kind for kind in form.commitments if name == kind or name.startswith(f"{kind}_m")]
        if (verb and kinds and form.verb == verb) or (not verb and form.event == name):
            return form.id
    raise UnknownRecordError("form", name)


def _text(value: Any) -> str:
    return f"{value['name']} <{value['email']}>" if isinstance(value, dict) else str(value)
