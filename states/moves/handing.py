"""A commitment is handed to the talent's consultant: who can be asked, what that overtakes, and who has heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select

from config.errors import NoConsultantError
from config.grammar import Trigger, history_id
from states.moves.firing import Firing
from states.records import Commitment, Journey
from states.store.conditions import UNTOLD
from states.store.tables import EffectRow


def to_be_handed(
    firing: Firing, trigger: str, commitments: Sequence[Commitment], journeys: Mapping[str, Journey]
) -> list[Commitment]:
    """Return those of the commitments that were not handed over just so already.

    Raises:
        NoConsultantError: the talent of one of them has no consultant.
    """
    nobody = [one for one in commitments if journeys[one.journey_id or ""].consultant_id is None]
    if nobody:
        raise NoConsultantError(trigger, [(one.id, one.state) for one in nobody])
    return [one for one in commitments if not _was_just_handed(firing, trigger, one)]


def _was_just_handed(firing: Firing, trigger: str, commitment: Commitment) -> bool:
    """Whether the last thing that happened to a commitment is that it was handed over with the very same note."""
    last = history_id(commitment.id, commitment.version)
    query = select(EffectRow.details).where(EffectRow.history_id == last, EffectRow.trigger == trigger)
    told = firing.connection.scalars(query.limit(1)).one_or_none()
    return told is not None and told.get("note") == note_of(firing).get("note")


def note_of(firing: Firing) -> dict[str, str]:
    """Return what the coordinator has to say to the consultant, as a detail; nothing where they say nothing."""
    note = firing.details.get("note")
    return {"note": str(note)} if note else {}


def settle_what_was_asked(firing: Firing, commitment: Commitment, journey: Journey | None) -> None:
    """Close the tasks about a commitment, and drop what the consultant has not heard of it: now they hear it all."""
    firing.changes.settled.append(commitment.id)
    consultant = journey.consultant_id if journey else None
    news = (EffectRow.recipient_id == consultant) & (EffectRow.role == "consultant") & ~_handed(commitment)
    query = select(EffectRow.id).where(UNTOLD, EffectRow.subject == commitment.id, (EffectRow.kind == "task") | news)
    firing.changes.dropped += firing.connection.scalars(query.order_by(EffectRow.id))


def hears_of_it_today(firing: Firing, commitment: Commitment, consultant: str) -> bool:
    """Whether a mail that asks the consultant to take over goes out on the day on which one written now would."""
    hours = firing.cohort.definition.working_time
    mine = (EffectRow.recipient_id == consultant) & (EffectRow.subject == commitment.id)
    query = select(EffectRow.send_at).where(mine, _handed(commitment), EffectRow.status != "dropped")
    today = hours.local(hours.next_open(firing.changes.now)).date()
    return any(hours.local(at).date() == today for at in firing.connection.scalars(query))


def _handed(commitment: Commitment) -> ColumnElement[bool]:
    return (EffectRow.trigger == str(Trigger(commitment.name, "hand"))) & (EffectRow.kind == "mail")
