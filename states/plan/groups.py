"""Learning groups and pairs (R27, R30 to R32): proposals that mix, and rings that pair everyone. Pure.

The mixed teams of a module (R51) are dealt out as learning groups are, and apart from these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from config.groups import Sizes


class Candidate(NamedTuple):
    """A talent to be placed: unit, learning group, organisation, level and leader decide whom one should not sit with.

    The learning group is none while that is what is formed.
    """

    journey_id: str
    organisation: str
    unit: str
    level: str
    person: str = ""
    leader: str = ""
    group: int | None = None

    def is_tied_to(self, other: Candidate) -> bool:
        """Whether one of both leads the other."""
        return bool(self.leader and self.leader == other.person) or bool(other.leader and other.leader == self.person)


def propose_groups(candidates: Sequence[Candidate], rules: Sizes) -> dict[str, int]:
    """Return each journey's group number, counted from 1.

    Sizes differ by at most one and lie within the rules' bounds where the number of talents allows it. Talents are
    dealt out in rounds, unit by unit and organisation by organisation, each to where the fewest of the same unit,
    learning group, organisation and level sit; in rounds, so that the last unit of all still finds room in different
    groups.
    """
    groups: list[list[Candidate]] = [[] for _ in range(group_count(len(candidates), rules))]
    for candidate in _dealing_order(candidates):
        fewest = min(len(group) for group in groups)
        waiting = [group for group in groups if len(group) == fewest]
        min(waiting, key=lambda group: clash(candidate, group)).append(candidate)
    return {member.journey_id: number for number, group in enumerate(groups, start=1) for member in group}


def group_count(talents: int, rules: Sizes) -> int:
    """Return how many groups to make: as near the wanted size as the bounds allow."""
    if talents == 0:
        return 0
    counts = range(1, talents + 1)
    fitting = [n for n in counts if talents // n >= rules.smallest and -(-talents // n) <= rules.largest]
    return min(fitting or counts, key=lambda n: (abs(talents / n - rules.size), n))


def partners(
    members: Sequence[str], visits: Mapping[str, str | None] | None = None, others: Collection[str] = ()
) -> dict[str, str]:
    """Return whom each member visits: pairs visit each other, an odd group has one ring of three (R32).

    ``visits`` are those of before, of members and of ``others`` in the group who have done with it; whoever has a
    partner left keeps the same, so that as few as can be are told of another. A member left alone has no partner.
    """
    there = {*members, *others}
    found = {who: whom for who, whom in (visits or {}).items() if whom is not None and {who, whom} <= there}
    alone = [who for who in sorted(members) if who not in found]
    for who in list(alone):
        guest = next((other for other, whom in sorted(found.items()) if whom == who), None)
        if guest is not None:
            found[who] = guest
            alone.remove(who)
    if len(alone) % 2:
        _place_the_odd_one(alone, found, sorted(members), others)
    for first, second in zip(alone[::2], alone[1::2], strict=True):
        found[first], found[second] = second, first
    return {who: found[who] for who in sorted(members) if who in found}


def _place_the_odd_one(
    alone: list[str], found: dict[str, str], members: Sequence[str], others: Collection[str]
) -> None:
    """Take one or three from those who are ``alone``: into a ring of three, or out of one into two pairs."""
    within = {who: whom for who, whom in found.items() if who in members}
    rings = [who for who in sorted(within) if within.get(within.get(within[who], ""), "") == who]
    pairs = [who for who in within if within.get(within[who]) == who]
    if rings:
        one, first = alone.pop(), rings[0]
        second = found[first]
        third = found[second]
        found[first], found[one], found[third] = one, first, second
    elif len(alone) >= 3:
        last = [alone.pop() for _ in range(3)][::-1]
        found.update(zip(last, (*last[1:], last[0]), strict=True))
    elif pairs:
        one, second = alone.pop(), max(pairs)
        found[second], found[one] = one, found[second]
    else:
        one = alone.pop()
        found.update({one: min(others)} if others else {})


def _dealing_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    sizes: dict[str, int] = {}
    for candidate in candidates:
        sizes[candidate.organisation] = sizes.get(candidate.organisation, 0) + 1
    leaders = {candidate.leader for candidate in candidates if candidate.leader}
    people = {candidate.person for candidate in candidates if candidate.person}

    def order(one: Candidate) -> tuple[bool, int, str, str, str, str]:
        # Leaders and their talents first, while there is a choice of groups.
        untied = one.person not in leaders and one.leader not in people
        return (untied, -sizes[one.organisation], one.organisation, one.unit, one.level, one.journey_id)

    return sorted(candidates, key=order)


def clash(candidate: Candidate, group: Sequence[Candidate]) -> tuple[int, ...]:
    """Return how much stands against a candidate's sitting with a group, what weighs most first."""
    same_organisation = [member for member in group if member.organisation == candidate.organisation]
    return (
        sum(candidate.is_tied_to(member) for member in group),
        sum(member.unit == candidate.unit for member in same_organisation),
        sum(candidate.group is not None and member.group == candidate.group for member in group),
        len(same_organisation),
        sum(member.level == candidate.level for member in group),
    )
