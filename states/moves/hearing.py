"""Who hears of a commitment's move: of those whom its effects are for, whoever it is no news to is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import select

from config.effects import EffectSpec
from states.moves.firing import Firing, everybody
from states.moves.handing import hears_of_it_today
from states.moves.reassign import was_told
from states.records import Commitment, Journey
from states.store.tables import EffectRow

_TOLD_OF_THE_OLD = frozenset({"extend", "appoint"})


def concerned_by(
    firing: Firing, verb: str, commitment: Commitment, journey: Journey | None, effects: Iterable[EffectSpec]
) -> Callable[[str], bool]:
    """Return who hears of a move.

    Of a new deadline or an agreed day no consultant who has not heard of the old one; of an escalation none who is
    asked today; and whoever the group's mail has asked is not asked again with the cohort (R59).
    """
    left_out = _who_is_asked_already(firing, commitment, effects) | _consultants(firing, verb, commitment, journey)
    return (lambda person: person not in left_out) if left_out else everybody


def _consultants(firing: Firing, verb: str, commitment: Commitment, journey: Journey | None) -> frozenset[str]:
    consultant = journey.consultant_id if journey else None
    if consultant is None or verb not in {*_TOLD_OF_THE_OLD, "escalate"}:
        return frozenset()
    consultants = sorted({consultant, *firing.cohort.cast.acting_for(consultant)})
    about = EffectRow.subject == commitment.id
    if verb in _TOLD_OF_THE_OLD:
        concerned = any(was_told(firing, one, "consultant", about) for one in consultants)
    else:
        concerned = not any(hears_of_it_today(firing, commitment, one) for one in consultants)
    return frozenset() if concerned else frozenset(consultants)


def _who_is_asked_already(firing: Firing, commitment: Commitment, effects: Iterable[EffectSpec]) -> frozenset[str]:
    if not any("cohort" in effect.to for effect in effects):
        return frozenset()
    asked = (EffectRow.subject == commitment.id) & (EffectRow.role == "group") & (EffectRow.status != "dropped")
    return frozenset(firing.connection.scalars(select(EffectRow.recipient_id).where(asked)))
