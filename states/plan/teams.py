"""The mixed teams of a module (R51): who is in one with whom, and where somebody who comes later sits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from operator import add

from config.definition import Definition, Module
from config.grammar import Trigger
from config.groups import Sizes
from states.plan.groups import Candidate, clash, propose_groups

Teams = Mapping[int, Sequence[Candidate]]


def formed_by(definition: Definition, trigger: str) -> Module | None:
    """Return the module whose teams a notice forms; whoever has none yet when they are announced gets a seat then."""
    for module in definition.modules.values():
        if trigger in {formation(module), announcement(module)}:
            return module
    return None


def formation(module: Module) -> str:
    """Return the notice with which a module's teams are formed, as a trigger; empty where it has no teams."""
    return str(Trigger(module.days[0], module.teams.formed_with)) if module.teams else ""


def announcement(module: Module) -> str:
    """Return the notice that tells talents of their teams, as a trigger; empty where the module has none."""
    return str(Trigger(module.days[0], module.teams.announced_with)) if module.teams else ""


def propose_teams(candidates: Sequence[Candidate], rules: Sizes) -> dict[str, int]:
    """Return each journey's team number, counted from 1: dealt out as learning groups are, and then mixed better.

    Two talents change places as long as that leaves less against how they sit: learning groups mix already,
    so who is dealt last often finds only teams with somebody of the own one.
    """
    proposal = propose_groups(sorted(candidates), rules)
    teams: dict[int, list[Candidate]] = {}
    for candidate in sorted(candidates):
        teams.setdefault(proposal[candidate.journey_id], []).append(candidate)
    while any(_change_places(one, other) for one, other in combinations(teams.values(), 2)):
        pass
    return {member.journey_id: number for number, members in sorted(teams.items()) for member in members}


def _change_places(one: list[Candidate], other: list[Candidate]) -> bool:
    """Let two members of different teams change places where that is better; return whether any have."""
    changed = False
    for here, there in product(range(len(one)), range(len(other))):
        leaving, coming = one[here], other[there]
        rest, others = _without(one, here), _without(other, there)
        if _together(_against(coming, rest), _against(leaving, others)) < _together(
            _against(leaving, rest), _against(coming, others)
        ):
            one[here], other[there] = coming, leaving
            changed = True
    return changed


def _against(candidate: Candidate, team: Sequence[Candidate]) -> tuple[int, ...]:
    """Return what stands against a seat as groups weigh it, but that a level counts as much as an organisation.

    In a team as small as this, who is apart from the own organisation would else often meet one level only.
    """
    *first, organisation, level = clash(candidate, team)
    return (*first, organisation + level)


def _without(team: Sequence[Candidate], number: int) -> list[Candidate]:
    return [*team[:number], *team[number + 1 :]]


def _together(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    return tuple(map(add, one, other))


def team_for(candidate: Candidate, teams: Teams, rules: Sizes) -> int:
    """Return the number of the team in which somebody who comes later mixes best, of those with room if any has."""
    roomy = [number for number, members in teams.items() if len(members) < rules.largest]
    return min(roomy or teams, key=lambda number: (_against(candidate, teams[number]), len(teams[number]), number))
