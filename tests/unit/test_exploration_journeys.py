"""Where a journey can get stuck: leaves, ends, places that nobody leaves, days without a date (invariant 6)."""

from __future__ import annotations

from states.exploration.explore import Stuck, explore
from tests.support.small_programme import Data, problems, small

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

    why, missed = "no timer and no open task points out of it", ("meeting_m1:open", "meeting_m1:miss")
    assert explore(small(forgets)).problems == (
        Stuck("meeting_m1", "planned", why, ("enrol", "leave", "return")),
        Stuck("meeting_m1", "missed", why, ("enrol", *missed, "leave", "return")),
    )


def test_a_leave_without_a_way_back_has_no_end() -> None:
    def for_ever(data: Data) -> None:
        data["events"].pop("return")
        data["events"].pop("lapse")
        data["events"]["withdraw"]["from"] = ["active"]

    assert ("journey", "on_leave", "no end can be reached from it", ("enrol", "leave"), "a talent") in explore(
        small(for_ever)
    ).problems


def test_who_is_on_leave_when_the_cohort_is_over_is_not_left_there_for_good() -> None:
    """An open task is no end: a day has to come that ends the leave by itself."""

    def nothing_ends_it(data: Data) -> None:
        data["events"].pop("lapse")

    assert problems(nothing_ends_it) == [
        "journey: a talent is stuck in on_leave: the cohort is over, and no day comes that ends it; shortest way there:"
        " enrol, kickoff, m1d1, m1d2, reunion:move, leave, reunion"
    ]


def test_a_chase_that_asks_nobody_takes_away_what_was_asked() -> None:
    def asks_nobody(data: Data) -> None:
        tells = {"when": "day + 4w", "effects": [{"mail": "still_away", "to": ["coordinator"]}]}
        data["events"]["leave"]["chase"] = tells

    assert problems(asks_nobody) == [
        "journey: a talent is stuck in on_leave: no timer and no open task points out of it; shortest way there:"
        " enrol, leave, leave:chase"
    ]


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
        for event in ("leave", "return", "lapse"):  # Or somebody comes back from a leave after the end.
            data["events"].pop(event)
        data["events"]["withdraw"]["from"] = ["active"]

    assert problems(after_the_end) == ["journey: active.encored: no journey can reach it"]
