"""A year that is told rightly, and the same year with slips that are taken back again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import case, select

from config.cohort import Day
from config.errors import CorrectionRefusedError, TalentNordError, TransitionRefusedError
from config.grammar import Trigger
from states.facts import Fact
from states.machines.commitment import FINAL
from states.store.conditions import ARMED
from states.store.database import Database
from states.store.reach_tables import AbsenceRow, AttendanceRow
from states.store.tables import (
    CommitmentRow,
    EffectRow,
    HistoryRow,
    JourneyRow,
    MilestoneRow,
    PersonRow,
    RegionRow,
    TimerRow,
)
from tests.support.driver import Driver, day, undated

END = "2028-05-01"
ALUMNI_DAY = day("2028-03-28", "13:00", "17:00")
AT_ONCE = (timedelta(0), timedelta(minutes=2))
LATER = (timedelta(0), timedelta(hours=3), timedelta(days=2), timedelta(days=20))


class Told(NamedTuple):
    """A fact of the year: at ``at``, about talents by id, or the cohort itself; a day is set where one is given."""

    at: datetime
    key: str
    trigger: str
    subjects: tuple[str, ...]
    details: dict[str, Any]
    sets_day: bool = False


_unless_cancelled = case((CommitmentRow.state != "cancelled", CommitmentRow.due_on))
"""Deadlines, but for those of what was cancelled: it follows the calendar no more."""


class Hand(Protocol):
    """What tells a year's facts: the engine itself, the command, or the forms."""

    def fire(self, trigger: str, subjects: Sequence[str], fact: Fact) -> object:
        """Tell a fact."""

    def reschedule(self, cohort_id: str, milestone: str, day: Day | None, fact: Fact) -> object:
        """Give a day another date."""

    def undo(self, key: str, fact: Fact) -> object:
        """Take a fact back."""


