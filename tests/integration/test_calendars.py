"""What mails do to people's calendars (R66): new, moved, called off; and what becomes of it when a mail is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from config.errors import DeliveryUnknownError, RejectedError, RetryLaterError
from notifications.calendar_feed import feed
from notifications.decisions import resend, settle
from notifications.transports.protocol import Mail
from states.facts import Fact
from states.store.database import Database
from states.store.reach_tables import AttendanceRow, CalendarEntryRow
from states.store.tables import MailRow, PersonRow
from tests.support.calendar_program import CalendarPrograms, Shown, published, titles
from tests.support.driver import day, hold_3, hold_3_people
from tests.support.mailroom import SENDER, Post

GRETE = {"name": "Grete Lund", "email": "grete.lund@aalborg.example.org"}
TALENT = hold_3_people(1).talents[0].email
LEADER = hold_3_people(1).talents[0].leader.email
CONSULTANT = hold_3().organisations["aalborg"].consultant.email
OWNER = "vibeke.norup@hjoerring.example.org"
KICKOFF = "Fælles kick-off"
M1 = ["Modul 1, dag 1", "Modul 1, dag 2"]
BOOTCAMPS = "Modul 2: Innovationsledelse", "Modul 5: Ledelse gennem netværk og samskabelse"
AFTER_M1 = [
    BOOTCAMPS[0],
    *(f"Modul {module}, dag {number}" for module in (3, 4) for number in (1, 2)),
    BOOTCAMPS[1],
    *(f"Modul 6, dag {number}" for number in (1, 2)),
]
YEAR = [KICKOFF, *M1, *AFTER_M1]
EVENTS = ["kickoff", "m1d1", "m1d2", "m2", "m3d1", "m3d2", "m4d1", "m4d2", "m5", "m6d1", "m6d2"]
NETWORK = [f"Strategisk netværk for mentorer: {which} møde" for which in ("første", "andet", "tredje")]
MEETING = "Mentormøde i modul 1"


class Office:
    """A cohort of two whose mails are read by calendar programs as soon as they are sent."""

    def __init__(self, database: Database, people: int = 2) -> None:
        self.post = Post(database, people)
        self.driven = self.post.driven
        self.programs = CalendarPrograms()
        self._read = 0

    def until(self, local: str) -> Office:
        """Let time pass, and send what is due then."""
        self.driven.until(local)
        return self.send()

    def send(self) -> Office:
        self.post.empty()
        for mail in self.post.tray.mails[self._read :]:
            self.programs.take(mail)
        self._read = len(self.post.tray.mails)
        return self

    def holds(self, address: str) -> list[str]:
        """The titles that somebody sees of what is still to come."""
        return titles(self.programs.holds(address, self.driven.now))

    def entry(self, address: str, title: str) -> Shown:
        [found] = [one for one in self.programs.holds(address) if one.title.endswith(title)]
        return found

    def sequence(self, address: str, title: str) -> int:
        copies = self.programs.calendars[address].values()
        return next(one.sequence for one in copies if one.shown is not None and one.shown.title.endswith(title))

    def agree(self, number: int, name: str, on: str, at: str = "") -> Office:
        """Let a talent and their leader agree on a day for a meeting, and send what follows."""
        self.driven.fire(f"{name}:appoint", number, appointed_on=on, appointed_at=at)
        return self.send()

    def arrange(self, trigger: str, whom: str, **details: Any) -> None:
        """Tell a fact about one of the people, or an office."""
        fact = Fact(f"{trigger}-{whom}", "tester", {"whom": whom, **details})
        self.driven.engine.arrange("hold-3", trigger, fact)

    def feed(self, person: str = "hold-3-01") -> set[Shown]:
        with self.post.database.read() as connection:
            return published(feed(connection, "hold-3", person, SENDER, self.driven.now))

    def entries(self) -> list[tuple[str, int, bool]]:
        """The ledger of the first talent: the event, its sequence, whether it was called off; by event."""
        with self.post.database.read() as connection:
            rows = connection.execute(
                select(CalendarEntryRow.__table__).where(CalendarEntryRow.person_id == "hold-3-01")
            )
            return sorted((row.uid.partition(".")[0], row.sequence, row.cancelled) for row in rows)


def ledger(number: int, **others: int) -> list[tuple[str, int, bool]]:
    """The ledger of a talent whose whole year was brought with ``number``, and single events with others."""
    return [(event, others.get(event, number), False) for event in EVENTS]


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def attachments(mail: Mail) -> list[str]:
    return [one.content_type for one in mail.attachments]


class TestInvitations:
    def test_the_invitation_to_the_kickoff_brings_the_year_of_each_reader(self, office: Office) -> None:
        """R57: talents their modules, leaders the network's meetings; a consultant has the kick-off alone."""
        office.until("2027-01-14 08:00")
        assert office.holds(TALENT) == YEAR
        assert office.holds(LEADER) == [KICKOFF, *NETWORK]
        assert office.holds(CONSULTANT) == [KICKOFF]
        assert office.entry(TALENT, KICKOFF).place == "Nordkraft, Aalborg"
        [mail] = [one for one in office.post.tray.mails if one.to.email == TALENT]
        plan, *entries = attachments(mail)  # The same mail asks the talent to hold the talk, and brings the plan.
        assert "wordprocessingml" in plan
        assert entries == ["text/calendar; method=REQUEST; charset=utf-8"] * len(YEAR)

    def test_a_mail_speaks_of_calendar_files_where_it_has_some_and_only_there(self, office: Office) -> None:
        office.until("2027-02-18 08:00").driven.fire("leave", 1)
        office.send()
        for mail in office.post.tray.mails:
            kinds = [one.partition("; method=")[2][:7] for one in attachments(mail) if one.startswith("text/calendar")]
            text, page = mail.text.lower(), mail.html.lower()
            assert ("kalenderfil" in text) is ("kalenderfil" in page) is bool(kinds)
            assert ("kalenderfiler" in text) is (len(kinds) > 1)
            assert ("fjerner" in text or "datoerne fra din" in text) is (set(kinds) == {"CANCEL;"})
        assert {bool(mail.attachments) for mail in office.post.tray.mails} == {True, False}

    def test_nothing_is_brought_before_its_invitation(self, office: Office) -> None:
        office.until("2027-01-13 08:00")
        assert office.holds(TALENT) == office.holds(LEADER) == []
        office.until("2027-04-07 08:00")
        assert office.holds(OWNER) == []

    def test_a_module_of_two_days_is_two_entries(self, office: Office) -> None:
        office.until("2027-01-14 08:00")
        assert [title for title in office.holds(TALENT) if title.startswith("Modul 1")] == M1
        assert [title for title in office.holds(LEADER) if title.startswith("Modul")] == []

    def test_a_bootcamp_is_one_entry_with_its_night(self, office: Office) -> None:
        office.until("2027-03-31 08:00")
        bootcamp = office.entry(TALENT, "Modul 2: Innovationsledelse")
        assert bootcamp.ends - bootcamp.starts == timedelta(hours=31)

    def test_a_guest_has_the_hour_for_which_they_come(self, office: Office) -> None:
        """R24: the presentations are the last hour of the bootcamp."""
        office.until("2027-04-08 08:00")
        assert office.holds(OWNER) == ["Modul 2, dag 2"]
        entry = office.entry(OWNER, "Modul 2, dag 2")
        assert (entry.starts, entry.ends) == (
            office.driven.at("2027-04-29 15:00"),
            office.driven.at("2027-04-29 16:00"),
        )

    def test_what_was_brought_is_not_brought_again(self, office: Office) -> None:
        office.until("2027-01-14 08:00").until("2027-02-18 08:00")
        [_] = [mail for mail in office.post.tray.mails if mail.to.email == LEADER and mail.attachments]
        assert office.sequence(LEADER, KICKOFF) == 0

    def test_no_alumni_day_before_the_journey_is_complete(self, database: Database) -> None:
        office = Office(database, people=1)
        office.driven.until("2027-02-25 18:00").all_sent()
        office.driven.move("alumni_day", day("2028-04-03", "12:00", "16:00"))
        office.until("2027-12-01 15:59")
        assert "Alumnedag" not in office.holds(TALENT) + titles(office.feed())
        office.until("2028-02-07 08:00")
        assert office.holds(TALENT) == ["Alumnedag"]
        assert "Alumnedag" in titles(office.feed())


