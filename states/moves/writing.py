"""Writes what a trigger changes, in bulk: nothing else writes a journey, commitment, timer or effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Text,
    bindparam,
    case,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute

from states.moves.changes import Changes
from states.moves.writing_cohort import move_rows, write_calendar, write_people, write_teams
from states.store.columns import Instant
from states.store.conditions import ARMED, OPEN_TASK, UNTOLD
from states.store.fact_log import keep_before
from states.store.prepared import Prepared
from states.store.queries import chunks
from states.store.run_links import add_to_history
from states.store.send_again import Return, let_wait, of_days_over
from states.store.tables import CommitmentRow, EffectRow, JourneyRow, RegionRow, TaskRow, TimerRow
from states.store.unreachable import reachable_again

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
        appointed_on=bindparam("b_appointed_on"),
        appointed_at=bindparam("b_appointed_at"),
        quiet=bindparam("b_quiet"),
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


def _dropping(column: InstrumentedAttribute[Any]) -> Prepared:
    """Return the statement that drops what waits, and leaves word on what is on its way.

    One for both: a mail that a peer gives back in this moment is either still on its way or waits, never neither.
    """
    waits = EffectRow.status == literal_column("'pending'")
    cause, now = bindparam("b_cause", type_=Text), bindparam("b_now", type_=Instant)
    return Prepared(
        update(EffectRow)
        .where(UNTOLD, column == bindparam("b_which"))
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
_ONE_OF: BindParameter[Any] = bindparam("b_which")
_CANCELLED: ColumnElement[str] = literal_column("'cancelled'")
_DONE: ColumnElement[str] = literal_column("'done'")
_CANCEL_SOME = Prepared(update(TimerRow).where(ARMED, TimerRow.id == _ONE_OF).values(status=_CANCELLED))
_CANCEL_OF_SUBJECTS = Prepared(update(TimerRow).where(ARMED, TimerRow.subject == _ONE_OF).values(status=_CANCELLED))
_CLOSE_OF_SUBJECTS = Prepared(
    update(TaskRow)
    .where(OPEN_TASK, TaskRow.subject == _ONE_OF)
    .values(status=_DONE, closed_at=bindparam("b_now", type_=Instant))
)
_FIRED = Prepared(update(TimerRow).where(TimerRow.id == _ONE_OF).values(status=literal_column("'fired'")))


def write(changes: Changes, connection: Connection) -> None:
    """Write everything in bulk.

    Raises:
        ConflictError: a journey or commitment has moved on since it was read; the transaction is to be given up.
    """
    for table, rows in changes.new.items():
        if rows:
            connection.execute(insert(table), rows)
    write_people(changes, connection)
    write_teams(changes, connection)
    write_calendar(changes, connection)
    move_rows(connection, _JOURNEY_MOVES, changes.journeys, "a journey")
    move_rows(connection, _REGION_MOVES, changes.regions, "a journey's region")
    move_rows(connection, _COMMITMENT_MOVES, changes.commitments, "a commitment")
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


def _disarm(changes: Changes, connection: Connection) -> None:
    _each(connection, _FIRED, changes.fired)
    _each(connection, _CANCEL_SOME, changes.called_off)
    _each(connection, _CANCEL_OF_SUBJECTS, changes.disarmed)


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
    _drop(changes, connection, _DROP_OF_SUBJECTS, changes.silenced)
    _each(connection, _CLOSE_OF_SUBJECTS, [*changes.silenced, *changes.settled], b_now=changes.now)


def _drop(changes: Changes, connection: Connection, statement: Prepared, which: Sequence[int] | Sequence[str]) -> None:
    _each(connection, statement, which, b_now=changes.now, b_cause=changes.cause)


def _each(connection: Connection, statement: Prepared, which: Sequence[int] | Sequence[str], **given: Any) -> None:
    """Run a statement for each of ``which``, most often one: a list in the statement would be written out each time."""
    if which:
        statement.run(connection, [{"b_which": one, **given} for one in which])


def _send_again(changes: Changes, connection: Connection) -> None:
    """Let what a peer refused wait again where it may now get through; after what no longer holds was marked."""
    if not (changes.refused or changes.reachable):
        return
    back = Return(changes.now, changes.now, changes.cause, another_mail=True)
    refused = EffectRow.status == "rejected"
    for effects in chunks(changes.refused):
        let_wait(connection, refused & EffectRow.id.in_(effects), back)
    for people in chunks(changes.reachable):
        theirs = refused & EffectRow.recipient_id.in_(people)
        if over := of_days_over(connection, theirs, changes.now):
            _drop(changes, connection, _DROP_SOME, over)
        let_wait(connection, theirs, back)
    reachable_again(connection, changes.reachable, changes.now)


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
