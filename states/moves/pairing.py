"""Who visits or portrays whom in each learning group (R30 to R32): what the pairs of a commitment are to be."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select

from config.grammar import Trigger
from states.machines.commitment import FINAL, PLANNED
from states.moves.firing import Firing
from states.plan.groups import partners
from states.records import Commitment, Journey
from states.store.conditions import PENDING
from states.store.queries import COMMITMENT_COLUMNS
from states.store.tables import CommitmentRow, EffectRow


class Paired(NamedTuple):
    """A commitment that is open or opens now, its journey, and the journey of the partner it is to have."""

    commitment: Commitment
    journey: Journey
    partner: str | None
    opens: bool

    @property
    def is_changed(self) -> bool:
        """Whether the partner is another than before."""
        return self.partner != self.commitment.partner_id


def pairing(firing: Firing, name: str, opening: Collection[str] = ()) -> list[Paired]:
    """Return the partners of everyone on the way whose commitment is open, or ``opening`` (ids) at this moment."""
    rows = firing.connection.execute(
        select(*COMMITMENT_COLUMNS)
        .where(CommitmentRow.cohort_id == firing.cohort.cohort_id, CommitmentRow.name == name)
        .order_by(CommitmentRow.id)
    )
    active = firing.active().members
    found_rows = firing.changes.as_they_stand(Commitment._make(row) for row in rows)
    there = [(one, active[one.journey_id or ""]) for one in found_rows if one.journey_id in active]
    taking_part = [(one, who) for one, who in there if one.id in opening or one.state not in {*FINAL, PLANNED}]
    visits = {who.id: one.partner_id for one, who in there if one.id not in opening}
    found: dict[str, str] = {}
    for group in {who.group_number for _, who in taking_part if who.group_number is not None}:
        members = [who.id for _, who in taking_part if who.group_number == group]
        others = [who.id for who in active.values() if who.group_number == group and who.id not in members]
        found |= partners(members, visits, others)
    return [Paired(one, who, found.get(who.id), one.id in opening) for one, who in taking_part]


def drop_news_of_another_partner(firing: Firing, commitment: Commitment) -> None:
    """Drop what was not told yet of a partner who is another by now."""
    news = str(Trigger(commitment.name, "pair"))
    query = select(EffectRow.id).where(PENDING, EffectRow.subject == commitment.id, EffectRow.trigger == news)
    firing.changes.dropped += firing.connection.scalars(query.order_by(EffectRow.id))
