"""R7: a leave is asked about until it ends, and nobody is on leave for good from a cohort that is over."""

from __future__ import annotations

import pytest

from states.store.database import Database
from tests.support.driver import Driver, day, undated


@pytest.fixture
def away(sqlite: Database) -> Driver:
    """A talent on leave from 2027-03-16."""
    driven = Driver(sqlite, people=6).enrol().until("2027-03-16")
    driven.fire("leave", 1)
    return driven


def pending(driven: Driver) -> list[tuple[str, str]]:
    """What is asked about the leave of the talent, and until when."""
    asked = driven.tasks("leave_return", "leave_overdue", "leave_decide", number=1)
    return [(task.message, task.details["due_on"]) for task in asked if task.status == "pending"]


def test_the_coordinator_is_asked_after_every_four_weeks_by_one_task_at_a_time(away: Driver) -> None:
    """The first task is due on the day before: nobody is chased on the day by which they were asked."""
    assert pending(away) == [("leave_return", "2027-04-13")]
    away.until("2027-04-14 07:59")
    assert away.tasks("leave_overdue") == []
    away.until("2027-07-01")
    asked = away.tasks("leave_overdue")
    assert [task.on for task in asked] == ["2027-04-14", "2027-05-13", "2027-06-11"]
    assert {task.to for task in asked} == {"coordinator-1"}
    assert pending(away) == [("leave_overdue", "2027-06-18")]
    assert {task.status for task in away.tasks("leave_return")} == {"dropped"}
    assert away.state(1) == "on_leave"


@pytest.mark.parametrize("event", ["return", "transfer", "withdraw"])
def test_who_comes_back_or_leaves_for_good_is_not_asked_about_any_more(away: Driver, event: str) -> None:
    away.until("2027-04-20").fire(event, 1)
    assert "leave:chase" not in dict(away.armed("hold-3-01"))
    away.until("2027-07-01")
    assert {task.status for task in away.tasks("leave_return", "leave_overdue")} == {"dropped"}
    assert len(away.tasks("leave_overdue")) == 1


def test_a_second_leave_is_asked_about_from_its_own_day(away: Driver) -> None:
    away.until("2027-03-30").fire("return", 1)
    away.until("2027-04-05").fire("leave", 1)
    away.until("2027-05-10")
    assert [task.on for task in away.tasks("leave_overdue")] == ["2027-05-04"]


def test_a_long_outage_asks_once_not_for_each_time_that_was_missed(away: Driver) -> None:
    away.oversleep("2027-08-02 12:00")
    assert len(away.tasks("leave_overdue")) == 1
    assert away.armed("hold-3-01") == [("leave:chase", away.at("2027-08-31 08:00"))]


def test_after_the_last_day_the_coordinator_decides_and_else_the_journey_ends(away: Driver) -> None:
    away.until("2028-03-29 17:00")
    assert [away.state(number) for number in (1, 2)] == ["on_leave", "alumni"]
    assert pending(away) == [("leave_decide", "2028-04-26")]
    assert away.armed("hold-3-01") == []
    away.until("2028-05-24 07:59")
    assert away.state(1) == "on_leave"
    away.until("2028-05-24 08:00")
    assert [away.state(number) for number in (1, 2)] == ["not_returned", "alumni"]
    assert {mail.to for mail in away.mails("leave_over")} == {"01", "leader-01", "administration"}
    assert pending(away) == []
    assert set(away.states(1).values()) <= {"cancelled", "kept", "kept_late", "waived"}
    assert away.armed() == []


@pytest.mark.parametrize(
    ("event", "place"), [("return", "alumni"), ("transfer", "transferred"), ("withdraw", "withdrawn")]
)
def test_what_the_coordinator_decides_after_the_last_day_stands(away: Driver, event: str, place: str) -> None:
    away.until("2028-04-10").fire(event, 1)
    away.until("2028-06-30")
    assert away.state(1) == place
    assert away.mails("leave_over") == []


def test_the_end_follows_the_last_day_when_it_is_dated_late_or_moved(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2, cohort=undated("alumni_day")).enrol()
    ends = [trigger for trigger, _ in driven.armed() if trigger == "leave_over"]
    assert ends == []
    driven.move("alumni_day", day("2028-03-29", "12:00", "16:00"))
    assert dict(driven.armed())["leave_over"] == driven.at("2028-05-24 08:00")
    driven.move("alumni_day", day("2028-04-05", "12:00", "16:00"))
    assert [at for trigger, at in driven.armed() if trigger == "leave_over"] == [driven.at("2028-05-31 08:00")]
    driven.move("alumni_day", None)
    assert "leave_over" not in dict(driven.armed())