class TestChanges:
    def test_a_day_that_moves_moves_its_entry(self, office: Office) -> None:
        office.until("2027-02-11 08:00")
        office.driven.move("m1d2", day("2027-04-06", "10:00", "15:00"))
        office.send()
        assert office.entry(TALENT, M1[1]).starts == office.driven.at("2027-04-06 10:00")
        assert office.sequence(TALENT, M1[1]) == 1
        assert office.sequence(TALENT, M1[0]) == 0

    def test_both_days_of_a_bootcamp_move_as_one(self, office: Office) -> None:
        office.until("2027-03-31 08:00")
        office.driven.move("m2d1", day("2027-05-03", "09:00", "21:00"))
        office.send()
        moved = office.entry(TALENT, "Modul 2: Innovationsledelse")
        assert (moved.starts, moved.ends) == (
            office.driven.at("2027-05-03 09:00"),
            office.driven.at("2027-05-04 16:00"),
        )

    def test_a_day_called_off_is_taken_out_and_comes_back_with_its_new_date(self, office: Office) -> None:
        office.until("2027-02-11 08:00")
        office.driven.move("m1d2", None)
        office.send()
        assert office.holds(TALENT) == [KICKOFF, M1[0], *AFTER_M1]
        office.until("2027-02-15 09:00")
        office.driven.move("m1d2", day("2027-04-05"))
        office.send()
        assert office.holds(TALENT) == YEAR
        assert office.sequence(TALENT, M1[1]) == 2

    def test_a_day_that_is_over_stays_where_it_is(self, office: Office) -> None:
        office.until("2027-02-18 08:00").until("2027-02-26 09:00")
        office.driven.fire("leave", 1)
        office.send()
        assert office.holds(TALENT) == []
        assert KICKOFF in titles(office.programs.holds(TALENT))


