"""Which notices of a cohort's events have not gone out yet, and who has said that they do not come."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from config.grammar import Trigger
from states.running_cohort import RunningCohort
from states.store.attending import who_stays_away
from states.store.conditions import ARMED
from states.store.tables import TimerRow


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
    away = ((one.person, one.milestone) for one in who_stays_away(connection, cohort.cohort_id))
    return Invitations(frozenset(connection.execute(armed).tuples()), frozenset(away))
