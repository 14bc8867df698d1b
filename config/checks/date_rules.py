"""The rules that dates keep: in order, as far apart as they should be, within their window, of the right length.

A cohort's file is checked by them, and so is every date that is moved later: one place for each rule. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from config.checks.time import written_out
from config.cohort import Day
from config.definition import Definition, Milestone, Module
from config.programme import CommitmentSpec
from config.when import When

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Span:
    """When a milestone is held: its local day, its start and end in UTC, and why it may break a rule."""

    day: date
    starts: datetime
    ends: datetime
    reason: str = ""

    @classmethod
    def of(cls, day: Day, definition: Definition) -> Span:
        """Return a day of a cohort's file as a span."""
        hours = definition.working_time
        return cls(day.date, day.starts(hours), day.ends(hours), day.reason)


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a date breaks.

    ``about`` holds what a sentence about it needs; ``excusable`` says whether a reason would do, ``field`` which part
    of the day it is about (``date`` or ``end``).
    """

    rule: str
    milestone: str
    about: Mapping[str, Any] = field(default_factory=dict)
    excusable: bool = False
    field: str = "date"


Spans = Mapping[str, Span]


def broken(spans: Spans, definition: Definition) -> Iterator[BrokenRule]:
    """Yield each rule that the dates break, by milestone; a date that is missing breaks none."""
    yield from _days(spans, definition)
    yield from _order(spans, definition)
    for module in definition.modules.values():
        yield from _gaps(module, spans)
        yield from _length(module, spans)
    yield from _windows(spans, definition)
    yield from _deadlines(spans, definition)


def _days(spans: Spans, definition: Definition) -> Iterator[BrokenRule]:
    for ident, span in spans.items():
        if span.ends <= span.starts:
            local = definition.working_time.local
            clock = {"start": f"{local(span.starts):%H:%M}", "end": f"{local(span.ends):%H:%M}"}
            yield BrokenRule("ends_early", ident, clock, field="end")
            continue
        if closed := definition.working_time.why_closed(span.day):
            yield BrokenRule("closed", ident, {"day": span.day, "why": closed}, excusable=True)
        wanted = definition.milestones[ident].hours if ident in definition.milestones else None
        length = (span.ends - span.starts) / HOUR
        if wanted is not None and length != wanted:
            yield BrokenRule("length", ident, {"hours": length, "wanted": wanted}, excusable=True, field="end")


def _order(spans: Spans, definition: Definition) -> Iterator[BrokenRule]:
    steps = [step.id for step in definition.steps if step.id in spans]
    for earlier, later in pairwise(steps):
        if spans[later].starts < max(spans[earlier].starts, spans[earlier].ends):
            days = {"day": spans[later].day, "earlier": earlier, "earlier_day": spans[earlier].day}
            yield BrokenRule("order", later, days)


def _gaps(module: Module, spans: Spans) -> Iterator[BrokenRule]:
    """R15. Days the wrong way round are a matter of order."""
    least, most = module.gap_days or (0, -1)
    if least > most:  # None wanted, or a fault of the shape.
        return
    for earlier, later in pairwise(module.days):
        if not {earlier, later} <= spans.keys():
            continue
        gap = (spans[later].day - spans[earlier].day).days
        if gap >= 0 and not least <= gap <= most:
            about = {"gap": gap, "earlier": earlier, "shape": module.shape, "least": least, "most": most}
            yield BrokenRule("gap", later, about, excusable=True)


def _length(module: Module, spans: Spans) -> Iterator[BrokenRule]:
    """R21: so many hours from the first start to the last end."""
    first, last = module.days[0], module.days[-1]
    if module.hours is None or not {first, last} <= spans.keys():
        return
    length = (spans[last].ends - spans[first].starts) / HOUR
    if length != module.hours:
        about = {"module": module.id, "number": module.number, "hours": length, "wanted": module.hours}
        yield BrokenRule("module_length", last, about, excusable=True, field="end")


def _windows(spans: Spans, definition: Definition) -> Iterator[BrokenRule]:
    """R39: the days that a milestone may lie on."""
    for ident, span in spans.items():
        bounds = _window(definition.milestones[ident], spans, definition) if ident in definition.milestones else None
        if bounds is not None and not bounds[0] <= span.day <= bounds[1]:
            about = {"day": span.day, "earliest": bounds[0], "latest": bounds[1]}
            yield BrokenRule("window", ident, about, excusable=True)


def _window(milestone: Milestone, spans: Spans, definition: Definition) -> tuple[date, date] | None:
    if milestone.window is None:
        return None
    earliest = date_of(milestone.window.earliest, spans, definition)
    latest = date_of(milestone.window.latest, spans, definition)
    return (earliest, latest) if earliest and latest else None


def _deadlines(spans: Spans, definition: Definition) -> Iterator[BrokenRule]:
    """Nothing is due before it opens, and no choice ceases to be changeable before that."""
    for spec in definition.programme.commitments:
        for one in written_out(spec, definition):
            opens, due = _opens(one, spans, definition), date_of(one.due, spans, definition)
            about = {"commitment": one.id, "label": one.label, "opens": opens}
            if opens and due and due < opens and one.due.anchor in spans:
                yield BrokenRule("due_before_open", one.due.anchor, {**about, "due": due})
            last = one.changeable_until
            until = date_of(last, spans, definition) if last else None
            if last and opens and until and until < opens and last.anchor in spans:
                yield BrokenRule("changeable_too_early", last.anchor, {**about, "until": until})


def _opens(spec: CommitmentSpec, spans: Spans, definition: Definition) -> date | None:
    """Return when a commitment opens, or the earliest day on which the one that it follows can open it."""
    leader = definition.commitments.get(spec.opens_on.commitment) if spec.opens_on else spec
    return date_of(leader.opens, spans, definition) if leader and leader.opens else None


def date_of(when: When, spans: Spans, definition: Definition) -> date | None:
    """Return the date of a point in time on these dates, ``None`` where its anchor has none."""
    span = spans.get(when.anchor)
    return None if span is None else when.on(span.day, definition.working_time)
