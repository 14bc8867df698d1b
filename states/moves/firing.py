"""One firing of a trigger: what moving journeys and moving commitments both need. Reads, never writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, select

from config.definition import ACTIVE
from config.effects import EffectSpec
from config.errors import FactIncompleteError, PersonRefusedError, TransitionRefusedError
from states.machines.rulebook import Answer
from states.moves.changes import Changes
from states.plan.effects import NEEDS_ACTIVE_JOURNEYS, ActiveJourneys, Cause, effect_rows
from states.records import Journey
from states.running_cohort import RunningCohort
from states.store.conditions import of_cohort
from states.store.queries import JOURNEY_COLUMNS
from states.store.tables import JourneyRow, PersonRow


class _Subject(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...


S = TypeVar("S", bound=_Subject)


def everybody(_: str) -> bool:
    """Whom most news concern: every person that it is addressed to."""
    return True


class Firing:
    """One trigger at one instant, for one cohort. ``details`` are those of the fact behind it.

    ``strict``: a trigger that is not possible for one of those it is fired for is refused as a whole; otherwise that
    one is left out (a timer that comes too late, a milestone for someone on leave).
    """

    def __init__(
        self, connection: Connection, cohort: RunningCohort, changes: Changes, details: Mapping[str, Any], strict: bool
    ) -> None:
        self.connection = connection
        self.cohort = cohort
        self.changes = changes
        self.details = details
        self.strict = strict
        self.today = cohort.calendar.local_day(changes.now)
        self.late = False
        """Whether what is missed counts as missed today: a mistake, now taken back, has hidden it until now."""
        self.teller = ""
        """Who has told it by an answer (id)."""
        self.told_from = changes.now
        """The instant before which nobody hears of it."""
        self._active_journeys: ActiveJourneys | None = None

    @cached_property
    def held_on(self) -> date | None:
        """The day on which what is told took place, as far as the fact says."""
        given = self.details.get("held_on")
        return date.fromisoformat(str(given)) if given else None

    def answered(
        self, trigger: str, subjects: Iterable[S], ask: Callable[[S], Answer | None], strict: bool
    ) -> list[tuple[S, Answer]]:
        """Return those for whom the trigger is possible, each with where it leads and what it causes.

        Raises:
            TransitionRefusedError: strict, and it is not possible for one of them.
        """
        moved: list[tuple[S, Answer]] = []
        refused: list[tuple[str, str]] = []
        for subject in subjects:
            answer = ask(subject)
            if answer is None:
                refused.append((subject.id, subject.state))
            else:
                moved.append((subject, answer))
        if refused and strict:
            raise TransitionRefusedError(trigger, refused)
        return moved

    def cause(self, specs: Sequence[EffectSpec], cause: Cause, concerns: Callable[[str], bool] = everybody) -> None:
        """Add the effects of a transition, for those whom it ``concerns``."""
        if not specs:
            return
        needed = any(role in NEEDS_ACTIVE_JOURNEYS for spec in specs for role in (*spec.to, *spec.without))
        active = self.active() if needed else ActiveJourneys()
        for row in effect_rows(specs, cause, self.cohort.calendar, self.cohort.cast, active):
            if concerns(row["recipient_id"]):
                at = max(row["send_at"], self.told_from) if row["kind"] == "mail" else row["send_at"]
                self.changes.effects.append(row | {"send_at": at})

    def active(self) -> ActiveJourneys:
        """Return the active journeys of the cohort as they will stand; read at most once for a trigger."""
        if self._active_journeys is None:
            # Also those who are on leave: one of them may be coming back in this very moment.
            rows = self.connection.execute(
                select(*JOURNEY_COLUMNS).where(JourneyRow.cohort_id == self.cohort.cohort_id).order_by(JourneyRow.id)
            )
            moved = {row["b_id"]: row["b_state"] for row in self.changes.journeys}
            journeys = [Journey._make(row) for row in rows]
            self._active_journeys = ActiveJourneys(
                {one.id: one for one in journeys if moved.get(one.id, one.state).startswith(ACTIVE)}
            )
        return self._active_journeys

    def new_person(self, ident: str, trigger: str, field: str) -> str:
        """Return the id of the person whom the fact names in ``field``; new unless the cohort knows the address.

        Raises:
            FactIncompleteError: it names nobody (that name and address are plain, the engine has seen to).
            PersonRefusedError: it gives an address that is known under another name: one of both is wrong, and mails
                would greet the wrong one.
        """
        given = self.details.get(field)
        if not isinstance(given, Mapping):
            raise FactIncompleteError(trigger, field, "has no name")
        known = self._person_with(given["email"])
        if known is not None:
            ident, name = known
            refuse_another_name(trigger, field, given["email"], name, given["name"])
            return ident
        unknown = {"title": "", "telephone": "", "organisation": ""}
        self.changes.persons.append({"id": ident, "name": given["name"], "email": given["email"], **unknown})
        return ident

    def known_person(self, given: Mapping[str, Any]) -> str | None:
        """Return the id of the person whom a fact names, if the cohort knows one of that address and name."""
        known = self._person_with(given["email"])
        return known[0] if known is not None and is_one_name(known[1], given["name"]) else None

    def _person_with(self, email: str) -> tuple[str, str] | None:
        """Return who has this address, id and name: one person is told things once, whatever roles they have (R48)."""
        for person in self.changes.persons:
            if person["email"] == email:
                return str(person["id"]), str(person["name"])
        ours = of_cohort(PersonRow.id, self.cohort.cohort_id)
        query = select(PersonRow.id, PersonRow.name).where(ours, PersonRow.email == email)
        row = self.connection.execute(query.order_by(PersonRow.id).limit(1)).one_or_none()
        return None if row is None else (row.id, row.name)


def refuse_another_name(trigger: str, field: str, email: str, known: str, given: Any) -> None:
    """Raise ``PersonRefusedError`` where an address that the cohort knows is given with another name (R48)."""
    if not is_one_name(known, given):
        what = f"{email} belongs to {known!r}, here to {given!r}; one address is one person"
        raise PersonRefusedError(trigger, field, what, "known")


def is_one_name(one: str, other: Any) -> bool:
    """Return whether two names are one but for capitals and spacing."""
    return one.casefold().split() == str(other).casefold().split()
