"""What was said of somebody's coming to each milestone: by whom, how often, and how it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, or_, select
from sqlalchemy.orm import aliased

from config.attendance import AttendanceSpec
from config.grammar import COME, CORRECT, DECLINE, SAYINGS, Trigger, attendance_id
from states.facts import FACT_CAUSE
from states.running_cohort import RunningCohort
from states.store.reach_tables import AbsenceRow, AttendanceRow
from states.store.tables import FactRow, HistoryRow
from states.views.actors import names_of, role_and_person
from states.views.matter import Said

_CORRECTED = aliased(FactRow)


class Sayings(NamedTuple):
    """What was said of one milestone; ``coming`` is ``None`` for whoever has said nothing."""

    version: int = 0
    """How many facts have told of it, also those that took another one back."""
    coming: bool | None = None
    said: tuple[Said, ...] = ()


def attendance_told(
    connection: Connection, cohort: RunningCohort, ids: Sequence[str], journey: str | None
) -> dict[str, Sayings]:
    """Return what was said of a person's coming, by milestone; ``journey`` is a talent's own."""
    asks = cohort.definition.programme.attendance
    if asks is None:
        return {}
    told: dict[str, dict[str, Row[Any]]] = {}
    for row in _told(connection, cohort, asks, ids, journey):
        milestone = row.details.get("milestone") or (row.corrected or {}).get("milestone") or row.machine
        told.setdefault(milestone, {})[row.key] = row
    stand = _stand(connection, cohort, ids, journey)
    names = names_of(connection, {row.actor for rows in told.values() for row in rows.values()})
    found: dict[str, Sayings] = {}
    for milestone in {*told, *stand}:
        rows = list(told.get(milestone, {}).values())
        taken_back = {row.corrects for row in rows}
        hold = [row for row in rows if row.corrects is None and row.key not in taken_back]
        last = _comes(asks, hold[-1]) if hold else None
        said = tuple(_said(cohort, asks, row, names) for row in hold)
        found[milestone] = Sayings(len(rows), stand.get(milestone, last), said)
    return found


def _told(
    connection: Connection, cohort: RunningCohort, asks: AttendanceSpec, ids: Sequence[str], journey: str | None
) -> Iterable[Row[Any]]:
    mine = [HistoryRow.id.startswith(attendance_id(one, ""), autoescape=True) for one in ids]
    events = [asks.come.event, asks.decline.event]
    triggers = [*events, *(str(Trigger(event, CORRECT)) for event in events)]
    talents = (HistoryRow.journey_id == journey) & (HistoryRow.machine == "journey") & HistoryRow.trigger.in_(triggers)
    said = HistoryRow.trigger.in_([*SAYINGS, CORRECT]) & or_(*mine)
    query = (
        select(
            HistoryRow.machine,
            HistoryRow.trigger,
            HistoryRow.at,
            FactRow.key,
            FactRow.actor,
            FactRow.details,
            FactRow.corrects,
            _CORRECTED.details.label("corrected"),
        )
        .join(FactRow, HistoryRow.cause == FACT_CAUSE + FactRow.key)
        .join(_CORRECTED, _CORRECTED.key == FactRow.corrects, isouter=True)
        .where(HistoryRow.cohort_id == cohort.cohort_id, talents | said if journey else said)
    )
    return connection.execute(query.order_by(HistoryRow.n)).all()


def _stand(connection: Connection, cohort: RunningCohort, ids: Sequence[str], journey: str | None) -> dict[str, bool]:
    mine = (AttendanceRow.cohort_id == cohort.cohort_id) & AttendanceRow.person_id.in_(ids)
    said = select(AttendanceRow.milestone, AttendanceRow.coming).where(mine).order_by(AttendanceRow.coming.desc())
    absent = select(AbsenceRow.milestone).where(AbsenceRow.journey_id == journey)
    found = dict(connection.execute(said).tuples().all())
    return found | dict.fromkeys(connection.scalars(absent), False)


def _comes(asks: AttendanceSpec, row: Row[Any]) -> bool:
    return row.trigger in {COME, asks.come.event}


def _said(cohort: RunningCohort, asks: AttendanceSpec, row: Row[Any], names: Mapping[str, str]) -> Said:
    what = cohort.definition.trigger_label(COME if _comes(asks, row) else DECLINE)
    role, at = role_and_person(row.actor)[0], cohort.definition.working_time.local(row.at)
    return Said(what, names.get(row.actor, ""), role, at)
