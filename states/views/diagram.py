"""Statecharts as pictures in Mermaid, drawn by ``transitions`` from the rules that the machines are made of.

Of the journey, the way that the calendar leads is drawn, the events that leave it, and the regions beside it. Left out
are the same milestones seen from earlier places (for those who join late), and choices that are changed; the ways back
from a leave are one arrow. What is told in between moves nobody and is drawn with ``effects`` only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from transitions.extensions.diagrams import HierarchicalGraphMachine
from transitions.extensions.nesting import NestedState

from config.definition import ACTIVE, Definition, in_active
from config.effects import EffectSpec
from config.grammar import Trigger, level_of, without_level
from config.regions import Move, RegionSpec
from states.machines.journey import CALENDAR, PLACE, choice_guard, places, with_side_places
from states.machines.names import SEPARATOR, TOGETHER, full_name, nested
from states.machines.rulebook import Rule, RuleBook
from states.machines.rules import Rules
from states.plan.effects import named

HERE = "▶"
"""Marks where a talent stands."""


class Arrow(NamedTuple):
    """An arrow of a picture, between places as a machine names them; without a ``dest`` nobody is moved."""

    source: str
    dest: str | None
    label: str


class _State(NestedState):
    """A state with a name for people."""

    separator = SEPARATOR

    def __init__(self, *args: Any, label: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.label = label


class _Machine(HierarchicalGraphMachine):
    state_cls = _State
    # Nobody stands in it.
    style_attributes = {"node": {"default": {"fillcolor": "white", "color": "black"}}, "edge": {}, "graph": {}}  # noqa: RUF012


class _Nobody:
    """The model of a machine that is only drawn."""


@lru_cache(maxsize=64)
def journey_diagram(rules: Rules, effects: bool = False) -> str:
    """Return the picture of a definition's journey; drawn once for each."""
    definition, book = rules.definition, rules.journey
    arrows = [*_calendar_arrows(definition, book, effects), *_region_arrows(definition, book)]
    return _draw(book, definition.programme.name, arrows, _journey_names(definition, book))


def marked(picture: str, rules: Rules, here: Mapping[str, str]) -> str:
    """Return the picture of a journey with the places of one talent marked; ``here`` are those by region.

    Mermaid gives no style to places within others, so the mark is a part of the place's words.
    """
    for region, place in here.items():
        name = re.escape(full_name(rules.journey.regions, region, place))
        picture = re.sub(rf'^( *state ")(.*" as {name})$', rf"\g<1>{HERE} \g<2>", picture, flags=re.MULTILINE)
    return picture


def commitment_diagram(rules: Rules, name: str, effects: bool = False) -> str:
    """Return the picture of one commitment of a definition."""
    definition, book = rules.definition, rules.commitments[name]
    spec = definition.commitments[name]
    arrows = [
        Arrow(rule.source, rule.dest, _label(definition, rule, rule.trigger, spec.causes, effects))
        for rule in book.rules
        if rule.dest or (effects and rule.causes)
    ]
    return _draw(book, spec.label, arrows, lambda place: _commitment_name(definition, place))


def _commitment_name(definition: Definition, place: str) -> str:
    words, name = definition.programme.commitment_states, without_level(place)
    return words.get(name, name) + (f" ({level_of(place)})" if level_of(place) else "")


def _journey_names(definition: Definition, book: RuleBook) -> Callable[[str], str]:
    """Return the names for people of the states that a machine is made of, by the machine's names."""
    within = {place: definition.state_label(place) for place in book.states}
    within |= {in_active(one): definition.state_label(one) for one in _around(book)}
    titles = {in_active(module.id): module.title for module in definition.modules.values()}
    names = {TOGETHER: definition.programme.name}
    for place, label in within.items():
        unnamed = label == place.removeprefix(f"{ACTIVE}{SEPARATOR}")
        shown = titles.get(place, definition.programme.name) if unnamed else label
        names[full_name(book.regions, CALENDAR, place)] = shown
    names.setdefault(f"{TOGETHER}{SEPARATOR}{CALENDAR}", definition.state_label(CALENDAR))
    for name, region in definition.programme.regions.items():
        names |= {full_name(book.regions, name, place): label or "–" for place, label in region.places.items()}
        names[full_name(book.regions, name, "").rstrip(SEPARATOR)] = region.label
    return names.__getitem__


