"""What waits to be told when people change: for the sake of another talent, or to another leader."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from states.moves.changes import Changes
from states.moves.firing import Firing
from states.records import Journey
from states.store.conditions import PENDING, UNTOLD
from states.store.send_again import key_for
from states.store.tables import EffectRow

_OF_A_JOURNEY = frozenset({"talent", "mentor", "second_mentor", "consultant"})
"""Roles that a journey fills; the others (a challenge owner) are the cohort's."""

PERHAPS_TOLD = frozenset({"claimed", "sent", "unknown"})

UNTOLD_COLUMNS = tuple(
    getattr(EffectRow, name)
    for name in (
        "id", "key", "cohort_id", "journey_id", "subject", "history_id", "trigger", "kind", "message", "role",
        "recipient_id", "details", "send_at", "status", "successor_id",
    )
)  # fmt: skip


def pass_to_those_who_stay(firing: Firing, leaving: Collection[str]) -> None:
    """Let untold notices that are told once to several talents' leader or consultant go to one who stays (R13, R40)."""
    shared = EffectRow.key.startswith(f"{firing.cohort.cohort_id}/", autoescape=True)
    query = select(EffectRow.id, EffectRow.role, EffectRow.recipient_id).where(
        UNTOLD, EffectRow.subject.in_(leaving), shared
    )
    for row in firing.connection.execute(query.order_by(EffectRow.id).with_for_update()):
        holder = firing.cohort.cast.stood_in_for(row.recipient_id) if row.role == "consultant" else row.recipient_id
        heir = _heir(firing.active().members, row.role, holder)
        if heir is not None:
            firing.changes.handed_over.append({"b_id": row.id, "b_journey": heir})


def readdress(firing: Firing, journey: Journey, new: str) -> None:
    """Let what a talent's old leader was not told yet go to the ``new`` one (R7).

    The old one is told nothing more of this talent; a notice that goes out for another talent as well goes to both.
    What was refused to the old one is sent to the new one; what is on its way, or may have arrived, only should it
    come back.
    """
    old = str(journey.mentor_id)
    holds = (EffectRow.recipient_id == old) | (EffectRow.successor_id == old)
    rows = firing.connection.execute(
        select(*UNTOLD_COLUMNS)
        .where(UNTOLD, EffectRow.journey_id == journey.id, EffectRow.role == "mentor", holds)
        .order_by(EffectRow.id)
        .with_for_update()
    ).all()
    keys = {row.id: key_for(row.key, row.recipient_id, new) for row in rows}
    known = set(firing.connection.scalars(select(EffectRow.key).where(EffectRow.key.in_(keys.values()))))
    others = {ident: one for ident, one in firing.active().members.items() if ident != journey.id}
    changes = firing.changes
    changes.dropped += _farewells(firing, journey, new)
    for row in rows:
        key = keys[row.id]
        shared = row.key.startswith(f"{firing.cohort.cohort_id}/")
        heir = _heir(others, "mentor", old) if shared else None
        if heir is not None:
            changes.handed_over.append({"b_id": row.id, "b_journey": heir})
            if key not in known:
                changes.effects.append(_copy(row, key, new))
        else:
            pass_on(changes, row, key, new, key in known)


def pass_on(changes: Changes, row: Row[Any], key: str, new: str, known: bool) -> None:
    """Let an untold effect go to the ``new`` one under its new key, unless it is ``known`` that they are told."""
    if row.status != "pending":
        changes.succeeded.append({"b_id": row.id, "b_person": None if new == row.recipient_id else new})
        changes.refused += [row.id] if row.status == "rejected" else []
    elif known:
        changes.dropped.append(row.id)
    else:
        changes.readdressed.append({"b_id": row.id, "b_key": key, "b_person": new})


def _farewells(firing: Firing, journey: Journey, person: str) -> list[int]:
    """Return what tells somebody, who is the leader again, that they no longer are; not sent yet."""
    mine = (EffectRow.journey_id == journey.id) & (EffectRow.role == "former_mentor")
    query = select(EffectRow.id).where(PENDING, mine, EffectRow.recipient_id == person).order_by(EffectRow.id)
    return list(firing.connection.scalars(query))


def was_told(firing: Firing, person: str | None, role: str, about: ColumnElement[bool]) -> bool:
    """Whether somebody was told something in a role; or perhaps was, as far as is known. ``about`` says of what."""
    mine = (EffectRow.recipient_id == person) & (EffectRow.role == role) & (EffectRow.kind == "mail")
    told = select(EffectRow.id).where(mine, about, EffectRow.status.in_(PERHAPS_TOLD))
    return firing.connection.scalar(told.limit(1)) is not None


def is_known_as_mentor(firing: Firing, journey: Journey) -> bool:
    """Whether a talent's leader has heard of being the mentor; what is told once for several talents counts too."""
    shared = EffectRow.key.startswith(f"{firing.cohort.cohort_id}/", autoescape=True)
    return was_told(firing, journey.mentor_id, "mentor", (EffectRow.journey_id == journey.id) | shared)


def _copy(row: Row[Any], key: str, recipient: str) -> dict[str, Any]:
    """Return the same notice for another recipient, who has not been told of it."""
    values = {name: value for name, value in row._asdict().items() if name not in {"id", "successor_id"}}
    return values | {"key": key, "recipient_id": recipient, "status": "pending"}


def _heir(members: Mapping[str, Journey], role: str, person: str) -> str | None:
    for member in members.values():
        if role not in _OF_A_JOURNEY or getattr(member, f"{role}_id") == person:
            return member.id
    return None
