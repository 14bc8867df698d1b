"""Somebody whose enrolment was taken back is enrolled after all (R62)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from config.grammar import TAKEN_BACK, commitment_id, history_id
from states.machines.commitment import CANCELLED, PLANNED
from states.machines.journey import ENROL
from states.moves.changes import Changes
from states.plan.late_joiners import can_be_asked, catch_up_notices, deadline
from states.plan.timers import opening_timer
from states.records import Journey
from states.running_cohort import RunningCohort
from states.store.queries import commitments_named, journeys_of
from states.store.tables import EffectRow, HistoryRow


def taken_back(connection: Connection, cohort_id: str, listed: Collection[str]) -> list[Journey]:
    """Return those of the journeys ``listed`` whose enrolment was taken back."""
    return [one for one in journeys_of(connection, cohort_id) if one.state == TAKEN_BACK and one.id in listed]


def enrol_again(
    connection: Connection,
    running: RunningCohort,
    changes: Changes,
    back: Sequence[Journey],
    groups: Mapping[str, int],
) -> None:
    """Let journeys stand where their cohort stands after all, in the learning ``groups`` that they are given."""
    calendar, now, cohort_id = running.calendar, changes.now, running.cohort_id
    today = calendar.local_day(now)
    for journey in back:
        changes.move_journey(journey, ENROL, running.reached)
        changes.timers += catch_up_notices(calendar, cohort_id, journey.id, now)
        if journey.id in groups:
            changes.set_fields(journey, {"group_number": groups[journey.id]})
        _tell_after_all(connection, running, changes, journey)
        ids = [commitment_id(journey.id, name) for name in running.definition.commitments]
        for one in commitments_named(connection, ids):
            spec = running.spec(one.name)
            if one.state == CANCELLED and can_be_asked(calendar, spec, today):
                due = deadline(calendar, spec, today)
                fresh = one._replace(state=PLANNED, opened_on=None, missed_on=None, choice=None, partner_id=None)
                changes.move_commitment(one, ENROL, fresh._replace(due_on=due.day, agreed=due.is_own))
                changes.timers += opening_timer(calendar, cohort_id, one.id, spec, now)


def _tell_after_all(connection: Connection, running: RunningCohort, changes: Changes, journey: Journey) -> None:
    """Let wait again what was dropped when the enrolment was taken back, of days that are still to come."""
    last = history_id(journey.id, journey.version)
    cause = connection.scalar(select(HistoryRow.cause).where(HistoryRow.id == last))
    mine = (EffectRow.journey_id == journey.id) & (EffectRow.status == "dropped") & (EffectRow.note == cause)
    opens = running.definition.working_time.next_open(changes.now)
    for row in connection.execute(select(EffectRow.__table__).where(mine).order_by(EffectRow.id)):
        day = running.calendar.days.get(row.details.get("milestone", ""))
        if day is not None and day.ends_at > changes.now:
            changes.revived.append({"b_id": row.id, "b_send_at": max(row.send_at, opens)})
