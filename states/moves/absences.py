"""Absences of talents (R29): told once, taken back, and each told to those who know no better."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from sqlalchemy import Select, select

from config.errors import FactIncompleteError
from config.grammar import Trigger
from config.programme import Event
from states.moves.firing import Firing
from states.moves.reassign import PERHAPS_TOLD
from states.plan.late_joiners import catch_up_notices
from states.plan.timers import Timer
from states.records import Journey
from states.store.conditions import ARMED, PENDING
from states.store.reach_tables import AbsenceRow
from states.store.tables import EffectRow, HistoryRow, TimerRow

ABSENCE, NO_ABSENCE = "milestone", "absence"
"""What an event needs that notes an absence from a milestone, and one that takes it back."""


def day_of_talents(firing: Firing, trigger: str) -> str:
    """Return the id of the day that the fact names: one of teaching, or one that talents are asked to.

    Raises:
        FactIncompleteError: it names none, or one that nobody can come to.
    """
    definition, named = firing.cohort.definition, firing.details.get("milestone")
    if not named:
        raise FactIncompleteError(trigger, "milestone", "is missing")
    if named not in definition.days_of_talents:
        days = ", ".join(definition.days_of_talents)
        raise FactIncompleteError(trigger, "milestone", f"{named!r} is no day of the talents; those are {days}")
    refuse_what_nobody_can_come_to(firing, trigger, str(named))
    return str(named)


def refuse_what_nobody_can_come_to(firing: Firing, trigger: str, milestone: str) -> None:
    """Raise ``FactIncompleteError`` for a milestone that has been held, or one that was never given a date."""
    held = firing.cohort.calendar.days.get(milestone)
    if held is not None and held.ends_at <= firing.changes.now:
        raise FactIncompleteError(trigger, "milestone", f"{milestone} is over since {held.day}")
    if held is None and firing.cohort.definition.milestones[milestone].module is None:
        raise FactIncompleteError(trigger, "milestone", f"{milestone} has no date")


def absent(firing: Firing, milestone: str, journeys: Collection[str]) -> frozenset[str]:
    """Return those of ``journeys`` who have given notice of not coming."""
    noted = select(AbsenceRow.journey_id).where(AbsenceRow.milestone == milestone, AbsenceRow.journey_id.in_(journeys))
    return frozenset(firing.connection.scalars(noted))


def note(firing: Firing, event: Event, journey: Journey) -> Callable[[str], bool]:
    """Collect an absence or that it is taken back, and return who is to be told of it, by person."""
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
    return who_hears(firing, earlier, milestone, taken_back)


def who_hears(firing: Firing, contrary: Select[tuple[str]], milestone: str, taken_back: bool) -> Callable[[str], bool]:
    """Return who is to be told that somebody does not come to a milestone, or that this is taken back, by person.

    What waits to be told of the ``contrary``, transitions by id, is dropped. Who was told of an absence is told that it
    is taken back, and nobody else; who still takes it for given need not hear of it again.
    """
    query = select(EffectRow.id, EffectRow.history_id, EffectRow.recipient_id, EffectRow.status, EffectRow.details)
    rows = firing.connection.execute(
        query.where(EffectRow.history_id.in_(contrary)).order_by(EffectRow.id).with_for_update()
    )
    about = [row for row in rows if row.details.get("milestone") == milestone]
    last = [row for row in about if row.history_id == about[-1].history_id]
    firing.changes.dropped += [row.id for row in last if row.status not in {"sent", "dropped"}]
    told = {row.recipient_id for row in last if row.status in PERHAPS_TOLD}
    unaware = {row.recipient_id for row in last if row.status == "pending"}
    return (lambda person: person in told) if taken_back else (lambda person: person not in unaware)


def untold_absences(firing: Firing, milestone: str) -> list[int]:
    """Return the mails, by id, that are still to tell who does not come to a milestone, or comes after all."""
    events = firing.cohort.definition.programme.events.items()
    triggers = [name for name, event in events if {ABSENCE, NO_ABSENCE} & set(event.needs)]
    ours = (EffectRow.cohort_id == firing.cohort.cohort_id) & EffectRow.trigger.in_(triggers)
    rows = firing.connection.execute(
        select(EffectRow.id, EffectRow.details).where(PENDING, ours).order_by(EffectRow.id)
    )
    return [row.id for row in rows if row.details.get("milestone") == milestone]


def missed_news(firing: Firing, journey: str, milestone: str = "", since: datetime | None = None) -> Iterator[Timer]:
    """Yield what arms the notices that a talent, or who hears through them, was not told: of one milestone, or of all.

    ``since`` leaves out what was told by then.
    """
    changes, cohort = firing.changes, firing.cohort
    waiting = select(TimerRow.trigger).where(ARMED, TimerRow.subject == journey)
    armed = set() if journey in changes.disarmed else set(firing.connection.scalars(waiting))
    armed |= {timer.trigger for timer in changes.timers if timer.subject == journey}
    for timer in catch_up_notices(cohort.calendar, cohort.cohort_id, journey, changes.now, since):
        if timer.trigger not in armed and milestone in {"", Trigger.parse(timer.trigger).name}:
            yield timer
