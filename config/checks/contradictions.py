"""Checks of what is well formed and can never be: choices nobody can make, bounds without a middle, ways without a
way back.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.checks.places import sizes
from config.checks.references import PLACE
from config.definition import ACTIVE, Definition
from config.errors import Problem
from config.files.yaml_file import Source
from config.grammar import TAKEN_BACK


def bounds(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for least and most the wrong way round: of groups and teams, and of the days between a shape's
    days."""
    for place, word, wanted in sizes(definition.programme):
        if wanted.smallest > wanted.largest:
            what = f"the smallest {word} ({wanted.smallest}) is larger than the largest ({wanted.largest})"
            yield source.problem((*place, "smallest"), what)
        elif not wanted.smallest <= wanted.size <= wanted.largest:
            what = f"the wanted size {wanted.size} is not between {wanted.smallest} and {wanted.largest}"
            yield source.problem((*place, "size"), what)
    for name, shape in definition.programme.shapes.items():
        if shape.gap_days is not None and shape.gap_days[0] > shape.gap_days[1]:
            least, most = shape.gap_days
            what = f"the least, {least} days, is more than the most, {most}"
            yield source.problem(("shapes", name, "gap_days"), what)


def choices_in_a_ring(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each commitment that waits, over others, for itself: nobody can ever choose it."""
    follows = {spec.id: spec.opens_on.commitment for spec in definition.programme.commitments if spec.opens_on}
    for number, spec in enumerate(definition.programme.commitments):
        way, at = [spec.id], follows.get(spec.id)
        while at is not None and at not in way:
            way.append(at)
            at = follows.get(at)
        if at == spec.id:
            ring = " → ".join([*way, spec.id])
            what = f"it opens on a choice that opens on itself ({ring}): nobody can ever choose"
            yield source.problem(("commitments", number, "opens_on"), what)


def no_way_back(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each event after which no other leads back to where the cohort stands."""
    events = definition.programme.events
    back: set[str] = set()
    for _ in events:  # One more step back each time.
        back |= {state for event in events.values() if event.to == PLACE or event.to in back for state in event.source}
    for name, event in events.items():
        if event.to not in {None, PLACE, *back, *definition.final_states} and not str(event.to).startswith(ACTIVE):
            what = f"nobody comes back from {event.to!r}: no event leads from it to 'place', and it is not 'final'"
            yield source.problem(("events", name, "to"), what)


def events_by_time(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each event that holds nobody to be asked about, or that time cannot bring."""
    for name, event in definition.programme.events.items():
        if event.chase is not None and event.to in {None, PLACE, *definition.final_states}:
            yield source.problem(("events", name, "chase"), "nobody stays where it leads, to be asked about")
        if event.falls is not None and event.needs:
            what = f"it falls by itself, and nobody gives what it needs: {', '.join(event.needs)}"
            yield source.problem(("events", name, "needs"), what)


def unused_names(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a warning for each name of a place that no journey comes to; what was dropped might lead there."""
    if source.dropped:
        return
    used = {ACTIVE, "calendar"}
    for state in (definition.start_state, *definition.states):
        parts = state.removeprefix(f"{ACTIVE}.").split(".")
        for length in range(1, len(parts) + 1):
            used.add(".".join(parts[:length]))
            if parts[0] in definition.modules:
                used.add(".".join(["module", *parts[1:length]]))
    for place in definition.programme.places:
        if place not in {*used, TAKEN_BACK}:
            yield source.problem(("places", place), f"no journey comes to the place {place!r}", warning=True)
