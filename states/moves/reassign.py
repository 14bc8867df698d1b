"""What waits to be told when people change: for the sake of another talent, or to another leader."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from states.moves.firing import Firing
from states.records import Journey
from states.store.tables import PENDING, EffectRow

_OF_A_JOURNEY = frozenset({"talent", "mentor", "second_mentor", "consultant"})
"""Roles that a journey fills; the others (a challenge owner) are the cohort's."""

_COLUMNS = tuple(
    getattr(EffectRow, name)
    for name in (
        "id", "key", "cohort_id", "journey_id", "subject", "history_id", "trigger", "kind", "message", "role",
        "recipient_id", "details", "send_at", "status",
    )
)  # fmt: skip


def pass_to_those_who_stay(firing: Firing, leaving: Collection[str]) -> None:
    """Let unsent notices that are told once to several talents' leader or consultant go to one who stays (R13, R40)."""
    shared = EffectRow.key.startswith(f"{firing.cohort.cohort_id}/", autoescape=True)
    query = select(EffectRow.id, EffectRow.role, EffectRow.recipient_id).where(
        PENDING, EffectRow.subject.in_(leaving), shared
    )
    for row in firing.connection.execute(query.order_by(EffectRow.id)):
        heir = _heir(firing.active().members, row.role, row.recipient_id)
        if heir is not None:
            firing.changes.handed_over.append({"b_id": row.id, "b_journey": heir})


def readdress(firing: Firing, journey: Journey, new: str) -> None:
    """Let what waits for a talent's old leader go to the ``new`` one (R7).

    The old one is told nothing more of this talent; a notice that goes out for another talent as well goes to both.
    """
    old = journey.mentor_id
    rows = firing.connection.execute(
        select(*_COLUMNS).where(
            PENDING, EffectRow.journey_id == journey.id, EffectRow.role == "mentor", EffectRow.recipient_id == old
        )
    ).all()
    keys = {row.id: f"{row.key.removesuffix(str(old))}{new}" for row in rows}
    known = set(firing.connection.scalars(select(EffectRow.key).where(EffectRow.key.in_(keys.values()))))
    others = {ident: one for ident, one in firing.active().members.items() if ident != journey.id}
    for row in rows:
        key = keys[row.id]
        shared = row.key.startswith(f"{firing.cohort.cohort_id}/")
        heir = _heir(others, "mentor", str(old)) if shared else None
        if heir is not None:
            firing.changes.handed_over.append({"b_id": row.id, "b_journey": heir})
            if key not in known:
                copy = {name: value for name, value in row._asdict().items() if name != "id"}
                firing.changes.effects.append(copy | {"key": key, "recipient_id": new})
        elif key in known:
            firing.changes.dropped.append(row.id)
        else:
            firing.changes.readdressed.append({"b_id": row.id, "b_key": key, "b_person": new})


def _heir(members: Mapping[str, Journey], role: str, person: str) -> str | None:
    for member in members.values():
        if role not in _OF_A_JOURNEY or getattr(member, f"{role}_id") == person:
            return member.id
    return None
