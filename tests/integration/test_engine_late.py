"""R8, R27: who joins a running cohort is asked for the talk, stands where it stands and sits in a group of its size."""

from __future__ import annotations

from collections import Counter

import pytest

from config.definition import Definition
from config.opening import AskedLate
from config.when import parse_when
from states.store.database import Database
from tests.support.driver import Driver, day, hold_3_people, talent_nord


def with_a_joiner(database: Database, when: str) -> Driver:
    """Five talents from the start, and a sixth who joins on a day; the leader is asked by the next tick."""
    driven = Driver(database, people=5).enrol().until(f"{when} 12:00").enrol(hold_3_people(6))
    return driven.until(f"{when} 12:15")


@pytest.mark.parametrize(
    ("joins", "due"),
    [
        ("2027-01-20", "2027-02-17"),  # in time: as the others
        ("2027-02-05", "2027-02-19"),  # two weeks, still before the kick-off on 25 February
        ("2027-02-19", "2027-03-05"),  # six days before it
        ("2027-03-16", "2027-03-30"),  # in module 1
        ("2027-11-01", "2027-11-15"),  # as long as a module lies ahead
    ],
)
def test_the_leader_of_who_joins_late_is_asked_at_once_with_time_for_it(sqlite: Database, joins: str, due: str) -> None:
    driven = with_a_joiner(sqlite, joins)
    talk = driven.commitment("expectation_talk", 6)
    assert (talk.state, str(talk.opened_on), str(talk.due_on)) == ("open", joins, due)
    told = driven.mails("talk_convene", "talk_expect", number=6)
    assert [(mail.message, mail.to) for mail in told] == [("talk_convene", "leader-06"), ("talk_expect", "06")]
    assert driven.state(6) == driven.state(1)


def test_the_talk_is_not_asked_for_when_no_module_lies_ahead(sqlite: Database) -> None:
    driven = with_a_joiner(sqlite, "2027-12-20")
    assert driven.state(6) == "active.complete"
    assert "expectation_talk" not in driven.states(6)


def test_before_it_opens_nothing_is_late(sqlite: Database) -> None:
    driven = with_a_joiner(sqlite, "2027-01-05")
    ours, theirs = (driven.commitment("expectation_talk", number) for number in (6, 1))
    assert (ours.state, ours.due_on) == (theirs.state, theirs.due_on)


def test_it_is_reminded_missed_and_escalated_from_its_own_deadline(sqlite: Database) -> None:
    driven = with_a_joiner(sqlite, "2027-03-16").until("2027-04-01")
    assert [mail.on for mail in driven.mails("talk_reminder", number=6)] == ["2027-03-24"]
    talk = driven.commitment("expectation_talk", 6)
    assert (talk.state, str(talk.missed_on)) == ("escalated.1", "2027-03-31")
    assert [mail.to for mail in driven.mails("talk_escalated", number=6)] == ["consultant-aalborg"]
    [task] = driven.tasks("talk_missed", number=6)
    assert task.details["due_on"] == "2027-04-02"


def test_the_talk_that_is_held_before_the_kick_off_makes_ready(sqlite: Database) -> None:
    """Who joins stands where the cohort's calendar stands, not where others stand who have had their talk."""
    driven = Driver(sqlite, people=5).enrol().until("2027-01-20")
    driven.fire("expectation_talk:keep", 1)
    driven.enrol(hold_3_people(6)).until("2027-01-20 12:15")
    assert [driven.state(number) for number in (1, 2, 6)] == ["active.before.ready", *["active.before.talk"] * 2]
    driven.fire("expectation_talk:keep", 6)
    assert driven.state(6) == "active.before.ready"


def test_a_deadline_for_who_is_late_is_theirs_and_does_not_follow_the_kick_off(sqlite: Database) -> None:
    driven = with_a_joiner(sqlite, "2027-02-05")
    driven.move("kickoff", day("2027-03-04", "12:00", "16:00"))
    dues = [str(driven.commitment("expectation_talk", number).due_on) for number in (1, 6)]
    assert dues == ["2027-02-24", "2027-02-19"]


