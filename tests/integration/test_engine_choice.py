"""R33 to R36: after module 3 a talent chooses a second mentor, an internship or neither."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from config.errors import FactIncompleteError, TransitionRefusedError
from states.facts import Fact
from states.store.database import Database
from states.store.tables import EffectRow
from tests.support.driver import Driver, day

ADA = {"name": "Ada Lund", "email": "ada.lund@aalborg.example.org"}


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=7).enrol().until("2027-07-01")


def test_silence_is_nudged_and_then_counts_as_none(driven: Driver) -> None:
    driven.until("2027-08-26")
    choice = driven.commitment("second_half_choice", 1)
    assert (choice.state, choice.choice) == ("kept", "none")
    assert [mail.on for mail in driven.mails("choice_open", "choice_reminder", number=1)] == [
        "2027-06-24",
        "2027-08-11",
    ]
    assert {driven.commitment(name, 1).state for name in ("second_mentor", "internship")} == {"planned"}


def test_a_second_mentor_is_looked_for_in_three_stages(sqlite: Database) -> None:
    """R34, R59: the learning group, then the rest of the cohort, then the coordinator; the talent hears it before."""
    driven = Driver(sqlite, people=14).enrol().until("2027-07-01")
    group = [f"{n:02d}" for n in range(2, 15) if driven.journey(n).group_number == driven.journey(1).group_number]
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    assert driven.commitment("second_mentor", 1).state == "open"
    driven.until("2027-08-13")
    asked = driven.mails("second_mentor_search", "second_mentor_ask_group", number=1)
    asked += driven.mails("second_mentor_ask_soon", "second_mentor_ask_cohort", number=1)
    others = [f"{n:02d}" for n in range(2, 15) if f"{n:02d}" not in group]
    assert [(mail.message, mail.to, mail.on) for mail in asked] == [
        ("second_mentor_search", "01", "2027-07-01"),
        *(("second_mentor_ask_group", one, "2027-07-06") for one in group),
        ("second_mentor_ask_soon", "01", "2027-07-09"),
        *(("second_mentor_ask_cohort", one, "2027-07-15") for one in others),
    ]
    [task] = driven.tasks("second_mentor_help", number=1)
    assert (task.to, task.on) == ("coordinator-1", "2027-08-13")


@pytest.mark.parametrize("before", ["2027-07-02", "2027-07-08", "2027-07-14"])
def test_a_talent_who_wants_nobody_asked_is_left_alone(driven: Driver, before: str) -> None:
    """R59: what is asked already stays asked, and the way to the coordinator goes on."""
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    driven.until(before).all_sent()
    asking = ("second_mentor_ask_group", "second_mentor_ask_soon", "second_mentor_ask_cohort")
    asked = len(driven.mails(*asking))
    driven.fire("second_mentor:hush", 1)
    with pytest.raises(TransitionRefusedError):
        driven.fire("second_mentor:hush", 1)
    driven.until("2027-08-13")
    assert len(driven.mails(*asking)) == asked
    assert len(driven.tasks("second_mentor_help", number=1)) == 1
    assert not [row for row in driven.history("hold-3-01/second_mentor") if row.trigger == "remind_3"]


def test_whoever_chooses_a_second_mentor_again_is_asked_again(driven: Driver) -> None:
    for choice in ("second_mentor", "none", "second_mentor"):
        driven.fire("second_half_choice:keep", 1, choice=choice)
        if choice == "second_mentor" and not driven.commitment("second_mentor", 1).quiet:
            driven.fire("second_mentor:hush", 1)
            assert driven.commitment("second_mentor", 1).quiet
    driven.fire("second_half_choice:keep", 1, choice="none")
    assert not driven.commitment("second_mentor", 1).quiet


def test_a_call_for_quiet_that_was_a_slip_is_taken_back(driven: Driver) -> None:
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    driven.fire("second_mentor:hush", 1, key="slip")
    driven.engine.undo("slip", Fact("undo", "coordinator"))
    driven.until("2027-07-08")
    assert len(driven.mails("second_mentor_ask_group", number=1)) == 6


def test_the_second_mentor_found_is_named_and_the_nearest_leader_stays(driven: Driver) -> None:
    """R35."""
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    before = driven.journey(1).mentor_id
    driven.fire("second_mentor:keep", 1, person=ADA, held_on="2027-07-01")
    journey = driven.journey(1)
    assert (journey.mentor_id, journey.second_mentor_id) == (before, "hold-3-01/second_mentor/second_mentor-2")
    assert {mail.to for mail in driven.mails("second_mentor_found")} == {
        "01",
        "leader-01",
        "01/second_mentor/second_mentor-2",
    }
    driven.until("2027-09-01")
    due = [mail for mail in driven.mails("meeting_due", number=1) if mail.subject.endswith("m4")]
    assert {mail.to for mail in due} == {"01", "leader-01"}, "R17 concerns the nearest leader alone"


@pytest.mark.parametrize("who", ["talent", "leader"])
def test_the_talent_and_the_nearest_leader_are_no_second_mentor(driven: Driver, who: str) -> None:
    """R60."""
    talent = driven.people.talents[0]
    person = {"name": talent.name, "email": talent.email}
    if who == "leader":
        person = {"name": talent.leader.name, "email": talent.leader.email}
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match="has to be somebody else"):
        driven.fire("second_mentor:keep", 1, person=person)
    assert driven.dump() == before


@pytest.mark.parametrize("told", [True, False])
def test_a_change_of_mind_lets_the_second_mentor_go_who_hears_of_it_if_of_the_rest(driven: Driver, told: bool) -> None:
    """R60: who was not told yet never hears of it."""
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    driven.fire("second_mentor:keep", 1, person=ADA)
    if told:
        with driven.database.write() as connection:
            connection.execute(update(EffectRow).values(status="sent"))
    driven.fire("second_half_choice:keep", 1, choice="none")
    assert driven.journey(1).second_mentor_id is None
    assert (driven.states(1)["second_mentor"], driven.beside(1)) == ("planned", "neither")
    assert [mail.to for mail in driven.mails("second_mentor_ended")] == ["01/second_mentor/second_mentor-2"] * told
    assert {mail.status for mail in driven.mails("second_mentor_found")} == {"sent" if told else "dropped"}
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    assert driven.states(1)["second_mentor"] == "open"


def test_an_internship_that_was_held_stays_held_whatever_is_chosen_then(driven: Driver) -> None:
    driven.fire("second_half_choice:keep", 1, choice="internship")
    driven.fire("internship:keep", 1)
    driven.fire("second_half_choice:keep", 1, choice="none")
    assert driven.states(1)["internship"] == "kept"


@pytest.mark.parametrize(
    "person", [{"name": "Ada Lund"}, {"name": "", "email": "ada@example.org"}, {"name": "Ada", "email": "ada"}, "Ada"]
)
def test_a_person_needs_a_name_and_a_mail_address(driven: Driver, person: object) -> None:
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match="person"):
        driven.fire("second_mentor:keep", 1, person=person)
    assert driven.dump() == before


def test_an_internship_is_due_by_module_6(driven: Driver) -> None:
    driven.fire("second_half_choice:keep", 1, choice="internship")
    assert driven.commitment("internship", 1).state == "open"
    assert str(driven.commitment("internship", 1).due_on) == "2027-11-10"
    driven.until("2027-12-01")
    assert [mail.message for mail in driven.mails("internship_plan", "internship_reminder", "internship_missed")] == [
        "internship_plan",
        "internship_reminder",
        "internship_missed",
    ]


@pytest.mark.parametrize("choice", [None, "", "both", "None"])
def test_a_choice_is_one_of_the_three(driven: Driver, choice: str | None) -> None:
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match="not one of second_mentor, internship, none"):
        driven.fire("second_half_choice:keep", 1, choice=choice)
    assert driven.dump() == before


def test_a_choice_can_be_changed_until_module_6(driven: Driver) -> None:
    """R36: what the old choice had opened waits, what the new one asks for opens."""
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    driven.until("2027-09-20").fire("second_half_choice:keep", 1, choice="internship")
    assert driven.commitment("second_half_choice", 1).choice == "internship"
    assert driven.states(1)["second_mentor"] == "planned"
    assert driven.states(1)["internship"] == "open"
    pending = [
        mail for mail in driven.mails() if mail.subject == "hold-3-01/second_mentor" and mail.status == "pending"
    ]
    assert pending == []
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    assert (driven.states(1)["second_mentor"], driven.states(1)["internship"]) == ("open", "planned")


def test_what_was_not_chosen_ends_when_it_can_no_longer_be_chosen(driven: Driver) -> None:
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    driven.until("2027-09-20").fire("second_half_choice:keep", 1, choice="none")
    driven.until("2027-11-09 23:00")
    assert {driven.states(1)[name] for name in ("second_mentor", "internship")} == {"planned"}
    driven.until("2027-11-12")
    assert {driven.states(1)[name] for name in ("second_mentor", "internship")} == {"cancelled"}
    with pytest.raises(TransitionRefusedError):
        driven.fire("second_half_choice:keep", 1, choice="internship")


def test_on_the_last_day_a_choice_still_opens_what_it_asks_for(driven: Driver) -> None:
    driven.until("2027-11-10 10:00").fire("second_half_choice:keep", 1, choice="internship")
    assert driven.states(1)["internship"] == "open"


def test_the_choice_is_open_again_after_a_leave_as_long_as_it_can_be_made(driven: Driver) -> None:
    """R36: module 4 day 1 is 2027-08-25; it can be chosen until module 6 day 1, 2027-11-10."""
    driven.fire("leave", 1)
    driven.until("2027-08-30").fire("return", 1)
    driven.until("2027-08-30 12:01")
    choice = driven.commitment("second_half_choice", 1)
    assert (choice.state, str(choice.due_on)) == ("open", "2027-11-10")
    assert driven.beside(1) == "choosing"
    driven.move("m6d1", day("2027-11-11"))
    assert str(driven.commitment("second_half_choice", 1).due_on) == "2027-11-11"
    driven.fire("second_half_choice:keep", 1, choice="internship")
    assert driven.states(1)["internship"] == "open"


def test_silence_after_a_leave_counts_as_none_on_the_day_after_the_last(driven: Driver) -> None:
    driven.fire("leave", 1)
    driven.until("2027-08-30").fire("return", 1)
    driven.until("2027-11-10 23:00")
    assert driven.states(1)["second_half_choice"] == "open"
    driven.until("2027-11-11")
    assert driven.commitment("second_half_choice", 1).choice == "none"
    assert [mail.on for mail in driven.mails("choice_reminder", number=1)] == ["2027-10-27"]


def test_after_the_last_day_a_return_opens_no_choice(driven: Driver) -> None:
    driven.fire("leave", 1)
    driven.until("2027-11-12").fire("return", 1)
    assert driven.states(1)["second_half_choice"] == "cancelled"


def test_leave_does_not_lose_the_choice(driven: Driver) -> None:
    """R7: what was looked for before the leave is looked for again after it."""
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    driven.until("2027-07-08").fire("leave", 1)
    assert driven.states(1)["second_mentor"] == "planned"
    driven.until("2027-08-02").fire("return", 1)
    driven.until("2027-08-02 12:01")
    second = driven.commitment("second_mentor", 1)
    assert (second.state, str(second.due_on)) == ("open", "2027-09-13")
