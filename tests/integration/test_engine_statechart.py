"""The journey as one statechart: the talk leads to the start (R12), promises through the second half (R33 to R36)."""

from __future__ import annotations

import pytest

from config.errors import FactIncompleteError
from states.store.database import Database
from tests.support.driver import Driver

ADA = {"name": "Ada Lund", "email": "ada.lund@aalborg.example.org"}
TALK, READY = "active.before.talk", "active.before.ready"


# -- before the start ----------------------------------------------------------------------------------------------


@pytest.fixture
def invited(database: Database) -> Driver:
    """Three talents whose leaders have been asked for the talk; the kick-off is on 2027-02-25."""
    return Driver(database, people=3).enrol().until("2027-01-18")


def test_the_talk_that_is_held_makes_ready_in_the_same_commit(invited: Driver) -> None:
    assert invited.state(1) == TALK
    before = invited.journey(1).version
    outcome = invited.fire("expectation_talk:keep", 1, held_on="2027-01-18")
    assert [(one.machine, one.trigger, one.source, one.dest) for one in outcome.transitions] == [
        ("expectation_talk", "keep", "open", "kept"),
        ("journey", "expectation_talk:kept", TALK, READY),
    ]
    assert (invited.state(1), invited.state(2)) == (READY, TALK)
    assert invited.journey(1).version == before + 1


def test_a_talk_held_late_or_waived_makes_ready_too(invited: Driver) -> None:
    invited.until("2027-02-22")
    assert invited.commitment("expectation_talk", 1).state == "escalated.1"
    invited.fire("expectation_talk:keep", 1, held_on="2027-02-22")
    invited.fire("expectation_talk:waive", 2)
    assert [invited.state(number) for number in (1, 2, 3)] == [READY, READY, TALK]
    assert invited.commitment("expectation_talk", 1).state == "kept_late"


def test_the_kick_off_takes_everybody_along_and_tells_who_came_without_the_talk(invited: Driver) -> None:
    invited.fire("expectation_talk:keep", 1, held_on="2027-01-18")
    invited.until("2027-03-01")
    assert {invited.state(number) for number in (1, 2, 3)} == {"active.started"}
    without = invited.mails("kickoff_without_talk")
    assert [(mail.to, mail.subject) for mail in without] == [
        ("coordinator-1", "hold-3-02"),
        ("coordinator-1", "hold-3-03"),
    ]


def test_a_talk_held_after_the_kick_off_leads_nobody_back(invited: Driver) -> None:
    invited.until("2027-03-01")
    invited.fire("expectation_talk:keep", 1, held_on="2027-03-01")
    assert invited.state(1) == "active.started"


def test_who_has_the_talk_during_a_leave_comes_back_ready(invited: Driver) -> None:
    invited.fire("leave", 1, 2)
    invited.fire("expectation_talk:keep", 1, held_on="2027-01-18")
    assert invited.state(1) == "on_leave"
    invited.until("2027-01-25")
    invited.fire("return", 1, 2)
    assert (invited.state(1), invited.state(2)) == (READY, TALK)


def test_a_fact_that_is_refused_moves_nothing(invited: Driver) -> None:
    before = invited.dump()
    with pytest.raises(FactIncompleteError):
        invited.fire("expectation_talk:keep", 1, held_on="2099-01-01")
    assert invited.dump() == before


# -- the second half -----------------------------------------------------------------------------------------------


@pytest.fixture
def choosing(database: Database) -> Driver:
    """Seven talents after module 3, who are asked what they choose."""
    return Driver(database, people=7).enrol().until("2027-07-01")


def test_the_choice_opens_for_everybody(choosing: Driver) -> None:
    assert {choosing.beside(number) for number in range(1, 8)} == {"choosing"}
    [opened] = choosing.history("hold-3-01/second_half")
    assert (opened.machine, opened.trigger, opened.source, opened.dest, opened.journey_id) == (
        "second_half",
        "second_half_choice:open",
        "not_yet",
        "choosing",
        "hold-3-01",
    )


def test_a_choice_leads_on_in_the_same_commit(choosing: Driver) -> None:
    outcome = choosing.fire("second_half_choice:keep", 1, choice="second_mentor")
    assert [(one.machine, one.dest) for one in outcome.transitions] == [
        ("second_half_choice", "kept"),
        ("second_half", "searching"),
        ("second_mentor", "open"),
    ]
    choosing.fire("second_half_choice:keep", 2, choice="internship")
    choosing.fire("second_half_choice:keep", 3, choice="none")
    assert [choosing.beside(number) for number in (1, 2, 3, 4)] == ["searching", "internship", "neither", "choosing"]


def test_silence_leads_to_neither(choosing: Driver) -> None:
    choosing.until("2027-08-27")
    assert {choosing.beside(number) for number in range(1, 8)} == {"neither"}


def test_a_second_mentor_is_found_or_the_search_given_up(choosing: Driver) -> None:
    choosing.fire("second_half_choice:keep", 1, 2, 3, choice="second_mentor")
    choosing.fire("second_mentor:keep", 1, person=ADA, held_on="2027-07-01")
    choosing.until("2027-08-20")
    choosing.fire("second_mentor:waive", 2)
    choosing.fire("second_mentor:keep", 3, person=ADA, held_on="2027-08-20")
    assert [choosing.beside(number) for number in (1, 2, 3)] == ["with_second_mentor", "neither", "with_second_mentor"]
    assert choosing.commitment("second_mentor", 3).state == "kept_late"


def test_a_changed_choice_leads_on_from_wherever_the_talent_stands(choosing: Driver) -> None:
    choosing.fire("second_half_choice:keep", 1, choice="second_mentor")
    choosing.fire("second_mentor:keep", 1, person=ADA, held_on="2027-07-01")
    for choice, place in [
        ("internship", "internship"),
        ("none", "neither"),
        ("second_mentor", "searching"),
        ("second_mentor", "searching"),
    ]:
        choosing.fire("second_half_choice:keep", 1, choice=choice)
        assert choosing.beside(1) == place
    assert [row.dest for row in choosing.history("hold-3-01/second_half")] == [
        "choosing", "searching", "with_second_mentor", "internship", "neither", "searching",
    ]  # fmt: skip


def test_an_internship_that_was_held_is_told(choosing: Driver) -> None:
    choosing.fire("second_half_choice:keep", 1, choice="internship")
    choosing.fire("internship:keep", 1, held_on="2027-07-01")
    assert choosing.beside(1) == "internship_held"


def test_a_leave_leaves_the_second_half_as_it_is_and_a_late_return_ends_the_search(choosing: Driver) -> None:
    choosing.fire("second_half_choice:keep", 1, 2, choice="second_mentor")
    choosing.fire("leave", 1, 2)
    assert choosing.beside(1) == "searching"
    choosing.until("2027-07-20").fire("return", 1)
    assert (choosing.beside(1), choosing.commitment("second_mentor", 1).state) == ("searching", "open")


def test_a_journey_that_has_ended_is_moved_no_more(choosing: Driver) -> None:
    choosing.fire("withdraw", 1)
    assert choosing.commitment("second_half_choice", 1).state == "cancelled"
    assert choosing.beside(1) == "choosing"


def test_milestones_do_not_move_the_second_half(choosing: Driver) -> None:
    choosing.fire("second_half_choice:keep", 1, choice="none")
    before = choosing.history("hold-3-01/second_half")
    choosing.until("2028-06-01")
    assert choosing.state(1) == "alumni"
    assert choosing.history("hold-3-01/second_half") == before
