"""Moves a milestone: its new date, the deadlines and timers that hang on it, and the news for its audience (R39)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from config.cohort import Day
from config.definition import ACTIVE, in_active
from config.errors import UnknownRecordError
from config.grammar import MOVE, Trigger
from config.programme import CommitmentSpec
from config.when import When
from states.machines.commitment import FINAL, OPEN, PLANNED
from states.moves.changes import Changes
from states.moves.commitments import CommitmentMover
from states.moves.enrol import day_details
from states.moves.firing import Firing
from states.moves.journeys import JourneyMover
from states.plan.calendar import Calendar, MilestoneDate
from states.plan.timers import EVENT_RANK, Dates, Timer, commitment_timers, milestone_timers
from states.records import Commitment, Journey
from states.running_cohort import RunningCohort
from states.store.queries import COMMITMENT_COLUMNS, JOURNEY_COLUMNS
from states.store.tables import ARMED, CommitmentRow, JourneyRow, MilestoneRow, TimerRow


class Rescheduling:
    """One milestone's move to ``day``."""

    def __init__(
        self, connection: Connection, cohort: RunningCohort, changes: Changes, milestone: str, day: Day
    ) -> None:
        if milestone not in cohort.definition.milestones:
            raise UnknownRecordError("milestone", milestone)
        self._connection = connection
        self._changes = changes
        self._milestone = milestone
        self._day = day
        old = cohort.calendar.days.get(milestone)
        self._was_dated = old is not None
        self._is_over = day.ends(cohort.definition.working_time) <= changes.now
        moved = MilestoneDate.of(day, cohort.definition, old.sequence + 1 if old else 0)
        self._cohort = replace(cohort, calendar=Calendar(cohort.definition, {**cohort.calendar.days, milestone: moved}))

    def work_out(self, details: Mapping[str, Any]) -> None:
        """Collect the new date and what follows from it.

        Raises:
            UnknownRecordError: the milestone has been held already.
        """
        self._set_date()
        self._rearm_milestone()
        self._rearm_waiting_notices()
        for commitment in self._unkept():
            self._rearm_commitment(commitment)
        firing = Firing(self._connection, self._cohort, self._changes, details, strict=False)
        self._keep_what_a_date_keeps(firing)
        if self._was_dated and not self._is_over:
            JourneyMover(firing).move(str(Trigger(self._milestone, MOVE)), self._active())

    def _set_date(self) -> None:
        held = select(MilestoneRow.held_at).where(
            MilestoneRow.cohort_id == self._cohort.cohort_id, MilestoneRow.id == self._milestone
        )
        if self._connection.scalar(held) is not None:
            raise UnknownRecordError("milestone still to come", self._milestone)
        lies = self._cohort.calendar.days[self._milestone]
        self._changes.dates.append(
            {
                "b_cohort": self._cohort.cohort_id,
                "b_id": self._milestone,
                "b_day": lies.day,
                "b_starts_at": lies.starts_at,
                "b_ends_at": lies.ends_at,
                "b_place": self._day.place,
                "b_details": day_details(self._day),
                "b_sequence": lies.sequence,
            }
        )

    def _rearm_milestone(self) -> None:
        """Arm the milestone's timers anew; a notice that went out for the old date is not sent again late.

        A day that is told of only when it is over has been held: it falls at once.
        """
        cohort, now = self._cohort.cohort_id, self._changes.now
        spec = self._cohort.definition.milestones[self._milestone]
        mine = [spec.id, *(str(Trigger(spec.id, notice.id)) for notice in spec.notices)]
        armed = self._disarm(TimerRow.trigger.in_(mine))
        for timer in milestone_timers(self._cohort.calendar, cohort, spec, now):
            if timer.due_at > now or timer.trigger in armed or not self._was_dated:
                self._changes.timers.append(timer)
        if self._is_over and spec.state is not None:
            self._changes.timers.append(Timer(cohort, cohort, spec.id, now, EVENT_RANK))

    def _rearm_waiting_notices(self) -> None:
        """Arm anew the notices of other milestones that wait until journeys have come this far (R39)."""
        reached = self._cohort.definition.milestones[self._milestone].state
        for spec in self._cohort.definition.milestones.values():
            waiting = [
                str(Trigger(spec.id, notice.id)) for notice in spec.notices if in_active(notice.state or "") == reached
            ]
            if waiting and spec.id != self._milestone:
                armed = self._disarm(TimerRow.trigger.in_(waiting))
                timers = milestone_timers(self._cohort.calendar, self._cohort.cohort_id, spec, self._changes.now)
                self._changes.timers += [timer for timer in timers if timer.trigger in armed]

    def _disarm(self, which: ColumnElement[bool]) -> set[str]:
        """Cancel the cohort's timers of these triggers, and return the triggers that were armed."""
        waiting = ARMED & (TimerRow.cohort_id == self._cohort.cohort_id) & which
        armed = self._connection.execute(select(TimerRow.id, TimerRow.trigger).where(waiting)).all()
        self._changes.called_off += [timer.id for timer in armed]
        return {timer.trigger for timer in armed}

    def _unkept(self) -> list[Commitment]:
        rows = self._connection.execute(
            select(*COMMITMENT_COLUMNS)
            .where(CommitmentRow.cohort_id == self._cohort.cohort_id, CommitmentRow.state.not_in(FINAL))
            .order_by(CommitmentRow.id)
        )
        commitments = [Commitment._make(row) for row in rows]
        return [one for one in commitments if self._hangs_on_it(self._cohort.spec(one.name))]

    @cached_property
    def _away(self) -> frozenset[str]:
        """The journeys that are not on the calendar now."""
        on_it = JourneyRow.state.startswith(ACTIVE)
        mine = select(JourneyRow.id).where(JourneyRow.cohort_id == self._cohort.cohort_id, ~on_it)
        return frozenset(self._connection.scalars(mine))

    def _hangs_on_it(self, spec: CommitmentSpec) -> bool:
        points: list[When | None] = [spec.opens, spec.due, spec.miss, spec.changeable_until]
        points += [step.when for step in (*spec.reminders, *spec.escalation)]
        if spec.opens_on is not None and self._hangs_on_it(self._cohort.spec(spec.opens_on.commitment)):
            return True
        return any(point is not None and point.anchor == self._milestone for point in points)

    def _rearm_commitment(self, commitment: Commitment) -> None:
        spec, calendar = self._cohort.spec(commitment.name), self._cohort.calendar
        if commitment.state not in {PLANNED, OPEN}:
            return  # Missed by the date that held then; it stays so until it is kept.
        due = calendar.due_of(spec, commitment.opened_on)
        self._changes.due_dates[commitment.id] = due
        if commitment.state == PLANNED and commitment.journey_id in self._away:
            return  # Paused with its journey; a return arms it.
        self._changes.disarmed.append(commitment.id)
        self._changes.timers += commitment_timers(
            calendar,
            commitment.cohort_id,
            commitment.id,
            spec,
            commitment.state,
            Dates(commitment.opened_on, due, commitment.missed_on),
            self._changes.now,
        )

    def _keep_what_a_date_keeps(self, firing: Firing) -> None:
        for spec in self._cohort.definition.commitments.values():
            if spec.kept_by_date_of == self._milestone:
                kept = [one for one in self._all_of(spec.id) if one.state not in {*FINAL, PLANNED}]
                CommitmentMover(firing).move(spec.id, "keep", kept, {})

    def _all_of(self, name: str) -> list[Commitment]:
        rows = self._connection.execute(
            select(*COMMITMENT_COLUMNS)
            .where(CommitmentRow.cohort_id == self._cohort.cohort_id, CommitmentRow.name == name)
            .order_by(CommitmentRow.id)
        )
        due = self._changes.due_dates
        found = [Commitment._make(row) for row in rows]
        return [one._replace(due_on=due.get(one.id, one.due_on)) for one in found]

    def _active(self) -> list[Journey]:
        rows = self._connection.execute(
            select(*JOURNEY_COLUMNS)
            .where(JourneyRow.cohort_id == self._cohort.cohort_id, JourneyRow.state.startswith(ACTIVE))
            .order_by(JourneyRow.id)
        )
        return [Journey._make(row) for row in rows]
