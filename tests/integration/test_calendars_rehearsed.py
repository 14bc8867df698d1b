"""A cohort's year read by calendar programs: after every mail they hold what is true, and at the end what happened.

Days move and are called off, talents leave and come back, leaders change, meetings are agreed on and moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from config.cohort import Day
from config.library import Library
from config.people import People
from config.profile import load_profile
from config.settings import load_settings
from flows.clock import TurnedClock
from flows.rehearsal.rehearsal import Rehearsal, first_instant
from flows.services import Services, put_together
from notifications.calendar_feed import feed
from notifications.transports.protocol import Mail, Receipt
from states.facts import Fact
from states.store.database import Database
from states.store.tables import CommitmentRow, EffectRow, JourneyRow, MilestoneRow, PersonRow
from tests.support.calendar_program import CalendarPrograms, Shown, ends_after, published, titles
from tests.support.mailroom import SENDER

pytestmark = pytest.mark.xdist_group("rehearsal")
LIBRARY = Library()
GRETE = {"name": "Grete Lund", "email": "grete.lund@aalborg.example.org"}
TALENTS = 6


@dataclass
class Reader:
    """A transport whose mails are read by calendar programs at once; then it is looked whether they hold the truth."""

    programs: CalendarPrograms = field(default_factory=CalendarPrograms)
    sent: list[str] = field(default_factory=list)

    def send(self, mail: Mail) -> Receipt:
        self.programs.take(mail)
        self.sent.append(mail.to.email)
        return Receipt(mail.message_id)


class Year:
    """A rehearsed year with all that can befall a calendar."""

    def __init__(self, folder: Path, profile: str) -> None:
        loaded = LIBRARY.cohort("hold-3")
        self.loaded = replace(loaded, people=People(loaded.people.talents[:TALENTS]))
        self.clock = TurnedClock(first_instant(self.loaded))
        self.database = Database(f"sqlite:///{folder}/year.db", synchronous="OFF")
        self.reader = Reader()
        self.services: Services = put_together(load_settings(), LIBRARY, self.database, self.reader, self.clock)
        self.rehearsal = Rehearsal(self.loaded, load_profile(LIBRARY.root, profile), 1, self.clock, self.services)
        self.plans = sorted(PLANS)
        self.checked = 0

    def live(self) -> None:
        for step in self.rehearsal.run():
            while self.plans and self.plans[0][0] <= f"{self.clock():%Y-%m-%d}":
                self._do(*self.plans.pop(0)[1:])
            for due in self.services.outbox.due(step.outcomes):
                for effect in due.effects:
                    self.services.outbox.carry_out(effect)
            self.look()

    def _do(self, what: str, *given: Any) -> None:
        fact = Fact(f"plan-{what}-{given}", "tester", given[-1] if isinstance(given[-1], dict) else {})
        if what == "move":
            self.services.engine.reschedule("hold-3", given[0], given[1], fact)
        elif what == "agree":
            journey, _, name = given[0].partition("/")
            told = Fact(fact.key, "tester", {"appointed_on": given[1], "appointed_at": given[2]})
            with self.database.read() as connection:
                state = connection.scalar(select(CommitmentRow.state).where(CommitmentRow.id == given[0]))
            if state == "open":  # In the one profile or the other they have met by then.
                self.services.engine.fire(f"{name}:appoint", [journey], told)
        else:
            self.services.engine.fire(what, [given[0]], fact)

    def look(self) -> None:
        """Whoever has just got a mail holds what is true of the time to come: all that they were invited to."""
        now = self.clock()
        with self.database.read() as connection:
            for address in dict.fromkeys(self.reader.sent):
                held = self.reader.programs.holds(address, now)
                true = {one for one in truth(connection, address, now) if ends_after(one, now)}
                assert held <= true, (now, address, held - true)
                late = {one for one in true - held if self._is_invited(one, address)}
                assert not late, (now, address, late)
                self.checked += 1
        self.reader.sent.clear()

    def _is_invited(self, one: Shown, address: str) -> bool:
        """Whether somebody has the entry in mind already: they were sent one of this title before."""
        copies = self.reader.programs.calendars[address].values()
        return any(copy.shown is not None and copy.shown.title == one.title for copy in copies)


def truth(connection: Connection, address: str, now: datetime) -> set[Shown]:
    """All that is true for the person with an address."""
    person = connection.scalars(select(PersonRow.id).where(PersonRow.email == address).order_by(PersonRow.id)).first()
    return published(feed(connection, "hold-3", str(person), SENDER, now))


def moved(text: str, start: str = "09:00", end: str = "16:00") -> Day:
    return Day.model_validate({"date": text, "start": start, "end": end, "place": "Hobro", "reason": "prøve"})


PLANS: list[tuple[Any, ...]] = [
    ("2027-01-20", "move", "kickoff", moved("2027-03-02", "12:30", "16:30")),
    ("2027-02-22", "agree", "hold-3-02/expectation_talk", "2027-03-01", "10:00"),
    ("2027-03-01", "change_mentor", "hold-3-01", {"new_mentor": GRETE}),
    ("2027-03-15", "agree", "hold-3-03/mentor_meeting_m1", "2027-03-17", ""),
    ("2027-03-16", "agree", "hold-3-03/mentor_meeting_m1", "2027-03-18", "13:15"),
    ("2027-03-18", "move", "m1d2", None),
    ("2027-03-23", "move", "m1d2", moved("2027-04-07")),
    ("2027-03-24", "leave", "hold-3-04", {}),
    ("2027-04-02", "move", "m2d1", moved("2027-05-10", "09:00", "21:00")),
    ("2027-04-12", "return", "hold-3-04", {}),
    ("2027-04-20", "absence", "hold-3-05", {"milestone": "m2d2"}),
    ("2027-05-20", "move", "network2", moved("2027-06-16", "13:00", "15:30")),
    ("2027-05-21", "move", "network2", moved("2027-06-17", "13:00", "15:30")),
    ("2027-06-01", "withdraw", "hold-3-06", {}),
    ("2027-08-20", "change_mentor", "hold-3-02", {"new_mentor": GRETE}),
    ("2027-11-24", "move", "m6d2", moved("2027-12-03")),
    ("2028-02-10", "move", "alumni_day", moved("2028-04-04", "12:00", "16:00")),
]


@pytest.fixture(scope="module", params=["typical", "exemplary"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    year = Year(tmp_path_factory.mktemp("year"), request.param)
    year.live()
    yield year
    year.database.close()


def test_after_every_mail_its_reader_holds_what_is_true(year: Year) -> None:
    assert not year.plans
    assert year.checked > 200
    assert year.reader.programs.read > 100


def test_at_the_end_everybody_who_stayed_holds_exactly_the_days_that_were(year: Year) -> None:
    """Read from the tables, and not from what the mails were made of."""
    with year.database.read() as connection:
        days = {row.id: row for row in connection.execute(select(MilestoneRow.__table__))}
        staying = connection.execute(
            select(PersonRow.email, JourneyRow.id)
            .join(JourneyRow, JourneyRow.talent_id == PersonRow.id)
            .where(JourneyRow.state == "alumni")
        ).all()
    assert len(staying) == TALENTS - 1
    for email, journey in staying:
        held = year.reader.programs.holds(email)
        events = {(one.starts, one.ends) for one in held if "møde" not in one.title and "samtale" not in one.title}
        assert events == {(days[first].starts_at, days[last].ends_at) for first, last in attended(journey)}, email


def attended(journey: str) -> Iterator[tuple[str, str]]:
    """The days that a talent of the year took part in, first and last day of each stay."""
    singles = ["kickoff", *(f"m{module}d{number}" for module in (1, 3, 4, 6) for number in (1, 2)), "alumni_day"]
    # Talent 4 was on leave then; talent 5 gave notice of not coming to the second day of the bootcamp.
    yield from ((one, one) for one in singles if (journey, one) != ("hold-3-04", "m1d2"))
    yield ("m2d1", "m2d1" if journey == "hold-3-05" else "m2d2")
    yield ("m5d1", "m5d2")


def test_who_left_holds_nothing_of_the_time_after(year: Year) -> None:
    with year.database.read() as connection:
        email = connection.scalar(select(PersonRow.email).where(PersonRow.id == "hold-3-06"))
    after = year.reader.programs.holds(str(email), datetime(2027, 6, 3, tzinfo=UTC))
    assert titles(after) == []


def test_a_meeting_that_was_agreed_anew_is_held_once_by_both(year: Year) -> None:
    with year.database.read() as connection:
        mentor = select(JourneyRow.mentor_id).where(JourneyRow.id == "hold-3-03").scalar_subquery()
        emails = connection.scalars(select(PersonRow.email).where(PersonRow.id.in_([mentor, "hold-3-03"]))).all()
        sent = connection.scalar(select(EffectRow.id).where(EffectRow.subject == "hold-3-03/mentor_meeting_m1"))
    assert sent is not None
    for email in emails:
        meetings = [one for one in year.reader.programs.holds(email) if "Mentormøde i modul 1" in one.title]
        assert len(meetings) <= 1
        assert all(one.ends - one.starts in {timedelta(hours=1), timedelta(days=1)} for one in meetings)
