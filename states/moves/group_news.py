"""Who is in a learning group is told to all of it, when it is formed and when somebody joins (R58)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from config.definition import ACTIVE
from config.effects import EffectSpec
from states.moves.changes import Changes
from states.plan.calendar import Calendar
from states.plan.effects import Cause, effect_row
from states.records import Journey
from states.store.queries import journeys_of
from states.store.tables import JourneyRow


def tell_groups(
    connection: Connection,
    changes: Changes,
    cohort_id: str,
    calendar: Calendar,
    trigger: str,
    joined: Mapping[str, int],
) -> None:
    """Tell everybody in the groups that journeys have ``joined`` who is in them, if the programme has a mail for it.

    Those who join are told by their own step, the others by that of the first who has joined them.
    """
    groups = calendar.definition.programme.groups
    if groups is None or groups.on_change is None or not joined:
        return
    mail = EffectSpec(mail=groups.on_change, to=("talent",))
    steps = {step.journey_id: step.id for step in changes.transitions if step.machine == "journey"}
    by_group: dict[int, str] = {}
    for ident in sorted(joined):
        by_group.setdefault(joined[ident], steps.get(ident, ""))
    for journey in _as_they_stand(connection, changes, cohort_id):
        group = joined.get(journey.id, journey.group_number)
        history = steps.get(journey.id) or by_group.get(group or 0)
        if group in by_group and history and journey.state.startswith(ACTIVE):
            cause = Cause(cohort_id, journey.id, history, trigger, changes.now, journey)
            changes.effects.append(effect_row(mail, cause, calendar, "talent", journey.talent_id))


def _as_they_stand(connection: Connection, changes: Changes, cohort_id: str) -> list[Journey]:
    """Return the cohort's journeys as they will stand, those who are enrolled in this commit among them."""
    fresh = [Journey._make(row.get(name) for name in Journey._fields) for row in changes.new.get(JourneyRow, ())]
    return [*map(changes.standing, journeys_of(connection, cohort_id)), *fresh]
