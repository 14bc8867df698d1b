"""Writes what belongs to a cohort as a whole: its people, offices, who comes, teams, days and description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from config.errors import ConflictError
from states.moves.changes import Changes
from states.store.prepared import Prepared
from states.store.reach_tables import AbsenceRow, AttendanceRow, TeamRow
from states.store.tables import CohortRow, HolderRow, MilestoneRow, PersonRow, TaskRow

_DATES = Prepared(
    update(MilestoneRow)
    .where(
        MilestoneRow.cohort_id == bindparam("b_cohort"),
        MilestoneRow.id == bindparam("b_id"),
        MilestoneRow.held_at.is_(None),
    )
    .values(
        day=bindparam("b_day"),
        starts_at=bindparam("b_starts_at"),
        ends_at=bindparam("b_ends_at"),
        place=bindparam("b_place"),
        details=bindparam("b_details"),
        sequence=bindparam("b_sequence"),
    )
)


def write_people(changes: Changes, connection: Connection) -> None:
    """Write people, who holds which office, and who comes; what stood before is remembered."""
    for person in changes.corrected:
        columns = [getattr(PersonRow, name) for name in person]
        was = connection.execute(select(*columns).where(PersonRow.id == person["id"])).one()
        changes.remember("persons", person["id"], was._asdict())
        connection.execute(update(PersonRow).where(PersonRow.id == person["id"]).values(person))
    for person in changes.persons:
        known = connection.scalar(select(PersonRow.id).where(PersonRow.id == person["id"]))
        if known is None:
            connection.execute(insert(PersonRow), person)
    _write_offices(changes, connection)
    _write_absences(changes, connection)
    for row in changes.attendances:
        names = ("cohort_id", "milestone", "person_id")
        mine = and_(*(getattr(AttendanceRow, name) == row[name] for name in names))
        was = connection.scalar(select(AttendanceRow.coming).where(mine))
        changes.remember("attendances", f"{row['person_id']} {row['milestone']}", was)
        connection.execute(delete(AttendanceRow).where(mine))
        if row["coming"] is not None:
            connection.execute(insert(AttendanceRow), row)


def write_teams(changes: Changes, connection: Connection) -> None:
    """Write who sits in which team; what stood before is remembered."""
    for row in changes.teams:
        mine = (TeamRow.journey_id == row["journey_id"]) & (TeamRow.module == row["module"])
        was = connection.scalar(select(TeamRow.number).where(mine))
        changes.remember("teams", row["journey_id"], {row["module"]: was})
        connection.execute(delete(TeamRow).where(mine))
        if row["number"] is not None:
            connection.execute(insert(TeamRow), row)


def _write_absences(changes: Changes, connection: Connection) -> None:
    for absence in changes.absences:
        known = connection.scalar(
            select(AbsenceRow.milestone).where(
                AbsenceRow.journey_id == absence["journey_id"], AbsenceRow.milestone == absence["milestone"]
            )
        )
        if known is None:
            connection.execute(insert(AbsenceRow), absence)
            changes.remember("absences", f"{absence['journey_id']} {absence['milestone']}", False)
    for journey, milestone in changes.present:
        mine = (AbsenceRow.journey_id == journey) & (AbsenceRow.milestone == milestone)
        connection.execute(delete(AbsenceRow).where(mine))
        changes.remember("absences", f"{journey} {milestone}", True)


def _write_offices(changes: Changes, connection: Connection) -> None:
    if changes.holders:
        connection.execute(insert(HolderRow), changes.holders)
    for number, last in changes.ended:
        was = connection.scalar(select(HolderRow.last_day).where(HolderRow.n == number))
        changes.remember("holders", str(number), {"last_day": was and was.isoformat()})
        connection.execute(update(HolderRow).where(HolderRow.n == number).values(last_day=last))
    for task, owner in changes.owners.items():
        connection.execute(update(TaskRow).where(TaskRow.id == task).values(owner_id=owner))


def write_calendar(changes: Changes, connection: Connection) -> None:
    """Write dates, and that days were held; whoever keeps the cohort's calendar in memory reads it anew."""
    move_rows(connection, _DATES, changes.dates, "a milestone")
    for cohort_id, milestone in changes.held:
        mine = (MilestoneRow.cohort_id == cohort_id) & (MilestoneRow.id == milestone)
        connection.execute(update(MilestoneRow).where(mine).values(held_at=changes.now))
    for cohort_id, cohort in changes.described.items():
        text = cohort.model_dump_json()
        was = connection.scalar(select(CohortRow.cohort).where(CohortRow.id == cohort_id))
        changes.remember("described", cohort_id, _differing(json.loads(str(was)), json.loads(text)))
        connection.execute(update(CohortRow).where(CohortRow.id == cohort_id).values(cohort=text))
    dated = (*(row["b_cohort"] for row in changes.dates), *(cohort_id for cohort_id, _ in changes.held))
    for cohort_id in dict.fromkeys((*dated, *changes.revised, *changes.described)):
        connection.execute(
            update(CohortRow).where(CohortRow.id == cohort_id).values(calendar_version=CohortRow.calendar_version + 1)
        )


def _differing(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return how what differs was before, ``challenges.m2`` for a part of a key; ``None`` where there was nothing."""
    old, new = _flat(was), _flat(now)
    return {name: old.get(name) for name in sorted({*old, *new}) if old.get(name) != new.get(name)}


def _flat(described: Mapping[str, Any]) -> dict[str, Any]:
    parts = {name: value for name, value in described.items() if isinstance(value, dict)}
    whole = {name: value for name, value in described.items() if name not in parts}
    return whole | {f"{name}.{key}": value for name, part in parts.items() for key, value in part.items()}


def move_rows(connection: Connection, statement: Prepared, rows: list[dict[str, Any]], what: str) -> None:
    """Run a statement for rows that must all be there as they were read; ``ConflictError`` if one is not."""
    if not rows:
        return
    if statement.run(connection, rows).rowcount != len(rows):
        raise ConflictError(what)