@dataclass
class Year:
    """One running of the year on a database of its own."""

    driven: Driver
    hand: Hand
    slips: list[str] = field(default_factory=list)
    """Keys of what was told by mistake and still stands, the oldest first."""
    caused_by_slips: set[str] = field(default_factory=set)
    """Keys of all slips and of what took them back."""
    right: dict[str, Told] = field(default_factory=dict)
    """What was told rightly, by key."""
    moved: set[str] = field(default_factory=set)
    """Days that a slip has moved."""
    taken_back: int = 0
    refused: int = 0

    @classmethod
    def of(cls, database: Database, people: int) -> Year:
        driven = Driver(database, people=people, cohort=undated("alumni_day")).enrol()
        return cls(driven, driven.engine)

    def tell(self, fact: Told) -> None:
        """Tell what is right; whatever slip stands in its way is taken back first, as a coordinator would."""
        try:
            self._tell(fact, fact.key)
        except TalentNordError:
            while self.slips:
                self.take_back(self.slips[-1])
            self._tell(fact, fact.key)

    def _tell(self, fact: Told, key: str) -> None:
        engine = self.hand
        self.right[key] = fact
        if fact.sets_day:
            engine.reschedule(self.driven.cohort.id, fact.trigger, ALUMNI_DAY, Fact(key, "right", {}))
        else:
            engine.fire(fact.trigger, list(fact.subjects), Fact(key, "right", fact.details))

    def slip(self, dice: random.Random, number: int) -> bool:
        """Tell something that is not so, if it can be told at all."""
        key, engine = f"slip-{number}", self.hand
        try:
            trigger, subjects, details = self._mistake(dice)
            if trigger in self.driven.definition.milestones:
                engine.reschedule(self.driven.cohort.id, trigger, details["to"], Fact(key, "slip", {}))
                module = self.driven.definition.milestones[trigger].module
                self.moved |= {trigger, *(module.days if module else ())}
            else:
                engine.fire(trigger, subjects, Fact(key, "slip", details))
        except TalentNordError:
            return False
        self.slips.append(key)
        self.caused_by_slips.add(key)
        return True

    def take_back(self, key: str) -> None:
        """Take a slip back, and first what rests on it: the right ones of these are told again."""
        try:
            self._undo(key)
        except CorrectionRefusedError as error:
            if error.why != "rests":
                raise
            self.refused += 1
            self.take_back(error.other)
            self.take_back(key)
            if error.other in self.right:
                again = f"{error.other}/{len(self.caused_by_slips)}"
                self._tell(self.right[error.other], again)
                self.right[again] = self.right[error.other]

    def _undo(self, key: str) -> None:
        by = f"undo-{len(self.caused_by_slips)}"
        self.hand.undo(key, Fact(by, "slip", {}))
        self.caused_by_slips.add(by)
        self.taken_back += 1
        if key in self.slips:
            self.slips.remove(key)

    def _mistake(self, dice: random.Random) -> tuple[str, list[str], dict[str, Any]]:
        talent = dice.choice([f"hold-3-{number:02d}" for number in range(1, len(self.driven.people.talents) + 1)])
        today = self.driven.definition.working_time.local(self.driven.now).date()
        kind = dice.choice(["event", "keep", "keep", "waive", "extend", "hand", "move", "absence", "mentor"])
        if kind == "event":
            return dice.choice(["leave", "return", "withdraw", "transfer"]), [talent], {}
        if kind == "mentor":
            return "change_mentor", [talent], {"new_mentor": {"name": "Ny Leder", "email": "ny@aalborg.example"}}
        if kind == "absence":
            days = [one.id for one in self.driven.definition.milestones.values() if one.module is not None]
            return "absence", [talent], {"milestone": dice.choice(days)}
        if kind == "move":
            # What is over by the time that the slip is seen was held on the wrong day, and stays so.
            ahead = {one: on for one, on in self._days().items() if on > today + timedelta(days=30)}
            milestone = dice.choice(sorted({*ahead} - {"alumni_day"}) or ["kickoff"])
            was = self._days()[milestone]
            shift = timedelta(days=dice.choice([-7, -1, 1, 7]))
            return milestone, [], {"to": day((was + shift).isoformat(), reason="a slip")}
        open_ones = [one for one, state in self.driven.states(talent).items() if state not in FINAL]
        name = dice.choice(open_ones or ["portrait"])
        details: dict[str, Any] = {"held_on": today.isoformat()} if kind == "keep" else {}
        if name == "second_half_choice":
            details["choice"] = dice.choice(["second_mentor", "internship", "none"])
        if kind == "extend":
            details["due_on"] = (today + timedelta(days=dice.randint(1, 30))).isoformat()
        return str(Trigger(name, kind)), [talent], details

    def _days(self) -> dict[str, date]:
        with self.driven.database.read() as connection:
            rows = connection.execute(select(MilestoneRow.id, MilestoneRow.day).where(MilestoneRow.day.is_not(None)))
            return {row.id: row.day for row in rows if row.day}

    # -- what came of it -------------------------------------------------------------------------------------------

    def stands(self) -> dict[str, Any]:
        """How everybody and everything stands: journeys, regions, commitments, days, absences."""
        tables: dict[str, Any] = {
            "journeys": (
                JourneyRow.id,
                JourneyRow.state,
                _email(JourneyRow.mentor_id),
                _email(JourneyRow.second_mentor_id),
            ),
            "regions": (RegionRow.journey_id, RegionRow.region, RegionRow.place),
            "commitments": (CommitmentRow.id, CommitmentRow.state, _unless_cancelled, CommitmentRow.choice),
            "days": (MilestoneRow.id, MilestoneRow.day, MilestoneRow.starts_at, MilestoneRow.ends_at),
            "absences": (AbsenceRow.journey_id, AbsenceRow.milestone),
            "attendances": (AttendanceRow.person_id, AttendanceRow.milestone, AttendanceRow.coming),
        }
        with self.driven.database.read() as connection:
            return {
                name: sorted(map(tuple, connection.execute(select(*columns))), key=repr)
                for name, columns in tables.items()
            }

    def armed(self) -> list[Any]:
        """What waits for its time."""
        with self.driven.database.read() as connection:
            rows = connection.execute(select(TimerRow.subject, TimerRow.trigger, TimerRow.due_at).where(ARMED))
            return sorted(map(tuple, rows))

    def waiting(self) -> list[Any]:
        """What people are still to be told or asked."""
        query = select(EffectRow.kind, EffectRow.message, EffectRow.subject).where(EffectRow.status == "pending")
        with self.driven.database.read() as connection:
            return sorted(map(tuple, connection.execute(query)))

    def partners(self) -> list[Any]:
        """Who learns with whom."""
        with self.driven.database.read() as connection:
            groups = connection.execute(select(JourneyRow.id, JourneyRow.group_number))
            pairs = connection.execute(select(CommitmentRow.id, CommitmentRow.partner_id))
            return sorted(map(repr, [*groups, *pairs]))

    def told(self, but_of: set[str]) -> Counter[tuple[str, str, str, str]]:
        """What people were told: kind, message, to whom, on which day; but for what slips and corrections told.

        ``but_of`` are days that a slip has moved: what reminds of one may have gone out while it was elsewhere.
        """
        causes = {f"fact {key}" for key in self.caused_by_slips}
        query = (
            select(EffectRow.kind, EffectRow.message, PersonRow.email, EffectRow.send_at, EffectRow.details)
            .join(HistoryRow, HistoryRow.id == EffectRow.history_id)
            .join(PersonRow, PersonRow.id == EffectRow.recipient_id)
            .where(EffectRow.status != "dropped", HistoryRow.cause.not_in(causes))
        )
        local = self.driven.definition.working_time.local
        with self.driven.database.read() as connection:
            return Counter(
                (row.kind, row.message, row.email, local(row.send_at).date().isoformat())
                for row in connection.execute(query)
                if row.details.get("milestone") not in but_of
            )


