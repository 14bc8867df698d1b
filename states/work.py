"""The desk at which a trigger is worked out: what both journeys and commitments need. Reads, never writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, select

from config.definition import ACTIVE
from config.errors import TransitionRefusedError
from config.programme import EffectSpec
from states.book import Book
from states.changes import Changes
from states.effects import NEEDS_CIRCLE, Circle, Occasion, Standing, effect_rows
from states.store.tables import CommitmentRow, JourneyRow


class Promise(NamedTuple):
    """A commitment as it stands."""

    id: str
    cohort_id: str
    journey_id: str | None
    name: str
    state: str
    version: int
    opened_on: date | None
    due_on: date | None
    missed_on: date | None
    choice: str | None
    partner_id: str | None


STANDING = tuple(getattr(JourneyRow, name) for name in Standing._fields)
PROMISE = tuple(getattr(CommitmentRow, name) for name in Promise._fields)


class _Subject(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...


S = TypeVar("S", bound=_Subject)


class Desk:
    """One trigger at one instant, for one cohort. ``details`` are those of the fact behind it.

    ``strict``: a trigger that is not possible for one of those it is fired for is refused as a whole; otherwise that
    one is left out (a timer that comes too late, a milestone for someone on leave).
    """

    def __init__(
        self, connection: Connection, book: Book, changes: Changes, details: Mapping[str, Any], strict: bool
    ) -> None:
        self.connection = connection
        self.book = book
        self.changes = changes
        self.details = details
        self.strict = strict
        self.today = book.calendar.local_day(changes.now)
        self._circle: Circle | None = None

    def answered(
        self, trigger: str, subjects: Iterable[S], ask: Callable[[S], str | None], strict: bool
    ) -> list[tuple[S, str]]:
        """Return those for whom the trigger is possible, each with the state it leads to.

        Raises:
            TransitionRefusedError: strict, and it is not possible for one of them.
        """
        moved: list[tuple[S, str]] = []
        refused: list[tuple[str, str]] = []
        for subject in subjects:
            dest = ask(subject)
            if dest is None:
                refused.append((subject.id, subject.state))
            else:
                moved.append((subject, dest))
        if refused and strict:
            raise TransitionRefusedError(trigger, refused)
        return moved

    def cause(self, specs: tuple[EffectSpec, ...], occasion: Occasion) -> None:
        """Add the effects of a transition."""
        if not specs:
            return
        needed = any(role in NEEDS_CIRCLE for spec in specs for role in spec.to)
        circle = self.circle() if needed else Circle()
        self.changes.effects += effect_rows(specs, occasion, self.book.calendar, self.book.cast, circle)

    def circle(self) -> Circle:
        """Return the active journeys of the cohort as they will stand; read at most once for a trigger."""
        if self._circle is None:
            rows = self.connection.execute(
                select(*STANDING)
                .where(JourneyRow.cohort_id == self.book.cohort_id, JourneyRow.state.startswith(ACTIVE))
                .order_by(JourneyRow.id)
            )
            moved = {row["b_id"]: row["b_state"] for row in self.changes.journeys}
            standings = [Standing._make(row) for row in rows]
            self._circle = Circle({one.id: one for one in standings if moved.get(one.id, one.state).startswith(ACTIVE)})
        return self._circle

    def new_person(self, ident: str, person: Mapping[str, str]) -> str:
        """Add a person whom a fact names (a new mentor) and return the id."""
        self.changes.persons.append({"id": ident, "name": person["name"], "email": person["email"], "title": ""})
        return ident
