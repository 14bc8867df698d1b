"""The parts of a programme that checks walk through: effects and points in time, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from config.effects import EffectSpec, Notice
from config.files.yaml_file import Step
from config.groups import Sizes, Teams
from config.programme import CommitmentSpec, MilestoneSpec, Programme
from config.when import When

Path = tuple[Step, ...]

DAY = frozenset({"day"})
NOTHING: frozenset[str] = frozenset()
OPENED = frozenset({"opened"})
DUE = OPENED | {"due"}
MISSED = DUE | {"missed"}


class PlacedNotice(NamedTuple):
    """A notice and its place in the file."""

    path: Path
    notice: Notice


class PlacedEffect(NamedTuple):
    """An effect, its place in the file, the anchors it knows besides milestones, the commitment it belongs to."""

    path: Path
    effect: EffectSpec
    anchors: frozenset[str]
    commitment: CommitmentSpec | None = None


class PlacedWhen(NamedTuple):
    """A point in time, its place in the file, the anchors it knows besides milestones, its commitment."""

    path: Path
    when: When
    anchors: frozenset[str]
    commitment: CommitmentSpec | None = None


def notice_lists(programme: Programme) -> Iterator[tuple[Path, tuple[Notice, ...]]]:
    """Yield the notices of each milestone, each module and each shape's day."""
    for name, shape in programme.shapes.items():
        for number, day in enumerate(shape.days):
            yield ("shapes", name, "days", number, "notices"), day.notices
    for number, entry in enumerate(programme.calendar):
        yield ("calendar", number, "notices"), entry.notices


def notices(programme: Programme) -> Iterator[PlacedNotice]:
    """Yield every notice as written."""
    for path, found in notice_lists(programme):
        yield from (PlacedNotice((*path, number), notice) for number, notice in enumerate(found))


def effects(programme: Programme) -> Iterator[PlacedEffect]:
    """Yield every effect as written."""
    for path, notice in notices(programme):
        yield from _effects((*path, "effects"), notice.effects, DAY)
    for number, entry in enumerate(programme.calendar):
        for place, finding in enumerate(entry.finds if isinstance(entry, MilestoneSpec) else ()):
            yield from _effects(("calendar", number, "finds", place, "effects"), finding.effects, DAY)
    if programme.find_date is not None:
        yield PlacedEffect(("find_date",), programme.find_date, DAY)
    for name, event in programme.events.items():
        yield from _effects(("events", name, "effects"), event.effects, DAY)
        if event.chase is not None:
            yield from _effects(("events", name, "chase", "effects"), event.chase.effects, DAY)
    for number, spec in enumerate(programme.commitments):
        yield from _effects_of_commitment(("commitments", number), spec)


def _effects_of_commitment(path: Path, spec: CommitmentSpec) -> Iterator[PlacedEffect]:
    yield from _effects((*path, "on_open"), spec.on_open, DAY | DUE, spec)
    yield from _effects((*path, "on_miss"), spec.on_miss, DAY | MISSED, spec)
    yield from _effects((*path, "on_pair"), spec.on_pair, DAY | DUE, spec)
    yield from _effects((*path, "on_retract"), spec.on_retract, DAY, spec)
    # It may be kept before it has opened.
    yield from _effects((*path, "on_keep"), spec.on_keep, DAY, spec)
    yield from _effects((*path, "on_extend"), spec.on_extend, DAY | DUE, spec)
    yield from _effects((*path, "on_hand"), spec.on_hand, DAY | DUE, spec)
    yield from _effects((*path, "on_appoint"), spec.on_appoint, DAY | DUE, spec)
    yield from _effects((*path, "on_stall"), spec.on_stall, DAY | DUE, spec)
    for name, steps, anchors in (("reminders", spec.reminders, DUE), ("escalation", spec.escalation, MISSED)):
        for number, step in enumerate(steps):
            yield from _effects((*path, name, number, "effects"), step.effects, DAY | anchors, spec)


def _effects(
    path: Path, found: Iterable[EffectSpec], anchors: frozenset[str], spec: CommitmentSpec | None = None
) -> Iterator[PlacedEffect]:
    for number, effect in enumerate(found):
        yield PlacedEffect((*path, number), effect, anchors, spec)


def teams_of_shapes(programme: Programme) -> Iterator[tuple[Path, Teams]]:
    """Yield the teams of each shape that has some (R51)."""
    for name, shape in programme.shapes.items():
        if shape.teams is not None:
            yield ("shapes", name, "teams"), shape.teams


def sizes(programme: Programme) -> Iterator[tuple[Path, str, Sizes]]:
    """Yield what is said of how many sit together, with the word for it."""
    if programme.groups is not None:
        yield ("groups",), "group", programme.groups
    yield from ((path, "team", teams) for path, teams in teams_of_shapes(programme))


def news(programme: Programme) -> dict[Path, str]:
    """Return the messages that a programme names without saying to whom, each by its place: what is news tells that."""
    named: dict[Path, str | None] = {
        (key,): getattr(programme, key) for key in ("on_move", "on_call_off", "on_correct", "on_office")
    }
    named["groups", "on_change"] = programme.groups.on_change if programme.groups else None
    named |= {(*place, "on_change"): teams.on_change for place, teams in teams_of_shapes(programme)}
    return {path: message for path, message in named.items() if message is not None}


def moments(programme: Programme) -> Iterator[PlacedWhen]:
    """Yield every point in time as written."""
    for path, notice in notices(programme):
        yield PlacedWhen((*path, "when"), notice.when, DAY)
    for number, entry in enumerate(programme.calendar):
        if isinstance(entry, MilestoneSpec) and entry.window is not None:
            yield PlacedWhen(("calendar", number, "window", "earliest"), entry.window.earliest, NOTHING)
            yield PlacedWhen(("calendar", number, "window", "latest"), entry.window.latest, NOTHING)
    for name, event in programme.events.items():
        if event.chase is not None:
            yield PlacedWhen(("events", name, "chase", "when"), event.chase.when, DAY)
        if event.falls is not None:
            yield PlacedWhen(("events", name, "falls"), event.falls, NOTHING)
    for path, effect, anchors, spec in effects(programme):
        if effect.due is not None:
            yield PlacedWhen((*path, "due"), effect.due, anchors, spec)
    for number, spec in enumerate(programme.commitments):
        yield from _moments_of_commitment(("commitments", number), spec)


def _moments_of_commitment(path: Path, spec: CommitmentSpec) -> Iterator[PlacedWhen]:
    own = (
        ("opens", spec.opens, NOTHING),
        ("due", spec.due, OPENED),
        ("miss", spec.miss, DUE),
        ("first_reminder", spec.first_reminder, DUE),
        ("changeable_until", spec.changeable_until, NOTHING),
        ("appoint_within", spec.appoint_within, DAY),
    )
    for name, when, anchors in own:
        if when is not None:
            yield PlacedWhen((*path, name), when, anchors, spec)
    if spec.asked_late is not None:
        yield PlacedWhen((*path, "asked_late", "due"), spec.asked_late.due, OPENED, spec)
        yield PlacedWhen((*path, "asked_late", "until"), spec.asked_late.until, NOTHING, spec)
    for name, steps, anchors in (("reminders", spec.reminders, DUE), ("escalation", spec.escalation, MISSED)):
        for number, step in enumerate(steps):
            yield PlacedWhen((*path, name, number, "when"), step.when, anchors, spec)
