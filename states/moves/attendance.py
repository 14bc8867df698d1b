"""People say whether they come (R61): leaders and consultants that they do not, talents too that they do.

That a talent does not come is their absence, an event of the journey (``moves.absences``); what is said here is noted
beside it, and told by the mails of the same events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy import or_, select

from config.attendance import AttendanceSpec, Saying
from config.definition import ACTIVE, Definition
from config.errors import FactIncompleteError
from config.grammar import COME, DECLINE, SAYINGS, Trigger, attendance_id
from states.moves.absences import missed_news, refuse_what_nobody_can_come_to, who_hears
from states.moves.firing import Firing
from states.plan.effects import Cause
from states.store.attending import JourneyPart, ids_of, parts_in_journeys
from states.store.fact_log import last_step
from states.store.reach_tables import AttendanceRow
from states.store.tables import HistoryRow

WHOM = "whom"
"""The detail that holds the id of whoever says whether they come."""
ROLE = "role"
"""The detail that holds the role in which they say it."""
STATES: Mapping[bool | None, str] = {True: COME, False: DECLINE, None: ""}
"""How somebody's coming stands in history, by what they have said."""


def is_saying(definition: Definition, trigger: str) -> bool:
    """Return whether a trigger says that somebody comes to a milestone, or not."""
    name, part = Trigger.parse(trigger)
    return part in SAYINGS and bool(definition.asked_to(name))


def saying(definition: Definition, trigger: str) -> Callable[[Firing], None] | None:
    """Return what collects that somebody comes, or not, by the trigger that says so; ``None`` for any other."""
    return partial(attend, trigger) if is_saying(definition, trigger) else None


def attend(trigger: str, firing: Firing) -> None:
    """Collect that somebody says whether they come; nothing if they have said so before.

    Raises:
        FactIncompleteError: they are not asked, nobody can come, or it is a talent's absence, an event of the journey.
    """
    milestone, part = Trigger.parse(trigger)
    asks = firing.cohort.definition.programme.attendance
    refuse_what_nobody_can_come_to(firing, trigger, milestone)
    ids = ids_of(firing.connection, firing.cohort.cohort_id, str(firing.details.get(WHOM) or ""))
    parts = parts_in(firing, milestone, ids)
    if asks is None or not parts:
        raise FactIncompleteError(trigger, WHOM, f"is not asked whether they come to {milestone}")
    if parts[0].role == "talent" and part == DECLINE:
        raise FactIncompleteError(trigger, WHOM, f"is a talent; their absence is the event {asks.decline.event!r}")
    stand = _stand(firing, milestone, ids)
    if all(stand[one] is (part == COME) for one in ids):
        return
    history = _note(firing, milestone, part, stand, parts[0])
    if parts[0].role != "talent":
        _tell(firing, milestone, part, ids, history)
        if part == COME and False in stand.values():
            firing.changes.timers += missed_news(firing, parts[0].journey.id, milestone)


def parts_in(firing: Firing, milestone: str, ids: Sequence[str]) -> list[JourneyPart]:
    """Return what one person, by any of their ids, is asked to a milestone as; a talent is that first of all."""
    asked = firing.cohort.definition.asked_to(milestone)
    found = parts_in_journeys(firing.connection, firing.cohort, ids, firing.today)
    mine = [one for one in found if one.role in asked and one.journey.state.startswith(ACTIVE)]
    return sorted(mine, key=lambda one: (one.role != "talent", asked.index(one.role)))


def _stand(firing: Firing, milestone: str, ids: Sequence[str]) -> dict[str, bool | None]:
    mine = (AttendanceRow.milestone == milestone) & AttendanceRow.person_id.in_(ids)
    mine &= AttendanceRow.cohort_id == firing.cohort.cohort_id
    said = firing.connection.execute(select(AttendanceRow.person_id, AttendanceRow.coming).where(mine))
    return dict.fromkeys(ids) | dict(said.tuples().all())


def _note(firing: Firing, milestone: str, part: str, stand: Mapping[str, bool | None], first: JourneyPart) -> str:
    """Note it under each id of the person, and return the first of the history rows."""
    changes, cohort = firing.changes, firing.cohort.cohort_id
    journey = first.journey.id if first.role == "talent" else None
    rows: list[str] = []
    for ident, was in stand.items():
        if was is not (part == COME):
            subject = attendance_id(ident, milestone)
            number, source = last_step(firing.connection, subject)
            rows.append(changes.record(cohort, journey, subject, number, milestone, (part, source, part)))
            row = {"cohort_id": cohort, "milestone": milestone, "person_id": ident}
            changes.attendances.append(row | {"coming": part == COME, "noted_at": changes.now})
    return rows[0]


def _tell(firing: Firing, milestone: str, part: str, ids: Sequence[str], history: str) -> None:
    """Tell whom an absence is told, without any note; that it is taken back, those only who were told of it."""
    programme = firing.cohort.definition.programme
    assert programme.attendance is not None
    subject = history.rpartition("#")[0]
    event = said_by(programme.attendance, part).event
    contrary = DECLINE if part == COME else COME
    mine = [HistoryRow.id.startswith(f"{attendance_id(one, milestone)}#", autoescape=True) for one in ids]
    earlier = select(HistoryRow.id).where(HistoryRow.trigger == contrary, or_(*mine))
    concerned = who_hears(firing, earlier, milestone, part == COME)
    said = {name: one for name, one in firing.details.items() if name in {WHOM, ROLE}}
    cause = Cause(
        cohort_id=firing.cohort.cohort_id,
        subject=subject,
        history_id=history,
        trigger=event,
        now=firing.changes.now,
        journey=None,
        anchors={"day": firing.today},
        details={"milestone": milestone, **said},
    )
    firing.cause(programme.events[event].effects, cause, concerned)


def said_by(asks: AttendanceSpec, part: str) -> Saying:
    """Return what the programme has of one of the two things to say."""
    return asks.come if part == COME else asks.decline
