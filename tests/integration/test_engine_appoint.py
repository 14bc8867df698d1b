"""A day is agreed on, or none is found (R17, R45): reminders follow it, the ladder waits for it within a margin.

The meeting of module 3 opens on Wednesday 2 June 2027 and is due on Wednesday 9 June: missed on the 10th, the
coordinator's task on the 15th, the consultant's mail on the 22nd. The margin is five working days, the 16th.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from config.errors import AppointmentRefusedError, FactIncompleteError, TransitionRefusedError
from states.facts import Fact
from states.store.database import Database
from states.store.tables import EffectRow, FactRow, TaskRow
from tests.support.driver import Driver, day

NAME = "mentor_meeting_m3"
MEETING = f"hold-3-01/{NAME}"


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=2).enrol().until("2027-06-03")


def agree(driven: Driver, day: str, **more: Any) -> None:
    driven.fire(f"{NAME}:appoint", 1, appointed_on=day, **more)


def undo_last(driven: Driver) -> None:
    query = select(FactRow.key).where(FactRow.corrects.is_(None)).order_by(FactRow.at.desc(), FactRow.key.desc())
    with driven.database.read() as connection:
        key = connection.scalars(query.limit(1)).one()
    driven.engine.undo(key, Fact(f"undo {key}", "coordinator"))


def news(driven: Driver, *messages: str) -> list[tuple[str, str, str]]:
    """What went out about the meeting: message, to whom, on which day."""
    told = [*driven.mails(*messages, number=1), *driven.tasks(*messages, number=1)]
    mine = [one for one in told if one.subject == MEETING and one.status != "dropped"]
    return [(one.message, one.to, one.on) for one in mine]


def steps(driven: Driver) -> list[tuple[str, str]]:
    """The verbs that have befallen the meeting, each with its local day."""
    local = driven.definition.working_time.local
    return [(row.trigger, local(row.at).date().isoformat()) for row in driven.history(MEETING)][1:]


def open_tasks(driven: Driver) -> None:
    """Let every task that waits be open."""
    waits = (EffectRow.status == "pending") & (EffectRow.kind == "task")
    with driven.database.write() as connection:
        for row in connection.execute(select(EffectRow.__table__).where(waits)).all():
            task = {"id": row.key, "cohort_id": row.cohort_id, "journey_id": row.journey_id, "subject": row.subject}
            what = {"owner_id": row.recipient_id, "title": row.message, "text": "", "opened_at": driven.now}
            connection.execute(insert(TaskRow).values(**task, **what, status="open"))
        connection.execute(update(EffectRow).where(waits).values(status="done"))


def tasks(driven: Driver) -> list[str]:
    """The tasks that are open about the meeting."""
    with driven.database.read() as connection:
        query = select(TaskRow.title).where(TaskRow.subject == MEETING, TaskRow.status == "open")
        return list(connection.scalars(query.order_by(TaskRow.id)))


# -- while it is open --------------------------------------------------------------------------------------------------


def test_both_hear_of_the_agreed_day_and_nobody_is_reminded_before_it_is_over(driven: Driver) -> None:
    agree(driven, "2027-06-14", appointed_at="9.30")
    row = driven.commitment(NAME, 1)
    assert (row.state, row.appointed_on, row.appointed_at) == ("open", date(2027, 6, 14), "09:30")
    assert news(driven, "day_agreed") == [
        ("day_agreed", "01", "2027-06-03"),
        ("day_agreed", "leader-01", "2027-06-03"),
    ]
    driven.until("2027-06-15")
    assert news(driven, "meeting_reminder", "meeting_due") == [], "the day after a late one, it is missed already"
    assert news(driven, "meeting_missed") == [
        ("meeting_missed", "01", "2027-06-15"),
        ("meeting_missed", "leader-01", "2027-06-15"),
    ]
    driven.until("2027-06-30")
    assert steps(driven) == [
        ("appoint", "2027-06-03"),
        ("miss", "2027-06-15"),
        ("escalate", "2027-06-18"),
        ("escalate", "2027-06-25"),
    ]
    assert driven.commitment(NAME, 1).missed_on == date(2027, 6, 15)


@pytest.mark.parametrize("actor", ["talent:hold-3-01", "mentor:hold-3/leader-01"])
def test_who_have_agreed_among_themselves_get_no_mail_about_it(driven: Driver, actor: str) -> None:
    """Either of the two has told it by an answer: both know, and it is on their pages and in their calendars."""
    driven.engine.fire(f"{NAME}:appoint", ["hold-3-01"], Fact("agreed", actor, {"appointed_on": "2027-06-08"}))
    assert driven.commitment(NAME, 1).appointed_on == date(2027, 6, 8)
    assert news(driven, "day_agreed") == []


def test_of_a_day_that_the_consultant_tells_both_hear_and_the_consultant_does_not(driven: Driver) -> None:
    consultant = "hold-3/consultant-aalborg"
    driven.engine.fire(
        f"{NAME}:appoint", ["hold-3-01"], Fact("told", f"consultant:{consultant}", {"appointed_on": "2027-06-08"})
    )
    assert [to for _, to, _ in news(driven, "day_agreed")] == ["01", "leader-01"]


def test_a_meeting_held_on_the_agreed_day_after_the_deadline_was_never_missed(driven: Driver) -> None:
    agree(driven, "2027-06-16")
    driven.until("2027-06-16")
    driven.fire(f"{NAME}:keep", 1, held_on="2027-06-16")
    assert driven.commitment(NAME, 1).state == "kept"
    assert driven.armed(MEETING) == []


@pytest.mark.parametrize("day", ["2027-06-17", "2027-09-01"])
def test_beyond_the_margin_an_agreed_day_changes_nothing(driven: Driver, day: str) -> None:
    before = driven.armed(MEETING)
    agree(driven, day)
    assert driven.armed(MEETING) == before
    driven.until("2027-06-10")
    assert driven.commitment(NAME, 1).state == "missed"


def test_a_day_before_the_deadline_leaves_the_deadline_and_is_asked_about_on_the_working_day_after(
    driven: Driver,
) -> None:
    agree(driven, "2027-06-07")
    driven.until("2027-06-09").all_sent().until("2027-06-12")
    assert news(driven, "meeting_reminder", "meeting_due") == [
        ("meeting_due", "01", "2027-06-08"),
        ("meeting_due", "leader-01", "2027-06-08"),
    ]
    assert steps(driven)[1:] == [("remind_2", "2027-06-08"), ("miss", "2027-06-10")]


def test_agreeing_again_moves_the_day_and_what_was_not_told_yet_is_dropped(driven: Driver) -> None:
    driven.now = driven.at("2027-06-05 12:00")  # A Saturday: nothing goes out.
    agree(driven, "2027-06-14")
    agree(driven, "2027-06-15")
    dropped = [mail.to for mail in driven.mails("day_agreed", number=1) if mail.status == "dropped"]
    assert dropped == ["01", "leader-01"]
    assert len(news(driven, "day_agreed")) == 2
    driven.until("2027-06-16")
    assert steps(driven)[-1] == ("miss", "2027-06-16")


REFUSED = [("2027-06-02", "is past"), ("2028-06-10", "is more than a year ahead")]


@pytest.mark.parametrize(("day", "why"), REFUSED)
def test_a_day_that_cannot_be_agreed_on_is_refused(driven: Driver, day: str, why: str) -> None:
    with pytest.raises(AppointmentRefusedError, match=why):
        agree(driven, day)


def test_what_is_agreed_on_is_a_day_of_something_that_is_asked(driven: Driver) -> None:
    with pytest.raises(FactIncompleteError, match="appointed_on: is missing"):
        driven.fire(f"{NAME}:appoint", 1)
    with pytest.raises(FactIncompleteError, match="not a time of day"):
        agree(driven, "2027-06-14", appointed_at="kvart i ti")
    with pytest.raises(TransitionRefusedError):
        driven.fire("mentor_meeting_m4:appoint", 1, appointed_on="2027-06-14")


# -- when it is late ---------------------------------------------------------------------------------------------------


def test_a_late_meeting_that_is_agreed_on_is_escalated_no_further_until_then(driven: Driver) -> None:
    driven.until("2027-06-11")
    agree(driven, "2027-06-17")
    driven.until("2027-07-15")
    assert steps(driven)[-2:] == [("escalate", "2027-06-18"), ("escalate", "2027-06-25")]


def test_a_late_meeting_that_is_agreed_on_for_long_after_is_escalated_as_ever(driven: Driver) -> None:
    driven.until("2027-06-11")
    agree(driven, "2027-06-23")
    driven.until("2027-07-15")
    assert steps(driven)[-2:] == [("escalate", "2027-06-15"), ("escalate", "2027-06-24")]


def test_agreeing_again_and_again_does_not_put_off_the_ladder_for_good(driven: Driver) -> None:
    for on, to in (("2027-06-08", "2027-06-16"), ("2027-06-16", "2027-06-23"), ("2027-06-23", "2027-06-29")):
        driven.until(on)
        agree(driven, to)
    driven.until("2027-07-20")
    assert driven.commitment(NAME, 1).state == "escalated.2"


# -- no time is found --------------------------------------------------------------------------------------------------


def test_who_finds_no_time_is_helped_by_the_coordinator_once(driven: Driver) -> None:
    driven.fire(f"{NAME}:stall", 1)
    driven.fire(f"{NAME}:stall", 1)
    assert news(driven, "time_find", "time_not_found") == [
        ("time_not_found", "01", "2027-06-03"),
        ("time_not_found", "leader-01", "2027-06-03"),
        ("time_find", "coordinator-1", "2027-06-03"),
    ]
    assert driven.commitment(NAME, 1).state == "open"


def test_a_time_that_is_found_after_all_needs_no_help(driven: Driver) -> None:
    driven.fire(f"{NAME}:stall", 1)
    agree(driven, "2027-06-14")
    assert news(driven, "time_find", "time_not_found") == []


def test_a_task_to_find_a_time_is_open_once_and_closed_by_the_day_that_is_found(driven: Driver) -> None:
    driven.fire(f"{NAME}:stall", 1)
    open_tasks(driven)
    driven.fire(f"{NAME}:stall", 1)
    open_tasks(driven)
    assert tasks(driven) == ["time_find"]
    driven.now = driven.at("2027-06-04")
    agree(driven, "2027-06-14")
    assert tasks(driven) == []
    undo_last(driven)
    assert tasks(driven) == ["time_find"]


def test_a_day_that_is_agreed_on_leaves_the_task_of_the_escalation(driven: Driver) -> None:
    driven.until("2027-06-15")
    driven.fire(f"{NAME}:stall", 1)
    open_tasks(driven)
    agree(driven, "2027-06-17")
    assert tasks(driven) == ["meeting_overdue"]


def test_an_agreed_day_that_falls_through_holds_no_more(driven: Driver) -> None:
    agree(driven, "2027-06-14")
    driven.fire(f"{NAME}:stall", 1)
    assert driven.commitment(NAME, 1).appointed_on is None
    assert {mail.details.get("voided") for mail in driven.mails("time_not_found", number=1)} == {"2027-06-14"}
    driven.until("2027-06-10")
    assert driven.commitment(NAME, 1).state == "missed"


# -- what else happens to it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "details", "appointed"),
    [
        ("leave", {}, None),
        ("withdraw", {}, None),
        (f"{NAME}:waive", {"because": "-"}, None),
        (f"{NAME}:extend", {"due_on": "2027-06-11"}, None),
        (f"{NAME}:extend", {"due_on": "2027-06-25"}, date(2027, 6, 14)),
        (f"{NAME}:keep", {"held_on": "2027-06-03"}, date(2027, 6, 14)),
    ],
)
def test_an_agreed_day_holds_as_long_as_it_means_something(
    driven: Driver, trigger: str, details: dict[str, str], appointed: date | None
) -> None:
    agree(driven, "2027-06-14", appointed_at="10:00")
    driven.fire(trigger, 1, **details)
    row = driven.commitment(NAME, 1)
    assert (row.appointed_on, row.appointed_at) == (appointed, "10:00" if appointed else "")
    undo_last(driven)
    row = driven.commitment(NAME, 1)
    assert (row.state, row.appointed_on, row.appointed_at) == ("open", date(2027, 6, 14), "10:00")


def test_an_agreed_day_that_is_taken_back_was_never_agreed(driven: Driver) -> None:
    before = driven.armed(MEETING)
    agree(driven, "2027-06-14")
    driven.all_sent()
    undo_last(driven)
    assert driven.commitment(NAME, 1).appointed_on is None
    assert driven.armed(MEETING) == before
    assert [mail.to for mail in driven.mails("fact_corrected", number=1)] == ["01", "leader-01"]


def test_an_agreed_day_that_is_taken_back_too_late_leaves_the_meeting_missed(driven: Driver) -> None:
    agree(driven, "2027-06-14")
    driven.until("2027-06-11")
    undo_last(driven)
    assert driven.commitment(NAME, 1).state == "missed"


def test_help_that_was_asked_for_by_mistake_is_taken_back(driven: Driver) -> None:
    agree(driven, "2027-06-14")
    driven.fire(f"{NAME}:stall", 1)
    undo_last(driven)
    assert driven.commitment(NAME, 1).appointed_on == date(2027, 6, 14)
    assert news(driven, "time_find", "time_not_found") == []


def test_on_leave_an_agreed_day_arms_nothing(driven: Driver) -> None:
    driven.until("2027-06-11")
    driven.fire("leave", 1)
    agree(driven, "2027-06-17")
    assert driven.armed(MEETING) == []


def test_what_is_handed_over_is_still_agreed_on_and_the_consultant_hears_of_the_day(driven: Driver) -> None:
    driven.fire(f"{NAME}:hand", 1)
    driven.all_sent()
    agree(driven, "2027-06-14")
    assert [to for _, to, _ in news(driven, "day_agreed")] == ["01", "leader-01", "consultant-aalborg"]


def test_a_deadline_that_moves_with_the_calendar_leaves_the_agreed_day(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2027-01-21")
    driven.fire("expectation_talk:appoint", 1, appointed_on="2027-02-22")
    driven.move("kickoff", day("2027-02-26", "12:00", "16:00"))
    talk = driven.commitment("expectation_talk", 1)
    assert (talk.due_on, talk.appointed_on) == (date(2027, 2, 18), date(2027, 2, 22))
    driven.until("2027-02-22")
    assert driven.commitment("expectation_talk", 1).state == "open"
    driven.until("2027-02-23")
    assert driven.commitment("expectation_talk", 1).state == "escalated.1"
