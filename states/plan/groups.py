"""Learning groups and pairs (R27, R30 to R32): proposals that mix, and rings that pair everyone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from config.programme import Groups


class Candidate(NamedTuple):
    """A talent to be placed: organisation, unit (team) and level decide whom one should not sit with."""

    journey_id: str
    organisation: str
    unit: str
    level: str


def propose_groups(candidates: Sequence[Candidate], rules: Groups) -> dict[str, int]:
    """Return each journey's group number, counted from 1.

    Sizes differ by at most one and lie within the rules' bounds where the number of talents allows it. Talents are
    dealt out in rounds, team by team and organisation by organisation, each to where the fewest of the same team,
    organisation and level sit; in rounds, so that the last team of all still finds room in different groups.
    """
    groups: list[list[Candidate]] = [[] for _ in range(group_count(len(candidates), rules))]
    for candidate in _dealing_order(candidates):
        fewest = min(len(group) for group in groups)
        waiting = [group for group in groups if len(group) == fewest]
        min(waiting, key=lambda group: _clash(candidate, group)).append(candidate)
    return {member.journey_id: number for number, group in enumerate(groups, start=1) for member in group}


def group_count(talents: int, rules: Groups) -> int:
    """Return how many groups to make: as near the wanted size as the bounds allow."""
    if talents == 0:
        return 0
    counts = range(1, talents + 1)
    fitting = [n for n in counts if talents // n >= rules.smallest and -(-talents // n) <= rules.largest]
    return min(fitting or counts, key=lambda n: (abs(talents / n - rules.size), n))


def partners(members: Sequence[str]) -> dict[str, str]:
    """Return whom each member visits: pairs visit each other, an odd group has one ring of three (R32).

    A member left alone has no partner.
    """
    order = sorted(members)
    pairs: dict[str, str] = {}
    ring_of_three = order[-3:] if len(order) % 2 and len(order) >= 3 else []
    rest = order[: len(order) - len(ring_of_three)]
    for first, second in zip(rest[::2], rest[1::2], strict=False):
        pairs[first], pairs[second] = second, first
    for position, member in enumerate(ring_of_three):
        pairs[member] = ring_of_three[(position + 1) % 3]
    return pairs


def _dealing_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    sizes: dict[str, int] = {}
    for candidate in candidates:
        sizes[candidate.organisation] = sizes.get(candidate.organisation, 0) + 1
    return sorted(candidates, key=lambda c: (-sizes[c.organisation], c.organisation, c.unit, c.level, c.journey_id))


def _clash(candidate: Candidate, group: Sequence[Candidate]) -> tuple[int, int, int]:
    same_organisation = [member for member in group if member.organisation == candidate.organisation]
    return (
        sum(member.unit == candidate.unit for member in same_organisation),
        len(same_organisation),
        sum(member.level == candidate.level for member in group),
    )
