"""The journey: the hierarchical machine that a definition gives (R41).

``active`` holds every place of the calendar, nested by module (``active.m2.sprint``); a milestone that has been held
leads to its place from every earlier one, so a talent who joins late is still moved along. Leave, transfer and the
like leave ``active`` as a whole. Notices are internal transitions: nobody moves, but somebody is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.definition import ACTIVE, Definition, in_active
from config.grammar import MOVE, Trigger
from config.programme import Event
from states.machines.rulebook import Rule, RuleBook

PLACE = "place"
"""A destination in a definition: where the cohort stands now."""


def journey_rules(definition: Definition) -> RuleBook:
    """Return the rule book of a definition's journeys."""
    rules = [*_milestone_rules(definition), *_notice_rules(definition), *_event_rules(definition)]
    return RuleBook([ACTIVE, *definition.states], definition.start_state, rules)


def place_guard(state: str) -> str:
    """Return the guard that holds when the cohort stands at ``state``."""
    return f"{PLACE}={state}"


def places(definition: Definition) -> tuple[str, ...]:
    """Return the states the calendar leads through, in order, the start first."""
    return (definition.start_state, *(step.state for step in definition.steps if step.state))


def _milestone_rules(definition: Definition) -> Iterator[Rule]:
    order = places(definition)
    for position, step in enumerate(definition.steps, start=1):
        for source in dict.fromkeys(order[:position]):
            if source not in definition.final_states:
                yield Rule(step.id, source, step.state)


def _notice_rules(definition: Definition) -> Iterator[Rule]:
    for milestone in definition.milestones.values():
        for notice in milestone.notices:
            yield Rule(str(Trigger(milestone.id, notice.id)), in_active(notice.state) if notice.state else ACTIVE, None)
        yield Rule(str(Trigger(milestone.id, MOVE)), ACTIVE, None)


def _event_rules(definition: Definition) -> Iterator[Rule]:
    for name, event in definition.programme.events.items():
        for source in event.source:
            yield from _rules_from(definition, name, event, source)


def _rules_from(definition: Definition, name: str, event: Event, source: str) -> Iterator[Rule]:
    if event.to != PLACE:
        yield Rule(name, source, event.to)
        return
    for state in places(definition):
        yield Rule(name, source, state, place_guard(state))
