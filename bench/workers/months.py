"""The months that are played: hold-3 from its enrolment, a step of some days at a time; and what they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bench.faults.people import People, fact_of, hold_3
from config.errors import TransitionRefusedError
from flows.clock import TurnedClock
from flows.rehearsal.rehearsal import first_instant
from flows.services import Services
from notifications.transports.protocol import Mail, Receipt
from states.store.columns import Base
from states.store.conditions import PENDING, UNTAKEN
from states.store.database import Database
from states.store.tables import EffectRow, HistoryRow, RunLinkRow

_HOUR = 9

_COMPARED = {
    "journeys": ("id", "state", "version", "mentor_id", "second_mentor_id", "group_number"),
    "commitments": ("id", "state", "version", "opened_on", "due_on", "missed_on", "choice", "partner_id"),
    "history": ("id", "trigger", "source", "dest", "cause"),
    "timers": ("subject", "trigger", "status"),
    "facts": ("key", "trigger"),
    "effects": ("key", "message", "recipient_id", "status"),
    "tasks": ("id", "owner_id", "title", "due_on", "status"),
}
"""Columns that do not hold the second at which something was done: workers live on a clock that goes on."""


@dataclass
class Tray:
    """Takes every mail at once."""

    mails: int = 0

    def send(self, _mail: Mail) -> Receipt:
        self.mails += 1
        return Receipt("")


def instants(until: datetime, step: timedelta) -> Iterator[datetime]:
    """Yield the instants at which the clock stands, one step after the other."""
    at = first_instant(hold_3()[0]).replace(hour=_HOUR, minute=7) + timedelta(days=1)
    while at <= until:
        yield at
        at += step


def enrol(services: Services, clock: TurnedClock) -> None:
    """Enrol the cohort on its first day."""
    loaded, _ = hold_3()
    clock.turn_to(first_instant(loaded))
    services.engine.enrol(loaded.cohort, loaded.definition, loaded.people)


def act(services: Services, people: People, now: datetime) -> None:
    """Let people do what they do by now."""
    with services.database.read() as connection:
        acts = [one for one in people.acts(connection) if one.at <= now]
    for one in acts:
        try:
            services.engine.fire(one.trigger, [one.journey], fact_of(one))
        except TransitionRefusedError:
            continue


def tick_alone(services: Services) -> None:
    """Let time pass and send what is due, in this process and without Prefect."""
    services.engine.tick()
    services.outbox.settle()
    for due in services.outbox.due():
        for effect in due.effects:
            services.outbox.carry_out(effect)


def left_over(database: Database, now: datetime) -> int:
    """Return how many effects that are due were not carried out, and how many transitions have no run."""
    with database.read() as connection:
        waiting = select(func.count()).select_from(EffectRow).where(PENDING, EffectRow.send_at <= now)
        without = select(func.count()).select_from(RunLinkRow).where(UNTAKEN)
        return int(connection.scalar(waiting) or 0) + int(connection.scalar(without) or 0)


def transitions_without_row(database: Database) -> int:
    """Return how many transitions have no row for their run at all."""
    with database.read() as connection:
        linked = select(RunLinkRow.history_id)
        missing = select(func.count()).select_from(HistoryRow).where(HistoryRow.id.not_in(linked))
        return int(connection.scalar(missing) or 0)


def differing(ours: Database, theirs: Database) -> list[str]:
    """Return the rows that are in one of the databases only; an unknown mail stands for a sent one."""
    found = []
    for name in _COMPARED:
        mine, other = _rows(ours, name), _rows(theirs, name)
        found += [f"{name}: only with workers: {row}" for row in (mine - other).elements()]
        found += [f"{name}: only alone: {row}" for row in (other - mine).elements()]
    return found


def _rows(database: Database, name: str) -> Counter[str]:
    table = Base.metadata.tables[name]
    with database.read() as connection:
        rows = connection.execute(select(*(table.columns[column] for column in _COMPARED[name]))).all()
    return Counter(str(tuple("sent" if value == "unknown" else value for value in row)) for row in rows)
