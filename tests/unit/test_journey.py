"""The journey that Talent Nord gives: along the calendar, out of it and back, and an end that is one (R7, R41)."""

from __future__ import annotations

import pytest

from config.definition import ACTIVE
from states.machines.journey import journey_rules, place_guard, places
from states.machines.rulebook import Answer
from tests.support.driver import talent_nord

DEFINITION = talent_nord()
BOOK = journey_rules(DEFINITION)
PLACES = places(DEFINITION)
ON_THE_WAY = [state for state in DEFINITION.states if state.startswith(ACTIVE)]
"""Every place within ``active``."""
READY = "active.before.ready"
FINAL = sorted(DEFINITION.final_states)
MILESTONES = [step.id for step in DEFINITION.steps]
NOTICES = [
    (f"{milestone.id}:{notice.id}", notice.state)
    for milestone in DEFINITION.milestones.values()
    for notice in milestone.notices
]


def returned(to: str) -> str | None:
    return BOOK.next_state("on_leave", "return", frozenset({place_guard(to)}))


def test_a_journey_leads_through_the_calendar_in_order() -> None:
    assert PLACES == (
        "active.before.talk",
        "active.started",
        "active.m1.sprint",
        "active.m1.between",
        "active.m2.bootcamp",
        "active.m2.sprint",
        "active.m3.sprint",
        "active.m3.between",
        "active.m4.sprint",
        "active.m4.between",
        "active.m5.bootcamp",
        "active.m5.sprint",
        "active.m6.sprint",
        "active.complete",
        "alumni",
    )
    for milestone, source, dest in zip(MILESTONES, PLACES[:-1], PLACES[1:], strict=True):
        assert BOOK.next_state(source, milestone) == dest


@pytest.mark.parametrize("state", PLACES[:-1])
def test_whoever_joined_late_is_moved_along_by_every_later_milestone(state: str) -> None:
    position = PLACES.index(state)
    for number, milestone in enumerate(MILESTONES):
        expected = PLACES[number + 1] if number >= position else None
        assert BOOK.next_state(state, milestone) == expected, "a milestone never leads back"


# -- the talk before the start (R8, R12) ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["kept", "kept_late", "waived"])
def test_whoever_has_had_the_talk_is_ready(state: str) -> None:
    trigger = f"expectation_talk:{state}"
    assert BOOK.next_state("active.before.talk", trigger) == READY
    for elsewhere in {*BOOK.states} - {"active.before.talk"}:
        assert BOOK.next_state(elsewhere, trigger) is None, "a talk that is held late leads nobody back"


def test_the_kick_off_takes_everybody_along_and_says_who_comes_without_the_talk() -> None:
    assert BOOK.answer(READY, "kickoff") == Answer("active.started")
    assert BOOK.answer("active.before.talk", "kickoff") == Answer("active.started", ("kickoff@before.talk",))
    [told] = DEFINITION.causes["kickoff@before.talk"]
    assert (told.mail, told.to) == ("kickoff_without_talk", ("coordinator",))


def test_a_return_before_the_start_leads_to_where_the_talk_has_led() -> None:
    place = place_guard("active.before.talk")
    assert BOOK.next_state("on_leave", "return", frozenset({place})) == "active.before.talk"
    assert BOOK.next_state("on_leave", "return", frozenset({place, "given=expectation_talk:kept"})) == READY


# -- the second half (R33 to R36) ----------------------------------------------------------------------------------

HALF = "second_half"


def along_the_half(*steps: str) -> str:
    """Where a talent stands in the second half after commitments came to states, one after the other."""
    place = BOOK.regions[HALF][0]
    for step in steps:
        trigger, *guards = step.split(" ")
        place = BOOK.next_state(place, trigger, frozenset(guards), HALF) or place
    return place


CHOSEN = "second_half_choice:kept choice="


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ((), "not_yet"),
        (("second_half_choice:open",), "choosing"),
        (("second_half_choice:open", f"{CHOSEN}second_mentor"), "searching"),
        (("second_half_choice:open", f"{CHOSEN}second_mentor", "second_mentor:kept"), "with_second_mentor"),
        (("second_half_choice:open", f"{CHOSEN}second_mentor", "second_mentor:missed"), "searching"),
        (("second_half_choice:open", f"{CHOSEN}second_mentor", "second_mentor:kept_late"), "with_second_mentor"),
        (("second_half_choice:open", f"{CHOSEN}second_mentor", "second_mentor:waived"), "neither"),
        (("second_half_choice:open", f"{CHOSEN}internship"), "internship"),
        (("second_half_choice:open", f"{CHOSEN}internship", "internship:kept"), "internship_held"),
        (("second_half_choice:open", f"{CHOSEN}none"), "neither"),
        (("second_half_choice:open", f"{CHOSEN}internship", f"{CHOSEN}second_mentor"), "searching"),
        (
            (
                f"{CHOSEN}second_mentor",
                "second_mentor:kept",
                f"{CHOSEN}none",
                f"{CHOSEN}second_mentor given=second_mentor:kept",
            ),
            "with_second_mentor",
        ),
    ],
)
def test_promises_lead_through_the_second_half(steps: tuple[str, ...], place: str) -> None:
    assert along_the_half(*steps) == place


