"""What time brings: the timers that are due, fired in order, an instant, cohort and trigger at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from config.errors import ConflictError, TimerFailedError
from states.facts import Outcome
from states.moves.changes import Changes
from states.moves.commitments import CommitmentMover
from states.moves.firing import Firing
from states.moves.journeys import JourneyMover
from states.moves.writing import write
from states.running_cohort import RunningCohort
from states.store.database import Database
from states.store.due_timers import Due, falling, first_due, first_due_of, hold_a_cohort_that_is_due
from states.store.queries import calendar_version, commitments_named, journeys_and_cohort, journeys_of
from states.store.trouble import in_plain_words, is_conflict

CohortOf = Callable[[Connection, str, int | None], RunningCohort]


def _passes(error: Exception) -> bool:
    """Whether the timer is not to blame: another writer was first, or the database is not there."""
    if isinstance(error, DBAPIError):
        return is_conflict(error) or not isinstance(error, IntegrityError | DataError)
    return isinstance(error, ConflictError)


class Clockwork:
    """Fires timers for an engine; ``cohort_of`` gives a cohort by its id and the version of its calendar."""

    def __init__(self, database: Database, cohort_of: CohortOf) -> None:
        self._database = database
        self._cohort_of = cohort_of

    def fire_due(self, connection: Connection, now: datetime, aside: Sequence[str]) -> Outcome | None:
        """Fire what falls first in all cohorts but those laid ``aside``; ``None`` when nothing is due any more."""
        if self._database.is_sqlite:
            due = first_due(connection, now, aside)
            return None if due is None else self._fire_or_fail(connection, due, now)
        cohort = hold_a_cohort_that_is_due(connection, now, aside)
        if cohort is None:
            return None
        # Looked up again now that the cohort is held: whoever held it before has fired or armed some.
        due = first_due_of(connection, now, cohort)
        return Outcome(cohort, "", ()) if due is None else self._fire_or_fail(connection, due, now)

    def _fire_or_fail(self, connection: Connection, due: Due, now: datetime) -> Outcome:
        try:
            return self._fire_timers(connection, due, now)
        except Exception as error:
            if _passes(error):
                raise
            if isinstance(error, DBAPIError):  # Its text would show the rows.
                why = str(in_plain_words(error, self._database.address.where))
                raise TimerFailedError(due.cohort_id, due.trigger, due.due_at, why) from None
            raise TimerFailedError(due.cohort_id, due.trigger, due.due_at, str(error)) from error

    def _fire_timers(self, connection: Connection, due: Due, now: datetime) -> Outcome:
        timers = falling(connection, due)
        cohort = self._cohort_of(connection, due.cohort_id, calendar_version(connection, due.cohort_id))
        changes = Changes(now, f"timer {due.trigger} {due.due_at:%Y-%m-%dT%H:%MZ}")
        changes.fired += [timer.id for timer in timers]
        firing = Firing(connection, cohort, changes, {}, strict=False)
        name, verb = cohort.check_trigger(due.trigger)
        if verb:
            found = commitments_named(connection, [timer.subject for timer in timers])
            owners = [one.journey_id for one in found if one.journey_id]
            CommitmentMover(firing).move(name, verb, found, journeys_and_cohort(connection, owners).journeys)
        else:
            if due.trigger in cohort.definition.milestones:
                changes.held.append((due.cohort_id, due.trigger))
            subjects = {timer.subject for timer in timers}
            everyone = due.cohort_id in subjects
            journeys = journeys_of(connection, due.cohort_id)
            JourneyMover(firing).move(due.trigger, [one for one in journeys if everyone or one.id in subjects])
        write(changes, connection)
        return Outcome(due.cohort_id, due.trigger, tuple(changes.transitions))
