"""What holds of a commitment when a verb is asked of it: the guards of its machine, read and never written."""

from __future__ import annotations

from config.programme import CommitmentSpec
from states.machines.commitment import AHEAD, BEGUN, CHANGEABLE, FULFILLED, KEPT, ON_TIME, PLANNED, WANTED
from states.moves.challenges import is_news
from states.moves.firing import Firing
from states.moves.plausible import has_begun
from states.records import Commitment


def guards_of(firing: Firing, spec: CommitmentSpec, verb: str, commitment: Commitment) -> frozenset[str]:
    """Return the guards that hold for a commitment when ``verb`` is asked of it."""
    holding: set[str] = set()
    if verb == "keep":
        held_on = firing.held_on
        if held_on and commitment.due_on and held_on <= commitment.due_on:
            holding.add(ON_TIME)
        if _changeable(firing, spec, commitment):
            holding.add(CHANGEABLE)
        if commitment.state == PLANNED and has_begun(firing, spec, commitment):
            holding.add(BEGUN)
    elif verb == "open" and spec.kept_by_date_of in firing.cohort.calendar.days:
        holding.add(FULFILLED)
    elif verb == "resume":
        due = commitment.due_on or firing.cohort.calendar.day_of(spec.due)
        if due is None or due >= firing.today or _can_still_be_made(firing, spec):
            holding.add(AHEAD)
    elif not commitment.quiet:
        holding.add(WANTED)
    return frozenset(holding)


def _changeable(firing: Firing, spec: CommitmentSpec, commitment: Commitment) -> bool:
    if spec.secures is not None:
        return is_news(firing, spec)
    return commitment.state == KEPT and _can_still_be_made(firing, spec)


def _can_still_be_made(firing: Firing, spec: CommitmentSpec) -> bool:
    last = firing.cohort.calendar.last_change(spec)
    return last is not None and firing.today <= last
