"""Explores a region beside the calendar with the commitments that move it: nobody waits there in vain. Pure.

Walked together are the region, the commitments that its moves name, and leave and return, which pause and resume them;
timers and dates are left open. A talent *waits* in a place that some move expressly leads on from.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from config.grammar import Trigger
from config.programme import CommitmentSpec
from config.regions import RegionSpec
from states.exploration.walk import Walk
from states.machines.commitment import FINAL, KEPT, PLANNED
from states.machines.journey import GIVEN, choice_guard
from states.machines.rules import Rules

_BY_THE_JOURNEY = frozenset({"pause", "resume", "cancel"})
_BY_A_CHOICE = frozenset({"open", "retract"})


class Promise(NamedTuple):
    """A commitment behind a region: its state, and what it was kept with."""

    state: str = PLANNED
    choice: str = ""


class RegionNode(NamedTuple):
    """Where a talent stands in the region, the commitments that move it, and whether the talent is on leave."""

    place: str
    promises: tuple[Promise, ...]
    away: bool = False


class RegionMoves:
    """All that may happen in one region."""

    def __init__(self, rules: Rules, name: str, spec: RegionSpec) -> None:
        self._rules = rules
        self._name = name
        behind = {Trigger.parse(on).name for move in spec.moves for on in move.triggers}
        self._specs = [one for one in rules.definition.commitments.values() if one.id in behind]
        self._numbers = {one.id: number for number, one in enumerate(self._specs)}
        self.walk = Walk(RegionNode(spec.start, (Promise(),) * len(self._specs)), self._moves)
        waiting = {place for move in spec.moves for place in move.source}
        self._led_on = self.walk.leading_to(lambda node: node.place not in waiting)

    def waits_in_vain(self, node: RegionNode) -> bool:
        """Whether a talent stands in a place that is to be led on from, and never will be."""
        return node not in self._led_on

    def _moves(self, node: RegionNode) -> Iterator[tuple[str, RegionNode]]:
        yield from self._by_the_journey(node)
        for number, spec in enumerate(self._specs):
            others = _BY_THE_JOURNEY if spec.opens_on is None else _BY_THE_JOURNEY | _BY_A_CHOICE
            for verb in self._rules.commitments[spec.id].triggers:
                if verb not in others:
                    yield from self._by_itself(node, number, spec, verb)

    def _by_itself(
        self, node: RegionNode, number: int, spec: CommitmentSpec, verb: str
    ) -> Iterator[tuple[str, RegionNode]]:
        for state in self._answers(spec, node.promises[number].state, verb):
            chosen = [""]
            if state == KEPT and spec.choices:
                chosen = [spec.default_choice or ""] if verb == "lapse" else list(spec.choices)
            for choice in chosen:
                after = self._led(node, number, Promise(state, choice))
                yield str(Trigger(spec.id, verb)), self._followed(after, spec, choice) if choice else after

    def _followed(self, node: RegionNode, leader: CommitmentSpec, choice: str) -> RegionNode:
        """Return what follows from a choice: the commitments that it opens, and those that it takes back."""
        for number, spec in enumerate(self._specs):
            follows, promise = spec.opens_on, node.promises[number]
            if follows is not None and follows.commitment == leader.id:
                verb = "open" if follows.choice == choice else "retract"
                for state in self._answers(spec, promise.state, verb):
                    node = self._led(node, number, Promise(state))
        return node

    def _by_the_journey(self, node: RegionNode) -> Iterator[tuple[str, RegionNode]]:
        """Yield the leave; or returns, at which what was promised is still possible or is over meanwhile."""
        for over in (False, True) if node.away else (False,):
            after = node._replace(away=not node.away)
            for number, spec in enumerate(self._specs):
                promise = node.promises[number]
                if promise.state in FINAL:
                    continue
                again = node.away and not over and self._stands(node, spec)
                verb = "open" if again else "resume" if node.away else "pause"
                states = list(self._answers(spec, promise.state, verb))
                if states:
                    after = self._led(after, number, Promise(states[0] if over else states[-1], promise.choice))
            yield "return" if node.away else "leave", after

    def _stands(self, node: RegionNode, spec: CommitmentSpec) -> bool:
        """Whether a commitment follows from a choice that was made and stands."""
        follows = spec.opens_on
        if follows is None or follows.commitment not in self._numbers:
            return False
        leader = node.promises[self._numbers[follows.commitment]]
        return leader.state in FINAL and leader.choice == follows.choice

    def _led(self, node: RegionNode, number: int, promise: Promise) -> RegionNode:
        """Return the node once a commitment has come to a state, and where that leads in the region."""
        promises = (*node.promises[:number], promise, *node.promises[number + 1 :])
        book, trigger = self._rules.journey, str(Trigger(self._specs[number].id, promise.state))
        node = node._replace(promises=promises)
        if self._name not in book.concerns.get(trigger, ()):
            return node
        guards = {choice_guard(promise.choice)}
        guards |= {GIVEN + str(Trigger(spec.id, one.state)) for spec, one in zip(self._specs, promises, strict=True)}
        asked = frozenset(guards & set(book.guards_of(trigger)))
        return node._replace(place=book.next_state(node.place, trigger, asked, self._name) or node.place)

    def _answers(self, spec: CommitmentSpec, state: str, verb: str) -> Iterator[str]:
        """Yield where a verb may lead, each place once, without any guard first."""
        book = self._rules.commitments[spec.id]
        guards = book.guards_of(verb)
        either = (frozenset(some) for size in range(len(guards) + 1) for some in combinations(guards, size))
        found = (book.next_state(state, verb, some) for some in either)
        yield from (dest for dest in dict.fromkeys(found) if dest is not None)
