"""A new deadline that owner and coordinator have agreed: the ladder begins anew from there (*Ny frist*)."""

from __future__ import annotations

from datetime import date

import pytest

from config.errors import FactIncompleteError, TransitionRefusedError, UnknownTriggerError
from states.store.database import Database
from tests.support.driver import Driver, day

MEETING = "mentor_meeting_m1"


@pytest.fixture
def late(database: Database) -> Driver:
    """Two talents whose first mentor meeting was due on 18 March; on 5 April it is escalated twice."""
    driven = Driver(database, people=2).enrol().until("2027-04-05 12:00")
    driven.all_sent()
    assert driven.states(1)[MEETING] == "escalated.2"
    return driven


def test_the_ladder_begins_anew_from_the_day_that_was_agreed(late: Driver) -> None:
    late.fire(f"{MEETING}:extend", 1, due_on="2027-04-20")
    meeting = late.commitment(MEETING, 1)
    assert (meeting.state, meeting.due_on, meeting.missed_on) == ("open", date(2027, 4, 20), None)
    late.until("2027-04-20 23:00")
    assert [mail.on for mail in late.mails("meeting_reminder", number=1)][-1] == "2027-04-16"
    assert late.states(1)[MEETING] == "open"
    late.until("2027-04-21")
    assert late.states(1)[MEETING] == "missed"
    late.until("2027-04-27")
    assert late.states(1)[MEETING] == "escalated.1"
    assert len(late.tasks("meeting_overdue")) == 3, "two of the first time, one of the second"


def test_all_who_were_told_of_the_old_deadline_hear_of_the_new_one(late: Driver) -> None:
    late.fire(f"{MEETING}:extend", 1, due_on="2027-04-20")
    consultant = late.mails("meeting_escalated", number=1)[0].to
    assert {mail.to for mail in late.mails("deadline_agreed")} == {"01", "leader-01", consultant}


def test_a_consultant_who_has_heard_of_nothing_hears_of_no_new_deadline(database: Database) -> None:
    driven = Driver(database, people=2).enrol().until("2027-03-12")
    driven.fire(f"{MEETING}:extend", 1, due_on="2027-03-25")
    assert {mail.to for mail in driven.mails("deadline_agreed")} == {"01", "leader-01"}
    assert driven.commitment(MEETING, 1).due_on == date(2027, 3, 25)
    assert driven.commitment(MEETING, 2).due_on == date(2027, 3, 18)


def test_tasks_and_mails_about_the_old_deadline_are_gone(late: Driver) -> None:
    before = {task.subject for task in late.tasks("meeting_overdue") if task.status != "dropped"}
    late.fire(f"{MEETING}:extend", 1, due_on="2027-04-20")
    after = {task.subject for task in late.tasks("meeting_overdue") if task.status != "dropped"}
    assert before - after == {f"hold-3-01/{MEETING}"}


def test_what_was_agreed_does_not_follow_the_calendar_any_more(database: Database) -> None:
    driven = Driver(database, people=2).enrol().until("2027-03-12")
    driven.fire("leadership_foundation:extend", 1, due_on="2027-04-15")
    driven.move("m1d2", day("2027-04-07"))
    found = [driven.commitment("leadership_foundation", number).due_on for number in (1, 2)]
    assert found == [date(2027, 4, 15), date(2027, 4, 7)]


def test_kept_by_the_new_deadline_it_is_kept_in_time(late: Driver) -> None:
    late.fire(f"{MEETING}:extend", 1, due_on="2027-04-20")
    late.until("2027-04-22").fire(f"{MEETING}:keep", 1, held_on="2027-04-20")
    assert late.states(1)[MEETING] == "kept"


@pytest.mark.parametrize("due_on", ["", "2027-04-05", "2027-03-01", "soon"])
def test_a_deadline_lies_ahead(late: Driver, due_on: str) -> None:
    before = late.dump()
    with pytest.raises(FactIncompleteError, match="due_on"):
        late.fire(f"{MEETING}:extend", 1, due_on=due_on)
    assert late.dump() == before


@pytest.mark.parametrize("name", ["mentor_meeting_m5", "leadership_foundation"])
def test_only_what_is_open_or_missed_gets_another_deadline(late: Driver, name: str) -> None:
    if name == "leadership_foundation":
        late.fire("leadership_foundation:keep", 1, held_on="2027-04-01")
    with pytest.raises(TransitionRefusedError):
        late.fire(f"{name}:extend", 1, due_on="2027-12-01")


def test_a_choice_that_silence_settles_has_no_other_deadline(late: Driver) -> None:
    with pytest.raises(UnknownTriggerError):
        late.fire("second_half_choice:extend", 1, due_on="2027-12-01")
