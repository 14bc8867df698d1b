"""The journey as a picture, drawn from the definition."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.definition import Definition
from config.library import Library
from states.views.diagram import mermaid

TEST_DATA = Path(__file__).parents[1] / "data" / "config"
TALENT_NORD = Library().programme("talent-nord").definition
MENTOR_LIGHT = Library(TEST_DATA).programme("mentor-light").definition
both = pytest.mark.parametrize("definition", [TALENT_NORD, MENTOR_LIGHT], ids=lambda one: one.programme.id)


def arrows(text: str) -> list[tuple[str, str, str]]:
    """Source, target and words of every arrow."""
    return re.findall(r"^ *(\S+) --> ([^:\s]+)(?:: (.*))?$", text, re.MULTILINE)


def named(text: str) -> dict[str, str]:
    """The names of all states, with the words that are shown."""
    return {name: words for words, name in re.findall(r'state "([^"]*)" as (\w+)', text)}


@both
def test_every_state_is_there_in_the_programmes_own_words(definition: Definition) -> None:
    shown = named(mermaid(definition))
    for state in definition.states:
        if state != "active":
            assert shown[state.replace(".", "_")] == definition.state_label(state)


@both
def test_arrows_go_between_states_that_are_there(definition: Definition) -> None:
    text = mermaid(definition)
    ends = {end for source, target, _ in arrows(text) for end in (source, target)}
    assert ends <= {"[*]", *named(text)}


@both
def test_the_calendar_leads_from_the_start_to_an_end(definition: Definition) -> None:
    text = mermaid(definition)
    onwards: dict[str, set[str]] = {}
    for source, target, _ in arrows(text):
        onwards.setdefault(source, set()).add(target)
    reached, new = set[str](), {"[*]"}
    while new:
        reached |= new
        new = {target for source in new for target in onwards.get(source, ())} - reached
    assert reached >= set(named(text))
    assert {source for source, target, _ in arrows(text) if target == "[*]"} == {
        state.replace(".", "_") for state in definition.final_states
    }


@both
def test_every_event_that_moves_someone_is_an_arrow(definition: Definition) -> None:
    words = [label for _, _, label in arrows(mermaid(definition))]
    for event in definition.programme.events.values():
        assert words.count(event.label) == (len(event.source) if event.to else 0)


def test_a_return_leads_back_to_the_journey() -> None:
    assert ("away", "active", "Comes back") in arrows(mermaid(MENTOR_LIGHT))


def test_the_last_day_of_a_module_is_followed_by_the_next_module() -> None:
    assert [words for source, _, words in arrows(mermaid(MENTOR_LIGHT)) if source == "active_w1_done"] == [
        "Workshop 2, Asking, day 1"
    ]
