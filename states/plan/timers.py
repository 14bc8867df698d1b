"""What a transition arms: the timers of a cohort, and those of a commitment in each of its states. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from config.definition import Milestone
from config.effects import Notice
from config.grammar import CHASE, Trigger, level_of, reminder
from config.programme import CommitmentSpec
from config.when import When
from states.machines.commitment import FINAL, OPEN, PLANNED
from states.plan.appointment import Dates, escalated_on, missed_on, reminders_at
from states.plan.calendar import Calendar


class Timer(NamedTuple):
    """At ``due_at`` fire ``trigger`` on ``subject``; ``rank`` orders timers of one instant."""

    cohort_id: str
    subject: str
    trigger: str
    due_at: datetime
    rank: int


EVENT_RANK, NOTICE_RANK, OPEN_RANK, REMIND_RANK, MISS_RANK, ESCALATE_RANK, FALL_RANK = range(7)

_ARMS_ANEW = frozenset({"resume", "extend", "appoint", "stall"})
"""Verbs after which the time of what is armed may be another, though the state is the same."""


def cohort_timers(calendar: Calendar, cohort_id: str, now: datetime) -> Iterator[Timer]:
    """Yield the timers of all milestones and notices that still lie ahead, and of events that fall by themselves."""
    for milestone in calendar.definition.milestones.values():
        yield from milestone_timers(calendar, cohort_id, milestone, now)
        yield from falling_events(calendar, cohort_id, milestone.id, now)


def falling_events(calendar: Calendar, cohort_id: str, milestone: str, now: datetime) -> Iterator[Timer]:
    """Yield the timers of events that fall by themselves on a day which hangs on a milestone; a late one at once."""
    for name, event in calendar.definition.programme.events.items():
        if event.falls is not None and event.falls.anchor == milestone:
            at = calendar.deadline_at(event.falls)
            if at is not None:
                yield Timer(cohort_id, cohort_id, name, max(at, now), FALL_RANK)


def chase_timer(calendar: Calendar, cohort_id: str, journey_id: str, event: str, now: datetime) -> Iterator[Timer]:
    """Yield when it is asked again about a journey that an event holds: on the working day after, never at once."""
    chase = calendar.definition.programme.events[event].chase
    at = calendar.deadline_at(chase.when, {"day": calendar.local_day(now)}) if chase is not None else None
    if at is not None and at > now:
        again = calendar.definition.working_time.next_open(at)
        yield Timer(cohort_id, journey_id, str(Trigger(event, CHASE)), again, REMIND_RANK)


def milestone_timers(calendar: Calendar, cohort_id: str, milestone: Milestone, now: datetime) -> Iterator[Timer]:
    """Yield a milestone's timer and its notices'.

    One that is late goes at once; after the milestone only what is meant for then, at its time.
    """
    held = calendar.days.get(milestone.id)
    if held is None:
        return
    is_over = held.ends_at <= now
    if milestone.state is not None and not is_over:
        yield Timer(cohort_id, cohort_id, milestone.id, held.ends_at, EVENT_RANK)
    for notice in milestone.notices:
        at = notice_at(calendar, milestone.id, notice)
        if at is not None and (at > now or not is_over):
            yield Timer(cohort_id, cohort_id, str(Trigger(milestone.id, notice.id)), max(at, now), NOTICE_RANK)


def notice_at(calendar: Calendar, milestone: str, notice: Notice) -> datetime | None:
    """Return when a notice is sent: never before its readers have reached the place it is for (R39).

    One for after the milestone goes on the working day after where its own is closed: it is never early.
    """
    at = calendar.notice_at(notice.when)
    if calendar.follows(milestone, notice.when):
        opens = calendar.deadline_at(notice.when)
        at = None if opens is None else calendar.definition.working_time.next_open(opens)
    if at is None or notice.state is None:
        return at
    reached = (step.id for step in calendar.definition.steps if step.state and step.state.endswith(notice.state))
    ends = [calendar.days[ident].ends_at for ident in reached if ident in calendar.days]
    return max([at, *ends])


def opening_timer(
    calendar: Calendar, cohort_id: str, subject: str, spec: CommitmentSpec, now: datetime
) -> Iterator[Timer]:
    """Yield what points out of ``planned``: the opening, or for a commitment that follows another its expiry."""
    if spec.opens is not None:
        at = calendar.opening_at(spec.opens)
        if at is not None:
            yield Timer(cohort_id, subject, str(Trigger(spec.id, "open")), max(at, now), OPEN_RANK)
        return
    expires = last_opening(calendar, spec)
    if expires is not None:
        yield Timer(cohort_id, subject, str(Trigger(spec.id, "expire")), max(expires, now), MISS_RANK)


def last_opening(calendar: Calendar, spec: CommitmentSpec) -> datetime | None:
    """Return when the commitment that ``spec`` follows can no longer open it: the day after its last change."""
    if spec.opens_on is None:
        return None
    leader = calendar.definition.commitments[spec.opens_on.commitment]
    last = leader.changeable_until or leader.miss
    day_after = When(last.anchor, (*last.offsets, (1, "d")))
    return calendar.deadline_at(day_after, due_anchor(calendar, leader))


def due_anchor(calendar: Calendar, spec: CommitmentSpec) -> Mapping[str, date]:
    """Return the date of ``due`` as far as the calendar alone gives it."""
    due = calendar.day_of(spec.due)
    return {} if due is None else {"due": due}


class Step(NamedTuple):
    """One transition: ``verb`` led from ``source`` to ``dest``."""

    verb: str
    source: str
    dest: str


def rearmed(
    calendar: Calendar, cohort_id: str, subject: str, spec: CommitmentSpec, step: Step, dates: Dates, now: datetime
) -> list[Timer] | None:
    """Return what is armed in place of a commitment's timers after ``step``; ``None``: they stay as they are.

    The engine and the exploration both ask here, so that what is proved is what runs (invariant 6).
    """
    if step.verb == "pause":
        return []
    if step.dest == step.source and step.verb not in _ARMS_ANEW:
        return None
    return list(commitment_timers(calendar, cohort_id, subject, spec, step.dest, dates, now))


def commitment_timers(
    calendar: Calendar, cohort_id: str, subject: str, spec: CommitmentSpec, dest: str, dates: Dates, now: datetime
) -> Iterator[Timer]:
    """Yield what is armed on entering ``dest``: opening, reminders and deadline, or the next level of escalation.

    A reminder whose time is past is not made up for; a deadline that is past falls at once.
    """
    if dest == PLANNED:
        yield from opening_timer(calendar, cohort_id, subject, spec, now)
    elif dest == OPEN:
        yield from _open_timers(calendar, cohort_id, subject, spec, dates, now)
    elif dest not in FINAL:
        yield from _escalation_timer(calendar, cohort_id, subject, spec, level_of(dest), dates, now)


def _open_timers(
    calendar: Calendar, cohort_id: str, subject: str, spec: CommitmentSpec, dates: Dates, now: datetime
) -> Iterator[Timer]:
    for number, at in reminders_at(calendar, spec, dates):
        if at > now:
            yield Timer(cohort_id, subject, str(Trigger(spec.id, reminder(number))), at, REMIND_RANK)
    verb = "miss" if spec.default_choice is None else "lapse"
    day = missed_on(calendar, spec, dates)
    if day is not None:
        at = calendar.definition.working_time.opening(day)
        yield Timer(cohort_id, subject, str(Trigger(spec.id, verb)), max(at, now), MISS_RANK)


def _escalation_timer(
    calendar: Calendar, cohort_id: str, subject: str, spec: CommitmentSpec, passed: int, dates: Dates, now: datetime
) -> Iterator[Timer]:
    if passed < len(spec.escalation):
        day = escalated_on(calendar, spec, passed, dates)
        if day is not None:
            at = calendar.definition.working_time.opening(day)
            yield Timer(cohort_id, subject, str(Trigger(spec.id, "escalate")), max(at, now), ESCALATE_RANK)
