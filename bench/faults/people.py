"""The people of a cohort, played from what the database holds: a process that was killed knows no less than before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, select

from config.library import Library, LoadedCohort
from config.profile import Profile, load_profile
from flows.rehearsal.behaviour import Act, Behaviour
from flows.rehearsal.rehearsal import calendar_of
from states.facts import Fact, Transition
from states.machines.commitment import FINAL, OPEN
from states.store.tables import CommitmentRow, FactRow, HistoryRow, JourneyRow

_OPENED = (
    select(*(getattr(HistoryRow, name) for name in Transition._fields))
    .where(HistoryRow.trigger == "open", HistoryRow.dest == OPEN)
    .order_by(HistoryRow.n)
)


@cache
def hold_3() -> tuple[LoadedCohort, Profile]:
    """The cohort and how its people are; read once, before any process is forked."""
    library = Library()
    return library.cohort("hold-3"), load_profile(library.root, "typical")


class People:
    """Who does what and when; the same seed does the same, each act under a key of its own."""

    def __init__(self, seed: int) -> None:
        loaded, profile = hold_3()
        self.cohort = loaded.cohort.id
        self._events = loaded.definition.programme.events
        self._behaviour = Behaviour(self.cohort, calendar_of(loaded), profile, seed)
        self._incidents = list(self._behaviour.incidents())
        self._known: dict[str, tuple[Act, ...]] = {}

    def acts(self, connection: Connection) -> list[Act]:
        """What is still to be done and makes sense as things stand, in order."""
        told = set(connection.scalars(select(FactRow.key)))
        return sorted(act for act in self._possible(connection) if act.key not in told)

    def _possible(self, connection: Connection) -> Iterator[Act]:
        states = dict(map(tuple, connection.execute(select(CommitmentRow.id, CommitmentRow.state))))
        # Who was to keep a promise that was opened anew since then decides anew.
        last = {row.id.partition("#")[0]: row for row in connection.execute(_OPENED)}
        for subject, opened in last.items():
            if states.get(subject) not in {*FINAL, "planned", None}:
                yield from self._reaction(opened)
        journeys = dict(map(tuple, connection.execute(select(JourneyRow.id, JourneyRow.state))))
        for act in self._incidents:
            state = journeys.get(act.journey, "")
            sources = self._events[act.trigger].source
            if any(state == source or state.startswith(f"{source}.") for source in sources):
                yield act

    def _reaction(self, opened: Row[Any]) -> tuple[Act, ...]:
        if opened.id not in self._known:
            self._known[opened.id] = tuple(self._behaviour.react_to([Transition._make(opened)]))
        return self._known[opened.id]


def fact_of(act: Act) -> Fact:
    """What is told of an act."""
    return Fact(act.key, "rehearsal", dict(act.details))