def differences(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
    """What only one of two has, named by table: empty where they are equal."""
    found: list[tuple[Any, ...]] = []
    for name, rows in one.items():
        found += [(name, "only with slips", row) for row in rows if row not in other[name]]
        found += [(name, "only without", row) for row in other[name] if row not in rows]
    return found


def _email(person: Any) -> Any:
    # Ids of new people count the talent's transitions, and slips are among these.
    return select(PersonRow.email).where(PersonRow.id == person).scalar_subquery()


def right_year(database: Database, people: int) -> tuple[list[Told], Year]:
    """Play the year as it was, and return what was told on the way: most in time, some late, some changes of course."""
    year, told, planned = Year.of(database, people), list[Told](), set[str]()
    driven = year.driven
    for at, trigger, number, details in (
        ("2027-02-15 10:00", "leave", 2, {}),
        ("2027-05-10 10:00", "return", 2, {}),
        ("2027-04-02 10:00", "absence", 3, {"milestone": "m2d1"}),
        ("2027-08-03 10:00", "withdraw", 4, {}),
    ):
        if number > people:
            continue
        told.append(Told(driven.at(at), f"right-{trigger}", trigger, (f"hold-3-{number:02d}",), details))
    while (instant := _next(driven, told)) is not None and instant <= driven.at(END):
        driven.now = max(driven.now, instant)
        driven.engine.tick()
        driven.all_sent()
        for fact in [one for one in told if one.at == driven.now]:
            try:
                year.tell(fact)
            except TransitionRefusedError:  # The talent has left meanwhile, or is on leave.
                told.remove(fact)
            driven.all_sent()
        told += _promises(driven, planned)
    return sorted(told, key=lambda one: (one.at, one.key)), year


def _next(driven: Driver, told: list[Told]) -> datetime | None:
    with driven.database.read() as connection:
        due = connection.scalar(select(TimerRow.due_at).where(ARMED).order_by(TimerRow.due_at).limit(1))
    ahead = [one.at for one in told if one.at > driven.now]
    return min([at for at in (due, *ahead) if at is not None], default=None)


def _promises(driven: Driver, planned: set[str]) -> list[Told]:
    """Return when what has opened by now will be kept."""
    found: list[Told] = []
    with driven.database.read() as connection:
        rows = connection.execute(select(CommitmentRow.__table__).where(CommitmentRow.state == "open")).all()
    for row in rows:
        if row.id in planned:
            continue
        planned.add(row.id)
        dice = random.Random(row.id)
        spec = driven.definition.commitments[row.name]
        held = row.due_on + timedelta(days=dice.choice([-1, -1, -1, 0, 3, 12]))
        at = max(driven.at(f"{held} 10:07"), driven.now + timedelta(days=1))
        on = driven.definition.working_time.local(at).date().isoformat()
        if spec.kept_by_date_of:
            found.append(Told(at, f"right-{row.id}", spec.kept_by_date_of, (), {}, sets_day=True))
            continue
        details: dict[str, Any] = {"held_on": on}
        if spec.choices:
            details["choice"] = dice.choice(["second_mentor", "internship", "none"])
        if spec.fills:
            details["person"] = {"name": "Vibe Skov", "email": f"vibe.{row.journey_id}@aalborg.example"}
        trigger = str(Trigger(row.name, "keep"))
        found.append(Told(at, f"right-{row.id}", trigger, (row.journey_id or "hold-3",), details))
    return found


def play(year: Year, told: list[Told], seed: int, delays: tuple[timedelta, ...], slips: int = 30) -> Year:
    """Play the same year with slips at random moments, each taken back after one of ``delays``."""
    dice = random.Random(seed)
    driven = year.driven
    first, last = driven.at("2027-01-05 09:00"), driven.at("2028-03-20 09:00")
    moments = sorted(
        first + timedelta(minutes=dice.randrange(int((last - first).total_seconds()) // 60)) for _ in range(slips)
    )
    pending: list[tuple[datetime, str]] = []
    events: list[tuple[datetime, int, Any]] = [(one.at, 1, one) for one in told]
    events += [(moment, 0, number) for number, moment in enumerate(moments)]
    events.sort(key=lambda one: (one[0], one[1], str(one[2])))
    for at, _, what in events:
        for due, key in sorted(pending):
            if due <= at:
                _pass(driven, due)
                if key in year.slips:
                    year.take_back(key)
                    driven.all_sent()
                pending.remove((due, key))
        _pass(driven, at)
        if isinstance(what, Told):
            year.tell(what)
            driven.all_sent()
        elif year.slip(dice, what):
            if dice.random() < 0.7:
                driven.all_sent()
            pending.append((at + dice.choice(delays), f"slip-{what}"))
    while year.slips:
        year.take_back(year.slips[-1])
    _pass(driven, driven.at(END))
    return year


def _pass(driven: Driver, until: datetime) -> None:
    while (due := _next(driven, [])) is not None and due <= until:
        driven.now = max(driven.now, due)
        driven.engine.tick()
        driven.all_sent()
    driven.now = max(driven.now, until)
    driven.all_sent()
