"""What is told can be true: nothing is kept before it opens, and nothing was held before the cohort or tomorrow."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from config.errors import HeldOnRefusedError, NotOpenYetError
from states.machines.rules import rules_of
from states.store.database import Database
from tests.support.driver import Driver, talent_nord


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=4).enrol()


# -- what is not open yet ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "details", "opens_on", "follows"),
    [
        ("political_homework", {}, date(2027, 10, 7), ""),
        ("mentor_meeting_m6", {}, date(2027, 11, 10), ""),
        ("second_half_choice", {"choice": "second_mentor"}, date(2027, 6, 23), ""),
        ("second_mentor", {}, None, "second_half_choice"),
    ],
)
def test_what_is_not_open_yet_is_refused_whole(
    driven: Driver, name: str, details: dict[str, Any], opens_on: date | None, follows: str
) -> None:
    before = driven.dump()
    with pytest.raises(NotOpenYetError, match="not possible yet") as refused:
        driven.fire(f"{name}:keep", 1, 2, **details)
    assert refused.value.refused == ((f"hold-3-01/{name}", "planned"), (f"hold-3-02/{name}", "planned"))
    assert (refused.value.opens_on, refused.value.follows) == (opens_on, follows)
    assert driven.dump() == before


def test_the_talk_may_be_held_before_the_leader_is_asked_for_it(driven: Driver) -> None:
    """R8: whoever has held it is ready, and is never asked."""
    driven.until("2027-01-05").fire("expectation_talk:keep", 1, held_on="2027-01-04")
    driven.until("2027-01-20")
    assert driven.state(1) == "active.before.ready"
    assert driven.mails("talk_convene", number=1) == []
    assert driven.mails("talk_convene", number=2)


def test_what_was_held_before_a_leave_is_recorded_during_it(driven: Driver) -> None:
    """A pause puts back to planned what has been open; that it was held is true all the same."""
    driven.until("2027-03-16").fire("leave", 1)
    driven.fire("mentor_meeting_m1:keep", 1, held_on="2027-03-15")
    assert driven.commitment("mentor_meeting_m1", 1).state == "kept"
    with pytest.raises(NotOpenYetError):
        driven.fire("mentor_meeting_m2:keep", 1)


def test_what_a_choice_asks_for_is_recorded_during_a_leave_but_nothing_else(driven: Driver) -> None:
    driven.until("2027-06-24").fire("second_half_choice:keep", 1, choice="internship")
    driven.fire("leave", 1)
    with pytest.raises(NotOpenYetError):
        driven.fire("second_mentor:keep", 1)
    driven.fire("internship:keep", 1)
    assert driven.commitment("internship", 1).state == "kept"


def test_a_meeting_is_recorded_the_moment_its_day_has_ended_though_no_tick_has_come(driven: Driver) -> None:
    driven.until("2027-03-11 15:59")
    with pytest.raises(NotOpenYetError):
        driven.fire("mentor_meeting_m1:keep", 1)
    driven.now = driven.at("2027-03-11 16:00")
    driven.fire("mentor_meeting_m1:keep", 1)
    assert driven.commitment("mentor_meeting_m1", 1).state == "kept"


def test_a_cohort_that_began_before_there_was_this_rule_goes_on_as_it_began() -> None:
    """Invariant 9: its pinned definition says nothing of what may be early."""
    kept = talent_nord().programme.model_dump(by_alias=True, mode="json")
    for commitment in kept["commitments"]:
        del commitment["early"]
    old = rules_of(json.dumps(kept))
    assert old.commitments["political_homework"].next_state("planned", "keep") == "kept"
    new = rules_of(talent_nord().programme.model_dump_json(by_alias=True))
    assert new.commitments["political_homework"].next_state("planned", "keep") is None


# -- the day on which it was ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "details"),
    [
        ("expectation_talk:keep", {}),
        ("expectation_talk:waive", {}),
        ("leave", {}),
        ("change_mentor", {"new_mentor": {"name": "Bo Hansen", "email": "bo@a.example.org"}}),
    ],
)
def test_no_verb_takes_a_day_before_the_cohort_or_after_today(
    driven: Driver, trigger: str, details: dict[str, Any]
) -> None:
    driven.until("2027-02-01")
    before = driven.dump()
    with pytest.raises(HeldOnRefusedError, match=r"2026-12-19 is before the cohort began \(2026-12-20\)") as early:
        driven.fire(trigger, 1, held_on="2026-12-19", **details)
    assert (early.value.field, early.value.began) == ("held_on", date(2026, 12, 20))
    with pytest.raises(HeldOnRefusedError, match="2027-02-02 is still to come") as late:
        driven.fire(trigger, 1, held_on="2027-02-02", **details)
    assert (late.value.day, late.value.began) == (date(2027, 2, 2), None)
    assert driven.dump() == before
    driven.fire(trigger, 1, held_on="2026-12-20", **details)


def test_today_is_the_day_that_people_have(driven: Driver) -> None:
    driven.until("2027-01-21 00:30")
    driven.fire("expectation_talk:keep", 1, held_on="2027-01-21")
    assert driven.commitment("expectation_talk", 1).state == "kept"


def test_of_a_cohort_enrolled_after_its_begin_what_was_held_before_counts(sqlite: Database) -> None:
    driven = Driver(sqlite, people=4)
    driven.now = driven.at("2027-02-10")
    driven.enrol()
    driven.fire("expectation_talk:keep", 1, held_on="2027-01-14")
    with pytest.raises(HeldOnRefusedError, match="before the cohort began"):
        driven.fire("expectation_talk:keep", 2, held_on="2027-01-13")
