"""The statechart is the library's own: each stage of the journey is a state, each effect hangs on a transition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from transitions.core import Transition

from states.machines.rulebook import RuleBook
from states.machines.rules import rules_for
from states.plan.effects import named
from tests.support.driver import talent_nord

DEFINITION = talent_nord()
RULES = rules_for(DEFINITION)
STATES = set(RULES.journey.machine.get_nested_state_names())


def transitions_of(book: RuleBook) -> Iterator[Transition]:
    """All transitions of a machine, at whatever depth they are kept."""
    for event in book.machine.events.values():
        for transitions in event.transitions.values():
            yield from transitions


def caused_by(book: RuleBook) -> set[str]:
    """The names of what a machine's transitions cause, as their ``after`` callbacks say."""
    return {name_of(callback) for one in transitions_of(book) for callback in one.after} - {"moved"}


def name_of(callback: Any) -> str:
    return str(callback.__name__)


@pytest.mark.parametrize(
    "stage",
    [
        "calendar.active.before.talk",  # R8
        "calendar.active.before.ready",  # R12
        "calendar.active.started",
        *(f"calendar.active.m{number}.sprint" for number in range(1, 7)),  # R13 to R16
        "calendar.active.m2.bootcamp",  # R21
        "calendar.active.m5.bootcamp",
        "second_half.choosing",  # R33, R36
        "second_half.searching",
        "second_half.with_second_mentor",
        "second_half.internship",
        "second_half.neither",
        "calendar.active.complete",
        "calendar.alumni",  # R37
        "calendar.on_leave",  # R7
        "calendar.transferred",
        "calendar.withdrawn",
    ],
)
def test_every_stage_is_a_state_of_the_machine(stage: str) -> None:
    assert f"journey.{stage}" in STATES


def test_the_second_half_runs_beside_the_calendar() -> None:
    journey: Any = RULES.journey.machine.get_state("journey")
    assert journey.initial == ["calendar", "second_half"], "parallel: both are entered"


def test_every_effect_of_the_yaml_hangs_on_a_transition_of_its_machine() -> None:
    causes = caused_by(RULES.journey)
    effects = named(DEFINITION.causes, sorted(causes))
    for name, spec in DEFINITION.commitments.items():
        mine = caused_by(RULES.commitments[name])
        assert {cause for cause, found in spec.causes.items() if found} <= mine
        effects += named(spec.causes, sorted(mine & spec.causes.keys()))
    assert causes <= DEFINITION.causes.keys()
    assert sorted(map(repr, effects)) == sorted(repr(effect) for _, effect in DEFINITION.effects())


def test_every_guard_is_a_condition_of_a_transition() -> None:
    for book in (RULES.journey, *RULES.commitments.values()):
        asked = {name_of(condition.func) for one in transitions_of(book) for condition in one.conditions}
        assert asked == {guard for rule in book.rules for guard in rule.guards}
