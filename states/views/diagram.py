"""A programme's journey as a Mermaid state diagram, drawn from its definition.

The way that the calendar leads, and the events that leave it. What is left out: the same milestones seen from earlier
places (for those who join late), and notices, which move nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.definition import ACTIVE, Definition
from states.machines.journey import PLACE, places


def mermaid(definition: Definition) -> str:
    """Return the diagram's text; states and arrows carry the programme's own words."""
    lines = ["stateDiagram-v2", f'  state "{definition.programme.name}" as {ACTIVE} {{']
    lines += (f"    {line}" for line in _way(definition))
    lines += ["  }", f"  [*] --> {ACTIVE}", *(f"  {line}" for line in _events(definition))]
    for state in sorted(definition.final_states):
        lines.append(f"  {_name(state)} --> [*]")
    return "\n".join(lines)


def _way(definition: Definition) -> Iterator[str]:
    order = [state for state in places(definition) if state.startswith(f"{ACTIVE}.")]
    for state in order:
        yield f'state "{definition.state_label(state)}" as {_name(state)}'
    yield f"[*] --> {_name(definition.start_state)}"
    inside = [step for step in definition.steps if step.state in order]
    for source, step in zip(order, inside, strict=False):
        yield f"{_name(source)} --> {_name(step.state or '')}: {step.label}"


def _events(definition: Definition) -> Iterator[str]:
    outside = [state for state in definition.states if not state.startswith(f"{ACTIVE}.")]
    for state in outside:
        yield f'state "{definition.state_label(state)}" as {_name(state)}'
    before = definition.start_state
    for step in definition.steps:
        if step.state in outside:
            yield f"{_name(before)} --> {_name(step.state)}: {step.label}"
        before = step.state or before
    for event in definition.programme.events.values():
        if event.to is None:
            continue
        target = ACTIVE if event.to == PLACE else _name(event.to)
        for source in event.source:
            yield f"{_name(source)} --> {target}: {event.label}"


def _name(state: str) -> str:
    return state.replace(".", "_")
