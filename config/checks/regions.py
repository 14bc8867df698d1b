"""Checks of what promises do to a journey: every place, commitment, state and choice that a move names is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from config.checks.places import Path
from config.definition import ACTIVE, Definition
from config.errors import Problem
from config.files.yaml_file import Source
from config.grammar import COMMITMENT_STATES, Trigger, level_of
from config.programme import MilestoneSpec
from config.regions import Move
from config.suggest import did_you_mean

NO_SOURCE = "a move within the calendar needs 'from', the places that it leads on from"


def moves(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each move from or to an unknown place, and each that hangs on what does not exist."""
    programme = definition.programme
    calendar = [state.removeprefix(f"{ACTIVE}.") for state in definition.states if state.startswith(f"{ACTIVE}.")]
    yield from _moves(("moves",), programme.moves, calendar, definition, source)
    for number, move in enumerate(programme.moves):
        if not move.source:
            yield source.problem(("moves", number), NO_SOURCE)
    for name, region in programme.regions.items():
        yield from _moves(("regions", name, "moves"), region.moves, list(region.places), definition, source)
    for number, entry in enumerate(programme.calendar):
        for index, finding in enumerate(entry.finds if isinstance(entry, MilestoneSpec) else ()):
            known = [*calendar, *(state for state in definition.states if not state.startswith(ACTIVE))]
            if finding.place not in known:
                what = f"unknown place {finding.place!r}{did_you_mean(finding.place, known)}"
                yield source.problem(("calendar", number, "finds", index, "in"), what)


def _moves(
    path: Path, found: Sequence[Move], places: Collection[str], definition: Definition, source: Source
) -> Iterator[Problem]:
    for number, move in enumerate(found):
        for place in (*move.source, move.to):
            if place not in places:
                yield source.problem((*path, number), f"unknown place {place!r}{did_you_mean(place, places)}")
        for what in (*_unknown_states(move, definition), *_unknown_choices(move, definition)):
            yield source.problem((*path, number), what)


def _unknown_states(move: Move, definition: Definition) -> Iterator[str]:
    for on in (*move.triggers, *move.conditions):
        name, state = Trigger.parse(on)
        spec = definition.commitments.get(name)
        if spec is None:
            yield f"unknown commitment {name!r}{did_you_mean(name, definition.commitments)}"
        elif spec.subject == "cohort":
            yield f"{name!r} is owed to the whole cohort and moves no single journey"
        if state not in COMMITMENT_STATES and not (spec and 0 < level_of(state) <= len(spec.escalation)):
            yield f"{on!r} names no state of a commitment{did_you_mean(state, COMMITMENT_STATES)}"


def _unknown_choices(move: Move, definition: Definition) -> Iterator[str]:
    for name, state in map(Trigger.parse, move.triggers if move.choice is not None else ()):
        spec = definition.commitments.get(name)
        if spec is not None and (state != "kept" or move.choice not in spec.choices):
            known = [choice for choice in spec.choices if state == "kept"]
            yield f"{name}:{state} comes with no choice {move.choice!r}{did_you_mean(str(move.choice), known)}"