class TestPeople:
    def test_who_goes_on_leave_has_the_days_taken_out_and_gets_them_back(self, office: Office) -> None:
        office.until("2027-02-11 08:00")
        office.driven.fire("leave", 1)
        assert office.send().holds(TALENT) == []
        office.until("2027-02-16 09:00")
        office.driven.fire("return", 1)
        assert office.send().holds(TALENT) == YEAR

    def test_a_leave_of_one_talent_takes_nothing_from_the_leader_of_another(self, office: Office) -> None:
        office.until("2027-01-14 08:00")
        office.driven.fire("leave", 1)
        assert office.send().holds(LEADER) == [KICKOFF, *NETWORK]
        office.driven.fire("leave", 2)
        assert office.send().holds(LEADER) == []

    def test_who_leaves_reads_it_in_the_mail_first(self, office: Office) -> None:
        """R62: until the next morning a withdrawal can be taken back, and nobody has heard of it."""
        office.until("2027-02-11 08:00")
        office.driven.fire("withdraw", 1, 2)
        office.arrange("replace", "hold-3/coordinator-1", holder={"name": "Inge Sønderby", "email": LEADER})
        before = len(office.post.tray.mails)
        assert office.send().holds(LEADER) == [KICKOFF, *NETWORK]
        assert LEADER in [mail.to.email for mail in office.post.tray.mails[before:]]
        office.until("2027-02-12 08:00")
        assert office.holds(LEADER) == office.holds(TALENT) == []

    def test_a_new_leader_gets_what_leaders_are_invited_to_and_the_old_one_is_rid_of_it(self, office: Office) -> None:
        office.until("2027-02-11 08:00")
        office.driven.fire("change_mentor", 1, new_mentor=GRETE)
        office.send()
        assert office.holds(GRETE["email"]) == office.holds(LEADER) == [KICKOFF, *NETWORK]
        office.driven.fire("change_mentor", 2, new_mentor=GRETE)
        assert office.send().holds(LEADER) == []

    def test_who_does_not_come_has_the_day_taken_out_with_the_next_mail(self, office: Office) -> None:
        office.until("2027-02-11 08:00")
        office.driven.fire("absence", 1, milestone="m1d2")
        office.until("2027-02-18 08:00")
        assert office.holds(TALENT) == [KICKOFF, M1[0], *AFTER_M1]

    def test_so_has_a_leader_who_says_so(self, office: Office) -> None:
        office.until("2027-01-14 08:00")
        leader = office.driven.journey(1).mentor_id
        noted = {"cohort_id": "hold-3", "milestone": "kickoff", "coming": False, "noted_at": office.driven.now}
        with office.post.database.write() as connection:
            connection.execute(insert(AttendanceRow).values(person_id=leader, **noted))
        office.until("2027-01-28 08:00")
        assert office.holds(LEADER) == NETWORK

    def test_a_corrected_address_gets_what_the_old_one_was_sent(self, office: Office) -> None:
        office.until("2027-02-11 08:00")
        office.arrange("correct", "hold-3-01", email="ny@example.org")
        office.until("2027-02-18 08:00")
        assert office.holds("ny@example.org") == YEAR


