"""The journey: the hierarchical machine that a definition gives (R41).

Its calendar is one region: ``active`` holds every place, nested by module (``active.m2.sprint``); a milestone that has
been held leads to its place from every earlier one, so a talent who joins late is still moved along. Leave, transfer
and the like leave ``active`` as a whole. Notices are internal transitions: nobody moves, but somebody is told.

Beside it stand the programme's other regions (the second half, R33 to R36). They, and some places of the calendar, are
entered when a commitment comes to a state: its trigger is named ``second_mentor:kept``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.definition import ACTIVE, Definition, found_in, in_active
from config.grammar import CHASE, MOVE, NEWS, TAKEN_BACK, Trigger
from config.programme import Event
from config.regions import Move
from states.machines.rulebook import Rule, RuleBook

PLACE = "place"
"""A destination in a definition: where the cohort stands now."""
ENROL = "enrol"
"""The first step of a journey."""
CALENDAR = "calendar"
"""The region that milestones and events move."""


def journey_rules(definition: Definition) -> RuleBook:
    """Return the rule book of a definition's journeys."""
    calendar = [definition.start_state, ACTIVE, *definition.states]
    regions = {name: tuple(region.places) for name, region in definition.programme.regions.items()}
    rules = [*_milestone_rules(definition), *_notice_rules(definition), *_event_rules(definition)]
    rules += _calendar_moves(definition)
    for name, region in definition.programme.regions.items():
        rules += _moves(region.moves, regions[name], name)
    return RuleBook({CALENDAR: calendar, **regions}, rules)


def ends(definition: Definition) -> frozenset[str]:
    """Return the states in which a journey is over: those it does not leave, and where a mistaken enrolment puts it."""
    return definition.final_states | {TAKEN_BACK}


def on_calendar(definition: Definition, state: str) -> bool:
    """Return whether a journey takes part in what its cohort does: also when the last event has led it to its end."""
    return state.startswith(ACTIVE) or any(step.final and step.state == state for step in definition.steps)


def event_to(definition: Definition, state: str) -> tuple[str, Event] | None:
    """Return the event, by its name, that leads a journey to a state off the calendar; ``None`` if none does."""
    events = definition.programme.events.items()
    return next(((name, event) for name, event in events if event.to == state), None)


def silences(definition: Definition, trigger: str, source: str, dest: str) -> bool:
    """Whether what was caused before a move of the journey is no longer true: an event leads it elsewhere.

    Whom the last day finds off the calendar, somebody is asked about anew.
    """
    if trigger in definition.programme.events:
        return dest != source
    return trigger in definition.milestones and definition.milestones[trigger].final and dest == source


def place_guard(state: str) -> str:
    """Return the guard that holds when the cohort stands at ``state``."""
    return f"{PLACE}={state}"


def choice_guard(choice: str) -> str:
    """Return the guard that holds when the commitment that moves the journey was kept with ``choice``."""
    return f"choice={choice}"


GIVEN = "given="
"""Begins the guard that holds when a commitment of the journey is in a state: ``given=second_mentor:kept``."""


def places(definition: Definition) -> tuple[str, ...]:
    """Return the states the calendar leads through, in order, the start first."""
    return (definition.start_state, *(step.state for step in definition.steps if step.state))


def _milestone_rules(definition: Definition) -> Iterator[Rule]:
    order = [with_side_places(definition, place) for place in places(definition)]
    for position, step in enumerate(definition.steps, start=1):
        told = {definition.state_of(finding.place): (found_in(step.id, finding.place),) for finding in step.finds}
        for source in dict.fromkeys(source for stop in order[:position] for source in stop):
            if source not in definition.final_states:
                yield Rule(step.id, source, step.state, causes=told.pop(source, ()))
        yield from (Rule(step.id, source, None, causes=causes) for source, causes in told.items())


def with_side_places(definition: Definition, place: str) -> tuple[str, ...]:
    """Return a place of the calendar, then those to which promises lead from it."""
    moves = definition.programme.moves
    return (place, *(in_active(move.to) for move in moves if place in map(in_active, move.source)))


def _notice_rules(definition: Definition) -> Iterator[Rule]:
    for milestone in definition.milestones.values():
        for notice in milestone.notices:
            trigger = str(Trigger(milestone.id, notice.id))
            yield Rule(trigger, in_active(notice.state) if notice.state else ACTIVE, None, causes=(trigger,))
            if milestone.final and milestone.state is not None and notice.state is None:
                # After the last day: nobody is on the way any more.
                yield Rule(trigger, milestone.state, None, causes=(trigger,))
        for part in sorted(NEWS):
            news = str(Trigger(milestone.id, part))
            if news in definition.causes or part == MOVE:
                yield Rule(news, ACTIVE, None, causes=(news,) if news in definition.causes else ())


def _event_rules(definition: Definition) -> Iterator[Rule]:
    for name, event in definition.programme.events.items():
        for source in event.source:
            yield from _rules_from(definition, name, event, source)
        if event.chase is not None and event.to is not None:
            chase = str(Trigger(name, CHASE))
            yield Rule(chase, event.to, None, causes=(chase,))


def _rules_from(definition: Definition, name: str, event: Event, source: str) -> Iterator[Rule]:
    causes = (name,) if event.effects else ()
    if event.to != PLACE:
        yield Rule(name, source, event.to, causes=causes)
        return
    # Where a promise that was kept leads on from, it has led on from by then.
    for move in definition.programme.moves:
        for place in move.source:
            for on in move.triggers:
                yield Rule(name, source, in_active(move.to), (place_guard(in_active(place)), GIVEN + on), causes)
    for state in places(definition):
        yield Rule(name, source, state, (place_guard(state),), causes)


def _calendar_moves(definition: Definition) -> Iterator[Rule]:
    for move in definition.programme.moves:
        within = move.model_copy(update={"to": in_active(move.to), "source": tuple(map(in_active, move.source))})
        yield from _moves([within], (), CALENDAR)


def _moves(moves: Sequence[Move], everywhere: Sequence[str], region: str) -> Iterator[Rule]:
    for move in moves:
        chosen = (choice_guard(move.choice),) if move.choice else ()
        for on in move.triggers:
            for source in move.source or everywhere:
                for given in move.conditions or ("",):
                    guards = (*chosen, GIVEN + given) if given else chosen
                    yield Rule(on, source, move.to if move.to != source else None, guards, region=region)
