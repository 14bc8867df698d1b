"""Random facts, ticks, restarts, crashes and a second engine: invariants 1 to 5 hold after every step.

The model is simple: which facts were taken, what history said before, and what the database held when a step was
refused or cut off. Everything else is read from the database and held against itself.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from config.answers import PLANS
from config.cohort import Day
from config.errors import AnswerOverError, AnswerRefusedError, CohortOverError, TalentNordError
from states.attendance import answer_attendance
from states.engine import Engine
from states.facts import Fact
from states.machines.commitment import FINAL
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.reach_tables import AttendanceRow
from states.store.tables import CommitmentRow, EffectRow, FactRow, JourneyRow, RegionRow, TimerRow
from states.views.attendance_matters import attendance_matter
from states.views.counts import summarise
from states.views.matter import Matter
from tests.support.answering import Answering
from tests.support.cut import Cut, cut_at
from tests.support.driver import Driver, day, hold_3_people, replayed, talent_nord
from tests.support.previewed import Rows, assert_exactly

TALENTS = ["hold-3-01", "hold-3-02", "hold-3-03"]
DEFINITION = talent_nord()
SAYINGS = [
    *(f"{subject}@{milestone}" for milestone in ("kickoff", "m1d2", "alumni_day") for subject in TALENTS),
    *(f"hold-3@{milestone}" for milestone in ("kickoff", "network1", "m1d2")),
]
TRIGGERS = [
    *DEFINITION.programme.events,
    *(f"{name}:{verb}" for name in DEFINITION.commitments for verb in ("keep", "waive", "stall", "hush")),
    "m2d1",
    "nonsense",
]
DETAILS: dict[str, Any] = {
    "held_on": "2027-03-15",
    "choice": "second_mentor",
    "milestone": "m1d2",
    "new_mentor": {"name": "Grete Holm", "email": "grete.holm@example.org"},
    "person": {"name": "Per Lund", "email": "per.lund@example.org"},
}

FIELDS = {"person_name": "Per Lund", "person_email": "per.lund@example.org", "appointed_at": "14.30"}
CHOICES = ("second_mentor", "internship", "none", "both")

triggers = st.sampled_from(TRIGGERS)
who = st.lists(st.sampled_from([*TALENTS, "hold-3-04", "hold-3-99"]), min_size=1, max_size=3, unique=True)
details = st.sets(st.sampled_from(sorted(DETAILS))).map(lambda names: {name: DETAILS[name] for name in names})


class Cohort(RuleBasedStateMachine):
    """Three talents of hold-3, and a twin that is told the same in peace: both must come to the same, byte for byte."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="talentnord-stateful-"))
        self.databases = [self._database(name) for name in ("one", "twin")]
        self.driven, self.twin = (Driver(database, people=len(TALENTS)).enrol() for database in self.databases)
        self.second = Engine(self.driven.database, lambda: self.driven.now)
        self.taken: dict[str, tuple[str, list[str], Fact]] = {}
        self.history: list[Any] = []
        self.number = 0

    def _database(self, name: str) -> Database:
        database = Database(f"sqlite:///{self.folder}/{name}.db", synchronous="OFF")
        database.migrate()
        return database

    def teardown(self) -> None:
        """Close and remove everything."""
        for database in self.databases:
            database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize(weeks=st.integers(0, 60))
    def begin_somewhere(self, weeks: int) -> None:
        """Let some of the programme go by first."""
        self._pass(timedelta(weeks=weeks))

    def _pass(self, time: timedelta) -> None:
        for driver in (self.driven, self.twin):
            driver.now += time
            driver.engine.tick()

    # -- what may happen -------------------------------------------------------------------------------------------

    @rule(hours=st.integers(1, 24 * 40))
    def time_passes(self, hours: int) -> None:
        """A tick, however late."""
        self._pass(timedelta(hours=hours))

    @rule(trigger=triggers, journeys=who, given=details, other_engine=st.booleans())
    def somebody_tells(self, trigger: str, journeys: list[str], given: dict[str, Any], other_engine: bool) -> None:
        """A fact, right or wrong, through one engine or another on the same database."""
        self.number += 1
        fact = Fact(f"fact-{self.number}", "tester", given)
        engine = self.second if other_engine else self.driven.engine
        before = self.driven.dump()
        told = self._tell(engine, trigger, journeys, fact)
        again = self._tell(self.twin.engine, trigger, journeys, fact)
        assert told == again
        if told:
            self.taken[fact.key] = (trigger, journeys, fact)
        else:
            assert self.driven.dump() == before, "a refused fact changed something"

    @rule(choice=st.randoms(use_true_random=False), days=st.integers(-20, 40), plan=st.sampled_from(PLANS))
    def somebody_answers(self, choice: Any, days: int, plan: str) -> None:
        """A person answers what they are asked, well or badly (R65): twice is once, and the twin comes to the same."""
        people = Answering(self.driven)
        person = choice.choice([*TALENTS, *(f"hold-3/leader-{n:02d}" for n in (1, 2, 3))])
        asked = [one for one in people.is_asked(person) if one.options]
        if not asked:
            return
        matter = choice.choice(asked)
        option = choice.choice(matter.options).id
        on = (self.driven.now + timedelta(days=days)).date().isoformat()
        given = {**FIELDS, "held_on": on, "appointed_on": on, "plan": plan, "choice": choice.choice(CHOICES)}
        before = self.driven.dump()
        answers = [Answering(driver) for driver in (self.driven, self.twin)]
        told = [self._answer(one, person, matter, option, given) for one in answers]
        assert told[0] == told[1]
        if not told[0]:
            assert self.driven.dump() == before, "a refused answer changed something"
            return
        once = self.driven.dump()
        assert self._answer(people, person, matter, option, given)
        assert self.driven.dump() == once, "the same page sent twice is one fact"
        with self.driven.database.read() as connection:
            for row in connection.execute(select(FactRow.__table__).where(FactRow.key.startswith("answer:"))):
                told_by = Fact(row.key, row.actor, row.details)
                self.taken.setdefault(row.key, (row.trigger, list(row.subjects), told_by))

    @staticmethod
    def _answer(people: Answering, person: str, matter: Matter, option: str, given: dict[str, str]) -> bool:
        try:
            people.says(person, matter.subject, option, given, matter.version)
        except AnswerRefusedError:
            return False
        return True

    @staticmethod
    def _tell(engine: Engine, trigger: str, journeys: list[str], fact: Fact) -> bool:
        try:
            engine.fire(trigger, journeys, fact)
        except TalentNordError:
            return False
        return True

    @rule(
        milestone=st.sampled_from(sorted(DEFINITION.milestones)),
        days=st.none() | st.integers(-20, 40),
        reason=st.sampled_from(["", "Sne"]),
    )
    def a_day_is_moved_or_called_off(self, milestone: str, days: int | None, reason: str) -> None:
        """A date moves to somewhere around now, even into the past, by the rules; what follows is what was shown."""
        self.number += 1
        key = f"fact-{self.number}"
        on = self.driven.now + timedelta(days=days or 0)
        to = None if days is None else day(on.date().isoformat(), reason=reason)
        preview = self.driven.engine.preview(self.driven.cohort.id, milestone, to)
        before, rows = self.driven.dump(), Rows.of(self.driven)
        told = self._move(self.driven, milestone, to, key)
        assert told == self._move(self.twin, milestone, to, key) == preview.allowed
        if told:
            assert_exactly(preview, rows, Rows.of(self.driven))
            part = "call_off" if to is None else "move"
            self.taken[key] = (f"{milestone}:{part}", [self.driven.cohort.id], Fact(key, "tester"))
        else:
            assert self.driven.dump() == before

    @staticmethod
    def _move(driver: Driver, milestone: str, to: Day | None, key: str) -> bool:
        try:
            driver.move(milestone, to, key=key)
        except TalentNordError:
            return False
        return True

    @rule(
        person=st.sampled_from([*TALENTS, "hold-3/leader-01", "hold-3/leader-03", "hold-3/consultant-aalborg"]),
        subject=st.sampled_from(SAYINGS),
        option=st.sampled_from(["come", "decline"]),
    )
    def somebody_says_whether_they_come(self, person: str, subject: str, option: str) -> None:
        """By their page: what it offers is taken, once, and anything else is refused and changes nothing (R61)."""
        before = self.driven.dump()
        shown = self._matter(self.driven, person, subject)
        version = shown.version if shown else 0
        said = [self._say(driver, person, subject, option, version) for driver in (self.driven, self.twin)]
        assert said[0] == said[1] == (shown is not None and option in {one.id for one in shown.options})
        if not said[0]:
            assert self.driven.dump() == before
            return
        after = self._matter(self.driven, person, subject)
        assert after is not None
        assert option not in {one.id for one in after.options}
        with self.driven.database.read() as connection:
            told = connection.execute(select(FactRow.__table__).order_by(FactRow.at.desc())).all()
        self.taken |= {
            row.key: (row.trigger, list(row.subjects), Fact(row.key, row.actor, row.details))
            for row in told
            if row.key not in self.taken
        }
        now = self.driven.dump()
        assert self._say(self.driven, person, subject, option, version), "the same page again"
        assert self.driven.dump() == now

    @staticmethod
    def _matter(driver: Driver, person: str, subject: str) -> Matter | None:
        with driver.database.read() as connection:
            return attendance_matter(connection, read_cohort(connection, "hold-3"), person, subject, driver.now)

    @staticmethod
    def _say(driver: Driver, person: str, subject: str, option: str, version: int) -> bool:
        try:
            answer_attendance(driver.engine, "hold-3", person, subject, option, version)
        except AnswerOverError:
            return False
        return True

    @rule()
    def somebody_joins(self) -> None:
        """The list of people is read again, with one talent more (once); refused when the programme is over."""
        before = self.driven.dump()
        joined = [self._join(driver) for driver in (self.driven, self.twin)]
        assert joined[0] == joined[1]
        assert joined[0] or self.driven.dump() == before
        with self.driven.database.read() as connection:
            for key in connection.scalars(select(FactRow.key).where(FactRow.trigger == "enrol")):
                self.taken.setdefault(key, ("enrol", [self.driven.cohort.id], Fact(key, "operator")))

    @rule(choice=st.randoms(use_true_random=False))
    def something_is_taken_back(self, choice: Any) -> None:
        """Any fact is taken back, just as the preview says, or refused and nothing has changed (R62)."""
        if not self.taken:
            return
        self.number += 1
        key = choice.choice(sorted(self.taken))
        correcting = Fact(f"fact-{self.number}", "tester")
        before = self.driven.dump()
        try:
            shown = self.driven.engine.preview_undo(key)
        except TalentNordError:
            shown = None
        assert self.driven.dump() == before, "a preview writes nothing"
        done = [self._undo(driver.engine, key, correcting) for driver in (self.driven, self.twin)]
        assert done[0] == done[1] == (shown is not None)
        if shown is None:
            assert self.driven.dump() == before, "a refused correction changed something"
            return
        written = [row for row in self.driven.history() if row.cause == f"fact {correcting.key}"]
        assert [(one.id, one.source, one.dest) for one in shown.steps] == [
            (one.id, one.source, one.dest) for one in written
        ]
        self.taken[correcting.key] = ("undo:correct", [key], correcting)

    @staticmethod
    def _undo(engine: Engine, key: str, correcting: Fact) -> bool:
        try:
            engine.undo(key, correcting)
        except TalentNordError:
            return False
        return True

    @staticmethod
    def _join(driver: Driver) -> bool:
        try:
            driver.enrol(hold_3_people(len(TALENTS) + 1))
        except CohortOverError:
            return False
        return True

    @rule(choice=st.randoms(use_true_random=False), trigger=triggers, journeys=who, given=details)
    def the_same_key_comes_again(self, choice: Any, trigger: str, journeys: list[str], given: dict[str, Any]) -> None:
        """A known key changes nothing: the same fact is taken as told, any other is refused (invariant 4)."""
        if not self.taken:
            return
        key = choice.choice(sorted(self.taken))
        before = self.driven.dump()
        known, whom, fact = self.taken[key]
        same = (trigger, set(journeys), given, "tester") == (known, set(whom), fact.details, fact.actor)
        assert self._tell(self.driven.engine, trigger, journeys, Fact(key, "tester", given)) == same
        if not known.endswith((":move", ":call_off", ":come", ":decline", ":correct", "enrol")):
            assert self._tell(self.driven.engine, known, whom[::-1], fact)
        assert self.driven.dump() == before

    @rule(statement=st.integers(1, 20), trigger=triggers, journeys=who, given=details)
    def it_is_cut_off_in_a_fact(self, statement: int, trigger: str, journeys: list[str], given: dict[str, Any]) -> None:
        """A process that ends midway leaves nothing; told again with the same key, it is as if nothing had been."""
        self.number += 1
        fact = Fact(f"fact-{self.number}", "tester", given)
        before = self.driven.dump()
        try:
            with cut_at(self.driven.database, statement):
                self._tell(self.driven.engine, trigger, journeys, fact)
        except Cut:
            assert self.driven.dump() == before, "half a commit"
        told = self._tell(self.driven.engine, trigger, journeys, fact)
        assert told == self._tell(self.twin.engine, trigger, journeys, fact)
        if told:
            self.taken[fact.key] = (trigger, journeys, fact)

    @rule(statement=st.integers(1, 40), days=st.integers(1, 30))
    def it_is_cut_off_in_a_tick(self, statement: int, days: int) -> None:
        """A tick that ends midway is finished by the next: nothing lost, nothing fired twice."""
        for driver in (self.driven, self.twin):
            driver.now += timedelta(days=days)
        try:
            with cut_at(self.driven.database, statement):
                self.driven.engine.tick()
        except Cut:
            self.driven.engine.tick()
        self.twin.engine.tick()

    @rule()
    def it_is_started_anew(self) -> None:
        """A new process knows only what the database holds."""
        old = self.databases[0]
        old.close()
        self.databases[0] = Database(str(old.url), synchronous="OFF")
        self.driven.database = self.databases[0]
        now: Callable[[], datetime] = lambda: self.driven.now  # noqa: E731
        self.driven.engine, self.second = Engine(self.databases[0], now), Engine(self.databases[0], now)

    # -- what always holds -----------------------------------------------------------------------------------------

    @invariant()
    def history_only_grows_and_gives_the_states(self) -> None:
        """Invariants 1 and 2: what stands is what replaying history gives, and nothing in it ever changed."""
        rows = [tuple(row) for row in self.driven.history()]
        assert rows[: len(self.history)] == self.history
        self.history = rows
        states = replayed(self.driven.history())
        with self.driven.database.read() as connection:
            for table in (JourneyRow, CommitmentRow):
                for row in connection.execute(select(table.id, table.state, table.version)):
                    assert row.state == states.get(row.id, "planned" if table is CommitmentRow else "")
                    assert (row.version == 0) == (row.id not in states or (table is JourneyRow and row.version == 0))
            for row in connection.execute(select(AttendanceRow.__table__)):
                assert states[f"{row.person_id}@{row.milestone}"] == ("come" if row.coming else "decline")
            for row in connection.execute(select(RegionRow.__table__)):
                subject = f"{row.journey_id}/{row.region}"
                assert row.place == states.get(subject, "not_yet")
                assert (row.version == 0) == (subject not in states)

    @invariant()
    def the_second_half_is_where_its_promises_have_led(self) -> None:
        """R33 to R36: what a talent has chosen, found and held, whatever was changed on the way."""
        for number in range(1, len(self.driven.people.talents) + 1):
            promised = self.driven.states(number)
            if "second_half_choice" not in promised or self.driven.state(number) in {
                "withdrawn",
                "transferred",
                "taken_back",
            }:
                continue
            place, choice = self.driven.beside(number), self.driven.commitment("second_half_choice", number)
            if place == "searching":
                assert (choice.state, choice.choice) == ("kept", "second_mentor")
                assert promised["second_mentor"] not in FINAL
            if place == "choosing":
                assert choice.state not in FINAL
            if place == "with_second_mentor":
                assert promised["second_mentor"] in {"kept", "kept_late"}
            if choice.state == "kept" and choice.choice == "none":
                assert place not in {"searching", "internship", "choosing"}

    @invariant()
    def the_twin_has_come_to_the_same(self) -> None:
        """Invariant 3: same definition, same facts, same clock: the same, but for numbers given by the database."""
        assert [tuple(row)[1:] for row in self.driven.history()] == [tuple(row)[1:] for row in self.twin.history()]
        assert self.driven.effects("mail") == self.twin.effects("mail")
        assert self.driven.effects("task") == self.twin.effects("task")
        assert self.driven.armed() == self.twin.armed()

    @invariant()
    def every_fact_is_there_once_and_no_other(self) -> None:
        """Invariant 4, for facts, timers and effects."""
        with self.driven.database.read() as connection:
            assert set(connection.scalars(select(FactRow.key))) == set(self.taken)
            keys = connection.scalars(select(EffectRow.key)).all()
            armed = connection.execute(
                select(TimerRow.subject, TimerRow.trigger).where(TimerRow.status == "armed")
            ).all()
            ended = select(CommitmentRow.id).where(CommitmentRow.state.in_(FINAL))
            assert not {row.subject for row in armed} & set(connection.scalars(ended))
        assert len(keys) == len(set(keys))
        assert len(armed) == len(set(armed))

    @invariant()
    def nobody_is_stuck(self) -> None:
        """Invariant 6, on what really happened."""
        with self.driven.database.read() as connection:
            assert summarise(connection, "hold-3").stuck == ()


TestCohort = Cohort.TestCase
TestCohort.settings = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
