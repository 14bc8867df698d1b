"""The statecharts as pictures: drawn by ``transitions`` from the rules, in the programme's own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.library import Library
from states.machines.journey import CALENDAR
from states.machines.names import full_name
from states.machines.rules import Rules, rules_for
from states.views.diagram import HERE, commitment_diagram, journey_diagram, marked

TEST_DATA = Path(__file__).parents[1] / "data" / "config"
TALENT_NORD = rules_for(Library().programme("talent-nord").definition)
MENTOR_LIGHT = rules_for(Library(TEST_DATA).programme("mentor-light").definition)
both = pytest.mark.parametrize("rules", [TALENT_NORD, MENTOR_LIGHT], ids=lambda one: one.definition.programme.id)
ROOT = "journey.calendar."


def arrows(text: str) -> list[tuple[str, str, str]]:
    """Source, target and words of every arrow; of several between the same places one each."""
    found = re.findall(r"^ *(\S+) --> ([^:\s]+)(?:: (.*))?$", text, re.MULTILINE)
    return [(source, target, words) for source, target, labels in found for words in labels.split(" | ")]


def named(text: str) -> dict[str, str]:
    """The names of all states, with the words that are shown."""
    return {name: words for words, name in re.findall(r'state "([^"]*)" as (\S+)', text)}


@both
def test_every_place_is_there_in_the_programmes_own_words(rules: Rules) -> None:
    shown, book = named(journey_diagram(rules)), rules.journey
    for state in rules.definition.states:
        assert shown[full_name(book.regions, CALENDAR, state)] == rules.definition.state_label(state)
    for name, region in rules.definition.programme.regions.items():
        for place, label in region.places.items():
            assert shown[full_name(book.regions, name, place)] == (label or "–")


@both
def test_no_place_is_shown_by_its_id(rules: Rules) -> None:
    for name, words in named(journey_diagram(rules)).items():
        assert words not in {name, name.rpartition(".")[2]}


@both
def test_arrows_go_between_states_that_are_there(rules: Rules) -> None:
    text = journey_diagram(rules)
    ends = {end for source, target, _ in arrows(text) for end in (source, target)}
    assert ends <= {"[*]", *named(text)}


@both
def test_every_place_is_reached(rules: Rules) -> None:
    text = journey_diagram(rules)
    entered = {target for _, target, _ in arrows(text)}
    around = {name for name in named(text) if any(one.startswith(f"{name}.") for one in named(text))}
    assert entered | around == {"[*]", *named(text)} - {"[*]"}


@both
def test_every_event_that_moves_someone_is_an_arrow(rules: Rules) -> None:
    words = [label for _, _, label in arrows(journey_diagram(rules))]
    for event in rules.definition.programme.events.values():
        assert words.count(event.label) == (len(event.source) if event.to else 0)


@both
def test_every_milestone_of_the_journey_is_drawn_from_the_place_before_it(rules: Rules) -> None:
    words = [label for _, _, label in arrows(journey_diagram(rules))]
    for step in rules.definition.steps:
        found = [one for one in step.finds if rules.definition.state_of(one.place).startswith("active")]
        assert words.count(step.label) == (2 if found else 1)


def test_a_return_leads_back_to_the_journey() -> None:
    assert ("away", "active", "Comes back") in arrows(journey_diagram(MENTOR_LIGHT))


def test_the_last_day_of_a_module_is_followed_by_the_next_module() -> None:
    drawn = arrows(journey_diagram(MENTOR_LIGHT))
    assert [words for source, _, words in drawn if source == "active.w1.done"] == ["Workshop 2, Asking, day 1"]


def test_the_talk_leads_to_the_kick_off_and_the_second_half_stands_beside_the_calendar() -> None:
    drawn = arrows(journey_diagram(TALENT_NORD))
    before, half = f"{ROOT}active.before.", "journey.second_half."
    assert (f"{before}talk", f"{before}ready", "Forventningssamtale: gennemført") in drawn
    assert (f"{before}talk", f"{ROOT}active.started", "Fælles kick-off") in drawn
    assert (f"{before}ready", f"{ROOT}active.started", "Fælles kick-off") in drawn
    chosen = "Valg for anden halvdel: gennemført (supplerende mentor)"
    assert (f"{half}choosing", f"{half}searching", chosen) in drawn
    assert (f"{half}searching", f"{half}with_second_mentor", "Supplerende mentor: gennemført") in drawn
    assert "  --\n" in journey_diagram(TALENT_NORD), "side by side"


def test_one_talents_places_are_marked() -> None:
    here = {CALENDAR: "active.m4.sprint", "second_half": "searching"}
    picture = marked(journey_diagram(TALENT_NORD), TALENT_NORD, here)
    assert [words for words in named(picture).values() if HERE in words] == [
        f"{HERE} Modul 4 · AL-sprint",
        f"{HERE} søger supplerende mentor",
    ]
    assert HERE not in journey_diagram(TALENT_NORD)


@both
def test_every_effect_of_the_definition_stands_on_an_arrow(rules: Rules) -> None:
    """The journey's on its own arrows, each commitment's on the arrows of that."""
    pictures = {"": journey_diagram(rules, effects=True)}
    pictures |= {name: commitment_diagram(rules, name, effects=True) for name in rules.definition.commitments}
    for cause, effect in rules.definition.effects():
        name = cause.partition(":")[0]
        picture = pictures[name if name in rules.definition.commitments else ""]
        assert f"{effect.message} → {', '.join(effect.to)}" in picture, cause


@pytest.mark.parametrize("name", TALENT_NORD.commitments)
def test_a_commitment_is_drawn_with_each_of_its_rules(name: str) -> None:
    text = commitment_diagram(TALENT_NORD, name)
    rules = [rule for rule in TALENT_NORD.commitments[name].rules if rule.dest]
    assert {(source, target) for source, target, words in arrows(text) if words} == {
        (rule.source, rule.dest) for rule in rules
    }
    assert "overskredet" in text or TALENT_NORD.definition.commitments[name].default_choice
