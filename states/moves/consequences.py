"""What a changed day brings about, before it is done (R63): worked out by what will do it, and written by nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, or_, select

from config.checks.date_rules import BrokenRule
from config.checks.dates import sentence
from config.cohort import Day
from config.errors import DayRefusedError
from states.facts import Transition
from states.moves.changes import Changes
from states.moves.writing import fresh_effects
from states.store.conditions import ARMED
from states.store.queries import chunks
from states.store.tables import TimerRow
from states.store.taken_back import KeptFact


class MovedDay(NamedTuple):
    """A milestone's day as it is and as it becomes; ``None`` where it has none."""

    milestone: str
    old: Day | None
    new: Day | None


class MovedDeadline(NamedTuple):
    """The deadline of a commitment, by id, as it is and as it becomes."""

    commitment_id: str
    journey_id: str | None
    name: str
    old: date | None
    new: date | None


class MovedTimer(NamedTuple):
    """When a trigger falls on a subject, as it is and as it becomes; ``None``: not at all."""

    subject: str
    trigger: str
    old: datetime | None
    new: datetime | None


class Told(NamedTuple):
    """Somebody who is told, by a mail or a task, and the local day on which that goes out."""

    recipient_id: str
    kind: str
    message: str
    on: date


class Stays(NamedTuple):
    """A commitment that hangs on the day and stays as it is: kept, or missed by the date that held then."""

    commitment_id: str
    journey_id: str | None
    name: str
    state: str


@dataclass(frozen=True)
class Consequences:
    """All that follows from new days for milestones of a cohort; ``broken`` are the rules against it."""

    cohort_id: str
    days: tuple[MovedDay, ...]
    broken: tuple[BrokenRule, ...]
    reason: str
    deadlines: tuple[MovedDeadline, ...]
    timers: tuple[MovedTimer, ...]
    told: tuple[Told, ...]
    stays: tuple[Stays, ...]

    @property
    def allowed(self) -> bool:
        """Whether it can be done: no rule is broken but those that the reason given excuses."""
        return not self.objections

    @property
    def objections(self) -> tuple[BrokenRule, ...]:
        """The broken rules that stand against it."""
        return objections(self.broken, self.reason)

    @property
    def seal(self) -> str:
        """A short word that stands for all of this, day by day; other consequences have another one."""
        plain = [
            [(one.milestone, _plain(one.old), _plain(one.new)) for one in self.days],
            self.deadlines,
            [(one.subject, one.trigger, one.old and one.old.date(), one.new and one.new.date()) for one in self.timers],
            self.told,
            self.stays,
        ]
        return hashlib.sha256(json.dumps(plain, default=str).encode()).hexdigest()[:12]


class TakenBack(NamedTuple):
    """What taking a fact back brings about: how all it moved will stand, and who is told."""

    cohort_id: str
    fact: KeptFact
    steps: tuple[Transition, ...]
    told: tuple[Told, ...]


def objections(broken: Iterable[BrokenRule], reason: str) -> tuple[BrokenRule, ...]:
    """Return the broken rules that stand against a day: all that no reason excuses, or none is given for."""
    return tuple(one for one in broken if not (one.excusable and reason))


def refused(cohort_id: str, milestone: str, against: Sequence[BrokenRule]) -> DayRefusedError:
    """Return the error that says which rules stand ``against`` a day."""
    return DayRefusedError(cohort_id, milestone, against, [sentence(one) for one in against])


def timers_moved(changes: Changes, connection: Connection) -> tuple[MovedTimer, ...]:
    """Return the timers that ``changes`` cancel, arm or let fall at another instant; asked before they are written."""
    old: dict[tuple[str, str], datetime] = {}
    columns = select(TimerRow.subject, TimerRow.trigger, TimerRow.due_at)
    for some in chunks([*changes.called_off, *changes.disarmed]):
        ids = [one for one in some if isinstance(one, int)]
        subjects = [one for one in some if isinstance(one, str)]
        which = or_(TimerRow.id.in_(ids), TimerRow.subject.in_(subjects))
        old |= {(row.subject, row.trigger): row.due_at for row in connection.execute(columns.where(ARMED, which))}
    new = {(one.subject, one.trigger): one.due_at for one in changes.timers}
    both = sorted({*old, *new})
    return tuple(MovedTimer(*key, old.get(key), new.get(key)) for key in both if old.get(key) != new.get(key))


def people_told(changes: Changes, connection: Connection, local_day: Callable[[datetime], date]) -> tuple[Told, ...]:
    """Return who is told by the effects that ``changes`` add, in their order."""
    rows = fresh_effects(changes, connection)
    return tuple(Told(row["recipient_id"], row["kind"], row["message"], local_day(row["send_at"])) for row in rows)


def _plain(day: Day | None) -> Mapping[str, Any] | None:
    return None if day is None else day.model_dump(mode="json")
