"""A coordinator's note about a talent: kept in the talent's history, it moves nothing and tells nobody."""

from __future__ import annotations

from collections.abc import Sequence

from config.errors import FactIncompleteError, UnknownRecordError
from config.grammar import CORRECT, TAKEN_BACK, Trigger
from states.facts import Transition
from states.moves.firing import Firing
from states.records import Journey
from states.store.fact_log import last_step
from states.store.queries import journeys_and_cohort

NOTE = "note"
"""The fact that something was noted, the detail that holds the words, and the machine of such a step in history."""
TALENT = "talent"
"""The detail that holds the id of the journey that it is about."""


def write_note(firing: Firing) -> None:
    """Collect a step of history; the words are the fact's.

    Raises:
        FactIncompleteError: there are no words.
        UnknownRecordError: the cohort has no such talent.
    """
    if not str(firing.details.get(NOTE) or "").strip():
        raise FactIncompleteError(NOTE, NOTE, "is missing")
    _step(firing, talent_named(firing).id, NOTE)


def talent_named(firing: Firing) -> Journey:
    """Return the journey of the talent whom a fact names.

    Raises:
        UnknownRecordError: the cohort has no such talent.
    """
    ident = str(firing.details.get(TALENT) or "")
    journey = journeys_and_cohort(firing.connection, [ident]).journeys.get(ident)
    if journey is None or journey.cohort_id != firing.cohort.cohort_id or journey.state == TAKEN_BACK:
        raise UnknownRecordError("journey", ident)
    return journey


def take_note_back(firing: Firing, steps: Sequence[Transition]) -> None:
    """Collect that a note was a mistake: it stays in history, and is said to be taken back."""
    for step in steps:
        _step(firing, str(step.journey_id), str(Trigger(NOTE, CORRECT)))


def _step(firing: Firing, journey: str, trigger: str) -> None:
    subject = f"{journey}/{NOTE}"
    version, _ = last_step(firing.connection, subject)
    firing.changes.record(firing.cohort.cohort_id, journey, subject, version, NOTE, (trigger, "", ""))
