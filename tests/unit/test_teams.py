"""R51: teams at a bootcamp mix otherwise than learning groups do; whoever comes later sits where that mixes best."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from config.groups import Groups, Teams
from states.plan.groups import Candidate, clash, group_count, propose_groups
from states.plan.teams import announcement, formation, formed_by, propose_teams, team_for
from tests.support.driver import hold_3_people, talent_nord

RULES = Teams(formed_with="invite", announced_with="remind", on_change="team_changed")
GROUPS = Groups(formed_at="m1d1")


def grouped(people: list[Candidate]) -> list[Candidate]:
    """The candidates in the learning groups that they would be in."""
    groups = propose_groups(people, GROUPS)
    return [one._replace(group=groups[one.journey_id]) for one in people]


# Skewed on purpose, as in the tests of groups.
candidates = st.lists(
    st.tuples(st.sampled_from("aaabbcdef"), st.sampled_from("uuuvvwxyz"), st.sampled_from("LLM")), max_size=40
).map(lambda rows: grouped([Candidate(f"t{number:02d}", *row) for number, row in enumerate(rows)]))
strangers = st.lists(st.tuples(st.sampled_from("aaabbcdef"), st.sampled_from("LM")), max_size=40).map(
    lambda rows: grouped([Candidate(f"t{n:02d}", where, f"u{n}", level) for n, (where, level) in enumerate(rows)])
)
"""Talents of whom no two are of the same unit."""


def members(people: list[Candidate], proposal: dict[str, int]) -> dict[int, list[Candidate]]:
    teams: dict[int, list[Candidate]] = {}
    for one in people:
        teams.setdefault(proposal[one.journey_id], []).append(one)
    return teams


def fewest_pairs(together: int, teams: int) -> int:
    """How many pairs of one learning group are in a team, if its members are spread over the teams evenly."""
    least, more = divmod(together, teams)
    return more * (least + 1) * least // 2 + (teams - more) * least * (least - 1) // 2


# -- the proposal --------------------------------------------------------------------------------------------------


@given(candidates)
def test_everyone_is_in_one_team_and_sizes_differ_by_at_most_one(people: list[Candidate]) -> None:
    proposal = propose_teams(people, RULES)
    assert set(proposal) == {one.journey_id for one in people}
    assert set(proposal.values()) == set(range(1, group_count(len(people), RULES) + 1))
    sizes = Counter(proposal.values()).values()
    assert not sizes or max(sizes) - min(sizes) <= 1
    if len(people) >= 6 or len(people) in {3, 4, 5}:
        assert all(3 <= size <= 5 for size in sizes)


@given(candidates)
def test_two_of_a_unit_are_in_a_team_only_where_there_are_more_than_teams(people: list[Candidate]) -> None:
    proposal = propose_teams(people, RULES)
    teams = group_count(len(people), RULES)
    units = Counter((one.organisation, one.unit) for one in people)
    together = Counter((one.organisation, one.unit, proposal[one.journey_id]) for one in people)
    for (organisation, unit, _), count in together.items():
        assert count <= -(-units[organisation, unit] // teams)


@given(strangers)
def test_a_team_has_nobody_of_the_own_learning_group_where_the_numbers_allow_it(people: list[Candidate]) -> None:
    """And as few as can be where they do not."""
    teams = members(people, propose_teams(people, RULES))
    pairs = sum(one.group == other.group for team in teams.values() for one, other in combinations(team, 2))
    assert pairs == sum(fewest_pairs(size, len(teams)) for size in Counter(one.group for one in people).values())


@given(candidates)
def test_the_order_of_the_list_changes_nothing(people: list[Candidate]) -> None:
    assert propose_teams(people, RULES) == propose_teams(list(reversed(people)), RULES)


@given(candidates.filter(bool))
def test_mixing_better_never_puts_more_of_a_unit_together(people: list[Candidate]) -> None:
    teams = members(people, propose_teams(people, RULES))
    against = sum(clash(one, team)[1] - 1 for team in teams.values() for one in team)
    dealt = members(people, propose_groups(sorted(people), RULES))
    assert against <= sum(clash(one, team)[1] - 1 for team in dealt.values() for one in team)


def test_hold_3_gets_six_teams_of_four_that_mix() -> None:
    talents = hold_3_people().talents
    people = grouped([Candidate(f"t{one.number:02d}", one.organisation, one.unit, one.level) for one in talents])
    teams = members(people, propose_teams(people, RULES))
    assert [len(team) for team in teams.values()] == [4] * 6
    for team in teams.values():
        assert len({one.group for one in team}) == 4, "each of another learning group"
        assert len({(one.organisation, one.unit) for one in team}) == 4
        assert len({one.organisation for one in team}) >= 3
        assert len({one.level for one in team}) == 2, "both levels"


def test_a_leader_and_the_own_talent_are_in_different_teams() -> None:
    people = [Candidate(f"t{n:02d}", "abcd"[n % 4], f"u{n}", "L", f"p{n}", group=n % 2) for n in range(8)]
    people[0] = people[0]._replace(leader="p7")
    proposal = propose_teams(people, RULES)
    assert proposal["t00"] != proposal["t07"]


def test_fewer_than_a_team_are_one_team_and_nobody_is_none() -> None:
    people = [Candidate("t1", "a", "u", "L"), Candidate("t2", "b", "v", "M")]
    assert propose_teams(people, RULES) == {"t1": 1, "t2": 1}
    assert propose_teams([], RULES) == {}


# -- who comes later -----------------------------------------------------------------------------------------------


def test_who_comes_later_sits_where_nobody_is_of_the_own_unit_group_or_organisation() -> None:
    new = Candidate("new", "a", "u", "L", group=1)
    teams = {
        1: [Candidate("t1", "a", "u", "M", group=2)],
        2: [Candidate("t2", "b", "v", "M", group=1)],
        3: [Candidate("t3", "c", "w", "M", group=3)],
        4: [Candidate("t4", "a", "x", "M", group=4)],
    }
    assert team_for(new, teams, RULES) == 3


def test_a_team_that_is_full_is_left_alone_as_long_as_another_has_room() -> None:
    new = Candidate("new", "a", "u", "L", group=1)
    full = [Candidate(f"f{n}", "b", f"v{n}", "M", group=2) for n in range(5)]
    assert team_for(new, {1: full, 2: [Candidate("t", "a", "u", "L", group=1)]}, RULES) == 2
    assert team_for(new, {1: full, 2: [*full, full[0]]}, RULES) == 1


def test_of_teams_that_mix_alike_it_is_the_smallest_and_then_the_first() -> None:
    new, other = Candidate("new", "a", "u", "L", group=1), Candidate("t", "b", "v", "M", group=2)
    assert team_for(new, {1: [other, other], 2: [other]}, RULES) == 2
    assert team_for(new, {1: [other], 2: [other]}, RULES) == 1


# -- when ----------------------------------------------------------------------------------------------------------


def test_teams_are_formed_with_the_invitation_to_a_bootcamp_and_announced_with_the_reminder() -> None:
    nord = talent_nord()
    formed = {trigger: module.id for trigger in nord.causes if (module := formed_by(nord, trigger)) is not None}
    assert formed == {"m2d1:invite": "m2", "m2d1:remind": "m2", "m5d1:invite": "m5", "m5d1:remind": "m5"}
    assert (formation(nord.modules["m2"]), announcement(nord.modules["m2"])) == ("m2d1:invite", "m2d1:remind")
    assert formation(nord.modules["m1"]) == announcement(nord.modules["m1"]) == ""
