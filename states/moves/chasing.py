"""Asks again about whoever an event holds off the calendar, until they come back or leave for good (R7)."""

from __future__ import annotations

from collections.abc import Sequence

from config.grammar import CHASE, Trigger
from states.moves.firing import Firing
from states.plan.timers import chase_timer
from states.records import Journey


def chase(firing: Firing, trigger: str, journeys: Sequence[Journey]) -> None:
    """Arm the next time that it is asked about journeys which an event has moved, or was asked about just now."""
    name, part = Trigger.parse(trigger)
    if name not in firing.cohort.definition.programme.events or part not in {"", CHASE}:
        return
    for journey in journeys:
        if part:
            # The task of before is closed: there is one at a time.
            firing.changes.silenced.append(journey.id)
        firing.changes.timers += chase_timer(
            firing.cohort.calendar, journey.cohort_id, journey.id, name, firing.changes.now
        )
