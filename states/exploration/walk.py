"""Walks a graph breadth first: all that can be reached, a shortest way to each, and what leads to an end. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

N = TypeVar("N")


class Walk(Generic[N]):
    """All states that can be reached from ``start``, nearest first, with the transitions between them."""

    def __init__(self, start: N, moves: Callable[[N], Iterable[tuple[str, N]]]) -> None:
        self.nodes = [start]
        self.transitions = 0
        self._numbers = {start: 0}
        self._came: list[tuple[int, str]] = [(0, "")]
        self._sources: list[list[int]] = [[]]
        for number, node in enumerate(self.nodes):  # grows while it is walked
            for trigger, dest in moves(node):
                self._add(number, trigger, dest)

    def _add(self, source: int, trigger: str, dest: N) -> None:
        self.transitions += 1
        number = self._numbers.setdefault(dest, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(dest)
            self._came.append((source, trigger))
            self._sources.append([])
        self._sources[number].append(source)

    def path(self, node: N) -> tuple[str, ...]:
        """Return the triggers of a shortest way to ``node``."""
        triggers: list[str] = []
        number = self._numbers[node]
        while number:
            number, trigger = self._came[number]
            triggers.append(trigger)
        return tuple(reversed(triggers))

    def leading_to(self, is_end: Callable[[N], bool]) -> set[N]:
        """Return the nodes from which one of those that ``is_end`` holds for can be reached."""
        waiting = [number for number, node in enumerate(self.nodes) if is_end(node)]
        found = set(waiting)
        while waiting:
            fresh = set(self._sources[waiting.pop()]) - found
            found |= fresh
            waiting += fresh
        return {self.nodes[number] for number in found}
