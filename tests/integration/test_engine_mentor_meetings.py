"""R17, R21, R45: the mentor meeting is due a week after day 1; a missed one is escalated until it is met."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from states.store.database import Database
from states.store.tables import TaskRow
from tests.support.driver import Driver

MEETING = "mentor_meeting_m1"
MAILS = ("meeting_plan", "meeting_reminder", "meeting_due", "meeting_missed", "meeting_escalated")


@pytest.fixture
def driven(database: Database) -> Driver:
    return Driver(database, people=4).enrol()


def test_the_whole_timeline_over_easter_2027(driven: Driver) -> None:
    """Maundy Thursday 25 March, Good Friday and Easter Monday are no working days."""
    driven.until("2027-05-01")
    assert [(mail.message, mail.to, mail.on) for mail in driven.mails(*MAILS, number=1) if "1" in mail.subject[-1]] == [
        # Day 1 ends as the office closes. Three days before the deadline is only two working days after it: too soon.
        ("meeting_plan", "01", "2027-03-12"),
        ("meeting_due", "01", "2027-03-18"),
        ("meeting_due", "leader-01", "2027-03-18"),
        ("meeting_missed", "01", "2027-03-19"),
        ("meeting_missed", "leader-01", "2027-03-19"),
        ("meeting_escalated", "consultant-aalborg", "2027-04-05"),
    ]
    [task] = driven.tasks("meeting_overdue", number=1)
    assert (task.to, task.on, task.details["due_on"]) == ("coordinator-1", "2027-03-24", "2027-03-31")


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2027-03-11 15:59", "planned"),
        ("2027-03-11 16:00", "open"),
        ("2027-03-18 23:59", "open"),
        ("2027-03-19 08:00", "missed"),
        ("2027-03-24 07:59", "missed"),
        ("2027-03-24 08:00", "escalated.1"),
        ("2027-04-05 07:59", "escalated.1"),
        ("2027-04-05 08:00", "escalated.2"),
    ],
)
def test_it_stands_where_the_calendar_says(sqlite: Database, moment: str, state: str) -> None:
    assert Driver(sqlite, people=4).enrol().until(moment).commitment(MEETING, 1).state == state


def test_history_says_when_and_why(driven: Driver) -> None:
    driven.until("2027-04-06")
    assert [(row.trigger, row.dest, row.cause) for row in driven.history(f"hold-3-01/{MEETING}")] == [
        ("open", "open", f"timer {MEETING}:open 2027-03-11T15:00Z"),
        ("remind_2", "open", f"timer {MEETING}:remind_2 2027-03-18T07:00Z"),
        ("miss", "missed", f"timer {MEETING}:miss 2027-03-19T07:00Z"),
        ("escalate", "escalated.1", f"timer {MEETING}:escalate 2027-03-24T07:00Z"),
        ("escalate", "escalated.2", f"timer {MEETING}:escalate 2027-04-05T06:00Z"),
    ]


def test_met_in_time_is_kept_and_nobody_is_reminded_any_more(driven: Driver) -> None:
    driven.until("2027-03-16").fire(f"{MEETING}:keep", 1, held_on="2027-03-16")
    driven.until("2027-04-10")
    assert driven.commitment(MEETING, 1).state == "kept"
    assert driven.mails("meeting_due", "meeting_missed", "meeting_escalated", number=1) == []
    assert len(driven.mails("meeting_missed", number=2)) == 2


def test_met_late_closes_everything(driven: Driver) -> None:
    driven.until("2027-03-24")
    [task] = driven.tasks("meeting_overdue", number=1)
    _open_task(driven, task.subject)
    driven.fire(f"{MEETING}:keep", 1, held_on="2027-03-24")
    assert driven.commitment(MEETING, 1).state == "kept_late"
    assert driven.armed(f"hold-3-01/{MEETING}") == []
    mine = [mail for mail in driven.mails(number=1) if mail.subject == f"hold-3-01/{MEETING}"]
    assert {mail.status for mail in mine} == {"dropped"}
    with driven.database.read() as connection:
        assert list(connection.execute(select(TaskRow.status, TaskRow.closed_at))) == [("done", driven.now)]
    driven.until("2027-04-10")
    assert driven.commitment(MEETING, 1).state == "kept_late"
    assert driven.mails("meeting_escalated", number=1) == []


def _open_task(driven: Driver, subject: str) -> None:
    with driven.database.write() as connection:
        connection.execute(
            insert(TaskRow).values(
                id="t1",
                cohort_id="hold-3",
                subject=subject,
                owner_id="hold-3/coordinator-1",
                title="",
                text="",
                opened_at=driven.now,
            )
        )


@pytest.mark.parametrize("when", ["2027-03-19 09:00", "2027-03-24 09:00", "2027-04-06 09:00"])
def test_recorded_late_but_held_in_time_is_kept(driven: Driver, when: str) -> None:
    driven.until(when).fire(f"{MEETING}:keep", 1, held_on="2027-03-18")
    assert driven.commitment(MEETING, 1).state == "kept"


def test_held_the_day_after_is_late(driven: Driver) -> None:
    driven.until("2027-03-19 09:00").fire(f"{MEETING}:keep", 1, held_on="2027-03-19")
    assert driven.commitment(MEETING, 1).state == "kept_late"


def test_mails_that_a_miss_has_overtaken_are_not_sent(driven: Driver) -> None:
    driven.until("2027-03-19 09:00")
    mine = [mail for mail in driven.mails(number=1) if mail.subject == f"hold-3-01/{MEETING}"]
    assert {mail.message for mail in mine if mail.status == "pending"} == {"meeting_missed"}


def test_in_a_bootcamp_it_opens_when_one_is_home_and_is_due_a_week_after_day_1_all_the_same(driven: Driver) -> None:
    """R21; Ascension Day 6 May and Whit Monday 17 May 2027 are no working days."""
    driven.until("2027-06-01")
    meeting = driven.commitment("mentor_meeting_m2", 1)
    assert (str(meeting.opened_on), str(meeting.due_on)) == ("2027-04-29", "2027-05-05")
    mine = [mail for mail in driven.mails(*MAILS, number=1) if mail.subject.endswith("m2")]
    assert [(mail.message, mail.on) for mail in mine if mail.to in {"01", "consultant-aalborg"}] == [
        ("meeting_plan", "2027-04-30"),
        ("meeting_due", "2027-05-05"),
        ("meeting_missed", "2027-05-07"),
        ("meeting_escalated", "2027-05-19"),
    ]
    [task] = [task for task in driven.tasks("meeting_overdue", number=1) if task.subject.endswith("m2")]
    assert task.on == "2027-05-11"


def test_every_module_has_one(driven: Driver) -> None:
    driven.until("2027-12-20")
    due = [str(driven.commitment(f"mentor_meeting_m{number}", 1).due_on) for number in range(1, 7)]
    assert due == ["2027-03-18", "2027-05-05", "2027-06-09", "2027-09-01", "2027-10-13", "2027-11-17"]
