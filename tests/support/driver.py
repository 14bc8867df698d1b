"""Drives the engine through a cohort's time: a clock that is moved, facts that are told, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Self

from sqlalchemy import Row, select, text, update

from config.cohort import Cohort, Day
from config.definition import Definition
from config.files.yaml_file import load_yaml
from config.people import People, read_people
from config.programme import Programme
from states.engine import Engine
from states.facts import Fact, Outcome
from states.store.conditions import ARMED
from states.store.database import Database
from states.store.tables import CommitmentRow, EffectRow, HistoryRow, JourneyRow, RegionRow, TimerRow

CONFIG = Path(__file__).parents[2] / "config"
COHORT = CONFIG / "cohorts" / "hold-3"
TABLES = (
    "cohorts", "persons", "milestones", "journeys", "commitments", "facts", "history", "timers", "effects", "tasks",
    "absences", "attendances", "regions", "holders", "teams",
)  # fmt: skip
START = datetime(2026, 12, 20, 8, tzinfo=UTC)


@cache
def talent_nord() -> Definition:
    """The programme as it is in config/."""
    source = load_yaml(CONFIG / "programmes" / "talent-nord.yaml")
    return Definition(Programme.model_validate(source.data))


@cache
def hold_3() -> Cohort:
    """The cohort as it is in config/."""
    return Cohort.model_validate(load_yaml(COHORT / "cohort.yaml").data)


def hold_3_people(first: int | None = None) -> People:
    """The talents of hold-3, all 24 or only the first few."""
    return People(_people().talents[:first])


@cache
def _people() -> People:
    return read_people(COHORT / "people.xlsx", hold_3().organisations, talent_nord().programme.list_form)


def undated(milestone: str) -> Cohort:
    """Hold-3 with one milestone that has no date yet."""
    dates = {ident: day for ident, day in hold_3().dates.items() if ident != milestone}
    return hold_3().model_copy(update={"dates": dates})


def day(text: str, start: str = "09:00", end: str = "16:00", reason: str = "") -> Day:
    """A day of the calendar: ``2027-04-14``; with a reason it may break rules."""
    return Day.model_validate({"date": text, "start": start, "end": end, "place": "Aalborg", "reason": reason})


def unsecured(*modules: str) -> Cohort:
    """Hold-3 without the challenges of some modules; of none of them if none is named."""
    kept = {ident: one for ident, one in hold_3().challenges.items() if modules and ident not in modules}
    return hold_3().model_copy(update={"challenges": kept})


class Effect(NamedTuple):
    """A row of the outbox, as the tests look at it; ``to`` is who gets it, ``on`` the local day it goes out."""

    message: str
    to: str
    on: str
    status: str
    subject: str
    send_at: datetime
    details: dict[str, Any]


class Driver:
    """A cohort and its clock. ``until`` lets time pass as in daily life, ``oversleep`` as after an outage."""

    def __init__(
        self,
        database: Database,
        *,
        people: int | People | None = None,
        cohort: Cohort | None = None,
        definition: Definition | None = None,
        now: datetime = START,
    ) -> None:
        self.database = database
        self.people = people if isinstance(people, People) else hold_3_people(people)
        self.cohort = cohort or hold_3()
        self.definition = definition or talent_nord()
        self.now = now
        self.engine = Engine(database, lambda: self.now)
        self._keys = count(1)

    def enrol(self, people: People | None = None) -> Self:
        """Enrol the cohort, or (again) other people in it."""
        self.engine.enrol(self.cohort, self.definition, people or self.people)
        return self

    # -- time ------------------------------------------------------------------------------------------------------

    def at(self, local: str) -> datetime:
        """The instant of a local time, ``2027-03-11 16:00``; a bare date is its 12:00."""
        moment = datetime.fromisoformat(local if " " in local else f"{local} 12:00")
        return self.definition.working_time.at(moment.date(), moment.time())

    def until(self, local: str) -> Self:
        """Let time pass: every timer is fired at the minute it is due."""
        end = self.at(local)
        while (due := self._next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            self.engine.tick()
        self.now = end
        return self

    def oversleep(self, local: str) -> list[Outcome]:
        """Let time pass with nobody ticking; then one tick that is late."""
        self.now = self.at(local)
        return self.engine.tick()

    def _next_due(self) -> datetime | None:
        with self.database.read() as connection:
            return connection.scalar(select(TimerRow.due_at).where(ARMED).order_by(TimerRow.due_at).limit(1))

    # -- facts -----------------------------------------------------------------------------------------------------

    def fire(self, trigger: str, *numbers: int | str, key: str | None = None, **details: Any) -> Outcome:
        """Tell a fact about talents by number, or about the cohort itself if none is named."""
        journeys = [journey(number) for number in numbers] or [self.cohort.id]
        fact = Fact(key or f"test-{next(self._keys)}", "tester", details)
        return self.engine.fire(trigger, journeys, fact)

    def move(self, milestone: str, to: Day | None, key: str | None = None, **details: Any) -> Outcome:
        """Give a milestone a date, or none."""
        fact = Fact(key or f"test-{next(self._keys)}", "tester", details)
        return self.engine.reschedule(self.cohort.id, milestone, to, fact)

    def all_sent(self) -> Self:
        """Let every mail that is due have reached its reader."""
        due = (EffectRow.status == "pending") & (EffectRow.kind == "mail") & (EffectRow.send_at <= self.now)
        with self.database.write() as connection:
            connection.execute(update(EffectRow).where(due).values(status="sent"))
        return self

    # -- what came of it -------------------------------------------------------------------------------------------

    def state(self, number: int | str) -> str:
        """Where a talent's journey stands."""
        return str(self._one(select(JourneyRow.state).where(JourneyRow.id == journey(number))).state)

    def beside(self, number: int | str, region: str = "second_half") -> str:
        """Where a talent stands in a region beside the calendar."""
        mine = (RegionRow.journey_id == journey(number)) & (RegionRow.region == region)
        return str(self._one(select(RegionRow.place).where(mine)).place)

    def journey(self, number: int | str) -> Row[Any]:
        """A talent's journey."""
        return self._one(select(*JourneyRow.__table__.columns).where(JourneyRow.id == journey(number)))

    def commitment(self, name: str, number: int | str | None = None) -> Row[Any]:
        """A talent's commitment, or the cohort's own."""
        ident = f"{self.cohort.id if number is None else journey(number)}/{name}"
        return self._one(select(*CommitmentRow.__table__.columns).where(CommitmentRow.id == ident))

    def states(self, number: int | str) -> dict[str, str]:
        """The states of all commitments of a talent by name."""
        query = select(CommitmentRow.name, CommitmentRow.state).where(CommitmentRow.journey_id == journey(number))
        with self.database.read() as connection:
            return {row.name: row.state for row in connection.execute(query)}

    def effects(self, kind: str, *messages: str, number: int | str | None = None) -> list[Effect]:
        """Mails or tasks in the order they came about: of these messages, caused by this talent's journey."""
        query = select(EffectRow).where(EffectRow.kind == kind).order_by(EffectRow.id)
        if messages:
            query = query.where(EffectRow.message.in_(messages))
        if number is not None:
            query = query.where(EffectRow.journey_id == journey(number))
        hours = self.definition.working_time
        with self.database.read() as connection:
            return [
                Effect(
                    row.message,
                    row.recipient_id.removeprefix(f"{self.cohort.id}/").removeprefix(f"{self.cohort.id}-"),
                    hours.local(row.send_at).date().isoformat(),
                    row.status,
                    row.subject,
                    row.send_at,
                    row.details,
                )
                for row in connection.execute(query.with_only_columns(*EffectRow.__table__.columns))
            ]

    def mails(self, *messages: str, number: int | str | None = None) -> list[Effect]:
        """Mails: see ``effects``."""
        return self.effects("mail", *messages, number=number)

    def tasks(self, *messages: str, number: int | str | None = None) -> list[Effect]:
        """Tasks: see ``effects``."""
        return self.effects("task", *messages, number=number)

    def armed(self, subject: str | None = None) -> list[tuple[str, datetime]]:
        """The triggers that wait for their time, with that time; ``subject`` is a full id."""
        query = select(TimerRow.trigger, TimerRow.due_at).where(ARMED).order_by(TimerRow.due_at, TimerRow.id)
        if subject is not None:
            query = query.where(TimerRow.subject == subject)
        with self.database.read() as connection:
            return [(row.trigger, row.due_at) for row in connection.execute(query)]

    def history(self, subject: str = "") -> list[Row[Any]]:
        """The history of one journey or commitment, or of all, in order."""
        query = select(*HistoryRow.__table__.columns).order_by(HistoryRow.n)
        if subject:
            query = query.where(HistoryRow.id.startswith(f"{subject}#", autoescape=True))
        with self.database.read() as connection:
            return list(connection.execute(query))

    def dump(self) -> dict[str, list[Any]]:
        """Everything the database holds, table by table: two dumps are equal if nothing at all differs."""
        with self.database.read() as connection:
            return {name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")))) for name in TABLES}

    def _one(self, query: Any) -> Row[Any]:
        with self.database.read() as connection:
            return connection.execute(query).one()


def journey(number: int | str) -> str:
    """The id of a talent of hold-3 by number; other ids are themselves."""
    return f"hold-3-{number:02d}" if isinstance(number, int) else number


def replayed(rows: Iterable[Row[Any]]) -> dict[str, str]:
    """What replaying history gives: the state of every subject that has one.

    Asserts that each transition starts where the one before it led, with no number left out.
    """
    states: dict[str, str] = {}
    versions: dict[str, int] = {}
    for row in rows:
        subject, _, version = row.id.partition("#")
        if subject in states:
            assert (row.source, int(version)) == (states[subject], versions[subject] + 1), row
        states[subject], versions[subject] = row.dest, int(version)
    return states


def later(moment: datetime, **by: float) -> datetime:
    """``moment`` and so many hours, days or weeks more."""
    return moment + timedelta(**by)
