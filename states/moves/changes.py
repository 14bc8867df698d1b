"""One commit's worth of change: collected while a trigger is worked out, written together in bulk (invariant 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, insert, literal_column, select, update

from config.errors import ConflictError
from states.facts import Transition
from states.plan.timers import Timer
from states.store.prepared import Prepared
from states.store.queries import chunks
from states.store.tables import (
    ARMED,
    OPEN_TASK,
    PENDING,
    AbsenceRow,
    CommitmentRow,
    EffectRow,
    HistoryRow,
    JourneyRow,
    PersonRow,
    TaskRow,
    TimerRow,
)

_ONE = literal_column("1", Integer)
_JOURNEY_MOVES = Prepared(
    update(JourneyRow)
    .where(JourneyRow.id == bindparam("b_id"), JourneyRow.version == bindparam("b_version"))
    .values(state=bindparam("b_state"), version=JourneyRow.version + _ONE)
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
    )
)
_HISTORY = Prepared(insert(HistoryRow).inline(), Transition._fields)
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


@dataclass
class Changes:
    """What a trigger changes, row by row, until ``write`` puts it into the database."""

    now: datetime
    cause: str
    transitions: list[Transition] = field(default_factory=list)
    journeys: list[dict[str, Any]] = field(default_factory=list)
    commitments: list[dict[str, Any]] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    disarmed: list[str] = field(default_factory=list)
    """Subjects whose armed timers are cancelled."""
    silenced: list[str] = field(default_factory=list)
    """Subjects whose unsent effects are dropped and whose open tasks are closed."""
    handed_over: list[dict[str, Any]] = field(default_factory=list)
    """Unsent effects that now belong to another journey (``b_id``, ``b_journey``) and are not dropped."""
    readdressed: list[dict[str, Any]] = field(default_factory=list)
    """Unsent effects that now go to another person (``b_id``, ``b_key``, ``b_person``)."""
    dropped: list[int] = field(default_factory=list)
    """Unsent effects, by id, that somebody else is told in their place."""
    effects: list[dict[str, Any]] = field(default_factory=list)
    fields: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Other columns of journeys to set: (journey, values)."""
    partners: list[tuple[str, str | None]] = field(default_factory=list)
    persons: list[dict[str, Any]] = field(default_factory=list)
    absences: list[dict[str, Any]] = field(default_factory=list)

    def record(
        self,
        cohort_id: str,
        journey_id: str | None,
        subject: str,
        version: int,
        machine: str,
        step: tuple[str, str, str],
    ) -> str:
        """Add a history row for ``step`` (trigger, source, dest) and return its id."""
        trigger, source, dest = step
        ident = f"{subject}#{version + 1}"
        self.transitions.append(
            Transition(ident, cohort_id, journey_id, machine, trigger, source, dest, self.now, self.cause)
        )
        return ident

    def write(self, connection: Connection) -> None:
        """Write everything in bulk.

        Raises:
            ConflictError: a journey or commitment has moved on since it was read; the transaction is to be given up.
        """
        self._write_people(connection)
        _move(connection, _JOURNEY_MOVES, self.journeys, "a journey")
        _move(connection, _COMMITMENT_MOVES, self.commitments, "a commitment")
        for journey, values in self.fields:
            connection.execute(update(JourneyRow).where(JourneyRow.id == journey).values(values))
        for commitment, partner in self.partners:
            connection.execute(update(CommitmentRow).where(CommitmentRow.id == commitment).values(partner_id=partner))
        if self.transitions:
            _HISTORY.run(connection, [row._asdict() for row in self.transitions])
        self._disarm(connection)
        self._redirect(connection)
        self._silence(connection)
        if self.timers:
            connection.execute(_TIMERS, [timer._asdict() for timer in self.timers])
        self._write_effects(connection)

    def _write_people(self, connection: Connection) -> None:
        for person in self.persons:
            known = connection.scalar(select(PersonRow.id).where(PersonRow.id == person["id"]))
            if known is None:
                connection.execute(insert(PersonRow), person)
        for absence in self.absences:
            known = connection.scalar(
                select(AbsenceRow.milestone).where(
                    AbsenceRow.journey_id == absence["journey_id"], AbsenceRow.milestone == absence["milestone"]
                )
            )
            if known is None:
                connection.execute(insert(AbsenceRow), absence)

    def _disarm(self, connection: Connection) -> None:
        for subjects in chunks(self.disarmed):
            connection.execute(update(TimerRow).where(ARMED, TimerRow.subject.in_(subjects)).values(status="cancelled"))

    def _redirect(self, connection: Connection) -> None:
        """Before anything is silenced: what belongs to another journey by then is not."""
        if self.handed_over:
            connection.execute(_HAND_OVER, self.handed_over)
        if self.readdressed:
            connection.execute(_READDRESS, self.readdressed)
        if self.dropped:
            self._drop(connection, EffectRow.id.in_(self.dropped))

    def _silence(self, connection: Connection) -> None:
        for subjects in chunks(self.silenced):
            self._drop(connection, EffectRow.subject.in_(subjects))
            connection.execute(
                update(TaskRow)
                .where(OPEN_TASK, TaskRow.subject.in_(subjects))
                .values(status="done", closed_at=self.now)
            )

    def _drop(self, connection: Connection, which: ColumnElement[bool]) -> None:
        dropped = {"status": "dropped", "changed_at": self.now, "note": self.cause}
        connection.execute(update(EffectRow).where(PENDING, which).values(dropped))

    def _write_effects(self, connection: Connection) -> None:
        """Insert the effects that are not there yet: an invitation shared by two journeys is one effect."""
        if not self.effects:
            return
        rows: dict[str, dict[str, Any]] = {}
        for row in self.effects:
            rows.setdefault(row["key"], row)
        known: set[str] = set()
        shared = [key for key, row in rows.items() if not key.startswith(row["history_id"])]
        for keys in chunks(shared):
            known.update(connection.scalars(select(EffectRow.key).where(EffectRow.key.in_(keys))))
        fresh = [row for key, row in rows.items() if key not in known]
        if fresh:
            connection.execute(_EFFECTS, fresh)


def _move(connection: Connection, statement: Prepared, rows: list[dict[str, Any]], what: str) -> None:
    if not rows:
        return
    if statement.run(connection, rows).rowcount != len(rows):
        raise ConflictError(what)
