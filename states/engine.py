"""The engine: the one door for facts and for time, and the only writer of what is true.

``fire`` takes a fact, ``tick`` lets time pass, ``reschedule`` moves a date. Each works a trigger out for all it
concerns and writes state, history, timers and effects in one commit, or nothing. All hold the same things in the same
order, so that nobody waits in a ring: the fact's key, then the cohort, then what belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from config.cohort import Cohort, Day
from config.definition import Definition
from config.errors import (
    ConflictError,
    ConsequencesChangedError,
    ImportChangedError,
    TickFailedError,
    TimerFailedError,
    UnknownRecordError,
    UnknownTriggerError,
)
from config.grammar import CALL_OFF, CORRECT, MOVE, Trigger, commitment_id
from config.people import People
from states.clockwork import Clockwork
from states.facts import FACT_CAUSE, OPERATOR, Fact, Outcome
from states.machines.commitment import recordable_verbs
from states.machines.journey import ENROL
from states.moves.arrange import arrange
from states.moves.changes import Changes
from states.moves.commitments import CommitmentMover
from states.moves.consequences import Consequences, TakenBack, people_told
from states.moves.correction import Correction
from states.moves.enrol import Enrolment
from states.moves.firing import Firing
from states.moves.journeys import JourneyMover
from states.moves.reimport import seal_of
from states.moves.reschedule import Rescheduling
from states.moves.rests_on import refuse_another_correction
from states.moves.writing import write
from states.plain_facts import plain_fact
from states.running_cohort import RunningCohort, read_cohort
from states.store.database import Database
from states.store.fact_log import FactAlreadyLogged, earlier_outcome, key_of_import, log_fact, with_day
from states.store.queries import (
    all_found,
    calendar_version,
    commitments_named,
    journeys_and_cohort,
    lock_cohort_of,
)
from states.store.taken_back import fact_and_cohort

R = TypeVar("R")

_ATTEMPTS = 5


class Engine:
    """Changes journeys and commitments; ``now`` is the clock (aware UTC)."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database = database
        self.now = now
        self._cohorts: dict[str, RunningCohort] = {}
        self._clockwork = Clockwork(database, self._cohort)

    def enrol(self, cohort: Cohort, definition: Definition, people: People, seal: str = "") -> Outcome:
        """Enrol a cohort, pinned to ``definition``; again with more people, add those. Idempotent.

        With the ``seal`` of a preview just that is done; ``ImportChangedError`` if it would be something else by now.
        """

        def attempt(connection: Connection) -> Outcome:
            lock_cohort_of(connection, [cohort.id])
            key = key_of_import(connection, cohort.id)
            changes = Changes(self.now(), f"{FACT_CAUSE}{key}")
            enrolment = Enrolment(cohort, definition, people, changes)
            enrolment.work_out(connection)
            if seal and seal_of(changes) != seal:
                raise ImportChangedError(cohort.id)
            if enrolment.again and not changes.is_empty:
                log_fact(connection, Fact(key, OPERATOR), ENROL, [cohort.id], changes.now)
            write(changes, connection)
            return Outcome(cohort.id, "enrol", tuple(changes.transitions))

        return self._attempt(attempt)

    def fire(self, trigger: str, subjects: Sequence[str], fact: Fact) -> Outcome:
        """Take a fact: fire ``trigger`` on all ``subjects`` in one commit, or on none.

        ``trigger`` is a milestone (``m2d1``), an event (``leave``) or a commitment's verb
        (``mentor_meeting_m2:keep``); ``subjects`` are ids of one cohort's journeys, or the cohort's own id for a
        commitment of the cohort. The same fact again, by its key, returns the first outcome.

        Raises:
            UnknownTriggerError, UnknownRecordError: no such trigger or journey.
            TransitionRefusedError: not possible where one of them stands.
            FactIncompleteError: a detail is missing, or is not plain.
            FactReusedError: the key stands for another fact.
            ConflictError: somebody else was faster, five times in a row.
        """

        fact = plain_fact(fact, trigger, subjects)

        def attempt(connection: Connection) -> Outcome:
            return self._fire(connection, trigger, subjects, fact)

        try:
            return self._attempt(attempt)
        except FactAlreadyLogged:
            with self.database.read() as connection:
                cohort_id = journeys_and_cohort(connection, subjects).cohort_id
                return earlier_outcome(connection, fact, trigger, subjects, cohort_id)

    def tick(self, now: datetime | None = None) -> list[Outcome]:
        """Fire every timer that is due, in order, a commit for each (instant, cohort, trigger).

        Returns what changed. Killed midway, the next tick goes on where this one was. A timer that cannot be fired
        stops its own cohort, whose later ones may build on it, and no other.

        Raises:
            TickFailedError: some timers could not be fired; it holds what the tick has changed nevertheless.
        """
        instant = now or self.now()
        outcomes: list[Outcome] = []
        failures: dict[str, TimerFailedError] = {}
        while True:
            try:
                outcome = self._attempt(
                    lambda connection: self._clockwork.fire_due(connection, instant, list(failures))
                )
            except TimerFailedError as failure:
                failures[failure.cohort_id] = failure
                continue
            if outcome is None:
                break
            if outcome.transitions:
                outcomes.append(outcome)
        if failures:
            raise TickFailedError(outcomes, list(failures.values()))
        return outcomes

    def preview(self, cohort_id: str, milestone: str, day: Day | None) -> Consequences:
        """Return what ``reschedule`` would bring about at this moment, and write nothing (R63).

        Raises:
            UnknownRecordError, UnknownTriggerError: see ``reschedule``.
        """
        with self.database.read() as connection:
            changes = Changes(self.now(), "preview")
            moving = Rescheduling(connection, read_cohort(connection, cohort_id), changes, milestone, day)
            moving.work_out({})
            return moving.consequences()

    def reschedule(self, cohort_id: str, milestone: str, day: Day | None, fact: Fact, seal: str = "") -> Outcome:
        """Give a milestone another day, time or place, or call it off: deadlines and timers follow, people are told.

        With the ``seal`` of a preview it is done only if the consequences are still those.

        Raises:
            UnknownRecordError: no such cohort or milestone.
            UnknownTriggerError: it is to be called off, and the programme has no word for that.
            DayRefusedError: a rule of dates is broken, and no reason given or none would do (R15, R21, R39).
            ConsequencesChangedError: something has changed since the preview.
            FactReusedError: the key stands for another fact.
        """

        trigger = str(Trigger(milestone, CALL_OFF if day is None else MOVE))
        fact = plain_fact(fact, trigger, [cohort_id])

        def work(connection: Connection, cohort: RunningCohort, changes: Changes) -> None:
            moving = Rescheduling(connection, cohort, changes, milestone, day)
            moving.refuse_what_breaks_rules()
            moving.work_out(fact.details)
            if seal and moving.consequences().seal != seal:
                raise ConsequencesChangedError(cohort_id, milestone)

        return self._tell(cohort_id, trigger, with_day(fact, day), work)

    def arrange(self, cohort_id: str, trigger: str, fact: Fact, about: Sequence[str] = ()) -> Outcome:
        """Take a fact about people (``moves.arrange``): a correction, another holder of an office, a stand-in, or
        whether somebody comes. It is about the cohort, or ``about`` journeys of it.

        Raises:
            UnknownTriggerError, UnknownRecordError, FactIncompleteError, FactReusedError, OfficeTakenError.
        """
        fact = plain_fact(fact, trigger, [cohort_id])
        return self._tell(cohort_id, trigger, fact, partial(arrange, trigger, fact.details), about)

    def _tell(
        self,
        cohort_id: str,
        trigger: str,
        fact: Fact,
        work: Callable[[Connection, RunningCohort, Changes], None],
        subjects: Sequence[str] = (),
        corrects: str | None = None,
    ) -> Outcome:
        """Take a fact about a cohort, or ``subjects`` of it, once; ``corrects`` is the fact that it takes back."""
        about = list(subjects) or [cohort_id]

        def attempt(connection: Connection) -> Outcome:
            changes = Changes(self.now(), f"{FACT_CAUSE}{fact.key}")
            log_fact(connection, fact, trigger, about, changes.now, corrects)
            lock_cohort_of(connection, [cohort_id])
            work(connection, read_cohort(connection, cohort_id), changes)
            write(changes, connection)
            return Outcome(cohort_id, trigger, tuple(changes.transitions))

        try:
            return self._attempt(attempt)
        except FactAlreadyLogged:
            with self.database.read() as connection:
                refuse_another_correction(connection, corrects, fact.key)
                return earlier_outcome(connection, fact, trigger, about, cohort_id)

    def undo(self, key: str, fact: Fact) -> Outcome:
        """Take the fact told under ``key`` back by ``fact``: all stands as history without it would have it (R62).

        Raises:
            UnknownRecordError: there is no such fact.
            CorrectionRefusedError: it cannot be taken back, or another fact that rests on it has to be first.
            DayRefusedError: the day that it moved cannot be what it was any more.
            FactReusedError: the key of ``fact`` stands for another one.
        """
        with self.database.read() as connection:
            taken, cohort_id = fact_and_cohort(connection, key)
        trigger, subjects = str(Trigger(Trigger.parse(taken.trigger).name, CORRECT)), list(taken.subjects or ())
        fact = plain_fact(replace(fact, details={**fact.details, "corrects": key}), trigger, subjects)

        def work(connection: Connection, cohort: RunningCohort, changes: Changes) -> None:
            Correction(connection, cohort, changes, taken).work_out()

        return self._tell(cohort_id, trigger, fact, work, subjects, corrects=key)

    def preview_undo(self, key: str) -> TakenBack:
        """Return what ``undo`` would bring about at this moment, and write nothing; raises as that does."""
        with self.database.read() as connection:
            taken, cohort_id = fact_and_cohort(connection, key)
            refuse_another_correction(connection, key, "")
            changes, cohort = Changes(self.now(), f"{FACT_CAUSE}preview"), read_cohort(connection, cohort_id)
            Correction(connection, cohort, changes, taken).work_out()
            told = people_told(changes, connection, cohort.calendar.local_day)
            return TakenBack(cohort_id, taken, tuple(changes.transitions), told)

    def cohort(self, connection: Connection, cohort_id: str) -> RunningCohort:
        """Return a cohort as it stands, read anew once it has changed; ``UnknownRecordError`` if there is none."""
        return self._cohort(connection, cohort_id, calendar_version(connection, cohort_id))

    # -- one attempt -----------------------------------------------------------------------------------------------

    def _attempt(self, work: Callable[[Connection], R]) -> R:
        """Do ``work`` in a transaction of its own; read everything anew when somebody else was faster."""
        for _ in range(_ATTEMPTS):
            with suppress(ConflictError), self.database.write() as connection:
                return work(connection)
        raise ConflictError("what this fact or timer is about")

    def _fire(self, connection: Connection, trigger: str, subjects: Sequence[str], fact: Fact) -> Outcome:
        now = self.now()
        log_fact(connection, fact, trigger, subjects, now)
        lock_cohort_of(connection, subjects)
        journeys, cohort_id, calendar_version = journeys_and_cohort(connection, subjects)
        strangers = [one.id for one in journeys.values() if one.cohort_id != cohort_id]
        if strangers:
            raise UnknownRecordError(f"journey of {cohort_id}", ", ".join(strangers))
        cohort = self._cohort(connection, cohort_id, calendar_version)
        name, verb = cohort.check_trigger(trigger)
        changes = Changes(now, f"fact {fact.key}")
        firing = Firing(connection, cohort, changes, fact.details, strict=True)
        firing.teller = fact.teller
        if verb:
            if verb not in recordable_verbs(cohort.spec(name)):
                raise UnknownTriggerError(
                    trigger, [str(Trigger(name, one)) for one in recordable_verbs(cohort.spec(name))]
                )
            ids = [commitment_id(subject, name) for subject in subjects]
            found = commitments_named(connection, ids)
            all_found("commitment", ids, found)
            CommitmentMover(firing).move(name, verb, found, journeys)
        else:
            all_found("journey", subjects, list(journeys.values()))
            JourneyMover(firing).move(trigger, list(journeys.values()))
        write(changes, connection)
        return Outcome(cohort_id, trigger, tuple(changes.transitions))

    def _cohort(self, connection: Connection, cohort_id: str, calendar_version: int | None) -> RunningCohort:
        """Return the cohort, read again when its calendar has changed or a milestone was held: nothing else can."""
        cohort = self._cohorts.get(cohort_id)
        if cohort is None or cohort.calendar_version != calendar_version:
            cohort = self._cohorts[cohort_id] = read_cohort(connection, cohort_id)
        return cohort
