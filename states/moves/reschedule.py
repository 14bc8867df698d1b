"""Gives milestones other days, or none: the deadlines and timers that hang on them, and the news (R39, R63)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property, partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from config.checks.date_rules import BrokenRule
from config.cohort import Day
from config.definition import ACTIVE, Milestone, in_active
from config.errors import UnknownRecordError
from config.grammar import CALL_OFF, Trigger
from states.machines.commitment import CANCELLED, FINAL, OPEN, PLANNED
from states.moves.changes import Changes
from states.moves.commitments import CommitmentMover
from states.moves.consequences import (
    Consequences,
    MovedDay,
    MovedDeadline,
    Stays,
    objections,
    people_told,
    refused,
    timers_moved,
)
from states.moves.day_news import DayNews
from states.moves.firing import Firing
from states.plan.appointment import Dates
from states.plan.calendar import Calendar, MilestoneDate
from states.plan.day_change import broken_by_change, milestones_behind, with_what_goes_along
from states.plan.timers import EVENT_RANK, Timer, commitment_timers, falling_events, milestone_timers
from states.records import Commitment
from states.running_cohort import RunningCohort
from states.store.conditions import ARMED
from states.store.days import day_details, read_days
from states.store.queries import COMMITMENT_COLUMNS
from states.store.tables import CommitmentRow, JourneyRow, TimerRow


class Rescheduling:
    """One milestone's new ``day``, or ``None`` to call it off; with it the other days of a module of fixed length."""

    def __init__(
        self, connection: Connection, cohort: RunningCohort, changes: Changes, milestone: str, day: Day | None
    ) -> None:
        definition = cohort.definition
        if milestone not in definition.milestones:
            raise UnknownRecordError("milestone", milestone)
        if day is None:
            cohort.check_trigger(str(Trigger(milestone, CALL_OFF)))
        self._connection = connection
        self._changes = changes
        self._milestones = read_days(connection, cohort.cohort_id, definition)
        self._days = {ident: one.day for ident, one in self._milestones.items() if one.day is not None}
        over = {ident for ident, lies in cohort.calendar.days.items() if lies.ends_at <= changes.now}
        self._held = over | {ident for ident, one in self._milestones.items() if one.held}
        to_come = {ident: one for ident, one in self._days.items() if ident not in self._held}
        self._new = with_what_goes_along(definition, to_come, milestone, day)
        self._reason = day.reason if day is not None else ""
        dated = {
            ident: MilestoneDate.of(new, definition, self._milestones[ident].sequence + 1)
            for ident, new in self._new.items()
            if new is not None
        }
        kept = {ident: lies for ident, lies in cohort.calendar.days.items() if ident not in self._new}
        self._cohort = replace(cohort, calendar=Calendar(definition, kept | dated))
        self._deadlines: list[MovedDeadline] = []
        self._stays: list[Stays] = []

    def broken(self) -> Iterator[BrokenRule]:
        """Yield the rules that stand against it, with or without a reason."""
        yield from (BrokenRule("held", ident) for ident in self._new if ident in self._held)
        yield from broken_by_change(self._cohort.definition, self._days, self._new, self._changes.now)

    def refuse_what_breaks_rules(self) -> None:
        """Raise ``DayRefusedError`` if a rule is broken that no reason excuses."""
        if against := objections(self.broken(), self._reason):
            raise refused(self._cohort.cohort_id, next(iter(self._new)), against)

    def work_out(self, details: Mapping[str, Any]) -> None:
        """Collect the new dates and what follows from them; whether they may be is asked before (``broken``)."""
        for milestone in self._new:
            self._set_date(milestone)
            self._rearm_milestone(self._cohort.definition.milestones[milestone])
            self._rearm_waiting_notices(milestone)
            self._rearm_falling_events(milestone)
        for commitment in self._commitments():
            self._follow(commitment)
        firing = Firing(self._connection, self._cohort, self._changes, details, strict=False)
        for milestone, new in self._new.items():
            if new is not None:
                self._keep_what_a_date_keeps(firing, milestone)
                self._changes.silenced.append(f"{self._cohort.cohort_id}/{milestone}")
            if self._was_known(milestone) and not self._is_over(milestone):
                old = self._days.get(milestone)
                DayNews(firing, milestone, old, new).tell(self._milestones[milestone].sequence + 1)

    def consequences(self) -> Consequences:
        """Return what has been worked out; before it is written."""
        return Consequences(
            cohort_id=self._cohort.cohort_id,
            days=tuple(MovedDay(ident, self._days.get(ident), new) for ident, new in self._new.items()),
            broken=tuple(self.broken()),
            reason=self._reason,
            deadlines=tuple(self._deadlines),
            timers=timers_moved(self._changes, self._connection),
            told=people_told(self._changes, self._connection, self._cohort.calendar.local_day),
            stays=tuple(self._stays),
        )

    def _was_known(self, milestone: str) -> bool:
        """Whether people know of a day, or know that it was called off."""
        return milestone in self._days or self._milestones[milestone].sequence > 0

    def _is_over(self, milestone: str) -> bool:
        return self._cohort.calendar.is_over(milestone, self._changes.now)

    def _set_date(self, milestone: str) -> None:
        lies, new = self._cohort.calendar.days.get(milestone), self._new[milestone]
        old = self._days.get(milestone)
        self._changes.remember("days", milestone, old and old.model_dump(mode="json"))
        self._changes.dates.append(
            {
                "b_cohort": self._cohort.cohort_id,
                "b_id": milestone,
                "b_day": lies.day if lies else None,
                "b_starts_at": lies.starts_at if lies else None,
                "b_ends_at": lies.ends_at if lies else None,
                "b_place": new.place if new else "",
                "b_details": day_details(new) if new else {},
                "b_sequence": self._milestones[milestone].sequence + 1,
            }
        )

    def _rearm_milestone(self, spec: Milestone) -> None:
        """Arm the milestone's timers anew; a notice that went out for the old date is not sent again late.

        A day that is told of only when it is over has been held: it falls at once.
        """
        cohort, now = self._cohort.cohort_id, self._changes.now
        mine = [spec.id, *(str(Trigger(spec.id, notice.id)) for notice in spec.notices)]
        armed = self._disarm(TimerRow.trigger.in_(mine))
        was_dated = spec.id in self._days
        for timer in milestone_timers(self._cohort.calendar, cohort, spec, now):
            # One that is sent once has the same key as before: it reaches whoever has joined since, and nobody else.
            if timer.due_at > now or timer.trigger in armed or not was_dated:
                self._changes.timers.append(timer)
        if self._is_over(spec.id) and spec.state is not None:
            self._changes.timers.append(Timer(cohort, cohort, spec.id, now, EVENT_RANK))

    def _rearm_waiting_notices(self, milestone: str) -> None:
        """Arm anew the notices of other milestones that wait until journeys have come this far (R39)."""
        reached = self._cohort.definition.milestones[milestone].state
        for spec in self._cohort.definition.milestones.values():
            waiting = [
                str(Trigger(spec.id, notice.id)) for notice in spec.notices if in_active(notice.state or "") == reached
            ]
            if waiting and spec.id not in self._new:
                armed = self._disarm(TimerRow.trigger.in_(waiting))
                timers = milestone_timers(self._cohort.calendar, self._cohort.cohort_id, spec, self._changes.now)
                self._changes.timers += [timer for timer in timers if timer.trigger in armed]

    def _rearm_falling_events(self, milestone: str) -> None:
        events = self._cohort.definition.programme.events.items()
        mine = [name for name, event in events if event.falls is not None and event.falls.anchor == milestone]
        armed = self._disarm(TimerRow.trigger.in_(mine)) if mine else set()
        timers = falling_events(self._cohort.calendar, self._cohort.cohort_id, milestone, self._changes.now)
        again = milestone not in self._days
        self._changes.timers += [timer for timer in timers if again or timer.trigger in armed]

    def _disarm(self, which: ColumnElement[bool]) -> set[str]:
        """Cancel the cohort's timers of these triggers, and return the triggers that were armed."""
        waiting = ARMED & (TimerRow.cohort_id == self._cohort.cohort_id) & which
        armed = self._connection.execute(select(TimerRow.id, TimerRow.trigger).where(waiting)).all()
        self._changes.called_off += [timer.id for timer in armed]
        return {timer.trigger for timer in armed}

    def _commitments(self) -> list[Commitment]:
        """Return the commitments that hang on the days, whatever has become of them."""
        mine = CommitmentRow.cohort_id == self._cohort.cohort_id
        rows = self._connection.execute(select(*COMMITMENT_COLUMNS).where(mine).order_by(CommitmentRow.id))
        behind = cache(partial(milestones_behind, self._cohort.definition))
        return [one for one in map(Commitment._make, rows) if behind(one.name) & self._new.keys()]

    @cached_property
    def _away(self) -> frozenset[str]:
        """The journeys that are not on the calendar now."""
        on_it = JourneyRow.state.startswith(ACTIVE)
        mine = select(JourneyRow.id).where(JourneyRow.cohort_id == self._cohort.cohort_id, ~on_it)
        return frozenset(self._connection.scalars(mine))

    def _follow(self, commitment: Commitment) -> None:
        """Give a commitment the deadline and timers that the new days give it, unless it is past them."""
        spec, calendar = self._cohort.spec(commitment.name), self._cohort.calendar
        who = (commitment.id, commitment.journey_id, commitment.name)
        if commitment.state not in {PLANNED, OPEN}:
            # Missed by the date that held then, it stays so until it is kept.
            if commitment.state != CANCELLED:
                self._stays.append(Stays(*who, commitment.state))
            return
        if commitment.agreed:
            return  # Owner and coordinator have agreed on its deadline.
        due = calendar.due_of(spec, commitment.opened_on)
        self._changes.due_dates[commitment.id] = due
        if due != commitment.due_on:
            self._deadlines.append(MovedDeadline(*who, commitment.due_on, due))
        if commitment.state == PLANNED and commitment.journey_id in self._away:
            return  # Paused with its journey; a return arms it.
        self._changes.disarmed.append(commitment.id)
        dates = Dates(commitment.opened_on, due, commitment.missed_on, commitment.appointed_on)
        self._changes.timers += commitment_timers(
            calendar, commitment.cohort_id, commitment.id, spec, commitment.state, dates, self._changes.now
        )

    def _keep_what_a_date_keeps(self, firing: Firing, milestone: str) -> None:
        for spec in self._cohort.definition.commitments.values():
            if spec.kept_by_date_of == milestone:
                mine = (CommitmentRow.cohort_id == self._cohort.cohort_id) & (CommitmentRow.name == spec.id)
                rows = self._connection.execute(select(*COMMITMENT_COLUMNS).where(mine).order_by(CommitmentRow.id))
                due = self._changes.due_dates
                found = [one._replace(due_on=due.get(one.id, one.due_on)) for one in map(Commitment._make, rows)]
                kept = [one for one in found if one.state not in {*FINAL, PLANNED}]
                CommitmentMover(firing).move(spec.id, "keep", kept, {})
