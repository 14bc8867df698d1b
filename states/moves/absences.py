"""Absences from teaching days (R29): told once, taken back, and each told to those who know no better."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select

from config.errors import FactIncompleteError
from config.programme import Event
from states.moves.firing import Firing
from states.moves.reassign import PERHAPS_TOLD
from states.records import Journey
from states.store.reach_tables import AbsenceRow
from states.store.tables import EffectRow, HistoryRow

ABSENCE, NO_ABSENCE = "milestone", "absence"
"""What an event needs that notes an absence from a milestone, and one that takes it back."""


def teaching_day(firing: Firing, trigger: str) -> str:
    """Return the id of the teaching day that the fact names.

    Raises:
        FactIncompleteError: it names none, or one that has been held.
    """
    definition, named = firing.cohort.definition, firing.details.get("milestone")
    if not named:
        raise FactIncompleteError(trigger, "milestone", "is missing")
    milestone = definition.milestones.get(str(named))
    if milestone is None or milestone.module is None:
        days = ", ".join(one.id for one in definition.milestones.values() if one.module is not None)
        raise FactIncompleteError(trigger, "milestone", f"{named!r} is no teaching day; those are {days}")
    held = firing.cohort.calendar.days.get(milestone.id)
    if held is not None and held.ends_at <= firing.changes.now:
        raise FactIncompleteError(trigger, "milestone", f"{milestone.id} is over since {held.day}")
    return milestone.id


def absent(firing: Firing, milestone: str, journeys: Collection[str]) -> frozenset[str]:
    """Return those of ``journeys`` who have given notice of not coming."""
    noted = select(AbsenceRow.journey_id).where(AbsenceRow.milestone == milestone, AbsenceRow.journey_id.in_(journeys))
    return frozenset(firing.connection.scalars(noted))


def note(firing: Firing, event: Event, journey: Journey) -> Callable[[str], bool]:
    """Collect an absence or that it is taken back, and return who is to be told of it, by person.

    What waits to be told of the contrary is dropped. Who was told of an absence is told that it is taken back, and
    nobody else; who still takes it for given need not hear of it again.
    """
    milestone = str(firing.details["milestone"])
    taken_back = NO_ABSENCE in event.needs
    if taken_back:
        firing.changes.present.append((journey.id, milestone))
    else:
        absence = {"journey_id": journey.id, "milestone": milestone, "noted_at": firing.changes.now}
        firing.changes.absences.append(absence)
    contrary = ABSENCE if taken_back else NO_ABSENCE
    triggers = [name for name, one in firing.cohort.definition.programme.events.items() if contrary in one.needs]
    earlier = select(HistoryRow.id).where(HistoryRow.journey_id == journey.id, HistoryRow.trigger.in_(triggers))
    query = select(EffectRow.id, EffectRow.history_id, EffectRow.recipient_id, EffectRow.status, EffectRow.details)
    rows = firing.connection.execute(
        query.where(EffectRow.history_id.in_(earlier)).order_by(EffectRow.id).with_for_update()
    )
    about = [row for row in rows if row.details.get("milestone") == milestone]
    last = [row for row in about if row.history_id == about[-1].history_id]
    firing.changes.dropped += [row.id for row in last if row.status not in {"sent", "dropped"}]
    told = {row.recipient_id for row in last if row.status in PERHAPS_TOLD}
    unaware = {row.recipient_id for row in last if row.status == "pending"}
    return (lambda person: person in told) if taken_back else (lambda person: person not in unaware)