def _around(book: RuleBook) -> Iterator[str]:
    """Yield the places of the calendar that hold others: modules, and what comes before the start."""
    for place in book.states:
        around, inside, _ = place.removeprefix(f"{ACTIVE}{SEPARATOR}").rpartition(SEPARATOR)
        if inside:
            yield around


def _calendar_arrows(definition: Definition, book: RuleBook, effects: bool) -> Iterator[Arrow]:
    order = places(definition)
    before = {
        step.id: with_side_places(definition, place) for step, place in zip(definition.steps, order, strict=False)
    }
    back: set[str] = set()
    for rule in book.rules:
        on_the_way = rule.source.startswith(ACTIVE)
        if rule.region != CALENDAR or (on_the_way and rule.source not in before.get(rule.trigger, (rule.source,))):
            continue
        if rule.dest is None and not (effects and rule.causes):
            continue
        label = _label(definition, rule, rule.trigger, definition.causes, effects)
        source, dest = (place and full_name(book.regions, CALENDAR, place) for place in (rule.source, rule.dest))
        event = definition.programme.events.get(rule.trigger)
        if event is not None and event.to == PLACE:
            if label in back:
                continue
            back.add(label)
            dest = full_name(book.regions, CALENDAR, ACTIVE)
        yield Arrow(str(source), dest, label)


def _region_arrows(definition: Definition, book: RuleBook) -> Iterator[Arrow]:
    for name, region in definition.programme.regions.items():
        for move in region.moves:
            if move.conditions:
                continue  # The same choice, made again by somebody who has kept already what follows from it.
            chosen = (choice_guard(move.choice),) if move.choice else ()
            for source in move.source or [_usual_source(definition, region, move)]:
                for trigger in move.triggers:
                    label = _label(definition, Rule(trigger, source, move.to, chosen), trigger, {}, False)
                    places = (full_name(book.regions, name, place) for place in (source, move.to))
                    yield Arrow(next(places), next(places), label)


def _usual_source(definition: Definition, region: RegionSpec, move: Move) -> str:
    """Return where a talent usually stands whom a move from everywhere befalls.

    It is the first place, in the programme's order, to which the same commitment, or the choice it follows, has led.
    """
    specs = [definition.commitments[name] for name in move.after if name in definition.commitments]
    follows = [(spec.opens_on.commitment, spec.opens_on.choice) for spec in specs if spec.opens_on]
    earlier = list(region.places)[: list(region.places).index(move.to)]
    for place in earlier:
        for other in region.moves:
            led = set(move.after) & set(other.after) or any((name, other.choice) in follows for name in other.after)
            if other.to == place and led:
                return place
    return region.start


def _label(
    definition: Definition, rule: Rule, trigger: str, causes: Mapping[str, tuple[EffectSpec, ...]], effects: bool
) -> str:
    """Return an arrow's words: what happens, with what choice, and what it causes."""
    label = definition.trigger_label(trigger)
    spec = definition.commitments.get(Trigger.parse(trigger).name)
    for choice, words in (spec.choices if spec else {}).items():
        label += f" ({words})" if choice_guard(choice) in rule.guards else ""
    label = _plain(label)
    told = [f"{one.message} → {', '.join(one.to)}" for one in named(causes, rule.causes)] if effects else []
    return f"{label} / {'; '.join(told)}" if told else label


def _plain(words: str) -> str:
    """Return words without what would end a label in Mermaid, or the block in Markdown that holds the picture."""
    return re.sub(r"[\"`;|]", "'", words)


def _draw(book: RuleBook, title: str, arrows: Iterable[Arrow], name: Callable[[str], str]) -> str:
    states = nested(book.regions)
    _name_all(states, "", name)
    drawn = _Machine(
        model=_Nobody(),
        states=states,
        initial=TOGETHER if len(book.regions) > 1 else book.initial,
        transitions=[
            {"trigger": arrow.label, "source": arrow.source, "dest": arrow.dest, "label": arrow.label}
            for arrow in dict.fromkeys(arrows)
        ],
        auto_transitions=False,
        graph_engine="mermaid",
        title=f"title: {title}",
    )
    return str(drawn.get_combined_graph().draw(None))


def _name_all(states: Iterable[dict[str, Any]], around: str, name: Callable[[str], str]) -> None:
    for state in states:
        place = f"{around}{state['name']}"
        state["label"] = _plain(name(place))
        _name_all(state.get("children", state.get("parallel", ())), f"{place}{SEPARATOR}", name)
