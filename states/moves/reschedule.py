"""Moves a milestone: its new date, the deadlines and timers that hang on it, and the news for its audience (R39)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from config.cohort import Day
from config.definition import ACTIVE, in_active
from config.errors import UnknownRecordError
from config.programme import CommitmentSpec
from config.when import When
from states.machines.commitment import FINAL, OPEN, PLANNED
from states.moves.changes import Changes
from states.moves.commitments import Commitments
from states.moves.enrol import day_details, held
from states.moves.firing import PROMISE, STANDING, Desk, Promise
from states.moves.journeys import Journeys
from states.plan.calendar import Calendar
from states.plan.effects import Standing
from states.plan.timers import EVENT_RANK, Dates, Timer, commitment_timers, milestone_timers
from states.running_cohort import Book
from states.store.tables import ARMED, CohortRow, CommitmentRow, JourneyRow, MilestoneRow, TimerRow


def new_calendar(connection: Connection, cohort_id: str) -> None:
    """Let everyone who keeps the cohort's calendar in memory know that it has changed."""
    connection.execute(
        update(CohortRow).where(CohortRow.id == cohort_id).values(calendar_version=CohortRow.calendar_version + 1)
    )


class Move:
    """One milestone's move to ``day``."""

    def __init__(self, connection: Connection, book: Book, changes: Changes, milestone: str, day: Day) -> None:
        if milestone not in book.definition.milestones:
            raise UnknownRecordError("milestone", milestone)
        self._connection = connection
        self._changes = changes
        self._milestone = milestone
        self._day = day
        old = book.calendar.days.get(milestone)
        self._was_dated = old is not None
        self._is_over = day.ends(book.definition.working_time) <= changes.now
        moved = held(day, book.definition, old.sequence + 1 if old else 0)
        self._book = replace(book, calendar=Calendar(book.definition, {**book.calendar.days, milestone: moved}))

    def work_out(self, details: Mapping[str, Any]) -> None:
        """Write the date and collect what follows from it.

        Raises:
            UnknownRecordError: the milestone has been held already.
        """
        self._write_date()
        self._rearm_milestone()
        self._rearm_waiting_notices()
        for promise in self._unkept():
            self._rearm_commitment(promise)
        desk = Desk(self._connection, self._book, self._changes, details, strict=False)
        self._keep_what_a_date_keeps(desk)
        if self._was_dated and not self._is_over:
            Journeys(desk).move(f"{self._milestone}:move", self._active())

    def _write_date(self) -> None:
        lies = self._book.calendar.days[self._milestone]
        result = self._connection.execute(
            update(MilestoneRow)
            .where(
                MilestoneRow.cohort_id == self._book.cohort_id,
                MilestoneRow.id == self._milestone,
                MilestoneRow.held_at.is_(None),
            )
            .values(
                day=lies.day,
                starts_at=lies.starts_at,
                ends_at=lies.ends_at,
                place=self._day.place,
                details=day_details(self._day),
                sequence=lies.sequence,
            )
        )
        if result.rowcount != 1:
            raise UnknownRecordError("milestone still to come", self._milestone)
        new_calendar(self._connection, self._book.cohort_id)

    def _rearm_milestone(self) -> None:
        """Arm the milestone's timers anew; a notice that went out for the old date is not sent again late.

        A day that is told of only when it is over has been held: it falls at once.
        """
        cohort, now = self._book.cohort_id, self._changes.now
        spec = self._book.definition.milestones[self._milestone]
        mine = [spec.id, *(f"{spec.id}:{notice.id}" for notice in spec.notices)]
        armed = self._disarm(TimerRow.trigger.in_(mine))
        for timer in milestone_timers(self._book.calendar, cohort, spec, now):
            if timer.due_at > now or timer.trigger in armed or not self._was_dated:
                self._changes.timers.append(timer)
        if self._is_over and spec.state is not None:
            self._changes.timers.append(Timer(cohort, cohort, spec.id, now, EVENT_RANK))

    def _rearm_waiting_notices(self) -> None:
        """Arm anew the notices of other milestones that wait until journeys have come this far (R39)."""
        reached = self._book.definition.milestones[self._milestone].state
        for spec in self._book.definition.milestones.values():
            waiting = [f"{spec.id}:{notice.id}" for notice in spec.notices if in_active(notice.state or "") == reached]
            if waiting and spec.id != self._milestone:
                armed = self._disarm(TimerRow.trigger.in_(waiting))
                timers = milestone_timers(self._book.calendar, self._book.cohort_id, spec, self._changes.now)
                self._changes.timers += [timer for timer in timers if timer.trigger in armed]

    def _disarm(self, which: ColumnElement[bool]) -> set[str]:
        """Cancel the cohort's timers of these triggers, and return the triggers that were armed."""
        waiting = ARMED & (TimerRow.cohort_id == self._book.cohort_id) & which
        armed = set(self._connection.scalars(select(TimerRow.trigger).where(waiting)))
        self._connection.execute(update(TimerRow).where(waiting).values(status="cancelled"))
        return armed

    def _unkept(self) -> list[Promise]:
        rows = self._connection.execute(
            select(*PROMISE)
            .where(CommitmentRow.cohort_id == self._book.cohort_id, CommitmentRow.state.not_in(FINAL))
            .order_by(CommitmentRow.id)
            .with_for_update()
        )
        promises = [Promise._make(row) for row in rows]
        return [one for one in promises if self._hangs_on_it(self._book.spec(one.name))]

    @cached_property
    def _away(self) -> frozenset[str]:
        """The journeys that are not on the calendar now."""
        on_it = JourneyRow.state.startswith(ACTIVE)
        mine = select(JourneyRow.id).where(JourneyRow.cohort_id == self._book.cohort_id, ~on_it)
        return frozenset(self._connection.scalars(mine))

    def _hangs_on_it(self, spec: CommitmentSpec) -> bool:
        points: list[When | None] = [spec.opens, spec.due, spec.miss, spec.changeable_until]
        points += [step.when for step in (*spec.reminders, *spec.escalation)]
        if spec.opens_on is not None and self._hangs_on_it(self._book.spec(spec.opens_on.commitment)):
            return True
        return any(point is not None and point.anchor == self._milestone for point in points)

    def _rearm_commitment(self, promise: Promise) -> None:
        spec, calendar = self._book.spec(promise.name), self._book.calendar
        if promise.state not in {PLANNED, OPEN}:
            return  # Missed by the date that held then; it stays so until it is kept.
        opened = {"opened": promise.opened_on} if promise.opened_on else {}
        due = calendar.day_of(spec.due, opened)
        self._connection.execute(update(CommitmentRow).where(CommitmentRow.id == promise.id).values(due_on=due))
        if promise.state == PLANNED and promise.journey_id in self._away:
            return  # Paused with its journey; a return arms it.
        self._changes.disarmed.append(promise.id)
        self._changes.timers += commitment_timers(
            calendar,
            promise.cohort_id,
            promise.id,
            spec,
            promise.state,
            Dates(promise.opened_on, due, promise.missed_on),
            self._changes.now,
        )

    def _keep_what_a_date_keeps(self, desk: Desk) -> None:
        for spec in self._book.definition.commitments.values():
            if spec.kept_by_date_of == self._milestone:
                kept = [one for one in self._all_of(spec.id) if one.state not in {*FINAL, PLANNED}]
                Commitments(desk).move(spec.id, "keep", kept, {})

    def _all_of(self, name: str) -> list[Promise]:
        rows = self._connection.execute(
            select(*PROMISE)
            .where(CommitmentRow.cohort_id == self._book.cohort_id, CommitmentRow.name == name)
            .order_by(CommitmentRow.id)
        )
        return [Promise._make(row) for row in rows]

    def _active(self) -> list[Standing]:
        rows = self._connection.execute(
            select(*STANDING)
            .where(JourneyRow.cohort_id == self._book.cohort_id, JourneyRow.state.startswith(ACTIVE))
            .order_by(JourneyRow.id)
        )
        return [Standing._make(row) for row in rows]
