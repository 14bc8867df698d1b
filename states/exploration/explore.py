"""Exhausts the machine that a definition gives and finds whoever could be stuck in it (invariant 6). Pure.

Explored are: the journey; each commitment of a talent together with the journey, which pauses, resumes and cancels
it; each commitment of the cohort by itself; each region beside the calendar with the commitments that move it. Else
commitments meet only where one follows another's choice, and that choice is left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from config.definition import Definition
from config.programme import CommitmentSpec
from config.regions import RegionSpec
from states.exploration.commitment import CommitmentMoves, CommitmentNode
from states.exploration.ground import Ground
from states.exploration.journey import JourneyMove, JourneyMoves, JourneyNode
from states.exploration.regions import RegionMoves
from states.exploration.walk import Walk
from states.machines.commitment import FINAL
from states.machines.rules import Rules, rules_for

NO_POINTER = "no timer and no open task points out of it"
NO_END = "no end can be reached from it"
FOR_GOOD = "the cohort is over, and no day comes that ends it"
NO_WAY = "no journey can reach it"
IN_VAIN = "what would lead on from it can no longer come"

N = TypeVar("N")


class Stuck(NamedTuple):
    """A place without a way on: the machine and its state, why, and the triggers of a shortest way there."""

    machine: str
    state: str
    why: str
    path: tuple[str, ...]
    who: str = "a talent"

    def __str__(self) -> str:
        if not self.path:
            return f"{self.machine}: {self.state}: {self.why}"
        where = f"{self.who} is stuck in {self.state}"
        return f"{self.machine}: {where}: {self.why}; shortest way there: {', '.join(self.path)}"


@dataclass(frozen=True)
class Exploration:
    """What was covered, and every place where somebody would be stuck."""

    states: int
    transitions: int
    problems: tuple[Stuck, ...]


def explore(definition: Definition) -> Exploration:
    """Walk every state that ``definition`` lets a journey or a commitment reach.

    Deterministic; the problems come in the definition's order, each state once. Assumes that the definition's names
    refer to something (an unknown state or milestone is for the checks to find).
    """
    return _Explorer(rules_for(definition)).explore()


class _Explorer:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._states = 0
        self._transitions = 0

    def explore(self) -> Exploration:
        specs = self._rules.definition.commitments
        of_cohort = {name: self._cohort_problems(spec) for name, spec in specs.items() if spec.subject == "cohort"}
        sound = (specs[name].kept_by_date_of for name, problems in of_cohort.items() if not problems)
        ground = Ground(self._rules, frozenset(milestone for milestone in sound if milestone is not None))
        product = WithJourney(ground)
        self._count(product.journeys)
        problems = list(product.journey_problems())
        for name, spec in specs.items():
            if spec.subject == "cohort":
                problems += of_cohort[name]
            else:
                walk, found = product.explore(spec)
                self._count(walk)
                problems += found
        for name, region in self._rules.definition.programme.regions.items():
            problems += self._region_problems(name, region)
        return Exploration(self._states, self._transitions, tuple(problems))

    def _cohort_problems(self, spec: CommitmentSpec) -> list[Stuck]:
        ground = Ground(self._rules)
        moves = CommitmentMoves(ground, spec)
        start = CommitmentNode("", frozenset(), dated=not ground.optional)

        def steps(node: CommitmentNode) -> Iterable[tuple[str, CommitmentNode]]:
            return moves.moves(node) if node.state else [("enrol", moves.start(node.dated))]

        walk = Walk(start, steps)
        self._count(walk)
        ending = walk.leading_to(lambda node: node.state in FINAL)
        return _stuck(walk, spec.id, lambda node: node.state, moves.points_out, ending, "the cohort")

    def _region_problems(self, name: str, spec: RegionSpec) -> list[Stuck]:
        moves = RegionMoves(self._rules, name, spec)
        self._count(moves.walk)
        vain = (node for node in moves.walk.nodes if moves.waits_in_vain(node))
        found = {node.place: Stuck(name, node.place, IN_VAIN, moves.walk.path(node)) for node in vain}
        reached = {node.place for node in moves.walk.nodes}
        return [*found.values(), *(Stuck(name, place, NO_WAY, ()) for place in spec.places if place not in reached)]

    def _count(self, walk: Walk[N]) -> None:
        self._states += len(walk.nodes)
        self._transitions += walk.transitions


class Pair(NamedTuple):
    """A journey and one of its commitments, which is there from the enrolment on."""

    journey: JourneyNode
    commitment: CommitmentNode | None


class WithJourney:
    """The journey of a definition, and each commitment of a talent walked along with it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._moves = JourneyMoves(ground)
        self._known: dict[JourneyNode, tuple[JourneyMove, ...]] = {}
        self.journeys = Walk(self._moves.start, self._journey_steps)
        self._paused = {node for node in self.journeys.nodes if node.state and self._moves.is_paused(node)}
        self._ending = self.journeys.leading_to(self._moves.is_final)
        self._held_up = {
            node for node in self.journeys.nodes if not self._moves.points_out(node) or node not in self._ending
        }

    def _journey_steps(self, node: JourneyNode) -> Iterator[tuple[str, JourneyNode]]:
        self._known[node] = tuple(self._moves.moves(node))
        return ((move.trigger, move.dest) for move in self._known[node])

    def journey_problems(self) -> Iterator[Stuck]:
        """Yield where a talent would be stuck whatever was promised, and the places nobody comes to."""
        yield from _stuck(self.journeys, "journey", lambda node: node.state, self._moves.points_out, self._ending)
        left = {node.state: node for node in reversed(self.journeys.nodes) if self._moves.is_left(node)}
        held_up = {node.state for node in self._held_up}
        for state, node in left.items():
            if state not in held_up:
                yield Stuck("journey", state, FOR_GOOD, self.journeys.path(node))
        reached = {node.state for node in self.journeys.nodes}
        for state in self._ground.definition.states:
            if state not in reached:
                yield Stuck("journey", state, NO_WAY, ())

    def explore(self, spec: CommitmentSpec) -> tuple[Walk[Pair], list[Stuck]]:
        """Walk one commitment along with the journey; return the walk, and where the commitment would be stuck."""
        moves = CommitmentMoves(self._ground, spec)
        walk = Walk(Pair(self._moves.start, None), lambda pair: self._pair_steps(moves, pair))
        ending = walk.leading_to(lambda pair: pair.commitment is not None and pair.commitment.state in FINAL)

        def points_out(pair: Pair) -> bool:
            journey, commitment = pair
            # Where the journey itself is held up, that is the problem to report.
            if commitment is None or journey in self._held_up or moves.points_out(commitment):
                return True
            return journey in self._paused and moves.is_idle(commitment)

        def name(pair: Pair) -> str:
            return pair.commitment.state if pair.commitment else ""

        return walk, _stuck(walk, spec.id, name, points_out, ending)

    def _pair_steps(self, moves: CommitmentMoves, pair: Pair) -> Iterator[tuple[str, Pair]]:
        journey, commitment = pair
        for trigger, dest, verb in self._known[journey]:
            if commitment is None:
                yield trigger, Pair(dest, moves.start(dest.dated) if dest.state else None)
            elif verb:
                yield from ((trigger, Pair(dest, found)) for found in moves.carried(commitment, verb))
            else:
                yield trigger, Pair(dest, commitment)
        if commitment is not None:
            yield from ((trigger, Pair(journey, found)) for trigger, found in moves.moves(commitment))


def _stuck(
    walk: Walk[N],
    machine: str,
    name: Callable[[N], str],
    points_out: Callable[[N], bool],
    ending: set[N],
    who: str = "a talent",
) -> list[Stuck]:
    """Return where nothing points on, each state once, by the nearest way; before those that have no end."""
    found: dict[str, Stuck] = {}
    there = [node for node in walk.nodes if name(node)]  # Not yet enrolled is nowhere to be stuck.
    pointless = [node for node in there if not points_out(node)]
    endless = [node for node in there if node not in ending]
    for why, nodes in ((NO_POINTER, pointless), (NO_END, endless)):
        for node in nodes:
            if name(node) not in found:
                found[name(node)] = Stuck(machine, name(node), why, walk.path(node), who)
    return list(found.values())
