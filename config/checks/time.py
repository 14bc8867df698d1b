"""Checks of a programme's points in time: every anchor is known where it stands, and nothing comes too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from config.checks.places import PlacedWhen, moments
from config.definition import Definition, day_names, modules_of
from config.errors import Problem
from config.files.yaml_file import Source, Step
from config.programme import CommitmentSpec, MilestoneSpec
from config.suggest import did_you_mean
from config.when import When

# Days to try offsets on: months of all lengths, weeks with and without public holidays.
SAMPLE = [date(2027, 1, 1) + timedelta(days=day) for day in range(0, 366, 5)]
After = Callable[[When, When], int | None]
SITUATIONS = ("opened", "due", "missed", "day")


def unknown_anchors(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for every point in time whose anchor is not known where it stands."""
    for moment in moments(definition.programme):
        if what := _unknown(moment, definition):
            yield source.problem(moment.path, what)


def _unknown(moment: PlacedWhen, definition: Definition) -> str:
    anchor = moment.when.anchor
    known = {*definition.milestones, *moment.anchors}
    if anchor in known:
        return ""
    days = _days_by_module(moment.commitment, definition)
    lacking = [module for module, names in days.items() if anchor not in names]
    if days and not lacking:
        return ""
    if len(lacking) < len(days):
        return f"{anchor!r} is not known in every module: {', '.join(lacking)} has no such day"
    if anchor in SITUATIONS:
        here = "".join(f" or {name!r}" for name in SITUATIONS if name in moment.anchors)
        return f"{anchor!r} is not known here; write a milestone{here}"
    known = known.union(*days.values())
    return f"unknown anchor {anchor!r}{did_you_mean(anchor, known) or '; write the id of a milestone'}"


def _days_by_module(spec: CommitmentSpec | None, definition: Definition) -> Mapping[str, Mapping[str, str]]:
    if spec is None or spec.each is None:
        return {}
    modules = list(definition.modules.values())
    return {module.id: day_names(modules, module) for module in modules_of(spec, modules)}


def wrong_order(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for what surely comes too late or too early, whatever the dates of a cohort may be."""
    order = {milestone: number for number, milestone in enumerate(definition.milestones)}
    for number, entry in enumerate(definition.programme.calendar):
        if isinstance(entry, MilestoneSpec) and entry.window is not None:
            way = _compare(entry.window.earliest, entry.window.latest, order, definition)
            if way is not None and way > 0:
                yield source.problem(("calendar", number, "window"), "the window ends before it begins")
    for number, spec in enumerate(definition.programme.commitments):
        found: dict[tuple[Step, ...], str] = {}
        for one in written_out(spec, definition):
            for path, what in _faults(one, order, definition):
                found.setdefault(path, what)
        yield from (source.problem(("commitments", number, *path), what) for path, what in found.items())


def chases(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each event that would ask again at once, or never: a time is counted from the last one."""
    for name, event in definition.programme.events.items():
        if event.chase is not None and _compare(event.chase.when, When("day"), {}, definition) != 1:
            what = f"{event.chase.when} is not after 'day', the day on which it was asked before"
            yield source.problem(("events", name, "chase", "when"), what)


def written_out(spec: CommitmentSpec, definition: Definition) -> list[CommitmentSpec]:
    """Return a commitment as it stands in the definition: one for each of its modules."""
    if spec.each is None:
        return [spec]
    ids = [f"{spec.id}_{module.id}" for module in modules_of(spec, definition.modules.values())]
    return [definition.commitments[ident] for ident in ids]


def _faults(
    spec: CommitmentSpec, order: Mapping[str, int], definition: Definition
) -> Iterator[tuple[tuple[Step, ...], str]]:
    """What comes too late or too early in one commitment, by its place there."""
    meant = _meanings(spec)
    opens, due = meant["opened"], meant["due"]

    def after(later: When, earlier: When) -> int | None:
        return _compare(later, earlier, order, definition)

    if after(opens, due) == 1:
        yield ("due",), f"it is due ({spec.due}) before it opens ({opens})"
    if spec.changeable_until is not None and after(opens, spec.changeable_until) == 1:
        what = f"it can be changed until {spec.changeable_until}, before it opens ({opens}): nobody can ever choose"
        yield ("changeable_until",), what
    leader = definition.commitments.get(spec.opens_on.commitment) if spec.opens_on else None
    if leader is not None and leader.opens is not None and after(leader.opens, due) == 1:
        yield ("due",), f"it is due ({spec.due}) before {leader.id}, which it follows, opens ({leader.opens})"
    yield from _asked_late(spec, meant, after)
    if after(meant["missed"], due) in (0, -1):
        yield ("miss",), f"{spec.miss} is not after the deadline ({spec.due}), which is open all day; write 'due + 1d'"
    for number, reminder in enumerate(spec.reminders):
        when = _rooted(reminder.when, meant)
        if after(when, due) == 1:
            yield ("reminders", number, "when"), f"{reminder.when} comes after the deadline ({spec.due})"
        if after(opens, when) == 1:
            yield ("reminders", number, "when"), f"{reminder.when} comes before it opens ({opens}), so it is never sent"
    steps = [meant["missed"], *(_rooted(step.when, meant) for step in spec.escalation)]
    for number, (earlier, later) in enumerate(pairwise(steps)):
        if after(earlier, later) == 1:
            before = "it is missed" if number == 0 else f"step {number}"
            yield ("escalation", number, "when"), f"{spec.escalation[number].when} comes before {before} ({earlier})"


def _asked_late(
    spec: CommitmentSpec, meant: Mapping[str, When], after: After
) -> Iterator[tuple[tuple[Step, ...], str]]:
    late = spec.asked_late
    if late is None:
        return
    if after(meant["opened"], late.until) == 1:
        what = f"nobody is asked late: {late.until} comes before it opens ({meant['opened']})"
        yield ("asked_late", "until"), what
    if after(_rooted(late.due, meant), meant["due"]) == 1:
        yield ("asked_late", "due"), f"{late.due} is later than the deadline ({spec.due}) even for who is asked in time"


def _meanings(spec: CommitmentSpec) -> dict[str, When]:
    """What ``opened``, ``due`` and ``missed`` stand for, counted from milestones as far as it can be."""
    meant = {"opened": spec.opens or When("opened")}
    meant["due"] = _rooted(spec.due, meant)
    meant["missed"] = _rooted(spec.miss, meant)
    return meant


def _rooted(when: When, meant: Mapping[str, When]) -> When:
    root = meant.get(when.anchor)
    return when if root is None else When(root.anchor, root.offsets + when.offsets)


def is_later(one: When, other: When, definition: Definition) -> bool:
    """Whether of two points in time that hang on the same anchor ``one`` is always the later."""
    return _compare(one, other, {}, definition) == 1


def _compare(one: When, other: When, order: Mapping[str, int], definition: Definition) -> int | None:
    """1 if ``one`` is always later than ``other``, -1 if earlier, 0 if the same, ``None`` if it depends on dates."""
    if one.anchor == other.anchor:
        hours = definition.working_time
        pairs = [(one.on(day, hours), other.on(day, hours)) for day in SAMPLE]
        signs = {(left > right) - (left < right) for left, right in pairs}
        return signs.pop() if len(signs) == 1 else None
    if one.offsets or other.offsets or not {one.anchor, other.anchor} <= order.keys():
        return None
    return 1 if order[one.anchor] > order[other.anchor] else -1
