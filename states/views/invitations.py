"""Which notices of a cohort's events have not gone out yet, and who has said that they do not come."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from config.grammar import Trigger
from states.running_cohort import RunningCohort
from states.store.conditions import ARMED
from states.store.reach_tables import AbsenceRow, AttendanceRow
from states.store.tables import JourneyRow, TimerRow


class Invitations(NamedTuple):
    """What is known of the invitations to a cohort's events."""

    ahead: frozenset[tuple[str, str]]
    """Notices that still wait for their time: for the cohort, or for a journey that catches up, with the trigger."""
    away: frozenset[tuple[str, str]]
    """Persons who do not come, each with the milestone (R29, R61)."""


def read_invitations(connection: Connection, cohort: RunningCohort) -> Invitations:
    """Read which notices of a cohort are ahead, and who stays away from what."""
    milestones = cohort.definition.milestones.values()
    notices = [str(Trigger(one.id, notice.id)) for one in milestones for notice in one.notices]
    armed = select(TimerRow.subject, TimerRow.trigger).where(
        ARMED, TimerRow.cohort_id == cohort.cohort_id, TimerRow.trigger.in_(notices)
    )
    absent = (
        select(JourneyRow.talent_id, AbsenceRow.milestone)
        .join(JourneyRow, JourneyRow.id == AbsenceRow.journey_id)
        .where(JourneyRow.cohort_id == cohort.cohort_id)
    )
    declined = select(AttendanceRow.person_id, AttendanceRow.milestone).where(
        AttendanceRow.cohort_id == cohort.cohort_id, AttendanceRow.coming.is_(False)
    )
    return Invitations(
        frozenset(connection.execute(armed).tuples()),
        frozenset([*connection.execute(absent).tuples(), *connection.execute(declined).tuples()]),
    )
