"""Exploring a definition: nobody is ever stuck in a sound one, and a broken one is named with the way into it."""

from __future__ import annotations

from config.effects import EffectSpec
from states.exploration.commitment import CommitmentMoves, CommitmentNode
from states.exploration.explore import Stuck, WithJourney, explore
from states.exploration.ground import Ground
from states.exploration.journey import JourneyMoves, JourneyNode
from states.exploration.walk import Walk
from states.machines.commitment import commitment_rules
from states.machines.journey import journey_rules
from states.machines.rules import Rules, rules_for
from tests.support.driver import talent_nord
from tests.support.small_programme import Data, meeting, problems, small

# -- sound definitions ---------------------------------------------------------------------------------------------


def test_nobody_is_ever_stuck_in_a_sound_programme() -> None:
    assert explore(small()).problems == ()


def test_nobody_is_ever_stuck_in_talent_nord() -> None:
    assert explore(talent_nord()).problems == ()


def test_talent_nord_is_covered_whole() -> None:
    found = explore(talent_nord())
    assert found.states > 5_000
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


def test_a_walk_counts_each_transition_once_and_knows_a_shortest_way() -> None:
    walk = Walk(1, lambda number: [("add", number + 1), ("double", 2 * number)] if number < 4 else [])
    assert walk.nodes == [1, 2, 3, 4, 6]
    assert walk.transitions == 6
    assert walk.path(6) == ("add", "add", "double")
    assert walk.leading_to(lambda number: number == 6) == {1, 2, 3, 6}


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


# -- what the walk stands on ---------------------------------------------------------------------------------------


def test_a_task_counts_only_if_somebody_is_there_to_get_it() -> None:
    """A commitment of the whole cohort has no talent, and so no consultant of one."""
    ground = Ground(rules_for(talent_nord()))
    of_consultant = [EffectSpec(task="help", to=("consultant",))]
    assert ground.opens_task(of_consultant, None, of_talent=True)
    assert not ground.opens_task(of_consultant, None, of_talent=False)
    assert not ground.opens_task([EffectSpec(task="help", to=("second_mentor",))], None), "nobody has one for certain"


def test_a_notice_moves_nobody_and_its_task_is_remembered() -> None:
    def asks(data: Data) -> None:
        notice = {"id": "ask", "when": "day - 1w", "effects": [{"task": "help", "to": ["coordinator"]}]}
        data["calendar"][0]["notices"] = [notice]

    moves = JourneyMoves(Ground(rules_for(small(asks))))
    enrolled = JourneyNode("active.before", 0, dated=False)
    told = [move for move in moves.moves(enrolled) if move.trigger == "kickoff:ask"]
    assert [move.dest for move in told] == [enrolled._replace(task=True)]
    assert [move.dest.state for move in moves.moves(enrolled) if move.trigger == "kickoff"] == ["active.started"]


def test_what_follows_a_choice_that_cannot_be_changed_is_never_taken_back() -> None:
    def with_choice(data: Data) -> None:
        data["commitments"] += [
            {
                "id": "choice", "label": "Choice", "owner": "talent", "opens": "m1d1", "due": "m1d2",
                "choices": {"a": "A", "b": "B"}, "default_choice": "b",
            },
            {
                "id": "follower", "label": "Follower", "owner": "talent", "due": "opened + 7d",
                "opens_on": {"commitment": "choice", "choice": "a"},
            },
        ]  # fmt: skip

    definition = small(with_choice)
    books = {name: commitment_rules(spec) for name, spec in definition.commitments.items()}
    moves = CommitmentMoves(
        Ground(Rules(definition, journey_rules(definition), books)), definition.commitments["follower"]
    )
    told = {trigger for trigger, _ in moves.moves(CommitmentNode("open", frozenset(), dated=True))}
    assert "choice:keep=b" not in told
