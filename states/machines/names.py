"""How places are named in a machine: within their region where there are several, nested as their dots say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SEPARATOR = "."
TOGETHER = "journey"
"""The parallel state that holds regions which stand side by side."""


def full_name(regions: Mapping[str, Sequence[str]], region: str, place: str) -> str:
    """Return a machine's own name of a place; of a region that stands alone it is the place's."""
    return SEPARATOR.join([TOGETHER, region, place]) if len(regions) > 1 else place


def nested(regions: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Return the states of a machine as the nested mappings that the library takes."""
    if len(regions) == 1:
        return _within(next(iter(regions.values())))
    side_by_side = [
        {"name": name, "children": _within(places), "initial": places[0].split(SEPARATOR)[0]}
        for name, places in regions.items()
    ]
    return [{"name": TOGETHER, "parallel": side_by_side}]


def _within(places: Sequence[str]) -> list[dict[str, Any]]:
    roots: list[dict[str, Any]] = []
    for place in places:
        level, around = roots, None
        for part in place.split(SEPARATOR):
            found = next((node for node in level if node["name"] == part), None)
            if found is None:
                found = {"name": part, "children": []}
                level.append(found)
            if around is not None and place == places[0]:
                around["initial"] = part
            level, around = found["children"], found
    return roots