class TestTalks:
    def test_an_agreed_meeting_is_in_both_calendars_for_an_hour(self, office: Office) -> None:
        office.until("2027-03-11 16:00").until("2027-03-12 08:00")
        office.agree(1, "mentor_meeting_m1", "2027-03-18", "14:30")
        for address in (TALENT, LEADER):
            meeting = office.entry(address, MEETING)
            assert (meeting.starts, meeting.ends) == tuple(
                map(office.driven.at, ("2027-03-18 14:30", "2027-03-18 15:30"))
            )
            assert meeting.place == ""

    def test_without_a_time_it_is_a_whole_day(self, office: Office) -> None:
        office.until("2027-03-12 08:00")
        office.agree(1, "mentor_meeting_m1", "2027-03-18")
        assert office.entry(TALENT, MEETING)[1:3] == (date(2027, 3, 18), date(2027, 3, 19))

    def test_kept_before_its_day_it_is_taken_out(self, office: Office) -> None:
        office.until("2027-03-12 08:00")
        office.agree(1, "mentor_meeting_m1", "2027-03-18", "14:30")
        assert MEETING in office.holds(TALENT)
        office.driven.fire("mentor_meeting_m1:keep", 1, held_on="2027-03-12")
        office.driven.move("m1d2", day("2027-04-05"))
        office.send()
        assert MEETING not in office.holds(TALENT)

    def test_its_uid_leads_to_nobody_and_names_stand_in_no_ledger(self, office: Office) -> None:
        office.until("2027-03-12 08:00")
        office.agree(1, "mentor_meeting_m1", "2027-03-18", "14:30")
        with office.post.database.read() as connection:
            rows = [tuple(row) for row in connection.execute(select(CalendarEntryRow.uid, CalendarEntryRow.content))]
            names = connection.scalars(select(PersonRow.name)).all()
        assert not [uid for uid, _ in rows if "hold-3-01" in uid]
        assert not [name for name in names for _, content in rows if name in content]
        assert "@example" not in str(rows)


