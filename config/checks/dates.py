"""Checks of a cohort's dates against its programme: all there, in order, and as far apart as they should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from config.checks.time import written_out
from config.cohort import Cohort
from config.definition import Definition, Milestone, Module
from config.errors import Problem
from config.files.yaml_file import Source
from config.programme import CommitmentSpec
from config.suggest import did_you_mean
from config.when import When

HOUR = timedelta(hours=1)


def names(cohort: Cohort, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each date of an unknown milestone, and for each milestone without a date."""
    for ident in cohort.dates:
        if ident not in definition.milestones:
            what = f"unknown milestone {ident!r}{did_you_mean(ident, definition.milestones)}"
            yield source.problem(("dates", ident), what)
    for milestone in definition.milestones.values():
        dated = milestone.id in cohort.dates or ("dates", milestone.id) in source.dropped
        if not (dated or milestone.date_optional):
            yield source.problem(("dates",), f"{milestone.id} ({milestone.label}) has no date")


def days(cohort: Cohort, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield what is wrong with single days: their length, and a warning where nobody works."""
    for ident, day in cohort.dates.items():
        if day.end <= day.start:
            yield source.problem(("dates", ident, "end"), f"it ends at {day.end:%H:%M}, not after {day.start:%H:%M}")
            continue
        hours = definition.working_time
        if closed := hours.why_closed(day.date):
            yield source.problem(("dates", ident, "date"), f"{day.date} is {closed}", warning=True)
        wanted = definition.milestones[ident].hours if ident in definition.milestones else None
        length = (day.ends(hours) - day.starts(hours)) / HOUR
        if wanted is not None and length != wanted:
            what = f"it lasts {length:g} hours, the programme says {wanted:g}"
            yield source.problem(("dates", ident, "end"), what, warning=True)


def order(cohort: Cohort, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each milestone of the journeys that begins before the one before it has ended."""
    hours = definition.working_time
    steps = [step for step in definition.steps if step.id in cohort.dates]
    for earlier, later in pairwise(steps):
        ended, day = cohort.dates[earlier.id], cohort.dates[later.id]
        if day.starts(hours) < max(ended.starts(hours), ended.ends(hours)):
            what = (
                f"{later.id} ({day.date}) comes before {earlier.id} ({ended.date}) is over; the calendar says after it"
            )
            yield source.problem(("dates", later.id, "date"), what)


def modules(cohort: Cohort, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for days of a module that lie too near or too far apart (R15), or make a wrong length (R21)."""
    hours = definition.working_time
    for module in definition.modules.values():
        yield from _gaps(module, cohort, source)
        if module.hours is None or not {module.days[0], module.days[-1]} <= cohort.dates.keys():
            continue
        first, last = cohort.dates[module.days[0]], cohort.dates[module.days[-1]]
        length = (last.ends(hours) - first.starts(hours)) / HOUR
        if length != module.hours:
            what = f"module {module.id} lasts {length:g} hours from its first start to its last end, not {module.hours}"
            yield source.problem(("dates", module.days[-1], "end"), what)


def _gaps(module: Module, cohort: Cohort, source: Source) -> Iterator[Problem]:
    least, most = module.gap_days or (0, -1)
    if least > most:  # None wanted, or a fault of the shape.
        return
    for earlier, later in pairwise(module.days):
        if not {earlier, later} <= cohort.dates.keys():
            continue
        day = cohort.dates[later]
        gap = (day.date - cohort.dates[earlier].date).days
        # Days the wrong way round are a matter of order.
        if gap >= 0 and not least <= gap <= most:
            bounds = f"{least}" if least == most else f"{least} to {most}"
            what = f"{gap} days after {earlier}, the shape {module.shape!r} says {bounds}"
            known = f"; accepted: {day.reason}" if day.reason else "; if that is right, say why in 'reason'"
            yield source.problem(("dates", later, "date"), what + known, warning=bool(day.reason))


def windows(cohort: Cohort, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each milestone outside the days it may lie on (R39)."""
    for ident in cohort.dates.keys() & definition.milestones.keys():
        milestone = definition.milestones[ident]
        bounds = _window(milestone, cohort, definition)
        day = cohort.dates[ident].date
        if bounds is not None and not bounds[0] <= day <= bounds[1]:
            what = f"{day} is outside the days from {bounds[0]} to {bounds[1]}"
            yield source.problem(("dates", ident, "date"), what)


def _window(milestone: Milestone, cohort: Cohort, definition: Definition) -> tuple[date, date] | None:
    if milestone.window is None:
        return None
    earliest = date_of(milestone.window.earliest, cohort, definition)
    latest = date_of(milestone.window.latest, cohort, definition)
    return (earliest, latest) if earliest and latest else None


def deadlines(cohort: Cohort, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each commitment that these dates make due before it opens."""
    for spec in definition.programme.commitments:
        for one in written_out(spec, definition):
            opens = _opens(one, cohort, definition)
            due = date_of(one.due, cohort, definition)
            if opens and due and due < opens and one.due.anchor in cohort.dates:
                what = f"{one.id} ({one.label}) would be due on {due}, before it opens on {opens}"
                yield source.problem(("dates", one.due.anchor, "date"), what)
            last = one.changeable_until
            until = date_of(last, cohort, definition) if last else None
            if last and opens and until and until < opens and last.anchor in cohort.dates:
                what = f"{one.id} ({one.label}) could be changed until {until}, before it opens on {opens}"
                yield source.problem(("dates", last.anchor, "date"), what)


def _opens(spec: CommitmentSpec, cohort: Cohort, definition: Definition) -> date | None:
    """Return when a commitment opens, or the earliest day on which the one that it follows can open it."""
    leader = definition.commitments.get(spec.opens_on.commitment) if spec.opens_on else spec
    return date_of(leader.opens, cohort, definition) if leader and leader.opens else None


def date_of(when: When, cohort: Cohort, definition: Definition) -> date | None:
    """Return the date of a point in time in a cohort, ``None`` where its anchor has none."""
    day = cohort.dates.get(when.anchor)
    return None if day is None else when.on(day.date, definition.working_time)
