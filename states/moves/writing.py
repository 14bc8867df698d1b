"""Writes what a trigger changes, in bulk: nothing else writes a journey, commitment, timer or effect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Text,
    Update,
    bindparam,
    case,
    delete,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute

from config.errors import ConflictError
from states.moves.changes import Changes
from states.store.columns import Instant
from states.store.fact_log import keep_before
from states.store.prepared import Prepared
from states.store.queries import chunks
from states.store.run_links import add_to_history
from states.store.send_again import Return, let_wait
from states.store.tables import (
    ARMED,
    OPEN_TASK,
    UNTOLD,
    AbsenceRow,
    CohortRow,
    CommitmentRow,
    EffectRow,
    HolderRow,
    JourneyRow,
    MilestoneRow,
    PersonRow,
    RegionRow,
    TaskRow,
    TimerRow,
)

_ONE = literal_column("1", Integer)
_JOURNEY_MOVES = Prepared(
    update(JourneyRow)
    .where(JourneyRow.id == bindparam("b_id"), JourneyRow.version == bindparam("b_version"))
    .values(state=bindparam("b_state"), version=JourneyRow.version + _ONE)
)
_REGION_MOVES = Prepared(
    update(RegionRow)
    .where(
        RegionRow.journey_id == bindparam("b_journey"),
        RegionRow.region == bindparam("b_region"),
        RegionRow.version == bindparam("b_version"),
    )
    .values(place=bindparam("b_place"), version=RegionRow.version + _ONE)
)
_COMMITMENT_MOVES = Prepared(
    update(CommitmentRow)
    .where(CommitmentRow.id == bindparam("b_id"), CommitmentRow.version == bindparam("b_version"))
    .values(
        state=bindparam("b_state"),
        version=CommitmentRow.version + _ONE,
        opened_on=bindparam("b_opened_on"),
        due_on=bindparam("b_due_on"),
        missed_on=bindparam("b_missed_on"),
        choice=bindparam("b_choice"),
        agreed=bindparam("b_agreed"),
    )
)
_TIMERS, _EFFECTS = insert(TimerRow), insert(EffectRow)
_HAND_OVER = (
    update(EffectRow)
    .where(EffectRow.id == bindparam("b_id"))
    .values(subject=bindparam("b_journey"), journey_id=bindparam("b_journey"))
)
_READDRESS = (
    update(EffectRow)
    .where(EffectRow.id == bindparam("b_id"))
    .values(key=bindparam("b_key"), recipient_id=bindparam("b_person"))
)
_SUCCEED = update(EffectRow).where(EffectRow.id == bindparam("b_id")).values(successor_id=bindparam("b_person"))


def _dropping(column: InstrumentedAttribute[Any]) -> Update:
    """Return the statement that drops what waits, and leaves word on what is on its way.

    One for both: a mail that a peer gives back in this moment is either still on its way or waits, never neither.
    """
    waits = EffectRow.status == literal_column("'pending'")
    cause, now = bindparam("cause", type_=Text), bindparam("now", type_=Instant)
    return (
        update(EffectRow)
        .where(UNTOLD, column.in_(bindparam("which", expanding=True)))
        .values(
            status=case((waits, literal_column("'dropped'")), else_=EffectRow.status),
            overtaken=case((waits, literal_column("''")), else_=cause),
            note=case((waits, cause), else_=EffectRow.note),
            changed_at=case((waits, now), else_=EffectRow.changed_at),
        )
    )


_DROP_SOME, _DROP_OF_SUBJECTS = _dropping(EffectRow.id), _dropping(EffectRow.subject)
_DROPPED = EffectRow.status == literal_column("'dropped'")
_REVIVE = (
    update(EffectRow)
    .where(EffectRow.id == bindparam("b_id"))
    .values(
        status=case((_DROPPED, literal_column("'pending'")), else_=EffectRow.status),
        send_at=case((_DROPPED, bindparam("b_send_at", type_=Instant)), else_=EffectRow.send_at),
        note=case((_DROPPED, literal_column("''")), else_=EffectRow.note),
        overtaken=literal_column("''"),
    )
)
_FIRED = update(TimerRow).where(TimerRow.id == bindparam("b_id")).values(status="fired")
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


def write(changes: Changes, connection: Connection) -> None:
    """Write everything in bulk.

    Raises:
        ConflictError: a journey or commitment has moved on since it was read; the transaction is to be given up.
    """
    for table, rows in changes.new.items():
        if rows:
            connection.execute(insert(table), rows)
    _write_people(changes, connection)
    _write_calendar(changes, connection)
    _move(connection, _JOURNEY_MOVES, changes.journeys, "a journey")
    _move(connection, _REGION_MOVES, changes.regions, "a journey's region")
    _move(connection, _COMMITMENT_MOVES, changes.commitments, "a commitment")
    for journey, values in changes.fields:
        connection.execute(update(JourneyRow).where(JourneyRow.id == journey).values(values))
    for commitment, due in changes.due_dates.items():
        connection.execute(update(CommitmentRow).where(CommitmentRow.id == commitment).values(due_on=due))
    for commitment, partner in changes.partners:
        connection.execute(update(CommitmentRow).where(CommitmentRow.id == commitment).values(partner_id=partner))
    add_to_history(connection, changes.transitions)
    _disarm(changes, connection)
    _redirect(changes, connection)
    _silence(changes, connection)
    _send_again(changes, connection)
    _revive(changes, connection)
    if changes.timers:
        connection.execute(_TIMERS, [timer._asdict() for timer in changes.timers])
    if fresh := fresh_effects(changes, connection):
        connection.execute(_EFFECTS, fresh)
    if changes.fact is not None and changes.before:
        keep_before(connection, changes.fact, changes.before)


def _write_people(changes: Changes, connection: Connection) -> None:
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


def _write_calendar(changes: Changes, connection: Connection) -> None:
    """Write dates, and that days were held; whoever keeps the cohort's calendar in memory reads it anew."""
    _move(connection, _DATES, changes.dates, "a milestone")
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


