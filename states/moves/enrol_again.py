"""Somebody whose enrolment was taken back is enrolled after all (R62)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from config.grammar import TAKEN_BACK, commitment_id
from states.machines.commitment import CANCELLED, PLANNED
from states.machines.journey import ENROL
from states.moves.changes import Changes
from states.plan.late_joiners import catch_up_notices
from states.plan.timers import opening_timer
from states.records import Commitment
from states.running_cohort import RunningCohort
from states.store.queries import commitments_named, journeys_of


def enrol_again(connection: Connection, running: RunningCohort, changes: Changes, listed: Sequence[str]) -> None:
    """Let those who are listed, and whose enrolment was taken back, stand where their cohort stands after all."""
    calendar, now, cohort_id = running.calendar, changes.now, running.cohort_id
    back = [one for one in journeys_of(connection, cohort_id) if one.state == TAKEN_BACK and one.id in listed]
    for journey in back:
        changes.move_journey(journey, ENROL, running.reached)
        changes.timers += catch_up_notices(calendar, cohort_id, journey.id, now)
        ids = [commitment_id(journey.id, name) for name in running.definition.commitments]
        for one in commitments_named(connection, ids):
            spec, due = running.spec(one.name), calendar.day_of(running.spec(one.name).due)
            if one.state == CANCELLED and (due is None or due >= calendar.local_day(now)):
                changes.move_commitment(one, ENROL, _unbegun(one, due))
                changes.timers += opening_timer(calendar, cohort_id, one.id, spec, now)


def _unbegun(commitment: Commitment, due: date | None) -> Commitment:
    return commitment._replace(
        state=PLANNED, opened_on=None, due_on=due, missed_on=None, choice=None, partner_id=None, agreed=False
    )
