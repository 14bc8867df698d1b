"""What can be true of a cohort now: days that may have been, and commitments whose time has come (R6, R22, R29)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from config.errors import FactIncompleteError, HeldOnRefusedError, NotOpenYetError, TransitionRefusedError
from config.grammar import commitment_id
from config.programme import CommitmentSpec
from states.machines.commitment import FINAL, PLANNED
from states.moves.firing import Firing
from states.records import Commitment
from states.store.tables import CommitmentRow

FARTHEST_AHEAD = timedelta(days=366)
"""How far ahead a day may be agreed on: beyond it a year was mistyped."""


def refuse_impossible_day(firing: Firing, trigger: str) -> None:
    """Raise ``HeldOnRefusedError`` where the fact tells of a day to come, or of one before the cohort began."""
    day, began = firing.held_on, firing.cohort.began
    if day is not None and day > firing.today:
        raise HeldOnRefusedError(trigger, "held_on", day)
    if day is not None and began is not None and day < began:
        raise HeldOnRefusedError(trigger, "held_on", day, began)


def has_begun(firing: Firing, spec: CommitmentSpec, commitment: Commitment) -> bool:
    """Whether a planned commitment could be open by now: its opening is past, or the choice it follows was made."""
    if spec.opens_on is None:
        at = firing.cohort.calendar.opening_at(spec.opens) if spec.opens else None
        return at is not None and at <= firing.changes.now
    leader = commitment_id(commitment.journey_id or commitment.cohort_id, spec.opens_on.commitment)
    made = select(CommitmentRow.choice).where(CommitmentRow.id == leader, CommitmentRow.state.in_(FINAL))
    return firing.connection.scalar(made) == spec.opens_on.choice


def why_not_yet(
    firing: Firing, spec: CommitmentSpec, verb: str, refused: TransitionRefusedError
) -> TransitionRefusedError:
    """Return the refusal with when the commitment opens, where all that is wrong is that it has not."""
    if verb != "keep" or any(state != PLANNED for _, state in refused.refused):
        return refused
    at = firing.cohort.calendar.opening_at(spec.opens) if spec.opens else None
    opens_on = firing.cohort.calendar.local_day(at) if at else None
    follows = spec.opens_on.commitment if spec.opens_on else ""
    return NotOpenYetError(refused.trigger, refused.refused, opens_on, follows)


def agreed_day(firing: Firing, trigger: str) -> date:
    """Return the new deadline that the fact tells of.

    Raises:
        FactIncompleteError: it names none, or one that is not still to come.
    """
    given = firing.details.get("due_on")
    if not given:
        raise FactIncompleteError(trigger, "due_on", "is missing")
    day = date.fromisoformat(str(given))
    if day <= firing.today:
        raise FactIncompleteError(trigger, "due_on", f"{day} is not still to come")
    return day
