"""R37 to R39: alumni day, its date, and who is invited when."""

from __future__ import annotations

import pytest

from config.errors import DayRefusedError, UnknownRecordError
from states.store.database import Database
from tests.support.driver import Driver, day, undated

ALUMNI = ("alumni_invitation", "alumni_owner_invitation", "alumni_reminder")


def test_invitations_eight_weeks_before_and_a_reminder_one_week_before(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2028-03-29 16:00")
    assert [(mail.message, mail.to, mail.on) for mail in driven.mails(*ALUMNI)] == [
        ("alumni_invitation", "01", "2028-02-02"),
        ("alumni_owner_invitation", "owner-m2", "2028-02-02"),
        ("alumni_owner_invitation", "owner-m5", "2028-02-02"),
        ("alumni_invitation", "02", "2028-02-02"),
        ("alumni_reminder", "01", "2028-03-22"),
        ("alumni_reminder", "02", "2028-03-22"),
    ]
    assert driven.state(1) == "alumni"


def test_with_a_date_the_coordinator_is_not_asked_for_one(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2028-03-01")
    assert driven.commitment("alumni_date").state == "kept"
    assert driven.tasks("alumni_set_date") == []


@pytest.fixture
def driven(database: Database) -> Driver:
    return Driver(database, people=2, cohort=undated("alumni_day")).enrol()


def test_with_none_the_coordinator_has_a_task_and_then_it_is_escalated(driven: Driver) -> None:
    """R39: six weeks after 1 December 2027, and two and a half months after it."""
    driven.until("2028-01-11")
    assert driven.tasks("alumni_set_date") == []
    driven.until("2028-01-12")
    [task] = driven.tasks("alumni_set_date")
    assert (task.to, task.on, task.details["due_on"]) == ("coordinator-1", "2028-01-12", "2028-02-15")
    driven.until("2028-02-15 23:00")
    assert driven.commitment("alumni_date").state == "open"
    driven.until("2028-02-16")
    assert driven.commitment("alumni_date").state == "escalated.1"
    assert [mail.to for mail in driven.mails("alumni_date_missed")] == ["administration"]
    assert [task.to for task in driven.tasks("alumni_date_urgent")] == ["coordinator-1"]


def test_a_date_set_late_invites_at_once_and_ends_the_matter(driven: Driver) -> None:
    driven.until("2028-02-20")
    driven.move("alumni_day", day("2028-03-29", "12:00", "16:00"))
    driven.until("2028-02-21")
    assert {(mail.message, mail.on) for mail in driven.mails(*ALUMNI)} == {
        ("alumni_invitation", "2028-02-21"),
        ("alumni_owner_invitation", "2028-02-21"),
    }
    assert driven.commitment("alumni_date").state == "kept_late"
    assert {task.status for task in driven.tasks("alumni_date_urgent", "alumni_set_date")} == {"dropped"}
    assert driven.mails("date_moved") == [], "a first date is no moved one"
    driven.until("2028-03-29 16:00")
    assert driven.state(1) == "alumni"


def test_a_date_set_early_invites_nobody_before_the_journey_is_complete(driven: Driver) -> None:
    driven.until("2027-06-01").move("alumni_day", day("2028-01-05", "12:00", "16:00", "Vores første hold"))
    driven.until("2027-12-01 15:59")
    assert driven.mails(*ALUMNI) == []
    driven.until("2027-12-02")
    assert {mail.message for mail in driven.mails(*ALUMNI)} == {"alumni_invitation", "alumni_owner_invitation"}
    assert {mail.on for mail in driven.mails(*ALUMNI)} == {"2027-12-02"}


def test_the_invitation_waits_for_a_last_day_that_is_moved(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2027-11-25")
    driven.move("m6d2", day("2028-02-09", reason="Sne"))
    driven.until("2028-02-09 15:59")
    assert driven.mails(*ALUMNI) == []
    driven.until("2028-02-10")
    assert {mail.on for mail in driven.mails(*ALUMNI)} == {"2028-02-10"}


def test_a_moved_day_is_told_and_its_notices_follow(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2028-02-10")
    driven.move("alumni_day", day("2028-04-19", "12:00", "16:00"), reason="Lokalet er optaget")
    told = driven.mails("date_moved")
    assert {(mail.to, mail.details["reason"]) for mail in told} == {
        ("01", "Lokalet er optaget"),
        ("02", "Lokalet er optaget"),
    }
    driven.until("2028-04-13")
    assert [mail.on for mail in driven.mails("alumni_reminder", number=1)] == ["2028-04-12"]
    driven.until("2028-04-19 16:00")
    assert driven.state(1) == "alumni"


def test_a_day_that_has_been_held_does_not_move(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2027-03-12")
    before = driven.dump()
    with pytest.raises(DayRefusedError, match="it was held already"):
        driven.move("m1d1", day("2027-06-01", reason="Sne"))
    with pytest.raises(UnknownRecordError, match="no milestone 'm9d1'"):
        driven.move("m9d1", day("2027-06-01"))
    assert driven.dump() == before


def test_a_day_moved_into_the_past_has_been_held(sqlite: Database) -> None:
    """Somebody tells us only afterwards that it was held earlier: nobody may be left waiting for it."""
    driven = Driver(sqlite, people=2).enrol().until("2028-03-20")
    driven.move("alumni_day", day("2028-03-15", "12:00", "16:00", "Holdt i sidste uge"))
    driven.until("2028-03-20 12:01")
    assert driven.state(1) == "alumni"
    assert driven.mails("date_moved") == [], "nobody can come any more"


def test_moving_a_day_moves_the_deadlines_that_hang_on_it(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2027-03-20")
    driven.move("m1d2", day("2027-04-08"))
    driven.until("2027-04-08 23:00")
    assert driven.commitment("leadership_foundation", 1).state == "open"
    driven.until("2027-04-09 08:00")
    assert driven.commitment("leadership_foundation", 1).state == "missed"
    assert [mail.on for mail in driven.mails("foundation_reminder", number=1)] == ["2027-04-05"]
