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
    """A commitment, its journey, the journey of the partner it is to have, and whether another one visits it now."""

    commitment: Commitment
    journey: Journey
    partner: str | None
    opens: bool
    has_new_visitor: bool

    @property
    def is_changed(self) -> bool:
        """Whether the partner is another than before, or who visits."""
        return self.has_new_visitor or self.partner != self.commitment.partner_id


def pairing(firing: Firing, name: str, opening: Collection[str] = ()) -> list[Paired]:
    """Return the partners of everyone on the way whose commitment is open, or ``opening`` (ids) at this moment.

    Whoever has done with it, or need not do it, is among them where somebody is to visit them who was not before.
    """
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
    visited = {whom for who, whom in found.items() if visits.get(who) != whom}
    done = [(one, who) for one, who in there if one.state in FINAL and one.id not in opening and who.id in visited]
    return [
        *(Paired(one, who, found.get(who.id), one.id in opening, who.id in visited) for one, who in taking_part),
        *(Paired(one, who, one.partner_id, opens=False, has_new_visitor=True) for one, who in done),
    ]


def drop_news_of_another_partner(firing: Firing, commitment: Commitment) -> None:
    """Drop what was not told yet of a partner who is another by now."""
    news = str(Trigger(commitment.name, "pair"))
    query = select(EffectRow.id).where(PENDING, EffectRow.subject == commitment.id, EffectRow.trigger == news)
    firing.changes.dropped += firing.connection.scalars(query.order_by(EffectRow.id))
