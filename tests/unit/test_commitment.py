"""The commitment: kept in time, or missed, escalated and kept late; paused, taken up again, waived, cancelled."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from pydantic import ValidationError

from config.grammar import escalated
from config.programme import CommitmentSpec
from states.machines.commitment import (
    AHEAD,
    BEGUN,
    CHANGEABLE,
    DROPS_PENDING,
    FINAL,
    FULFILLED,
    ON_TIME,
    WANTED,
    closes_tasks,
    commitment_rules,
    drops_pending,
    is_late,
    recordable_verbs,
)
from states.machines.rulebook import RuleBook
from states.plan.effects import named
from tests.support.driver import talent_nord

SPECS = talent_nord().commitments
MEETING = commitment_rules(SPECS["mentor_meeting_m1"])
CHOICE = commitment_rules(SPECS["second_half_choice"])
FOLLOWER = commitment_rules(SPECS["second_mentor"])
ALUMNI = commitment_rules(SPECS["alumni_date"])
LATE = ["missed", "escalated.1", "escalated.2"]


def ask(book: RuleBook, state: str, verb: str, *guards: str) -> str | None:
    return book.next_state(state, verb, frozenset(guards))


def along(book: RuleBook, *verbs: str) -> str:
    state = book.initial
    for verb in verbs:
        found = ask(book, state, verb)
        assert found is not None, f"{verb} is refused in {state}"
        state = found
    return state


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        (("open",), "open"),
        (("open", "keep"), "kept"),
        (("open", "remind_1", "remind_2", "keep"), "kept"),
        (("open", "miss"), "missed"),
        (("open", "miss", "keep"), "kept_late"),
        (("open", "miss", "escalate"), "escalated.1"),
        (("open", "miss", "escalate", "escalate"), "escalated.2"),
        (("open", "miss", "escalate", "escalate", "keep"), "kept_late"),
        (("open", "miss", "escalate", "waive"), "waived"),
        (("open", "pause"), "planned"),
        (("cancel",), "cancelled"),
    ],
)
def test_a_mentor_meeting_goes_its_ways(verbs: tuple[str, ...], state: str) -> None:
    assert along(MEETING, *verbs) == state


@pytest.mark.parametrize("name", SPECS)
def test_what_is_planned_is_kept_once_its_time_has_come_or_where_the_programme_lets_it_be_early(name: str) -> None:
    book = commitment_rules(SPECS[name])
    assert ask(book, "planned", "keep") == ("kept" if SPECS[name].early else None)
    assert ask(book, "planned", "keep", BEGUN) == "kept"


def test_the_talk_and_the_challenges_may_be_early_and_nothing_else() -> None:
    """R8, R22: the leader convenes the talk when it suits; a challenge is never found too soon."""
    early = {name for name, spec in SPECS.items() if spec.early}
    assert early == {"expectation_talk", "challenge_m2", "challenge_m5"}


@pytest.mark.parametrize("state", LATE)
def test_what_took_place_in_time_but_was_recorded_late_counts_as_kept(state: str) -> None:
    assert ask(MEETING, state, "keep", ON_TIME) == "kept"
    assert ask(MEETING, state, "keep") == "kept_late"


def test_escalation_ends_with_the_last_level() -> None:
    assert ask(MEETING, escalated(2), "escalate") is None
    assert ask(MEETING, "open", "escalate") is None, "only what was missed is escalated"


@pytest.mark.parametrize("verb", ["appoint", "stall"])
def test_a_day_that_is_agreed_on_or_not_found_moves_nobody(verb: str) -> None:
    for state in ("open", "missed", escalated(1), escalated(2)):
        assert ask(MEETING, state, verb) == state
    for state in ("planned", *FINAL):
        assert ask(MEETING, state, verb) is None


def test_others_are_asked_only_as_long_as_the_talent_wants_it() -> None:
    """R59."""
    assert ask(FOLLOWER, "open", "hush", WANTED) == "open"
    for verb in ("hush", "remind_1", "remind_2", "remind_3"):
        assert ask(FOLLOWER, "open", verb) is None
        assert ask(FOLLOWER, "missed", verb, WANTED) is None


def test_what_is_kept_is_never_missed() -> None:
    assert ask(MEETING, "kept", "miss") is None
    assert ask(MEETING, "planned", "miss") is None


@pytest.mark.parametrize("name", SPECS)
def test_an_end_is_left_by_nothing_and_only_a_choice_a_challenge_or_who_visits_is_told_anew(name: str) -> None:
    book, spec = commitment_rules(SPECS[name]), SPECS[name]
    told_anew = {"kept"} if spec.changeable_until else {"kept", "kept_late"} if spec.secures else set()
    for state in sorted(FINAL):
        for verb in book.triggers:
            guards = book.guards_of(verb)
            stays = (verb == "keep" and state in told_anew) or verb == "pair"
            let_go = verb == "retract" and state in {"kept", "kept_late"} and spec.fills is not None
            dest = state if stays else "planned" if let_go else None
            assert ask(book, state, verb, *guards) == dest, (state, verb)


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize(("verb", "dest"), [("waive", "waived"), ("cancel", "cancelled"), ("pause", "planned")])
def test_whatever_is_not_at_an_end_can_be_waived_cancelled_or_paused(name: str, verb: str, dest: str) -> None:
    book = commitment_rules(SPECS[name])
    for state in book.states:
        if state not in FINAL and state != "escalated":
            stays = verb == "pause" and is_late(state)
            assert ask(book, state, verb) == (state if stays else dest), state


# -- leave and return ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", LATE)
def test_what_was_missed_before_a_leave_stays_so_through_it(state: str) -> None:
    assert ask(MEETING, state, "pause") == ask(MEETING, state, "resume") == state
    assert not drops_pending("pause", state, state)
    assert drops_pending("pause", "open", "planned")


def test_a_return_takes_up_what_still_lies_ahead_and_drops_the_rest() -> None:
    assert ask(MEETING, "planned", "resume", AHEAD) == "planned"
    assert ask(MEETING, "planned", "resume") == "cancelled"


def test_only_what_was_paused_is_taken_up() -> None:
    assert ask(MEETING, "open", "resume", AHEAD) is None


# -- choices (R33, R36) --------------------------------------------------------------------------------------------


def test_silence_counts_as_a_choice_and_is_never_a_miss() -> None:
    assert along(CHOICE, "open", "lapse") == "kept"
    assert ask(CHOICE, "open", "miss") is None
    assert ask(MEETING, "open", "lapse") is None


def test_a_choice_can_be_changed_as_long_as_it_is_changeable() -> None:
    assert ask(CHOICE, "kept", "keep", CHANGEABLE) == "kept"
    assert ask(CHOICE, "kept", "keep") is None
    assert ask(MEETING, "kept", "keep", CHANGEABLE) is None


def test_what_follows_a_choice_that_was_never_made_expires() -> None:
    assert along(FOLLOWER, "expire") == "cancelled"
    assert ask(FOLLOWER, "open", "expire") is None
    assert ask(MEETING, "planned", "expire") is None


@pytest.mark.parametrize("state", ["open", "missed", "escalated.1"])
def test_what_follows_a_choice_is_retracted_when_the_choice_is_changed(state: str) -> None:
    assert ask(FOLLOWER, state, "retract") == "planned"
    assert ask(MEETING, state, "retract") is None


# -- kept by a date (R39) ------------------------------------------------------------------------------------------


def test_a_date_that_is_there_already_keeps_its_commitment_as_it_opens() -> None:
    assert ask(ALUMNI, "planned", "open", FULFILLED) == "kept"
    assert ask(ALUMNI, "planned", "open") == "open"
    assert ask(MEETING, "planned", "open", FULFILLED) == "open"


def test_people_tell_that_something_was_kept_or_waived_but_not_a_date_that_is_missing() -> None:
    for name, spec in SPECS.items():
        told = () if name == "alumni_date" else ("keep", "waive")
        extend = ("extend",) if told and spec.default_choice is None else ()
        hand = ("hand",) if spec.on_hand else ()
        meets = ("appoint", "stall") if name.startswith(("expectation_talk", "mentor_meeting")) else ()
        hush = ("hush",) if name == "second_mentor" else ()
        assert recordable_verbs(spec) == (*told, *extend, *hand, *meets, *hush)
        assert set(recordable_verbs(spec)) <= set(commitment_rules(spec).triggers)


# -- what is caused ------------------------------------------------------------------------------------------------


def messages(name: str, verb: str, dest: str) -> list[str]:
    """What is caused by a verb that leads to ``dest`` from wherever it does."""
    book = commitment_rules(SPECS[name])
    guards = book.guards_of(verb)
    either = [frozenset(some) for size in range(len(guards) + 1) for some in combinations(guards, size)]
    found = [book.answer(state, verb, some) for state in book.states for some in either]
    [causes] = {answer.causes for answer in found if answer is not None and answer.dest == dest}
    return [effect.message for effect in named(SPECS[name].causes, causes)]


@pytest.mark.parametrize(
    ("verb", "dest", "caused"),
    [
        ("open", "open", ["meeting_plan"]),
        ("remind_1", "open", ["meeting_reminder"]),
        ("remind_2", "open", ["meeting_due"]),
        ("miss", "missed", ["meeting_missed"]),
        ("escalate", "escalated.1", ["meeting_overdue"]),
        ("escalate", "escalated.2", ["meeting_escalated"]),
        ("keep", "kept", []),
        ("keep", "kept_late", []),
        ("waive", "waived", []),
        ("pause", "planned", []),
        ("hand", "open", ["task_handed", "handed_follow_up"]),
        ("hand", "escalated.2", ["task_handed", "handed_follow_up"]),
    ],
)
def test_each_step_of_a_mentor_meeting_causes_what_its_definition_says(verb: str, dest: str, caused: list[str]) -> None:
    assert messages("mentor_meeting_m1", verb, dest) == caused


def test_nobody_is_asked_for_a_date_that_is_there() -> None:
    assert messages("alumni_date", "open", "open") == ["alumni_set_date"]
    assert messages("alumni_date", "open", "kept") == []


def test_a_second_mentor_who_was_found_is_told_of_at_once_or_late() -> None:
    assert messages("second_mentor", "keep", "kept") == messages("second_mentor", "keep", "kept_late")
    assert messages("second_mentor", "keep", "kept") == ["second_mentor_found"]


@pytest.mark.parametrize("verb", ["open", "remind_1", "escalate"])
def test_what_goes_on_leaves_earlier_tasks_open(verb: str) -> None:
    assert not closes_tasks(verb, "open", "open")


def test_what_is_handed_over_is_no_task_any_more_and_what_was_told_stays_true() -> None:
    assert closes_tasks("hand", "missed", "missed")
    assert not drops_pending("hand", "missed", "missed")


@pytest.mark.parametrize("verb", ["keep", "waive", "cancel", "pause", "miss", "lapse", "expire", "retract"])
def test_what_changes_the_matter_closes_earlier_tasks(verb: str) -> None:
    assert verb in DROPS_PENDING


# -- definitions that contradict themselves ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"opens_on": {"commitment": "choice", "choice": "a"}}, "either 'opens' or 'opens_on'"),
        ({"opens": None}, "either 'opens' or 'opens_on'"),
        ({"choices": {"a": "A"}, "default_choice": "b"}, "is not one of the choices"),
        (
            {
                "choices": {"a": "A"},
                "default_choice": "a",
                "on_miss": [{"mail": "missed", "to": ["talent"]}],
            },
            "is never missed",
        ),
        (
            {"subject": "cohort", "on_hand": [{"task": "ask", "to": ["coordinator"]}]},
            "no consultant to be handed to",
        ),
    ],
)
def test_a_commitment_that_contradicts_itself_is_refused(change: dict[str, Any], why: str) -> None:
    good: dict[str, Any] = {"id": "x", "label": "X", "owner": "talent", "opens": "kickoff", "due": "kickoff + 7d"}
    with pytest.raises(ValidationError, match=why):
        CommitmentSpec.model_validate(good | change)
