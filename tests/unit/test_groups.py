"""Learning groups that mix, and pairs and trios in which everyone visits and is visited (R27, R30 to R32)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.groups import Groups
from states.plan.groups import Candidate, group_count, partners, propose_groups
from states.plan.late_joiners import Member, seats
from tests.support.driver import hold_3_people

RULES = Groups(formed_at="m1d1")


def talents(*rows: tuple[str, str, str]) -> list[Candidate]:
    return [Candidate(f"t{number:02d}", *row) for number, row in enumerate(rows)]


# Skewed on purpose: a few big organisations and teams are what makes it hard to keep people apart.
candidates = st.lists(
    st.tuples(st.sampled_from("aaabbcdef"), st.sampled_from("uuuvvwxyz"), st.sampled_from("LLM")), max_size=45
).map(lambda rows: talents(*rows))
TWO_OF_ONE_TEAM_COME_LAST = talents(
    *[("c", "u", "L")] * 2,
    *[("a", "u", "M"), *[("a", "v", "M")] * 2, ("b", "u", "L"), ("a", "v", "L"), ("a", "v", "M")],
    *[("b", "v", "L")] * 2,
)

members = st.lists(st.text("abcdefgh0123456789-", min_size=1, max_size=5), unique=True, max_size=20)


def sizes(proposal: dict[str, int]) -> list[int]:
    return list(Counter(proposal.values()).values())


def fits(number: int) -> bool:
    """Whether some number of groups keeps every group within 5 to 7."""
    return any(5 * count <= number <= 7 * count for count in range(1, number + 1))


# -- groups (R27) --------------------------------------------------------------------------------------------------


@given(candidates)
def test_everyone_is_in_one_group_and_groups_are_numbered_from_one(people: list[Candidate]) -> None:
    proposal = propose_groups(people, RULES)
    assert set(proposal) == {one.journey_id for one in people}
    assert set(proposal.values()) == set(range(1, group_count(len(people), RULES) + 1))


@given(candidates)
def test_sizes_differ_by_at_most_one(people: list[Candidate]) -> None:
    found = sizes(propose_groups(people, RULES))
    assert not found or max(found) - min(found) <= 1


@given(candidates)
def test_sizes_lie_in_five_to_seven_where_the_number_allows_it(people: list[Candidate]) -> None:
    if fits(len(people)):
        assert all(5 <= size <= 7 for size in sizes(propose_groups(people, RULES)))


@given(candidates)
@example(TWO_OF_ONE_TEAM_COME_LAST)
def test_a_team_sits_together_only_where_it_outnumbers_the_groups(people: list[Candidate]) -> None:
    proposal = propose_groups(people, RULES)
    teams = Counter((one.organisation, one.unit) for one in people)
    groups = group_count(len(people), RULES)
    together = Counter((one.organisation, one.unit, proposal[one.journey_id]) for one in people)
    for (organisation, unit, _), count in together.items():
        assert count <= -(-teams[organisation, unit] // groups)


@given(candidates)
def test_an_organisation_is_spread_as_evenly_as_can_be(people: list[Candidate]) -> None:
    proposal = propose_groups(people, RULES)
    groups = range(1, group_count(len(people), RULES) + 1)
    for organisation in {one.organisation for one in people}:
        sitting = Counter(proposal[one.journey_id] for one in people if one.organisation == organisation)
        assert max(sitting[number] for number in groups) - min(sitting[number] for number in groups) <= 1


@given(candidates)
def test_the_order_of_the_list_changes_nothing(people: list[Candidate]) -> None:
    assert propose_groups(people, RULES) == propose_groups(list(reversed(people)), RULES)


@pytest.mark.parametrize(
    ("number", "groups"), [(0, 0), (1, 1), (4, 1), (5, 1), (7, 1), (8, 1), (10, 2), (12, 2), (17, 3), (24, 4), (29, 5)]
)
def test_the_number_of_groups_keeps_them_nearest_to_six(number: int, groups: int) -> None:
    assert group_count(number, RULES) == groups


@pytest.mark.parametrize(
    ("number", "size", "bounds", "groups"), [(12, 6, (3, 6), 2), (16, 4, (4, 8), 4)], ids=["largest", "smallest"]
)
def test_a_group_may_be_as_large_and_as_small_as_the_rules_say(
    number: int, size: int, bounds: tuple[int, int], groups: int
) -> None:
    smallest, largest = bounds
    rules = Groups(size=size, smallest=smallest, largest=largest, formed_at="m1d1")
    assert group_count(number, rules) == groups


def test_hold_3_gets_four_groups_of_six_that_mix() -> None:
    people = [Candidate(f"t{one.number:02d}", one.organisation, one.unit, one.level) for one in hold_3_people().talents]
    proposal = propose_groups(people, RULES)
    assert sizes(proposal) == [6, 6, 6, 6]
    for number in range(1, 5):
        group = [one for one in people if proposal[one.journey_id] == number]
        assert len({(one.organisation, one.unit) for one in group}) == 6, "nobody meets a colleague of the same team"
        assert len({one.level for one in group}) == 2, "both levels"
        assert len({one.organisation for one in group}) >= 4


def test_a_leader_and_the_own_talent_sit_in_different_groups() -> None:
    """The leader is the last on the list, where every other choice but one group is gone."""
    people = [Candidate(f"t{number:02d}", "abcd"[number % 4], f"u{number}", "L", f"p{number}") for number in range(12)]
    people[0] = people[0]._replace(leader="p11")
    proposal = propose_groups(people, RULES)
    assert proposal["t00"] != proposal["t11"]
    assert sizes(proposal) == [6, 6]


# -- pairs (R30 to R32) --------------------------------------------------------------------------------------------


@given(members)
def test_everyone_visits_somebody_else_and_is_visited_once(group: list[str]) -> None:
    visits = partners(group)
    if len(group) >= 2:
        assert set(visits) == set(visits.values()) == set(group)
        assert len(visits.values()) == len(set(visits.values()))
    assert all(who != whom for who, whom in visits.items())


@given(members)
def test_an_odd_group_has_one_trio_and_otherwise_pairs(group: list[str]) -> None:
    visits = partners(group)
    one_way = [who for who, whom in visits.items() if visits[whom] != who]
    assert len(one_way) == (3 if len(group) >= 3 and len(group) % 2 else 0)


def test_a_trio_visits_in_a_ring() -> None:
    assert partners(["c", "a", "b"]) == {"a": "b", "b": "c", "c": "a"}


def test_a_talent_left_alone_has_no_partner() -> None:
    assert partners(["a"]) == {}
    assert partners([]) == {}


def test_the_order_of_the_members_changes_nothing() -> None:
    assert partners(["d", "b", "a", "c", "e"]) == partners(["a", "b", "c", "d", "e"])


def test_whoever_has_a_partner_left_keeps_the_same() -> None:
    visits = {"a": "b", "b": "a", "c": "d", "d": "c", "e": "f", "f": "e"}
    assert partners(["a", "c", "d", "e", "f"], visits) == {"c": "d", "d": "c", "e": "f", "f": "a", "a": "e"}
    assert partners(["a", "c", "e", "f"], visits) == {"a": "c", "c": "a", "e": "f", "f": "e"}


def test_a_ring_that_one_leaves_is_a_pair_and_one_that_somebody_joins_is_two() -> None:
    ring = {"a": "b", "b": "c", "c": "a"}
    assert partners(["a", "b"], ring) == {"a": "b", "b": "a"}
    assert partners(["a", "b", "c", "d"], ring) == {"a": "d", "d": "a", "b": "c", "c": "b"}


def test_the_last_one_visits_somebody_who_has_done_with_it() -> None:
    assert partners(["a"], {"b": "c", "c": "b"}, others=["b", "c"]) == {"a": "b"}


@given(members.filter(bool), st.integers(0, 19))
def test_after_one_has_left_all_the_others_are_paired_and_at_most_three_anew(group: list[str], number: int) -> None:
    before, gone = partners(group), group[number % len(group)]
    rest = [one for one in group if one != gone]
    after = partners(rest, before)
    if len(rest) >= 2:
        assert set(after) == set(after.values()) == set(rest)
        assert sum(after[one] != before[one] for one in rest) <= 3


# -- who joins later (R27) -----------------------------------------------------------------------------------------

grouped = st.lists(st.tuples(st.integers(0, RULES.largest), st.integers(0, 6)), min_size=1, max_size=6).map(
    lambda sizes: {
        number: [
            *(Member(f"g{number}-{member}", is_founder=True) for member in range(founders)),
            *(Member(f"g{number}-{member}", is_founder=False) for member in range(founders, founders + joined)),
        ]
        for number, (founders, joined) in enumerate(sizes, start=1)
    }
)
newcomers = st.integers(0, 20).map(lambda count: [f"new-{number:02d}" for number in range(count)])


def seated(groups: dict[int, list[Member]], found: dict[str, int]) -> dict[int, list[str]]:
    """The groups once everyone sits where they were put."""
    before = {member.journey_id: number for number, members in groups.items() for member in members}
    after: dict[int, list[str]] = {}
    for who, number in (before | found).items():
        after.setdefault(number, []).append(who)
    return after


def of_sizes(*sizes: int) -> dict[int, list[Member]]:
    return {
        number: [Member(f"g{number}-{member}", is_founder=True) for member in range(size)]
        for number, size in enumerate(sizes, start=1)
    }


@pytest.mark.parametrize(
    ("sizes", "joining", "expected"),
    [
        ((6,), 8, [7, 7]),
        ((1,), 11, [6, 6]),
        ((6, 6), 1, [6, 7]),
        ((7, 7), 1, [7, 8]),
        ((7, 7), 4, [9, 9]),
        ((7, 7), 5, [5, 7, 7]),
        ((6,), 5, [5, 6]),
        ((7,), 8, [7, 8]),
        ((7,), 13, [6, 7, 7]),
        ((), 9, []),
    ],
)
def test_who_joins_fills_groups_and_then_founds_new_ones(
    sizes: tuple[int, ...], joining: int, expected: list[int]
) -> None:
    groups = of_sizes(*sizes)
    found = seats(groups, [f"new-{number}" for number in range(joining)], RULES)
    assert sorted(map(len, seated(groups, found).values())) == expected


def test_who_comes_back_one_at_a_time_never_makes_a_group_of_twelve() -> None:
    groups, largest = of_sizes(1), []
    for number in range(11):
        found = seats(groups, [f"new-{number:02d}"], RULES)
        after = seated(groups, found)
        groups = {group: [Member(who, who == "g1-0") for who in members] for group, members in after.items()}
        largest.append(max(map(len, groups.values())))
    assert largest == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 7]
    assert sorted(map(len, groups.values())) == [5, 7]


@given(grouped, newcomers)
def test_groups_hold_to_their_bounds_as_long_as_there_is_a_way(
    groups: dict[int, list[Member]], joining: list[str]
) -> None:
    found = seats(groups, joining, RULES)
    after = seated(groups, found)
    there = any(groups.values())
    assert set(joining) <= found.keys() if there else found == {}
    assert all(len(after[number]) >= RULES.smallest for number in after.keys() - groups.keys())
    if there and sum(max(0, RULES.largest - len(members)) for members in groups.values() if members) < len(joining):
        assert sum(max(0, len(members) - RULES.largest) for members in after.values()) < RULES.smallest


@given(grouped, newcomers)
def test_nobody_moves_but_guests_who_found_a_group(groups: dict[int, list[Member]], joining: list[str]) -> None:
    found = seats(groups, joining, RULES)
    for number, members in groups.items():
        moved = [member for member in members if member.journey_id in found]
        assert not any(member.is_founder for member in moved)
        assert len(members) - len(moved) >= min(len(members), RULES.largest), "a group is never torn"
        assert all(found[member.journey_id] not in groups for member in moved), number
