"""What a talent who leaves had caused to be told to others, too: it is told for the sake of another talent."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from states.effects import Standing
from states.store.tables import PENDING, EffectRow
from states.work import Desk

_OF_A_JOURNEY = frozenset({"talent", "mentor", "second_mentor", "consultant"})
"""Roles that a journey fills; the others (a challenge owner) are the cohort's."""


def hand_over(desk: Desk, leaving: Collection[str]) -> None:
    """Let unsent notices that are said once to several talents' leader or consultant belong to one who stays (R40)."""
    shared = EffectRow.key.startswith(f"{desk.book.cohort_id}/", autoescape=True)
    query = select(EffectRow.id, EffectRow.role, EffectRow.recipient_id).where(
        PENDING, EffectRow.subject.in_(leaving), shared
    )
    for row in desk.connection.execute(query.order_by(EffectRow.id)):
        heir = _heir(desk.circle().members, row.role, row.recipient_id)
        if heir is not None:
            desk.changes.handed_over.append({"b_id": row.id, "b_journey": heir})


def _heir(members: Mapping[str, Standing], role: str, person: str) -> str | None:
    for member in members.values():
        if role not in _OF_A_JOURNEY or getattr(member, f"{role}_id") == person:
            return member.id
    return None
