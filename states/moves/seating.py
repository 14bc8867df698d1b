"""Gives those who join a cohort, or come back to it, their learning groups (R27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from config.definition import Definition
from states.machines.journey import ends
from states.moves.changes import Changes
from states.plan.late_joiners import Member, seats
from states.store.tables import HistoryRow, JourneyRow


def seated(
    connection: Connection, changes: Changes, cohort_id: str, definition: Definition, newcomers: Sequence[str]
) -> Mapping[str, int]:
    """Return the learning groups of newcomers, by journey; guests who found one with them are moved there."""
    rules = definition.programme.groups
    if rules is None or not newcomers:
        return {}
    # The milestone that formed the groups has moved everyone who was there.
    formed = (HistoryRow.cohort_id == cohort_id) & (HistoryRow.trigger == rules.formed_at)
    founders = set(connection.scalars(select(HistoryRow.journey_id).where(formed)))
    grouped = select(JourneyRow.id, JourneyRow.group_number, JourneyRow.state).where(
        JourneyRow.cohort_id == cohort_id, JourneyRow.group_number.is_not(None)
    )
    rows = connection.execute(grouped.order_by(JourneyRow.id)).all()
    groups: dict[int, list[Member]] = {row.group_number: [] for row in rows}
    for row in rows:
        # Who is on leave comes back to the own seat.
        if row.state not in ends(definition):
            groups[row.group_number].append(Member(row.id, row.id in founders))
    found = seats(groups, newcomers, rules)
    before = {row.id: row.group_number for row in rows}
    for guest in before.keys() & found.keys():
        changes.remember("journeys", guest, {"group_number": before[guest]})
    changes.fields += [(guest, {"group_number": found[guest]}) for guest in sorted(before.keys() & found.keys())]
    return {one: found[one] for one in newcomers if one in found}
