"""Checks of a cohort's dates against its programme: all there, and what the rules of dates say of them, in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from config.checks.date_rules import BrokenRule, Span, broken
from config.cohort import Cohort
from config.definition import Definition
from config.errors import Problem
from config.files.yaml_file import Source
from config.suggest import did_you_mean

SENTENCES = {
    "ends_early": "it ends at {end}, not after {start}",
    "closed": "{day} is {why}",
    "length": "it lasts {hours:g} hours, the programme says {wanted:g}",
    "order": "{milestone} ({day}) comes before {earlier} ({earlier_day}) is over; the calendar says after it",
    "gap": "{gap} days after {earlier}, the shape {shape!r} says {bounds}",
    "module_length": "module {module} lasts {hours:g} hours from its first start to its last end, not {wanted}",
    "window": "{day} is outside the days from {earliest} to {latest}",
    "due_before_open": "{commitment} ({label}) would be due on {due}, before it opens on {opens}",
    "changeable_too_early": "{commitment} ({label}) could be changed until {until}, before it opens on {opens}",
    "past": "{day} is over by now",
    "held": "it was held already",
    "same": "nothing of it would be other than it is",
}
"""What each broken rule says to whoever writes or moves a date; the last three are of moving only."""

_ONLY_A_WARNING = {"closed", "length"}
_ACCEPTED_WITH_A_REASON = {"gap", "module_length", "window"}


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


def rules(cohort: Cohort, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each rule that the dates break; a warning where a reason is given, or none is asked for."""
    spans = {ident: Span.of(day, definition) for ident, day in cohort.dates.items()}
    for one in broken(spans, definition):
        what, accepted = sentence(one), False
        if one.rule in _ACCEPTED_WITH_A_REASON:
            reason = spans[one.milestone].reason
            what += f"; accepted: {reason}" if reason else "; if that is right, say why in 'reason'"
            accepted = bool(reason)
        yield source.problem(("dates", one.milestone, one.field), what, accepted or one.rule in _ONLY_A_WARNING)


def sentence(one: BrokenRule, sentences: Mapping[str, str] = SENTENCES) -> str:
    """Return what is wrong, in words."""
    about: dict[str, Any] = {"milestone": one.milestone, **one.about}
    if one.rule == "gap":
        least, most = about["least"], about["most"]
        about["bounds"] = f"{least}" if least == most else f"{least} to {most}"
    return sentences[one.rule].format(**about)