def test_the_second_half_stands_beside_the_calendar() -> None:
    assert BOOK.concerns["second_half_choice:kept"] == (HALF,)
    assert {trigger for trigger, regions in BOOK.concerns.items() if HALF in regions}.isdisjoint(MILESTONES)


# -- out of turn ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ON_THE_WAY)
@pytest.mark.parametrize(
    ("event", "dest"), [("leave", "on_leave"), ("transfer", "transferred"), ("withdraw", "withdrawn")]
)
def test_anyone_on_the_way_may_take_leave_move_cohort_or_withdraw(state: str, event: str, dest: str) -> None:
    assert BOOK.next_state(state, event) == dest


@pytest.mark.parametrize("state", ON_THE_WAY)
@pytest.mark.parametrize("event", ["change_mentor", "absence"])
def test_a_new_mentor_or_an_absence_moves_nobody(state: str, event: str) -> None:
    assert BOOK.next_state(state, event) == state


@pytest.mark.parametrize("state", ON_THE_WAY)
def test_only_who_is_on_leave_returns(state: str) -> None:
    assert BOOK.next_state(state, "return", frozenset({place_guard(state)})) is None


@pytest.mark.parametrize("place", PLACES)
def test_a_return_leads_to_where_the_cohort_stands(place: str) -> None:
    assert returned(place) == place


def test_a_return_leads_nowhere_as_long_as_nobody_says_where_the_cohort_stands() -> None:
    assert BOOK.next_state("on_leave", "return") is None


@pytest.mark.parametrize(("event", "dest"), [("transfer", "transferred"), ("withdraw", "withdrawn")])
def test_a_leave_may_end_with_a_farewell(event: str, dest: str) -> None:
    assert BOOK.next_state("on_leave", event) == dest


@pytest.mark.parametrize("trigger", [*MILESTONES, *(trigger for trigger, _ in NOTICES), "leave", "absence"])
def test_on_leave_nothing_of_the_calendar_is_heard(trigger: str) -> None:
    assert BOOK.next_state("on_leave", trigger) == ("on_leave" if trigger == "alumni_day" else None)


def test_the_last_day_finds_who_is_on_leave_and_another_ends_that() -> None:
    answer = BOOK.answer("on_leave", "alumni_day")
    assert answer == ("on_leave", ("alumni_day@on_leave",))
    assert BOOK.next_state("on_leave", "leave_over") == "not_returned"
    assert BOOK.next_state("on_leave", "leave:chase") == "on_leave"


def test_a_mentor_may_change_during_a_leave() -> None:
    assert BOOK.next_state("on_leave", "change_mentor") == "on_leave"


def test_the_ends_are_alumni_a_leave_without_return_transfer_and_withdrawal() -> None:
    assert FINAL == ["alumni", "not_returned", "transferred", "withdrawn"]


@pytest.mark.parametrize("state", FINAL)
def test_an_end_refuses_everything(state: str) -> None:
    for trigger in BOOK.triggers:
        for place in PLACES:
            assert BOOK.next_state(state, trigger, frozenset({place_guard(place)})) is None, trigger


@pytest.mark.parametrize(("trigger", "place"), NOTICES)
def test_a_notice_moves_nobody_and_is_for_those_on_the_way(trigger: str, place: str | None) -> None:
    for state in BOOK.states:
        heard = state == f"{ACTIVE}.{place}" if place else state.startswith(ACTIVE)
        assert BOOK.next_state(state, trigger) == (state if heard else None), state


def test_the_alumni_day_is_announced_to_nobody_before_the_journey_is_complete() -> None:
    assert dict(NOTICES)["alumni_day:invite"] == dict(NOTICES)["alumni_day:remind"] == "complete"
    assert BOOK.next_state("active.m6.sprint", "alumni_day:invite") is None


@pytest.mark.parametrize("milestone", DEFINITION.milestones)
def test_the_news_of_a_moved_date_reaches_everyone_on_the_way(milestone: str) -> None:
    told = [state for state in BOOK.states if BOOK.next_state(state, f"{milestone}:move") == state]
    assert set(told) == {ACTIVE, *ON_THE_WAY}


def test_a_meeting_beside_the_journey_moves_nobody() -> None:
    assert "network1" in DEFINITION.milestones
    assert "network1" not in BOOK.triggers
