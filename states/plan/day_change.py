"""A milestone's day as it becomes: what goes with it, what is other than before, which rules break. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from config.checks.date_rules import BrokenRule, Span, broken
from config.cohort import Day
from config.definition import Definition

PARTS = ("date", "start", "end", "place", "staff", "material")
"""What people are told of a day."""

NewDays = Mapping[str, Day | None]
"""The days that milestones get, by id; ``None`` calls one off."""


def with_what_goes_along(definition: Definition, days: Mapping[str, Day], milestone: str, new: Day | None) -> NewDays:
    """Return the new days when ``milestone`` gets ``new``: the days of a module of fixed length move together (R21).

    ``days`` are those that may be moved, as they are now.
    """
    old, module = days.get(milestone), definition.milestones[milestone].module
    if old is None or new is None or module is None or module.hours is None:
        return {milestone: new}
    shift = new.date - old.date
    others = [one for one in module.days if one != milestone and one in days] if shift else []
    return {milestone: new, **{one: days[one].model_copy(update={"date": days[one].date + shift}) for one in others}}


def changed_parts(old: Day | None, new: Day | None) -> tuple[str, ...]:
    """Return the parts in which two days differ; ``date`` alone if one of them is none."""
    if old is None or new is None:
        return () if old is new else ("date",)
    return tuple(part for part in PARTS if getattr(old, part) != getattr(new, part))


def broken_by_change(
    definition: Definition, days: Mapping[str, Day], new_days: NewDays, now: datetime
) -> Iterator[BrokenRule]:
    """Yield the rules that a cohort's dates break once milestones have their new days.

    What other days have broken before, and break in the same way now, is no fault of this change.
    """
    before = {ident: Span.of(day, definition) for ident, day in days.items()}
    after = {ident: span for ident, span in before.items() if ident not in new_days}
    for ident, day in new_days.items():
        if not changed_parts(days.get(ident), day):
            yield BrokenRule("same", ident)
        if day is not None:
            after[ident] = Span.of(day, definition)
            if after[ident].starts < now and after[ident] != before.get(ident):
                yield BrokenRule("past", ident, {"day": day.date}, excusable=True)
    known = list(broken(before, definition))
    yield from (one for one in broken(after, definition) if one.milestone in new_days or one not in known)


def milestones_behind(definition: Definition, commitment: str) -> frozenset[str]:
    """Return the milestones that the dates of a commitment hang on, its own or those of the one it follows."""
    spec = definition.commitments[commitment]
    points = [spec.opens, spec.due, spec.miss, spec.changeable_until]
    points += [step.when for step in (*spec.reminders, *spec.escalation)]
    own = frozenset(point.anchor for point in points if point is not None) & definition.milestones.keys()
    return own | milestones_behind(definition, spec.opens_on.commitment) if spec.opens_on is not None else own