class TestLostMails:
    """A calendar is taken to hold what a mail brought; where that did not arrive, the next one brings it."""

    @pytest.fixture
    def invited(self, office: Office) -> Office:
        office.driven.until("2027-01-14 08:00")
        return office

    def refused_once(self, office: Office, error: Exception) -> None:
        def instead(mail: Mail) -> None:
            if mail.to.email == TALENT:
                office.post.tray.instead = None
                raise error

        office.post.tray.instead = instead
        office.send()
        office.post.tray.instead = None

    def test_a_mail_that_is_given_back_brings_it_when_it_goes(self, invited: Office) -> None:
        self.refused_once(invited, RetryLaterError("too many", 60))
        assert invited.entries() == []
        invited.driven.now += timedelta(seconds=61)
        assert invited.send().holds(TALENT) == YEAR
        assert invited.entries() == ledger(0)

    def test_after_a_refusal_the_next_mail_brings_it(self, invited: Office) -> None:
        self.refused_once(invited, RejectedError("no such mailbox"))
        assert invited.until("2027-02-18 08:00").holds(TALENT) == YEAR
        assert invited.entries() == ledger(1)

    def test_what_was_brought_meanwhile_is_not_brought_again(self, invited: Office) -> None:
        self.refused_once(invited, RejectedError("no such mailbox"))
        invited.until("2027-02-18 08:00")
        resend(invited.post.database, self.mails(invited, "rejected"), Fact("again", "tester"), invited.driven.now)
        before = len(invited.post.tray.mails)
        invited.send()
        [again] = invited.post.tray.mails[before:]
        assert attachments(again) == []
        assert invited.entries() == ledger(1)

    def test_an_unknown_mail_may_have_brought_it_and_sent_again_brings_it_with_a_higher_number(
        self, invited: Office
    ) -> None:
        self.refused_once(invited, DeliveryUnknownError("no answer"))
        assert invited.entries() == ledger(0)
        resend(invited.post.database, self.mails(invited, "unknown"), Fact("again", "tester"), invited.driven.now)
        assert invited.send().holds(TALENT) == YEAR
        assert invited.entries() == ledger(1)

    @pytest.mark.parametrize(("arrived", "number"), [(True, 0), (False, 1)])
    def test_a_person_decides_whether_an_unknown_mail_has(self, invited: Office, arrived: bool, number: int) -> None:
        self.refused_once(invited, DeliveryUnknownError("no answer"))
        fact = Fact("known", "tester")
        settle(invited.post.database, self.mails(invited, "unknown"), fact, invited.driven.now, arrived=arrived)
        invited.until("2027-02-18 08:00")
        assert invited.entries() == ledger(number)

    def test_a_crash_at_the_hand_over_leaves_it_to_the_same_decision(self, invited: Office) -> None:
        with pytest.raises(KeyboardInterrupt):
            self.refused_once(invited, KeyboardInterrupt())  # type: ignore[arg-type]
        assert invited.entries() == ledger(0)
        invited.driven.now += timedelta(minutes=20)
        assert invited.post.outbox.settle() == 1

    def test_a_change_that_was_refused_is_sent_with_a_number_of_its_own(self, invited: Office) -> None:
        invited.send()
        invited.driven.move("kickoff", day("2027-02-26", "12:30", "16:30"))
        self.refused_once(invited, RejectedError("mailbox full"))
        invited.until("2027-02-19 08:00")
        assert invited.entry(TALENT, KICKOFF).starts == invited.driven.at("2027-02-26 12:30")
        assert invited.entries() == ledger(0, kickoff=2)

    def test_what_was_called_off_in_a_lost_mail_is_called_off_again(self, invited: Office) -> None:
        invited.until("2027-02-11 08:00")
        invited.driven.move("m1d2", None)
        self.refused_once(invited, RejectedError("mailbox full"))
        assert invited.holds(TALENT) == YEAR
        assert invited.until("2027-02-18 08:00").holds(TALENT) == [KICKOFF, M1[0], *AFTER_M1]

    def mails(self, office: Office, status: str) -> list[str]:
        with office.post.database.read() as connection:
            return list(connection.scalars(select(MailRow.id).where(MailRow.status == status)))


def test_of_two_mails_at_once_only_one_brings_an_entry_and_the_other_is_written_anew(office: Office) -> None:
    office.driven.until("2027-02-11 08:00")
    first, *_ = office.post.pending()
    real = office.post.outbox._claim

    def meanwhile(wanted: object) -> bool:
        office.post.outbox._claim = real  # type: ignore[method-assign]
        row = {"person_id": "hold-3-01", "uid": "kickoff.hold-3@talent-nord", "sequence": 5, "mail_id": "another"}
        with office.post.database.write() as connection:
            connection.execute(insert(CalendarEntryRow).values(content="{}", cancelled=True, **row))
        return real(wanted)  # type: ignore[arg-type]

    office.post.outbox._claim = meanwhile  # type: ignore[method-assign]
    office.post.outbox.carry_out(first)
    assert ("kickoff", 6, False) in office.entries()


def test_the_calendar_to_subscribe_to_has_the_year_from_the_start(office: Office) -> None:
    found = titles(office.feed())
    assert found[:3] == [KICKOFF, *M1]
    assert "Modul 5: Ledelse gennem netværk og samskabelse" in found
    assert "Alumnedag" not in found
    leader = str(office.driven.journey(1).mentor_id)
    assert titles(office.feed(leader))[0] == KICKOFF
    assert len(office.feed(leader)) == 4