def _disarm(changes: Changes, connection: Connection) -> None:
    if changes.fired:
        connection.execute(_FIRED, [{"b_id": timer} for timer in changes.fired])
    for timers in chunks(changes.called_off):
        connection.execute(update(TimerRow).where(ARMED, TimerRow.id.in_(timers)).values(status="cancelled"))
    for subjects in chunks(changes.disarmed):
        connection.execute(update(TimerRow).where(ARMED, TimerRow.subject.in_(subjects)).values(status="cancelled"))


def _redirect(changes: Changes, connection: Connection) -> None:
    """Before anything is silenced: what belongs to another journey by then is not."""
    if changes.handed_over:
        connection.execute(_HAND_OVER, changes.handed_over)
    if changes.readdressed:
        connection.execute(_READDRESS, changes.readdressed)
    if changes.succeeded:
        connection.execute(_SUCCEED, changes.succeeded)
    if changes.dropped:
        _drop(changes, connection, _DROP_SOME, changes.dropped)


def _silence(changes: Changes, connection: Connection) -> None:
    for subjects in chunks(changes.silenced):
        _drop(changes, connection, _DROP_OF_SUBJECTS, subjects)
    for subjects in chunks([*changes.silenced, *changes.settled]):
        connection.execute(
            update(TaskRow).where(OPEN_TASK, TaskRow.subject.in_(subjects)).values(status="done", closed_at=changes.now)
        )


def _drop(changes: Changes, connection: Connection, statement: Update, which: Sequence[int] | Sequence[str]) -> None:
    connection.execute(statement, {"which": which, "now": changes.now, "cause": changes.cause})


def _send_again(changes: Changes, connection: Connection) -> None:
    """Let what a peer refused wait again where it may now get through; after what no longer holds was marked."""
    back = Return(changes.now, changes.now, changes.cause, another_mail=True)
    refused = EffectRow.status == "rejected"
    for effects in chunks(changes.refused):
        let_wait(connection, refused & EffectRow.id.in_(effects), back)
    for people in chunks(changes.reachable):
        let_wait(connection, refused & EffectRow.recipient_id.in_(people), back)


def _revive(changes: Changes, connection: Connection) -> None:
    """Let what a fact had stopped wait again, and its tasks be open or closed as they were without it."""
    if changes.revived:
        connection.execute(_REVIVE, changes.revived)
    for tasks in chunks(changes.closed):
        done = {"status": "done", "closed_at": changes.now}
        connection.execute(update(TaskRow).where(OPEN_TASK, TaskRow.id.in_(tasks)).values(done))
    for tasks in chunks(changes.reopened):
        connection.execute(update(TaskRow).where(TaskRow.id.in_(tasks)).values(status="open", closed_at=None))


def fresh_effects(changes: Changes, connection: Connection) -> list[dict[str, Any]]:
    """Return the effects that are not there yet: an invitation shared by two journeys is one effect."""
    rows: dict[str, dict[str, Any]] = {}
    for row in changes.effects:
        rows.setdefault(row["key"], row)
    known: set[str] = set()
    shared = [key for key, row in rows.items() if not key.startswith(row["history_id"])]
    for keys in chunks(shared):
        known.update(connection.scalars(select(EffectRow.key).where(EffectRow.key.in_(keys))))
    return [row for key, row in rows.items() if key not in known]


def _move(connection: Connection, statement: Prepared, rows: list[dict[str, Any]], what: str) -> None:
    if not rows:
        return
    if statement.run(connection, rows).rowcount != len(rows):
        raise ConflictError(what)