def test_a_leave_of_a_day_leaves_the_own_deadline(sqlite: Database) -> None:
    driven = with_a_joiner(sqlite, "2027-03-16").until("2027-03-17")
    driven.fire("leave", 6)
    driven.until("2027-03-18").fire("return", 6)
    driven.until("2027-03-20")
    talk = driven.commitment("expectation_talk", 6)
    assert (talk.state, str(talk.due_on)) == ("open", "2027-03-30")


def test_who_joins_when_the_choice_is_overdue_can_still_make_it(sqlite: Database) -> None:
    """R36: until module 6."""
    driven = with_a_joiner(sqlite, "2027-10-01")
    choice = driven.commitment("second_half_choice", 6)
    assert (choice.state, str(choice.due_on)) == ("open", str(driven.cohort.dates["m6d1"].date))


def test_where_the_programme_does_not_ask_late_what_is_over_is_not_asked_for(sqlite: Database) -> None:
    programme = talent_nord().programme
    commitments = [one.model_copy(update={"asked_late": None}) for one in programme.commitments]
    definition = Definition(programme.model_copy(update={"commitments": tuple(commitments)}))
    driven = Driver(sqlite, people=5, definition=definition).enrol().until("2027-02-19")
    driven.enrol(hold_3_people(6))
    assert "expectation_talk" not in driven.states(6)


def test_a_last_day_that_is_over_ends_the_asking_only_where_the_deadline_is_over_too(sqlite: Database) -> None:
    programme = talent_nord().programme
    closed = AskedLate(due=parse_when("opened + 14d"), until=parse_when("kickoff - 5w"))
    commitments = [
        one.model_copy(update={"asked_late": closed}) if one.id == "expectation_talk" else one
        for one in programme.commitments
    ]
    definition = Definition(programme.model_copy(update={"commitments": tuple(commitments)}))
    driven = Driver(sqlite, people=5, definition=definition).enrol().until("2027-02-10")
    driven.enrol(hold_3_people(6)).until("2027-02-18").enrol(hold_3_people(7))
    assert "expectation_talk" in driven.states(6)
    assert "expectation_talk" not in driven.states(7)


def test_who_joins_when_an_invitation_is_out_and_its_day_is_moved_further_off_is_invited_too(sqlite: Database) -> None:
    driven = Driver(sqlite, people=3).enrol().until("2027-03-01").all_sent()
    driven.move("m1d1", day("2027-03-18"))
    driven.enrol(hold_3_people(4)).until("2027-03-05")
    invited = Counter(mail.to for mail in driven.mails("module_invitation"))
    assert invited == {"01": 1, "02": 1, "03": 1, "04": 1}


def sizes(driven: Driver, talents: int) -> list[int]:
    return sorted(Counter(driven.journey(number).group_number for number in range(1, talents + 1)).values())


def test_eight_who_join_six_make_two_groups(sqlite: Database) -> None:
    """R27: a group is never larger than the programme says, as long as there are enough for another."""
    driven = Driver(sqlite, people=6).enrol().until("2027-03-16").enrol(hold_3_people(14))
    assert sizes(driven, 14) == [7, 7]
    assert {driven.journey(number).group_number for number in range(1, 7)} == {1}


@pytest.mark.parametrize("at_once", [True, False])
def test_eleven_who_come_back_from_leave_make_two_groups(sqlite: Database, at_once: bool) -> None:
    driven = Driver(sqlite, people=12).enrol().until("2027-03-01")
    away = range(2, 13)
    driven.fire("leave", *away)
    driven.until("2027-04-10")
    for some in [away] if at_once else [[number] for number in away]:
        driven.fire("return", *some)
    assert sizes(driven, 12) == ([6, 6] if at_once else [5, 7])
    assert driven.journey(1).group_number == 1


def test_who_is_on_leave_keeps_the_own_seat(sqlite: Database) -> None:
    driven = Driver(sqlite, people=12).enrol().until("2027-03-16")
    mine = driven.journey(1).group_number
    driven.fire("leave", 1)
    driven.until("2027-04-10").enrol(hold_3_people(14)).fire("return", 1)
    assert driven.journey(1).group_number == mine
    assert sizes(driven, 14) == [7, 7]
