"""Checks of what a programme asks people of their coming: there are such milestones and events, and somebody hears."""

from __future__ import annotations

from collections.abc import Iterator

from config.attendance import AttendanceSpec
from config.definition import Definition
from config.errors import Problem
from config.files.yaml_file import Source
from config.roles import OF_COHORT
from config.suggest import did_you_mean

NEEDED = {"come": "absence", "decline": "milestone"}
"""What the events need by which a talent comes after all, and does not."""


def attendance(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each milestone, role and event under ``attendance`` that cannot be meant."""
    asks = definition.programme.attendance
    if asks is None:
        return
    if all(path[0] not in ("calendar", "shapes") for path in source.dropped):
        yield from _asked(definition, asks, source)
    if all(path[0] != "events" for path in source.dropped):
        yield from _events(definition, asks, source)


def _asked(definition: Definition, asks: AttendanceSpec, source: Source) -> Iterator[Problem]:
    known = definition.milestones
    for number, milestone in enumerate(() if asks.milestones == "all" else asks.milestones):
        if milestone not in known:
            what = f"unknown milestone {milestone!r}{did_you_mean(milestone, known)}"
            yield source.problem(("attendance", "milestones", number), what)
    invited = {role for one in known.values() if asks.is_about(one.id) for role in one.audience}
    for number, role in enumerate(asks.by):
        if role not in invited:
            name = definition.programme.role_name(role)
            what = f"{name!r} is in the 'audience' of no milestone that is asked about"
            yield source.problem(("attendance", "by", number), what)


def _events(definition: Definition, asks: AttendanceSpec, source: Source) -> Iterator[Problem]:
    events = definition.programme.events
    others = [role for role in asks.by if role != "talent"]
    for key, needed in NEEDED.items():
        name = getattr(asks, key).event
        if name not in events:
            what = f"unknown event {name!r}{did_you_mean(name, events)}"
            yield source.problem(("attendance", key, "event"), what)
        elif needed not in events[name].needs:
            what = f"the event {name!r} does not need {needed!r}: it is told of no milestone"
            yield source.problem(("attendance", key, "event"), what)
        elif others and not any(OF_COHORT & set(effect.to) for effect in events[name].effects):
            called = definition.programme.role_name
            heard = ", ".join(sorted(called(one) for one in OF_COHORT if definition.programme.has_role(one)))
            what = f"nobody hears of {called(others[0])!r} by the event {name!r}; tell one of {heard}"
            yield source.problem(("attendance", key, "event"), what)
