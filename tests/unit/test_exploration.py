"""Exploring a definition: nobody is ever stuck in a sound one, and a broken one is named with the way into it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from config.definition import Definition
from config.programme import Programme
from states.exploration.explore import Stuck, WithJourney, explore
from states.exploration.ground import Ground
from states.machines.commitment import commitment_rules
from states.machines.journey import journey_rules
from states.machines.rules import Rules
from tests.support.driver import talent_nord

Data = dict[str, Any]

SOUND: Data = {
    "id": "small",
    "version": 1,
    "name": "Small",
    "start": "before",
    "places": {},
    "shapes": {"two": {"label": "two days", "days": [{"enters": "{module}.sprint"}, {"enters": "{module}.after"}]}},
    "calendar": [
        {"milestone": "kickoff", "label": "Kick-off", "enters": "started"},
        {"module": "m1", "number": 1, "title": "One", "shape": "two"},
        {"milestone": "reunion", "label": "Reunion", "enters": "reunited", "final": True, "date_optional": True},
    ],
    "events": {
        "leave": {
            "label": "Leave",
            "from": ["active"],
            "to": "on_leave",
            "commitments": "pause",
            "effects": [{"task": "come_back", "to": ["coordinator"]}],
        },
        "return": {"label": "Return", "from": ["on_leave"], "to": "place", "commitments": "resume"},
        "withdraw": {
            "label": "Withdraw",
            "from": ["active", "on_leave"],
            "to": "withdrawn",
            "final": True,
            "commitments": "cancel",
        },
    },
    "commitments": [
        {
            "id": "meeting",
            "label": "Meeting",
            "owner": "talent",
            "each": "module",
            "opens": "day1",
            "due": "day1 + 7d",
            "reminders": [{"when": "due - 3d", "effects": [{"mail": "soon", "to": ["talent"]}]}],
            "on_miss": [{"mail": "missed", "to": ["talent"]}],
            "escalation": [
                {"when": "missed + 3wd", "effects": [{"task": "help", "to": ["coordinator"]}]},
                {"when": "missed + 8wd", "effects": [{"mail": "tell", "to": ["consultant"]}]},
            ],
        },
        {
            "id": "reunion_date",
            "label": "Date of the reunion",
            "subject": "cohort",
            "owner": "coordinator",
            "kept_by_date_of": "reunion",
            "opens": "m1d2 + 6w",
            "due": "m1d2 + 10w",
            "on_open": [{"task": "set_date", "to": ["coordinator"]}],
            "on_miss": [{"task": "set_date_now", "to": ["coordinator"]}],
        },
    ],
}


def small(change: Callable[[Data], object] | None = None) -> Definition:
    """The small programme, with one thing changed."""
    data = deepcopy(SOUND)
    if change is not None:
        change(data)
    return Definition(Programme.model_validate(data))


def meeting(data: Data) -> Data:
    return next(spec for spec in data["commitments"] if spec["id"] == "meeting")


def problems(change: Callable[[Data], object]) -> list[str]:
    return [str(problem) for problem in explore(small(change)).problems]


# -- sound definitions ---------------------------------------------------------------------------------------------


def test_nobody_is_ever_stuck_in_a_sound_programme() -> None:
    assert explore(small()).problems == ()


def test_nobody_is_ever_stuck_in_talent_nord() -> None:
    assert explore(talent_nord()).problems == ()


def test_talent_nord_is_covered_whole() -> None:
    found = explore(talent_nord())
    assert found.states > 10_000
    assert found.transitions > 100_000


def test_every_state_of_every_machine_of_talent_nord_is_walked() -> None:
    commitments = {name: commitment_rules(spec) for name, spec in talent_nord().commitments.items()}
    rules = Rules(talent_nord(), journey_rules(talent_nord()), commitments)
    product = WithJourney(Ground(rules, frozenset({"alumni_day"})))
    assert {node.state for node in product.journeys.nodes} == {"", *talent_nord().states}
    pairs, _ = product.explore(talent_nord().commitments["mentor_meeting_m3"])
    walked = {pair.commitment.state for pair in pairs.nodes if pair.commitment}
    late = {"missed", "escalated.1", "escalated.2"}
    assert walked == {"planned", "open", *late, "kept", "kept_late", "waived", "cancelled"}


def test_the_same_definition_gives_the_same_exploration() -> None:
    assert explore(small(no_task)) == explore(small(no_task))


# -- commitments ---------------------------------------------------------------------------------------------------


def no_task(data: Data) -> None:
    meeting(data)["escalation"] = [{"when": "missed", "effects": [{"mail": "tell", "to": ["consultant"]}]}]


def test_a_last_level_that_only_mails_holds_a_talent_up() -> None:
    assert problems(no_task) == [
        "meeting_m1: a talent is stuck in escalated.1: no timer and no open task points out of it; shortest way there:"
        " enrol, meeting_m1:open, meeting_m1:miss, meeting_m1:escalate"
    ]


def test_a_task_opened_at_an_earlier_level_still_points_the_way_at_the_last() -> None:
    def swapped(data: Data) -> None:
        meeting(data)["escalation"].reverse()

    assert problems(swapped) == [], "a mail first and a task last is as good as a task first and a mail last"


def test_a_missed_commitment_without_any_consequence_holds_a_talent_up() -> None:
    def nothing(data: Data) -> None:
        meeting(data).update(on_miss=[], escalation=[])

    assert explore(small(nothing)).problems == (
        Stuck(
            "meeting_m1",
            "missed",
            "no timer and no open task points out of it",
            ("enrol", "meeting_m1:open", "meeting_m1:miss"),
        ),
    )


def test_a_task_of_the_open_commitment_is_closed_when_it_is_missed() -> None:
    def only_while_open(data: Data) -> None:
        task = [{"task": "plan", "to": ["talent"]}]
        meeting(data).update(on_open=task, on_miss=[], escalation=[])

    assert [problem.state for problem in explore(small(only_while_open)).problems] == ["missed"]


def test_a_task_for_a_role_that_may_be_empty_points_nowhere() -> None:
    def for_nobody(data: Data) -> None:
        task = [{"when": "missed", "effects": [{"task": "help", "to": ["second_mentor"]}]}]
        meeting(data)["escalation"] = task

    assert [problem.state for problem in explore(small(for_nobody)).problems] == ["escalated.1"]


def test_a_cohort_is_named_where_it_is_the_cohort_that_is_stuck() -> None:
    def no_way_on(data: Data) -> None:
        data["commitments"][1].update(on_open=[], on_miss=[])
        data["commitments"][1].pop("kept_by_date_of")
        data["calendar"][-1]["date_optional"] = False

    assert problems(no_way_on) == [
        "reunion_date: the cohort is stuck in missed: no timer and no open task points out of it; shortest way there:"
        " enrol, reunion_date:open, reunion_date:miss"
    ]


def test_what_opens_with_a_day_that_has_no_date_waits_as_long_as_somebody_chases_that_date() -> None:
    def after_the_reunion(data: Data) -> None:
        meeting(data).pop("each")
        meeting(data).update(opens="reunion", due="reunion + 7d")

    def that_nobody_dates(data: Data) -> None:
        after_the_reunion(data)
        data["commitments"].pop()

    assert problems(after_the_reunion) == []
    assert [problem[:2] for problem in explore(small(that_nobody_dates)).problems] == [
        ("journey", "active.m1.after"),
        ("meeting", "planned"),
    ]


# -- a choice and what follows it ----------------------------------------------------------------------------------


def with_choice(data: Data, **more: object) -> None:
    data["commitments"] += [
        {
            "id": "choice",
            "label": "Choice",
            "owner": "talent",
            "opens": "kickoff",
            "due": "m1d1",
            "choices": {"film": "a film", "none": "none"},
            "default_choice": "none",
            **more,
        },
        {
            "id": "film",
            "label": "Film",
            "owner": "talent",
            "opens_on": {"commitment": "choice", "choice": "film"},
            "due": "m1d2",
            "on_miss": [{"task": "help", "to": ["coordinator"]}],
        },
    ]


def test_what_follows_a_choice_opens_or_expires() -> None:
    assert problems(with_choice) == []


def test_what_follows_a_choice_that_nobody_need_make_is_found_waiting_for_ever() -> None:
    def until_a_day_without_date(data: Data) -> None:
        with_choice(data, changeable_until="reunion + 7d")
        data["commitments"] = [spec for spec in data["commitments"] if spec["id"] != "reunion_date"]

    found = {problem.machine: problem for problem in explore(small(until_a_day_without_date)).problems}
    assert found["film"].state == "planned"
    assert found["film"].path == ("enrol",)


# -- journeys ------------------------------------------------------------------------------------------------------


def test_a_leave_that_nobody_is_asked_to_end_holds_a_talent_up() -> None:
    def no_task_on_leave(data: Data) -> None:
        data["events"]["leave"]["effects"] = []

    assert problems(no_task_on_leave) == [
        "journey: a talent is stuck in on_leave: no timer and no open task points out of it; shortest way there:"
        " enrol, leave"
    ], "its paused commitments are not reported beside it"


def test_a_return_that_does_not_resume_leaves_commitments_behind() -> None:
    def forgets(data: Data) -> None:
        data["events"]["return"]["commitments"] = "leave"

    assert explore(small(forgets)).problems == (
        Stuck("meeting_m1", "planned", "no timer and no open task points out of it", ("enrol", "leave", "return")),
    )


def test_a_leave_without_a_way_back_has_no_end() -> None:
    def for_ever(data: Data) -> None:
        data["events"].pop("return")
        data["events"]["withdraw"]["from"] = ["active"]

    assert ("journey", "on_leave", "no end can be reached from it", ("enrol", "leave"), "a talent") in explore(
        small(for_ever)
    ).problems


def test_the_last_place_of_a_calendar_without_an_end_holds_everyone_up() -> None:
    def endless(data: Data) -> None:
        data["calendar"][-1].update(final=False, date_optional=False)

    assert problems(endless) == [
        "journey: a talent is stuck in active.reunited: no timer and no open task points out of it;"
        " shortest way there: enrol, kickoff, m1d1, m1d2, reunion"
    ]


def test_a_place_beside_the_calendar_that_no_milestone_leaves_holds_a_talent_up() -> None:
    def aside(data: Data) -> None:
        data["events"]["rest"] = {"label": "Rest", "from": ["active"], "to": "active.resting"}

    found = explore(small(aside)).problems
    assert [(problem.machine, problem.state, problem.path) for problem in found] == [
        ("journey", "active.resting", ("enrol", "rest"))
    ]


def test_a_last_day_that_may_go_without_a_date_needs_somebody_who_dates_it() -> None:
    def unchased(data: Data) -> None:
        data["commitments"].pop()

    assert problems(unchased) == [
        "journey: a talent is stuck in active.m1.after: no timer and no open task points out of it;"
        " shortest way there: enrol, kickoff, m1d1, m1d2"
    ]


def test_a_commitment_that_gets_stuck_itself_is_nobody_who_dates_it() -> None:
    def gives_up(data: Data) -> None:
        data["commitments"][1]["on_miss"] = []

    found = explore(small(gives_up)).problems
    assert [(problem.machine, problem.state) for problem in found] == [
        ("journey", "active.m1.after"),
        ("reunion_date", "missed"),
    ]


def test_a_milestone_after_the_end_is_reached_by_nobody() -> None:
    def after_the_end(data: Data) -> None:
        data["calendar"][-1]["date_optional"] = False
        data["calendar"].append({"milestone": "encore", "label": "Encore", "enters": "encored"})
        for event in ("leave", "return"):  # Or somebody comes back from a leave after the end.
            data["events"].pop(event)
        data["events"]["withdraw"]["from"] = ["active"]

    assert problems(after_the_end) == ["journey: active.encored: no journey can reach it"]
