"""Mails that come back: what a peer did not take waits again, for whoever is to get it now, if it still holds.

While a mail was on its way, facts may have overtaken what it says, or given its role to somebody else; they could not
stop it then and have left word on the effect.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from states.store.conditions import UNTOLD
from states.store.tables import EffectRow, HistoryRow, MilestoneRow

_CAME_BACK = (
    select(
        EffectRow.id,
        EffectRow.key,
        EffectRow.recipient_id,
        EffectRow.successor_id,
        EffectRow.overtaken,
        EffectRow.resent,
    )
    .where(UNTOLD)
    .order_by(EffectRow.id)
    .with_for_update()
)
_WAITS = (
    update(EffectRow)
    .where(EffectRow.id == bindparam("b_id"))
    .values(
        status=bindparam("b_status"),
        key=bindparam("b_key"),
        recipient_id=bindparam("b_recipient"),
        successor_id=None,
        overtaken="",
        resent=bindparam("b_resent"),
        mail_id=None,
        send_at=bindparam("b_send_at"),
        changed_at=bindparam("b_changed_at"),
        note=bindparam("b_note"),
    )
)


class Return(NamedTuple):
    """When what came back may be sent, why it is, and whether that is another mail than the one that went out."""

    now: datetime
    send_at: datetime
    note: str
    another_mail: bool


def key_for(key: str, old: str, new: str) -> str:
    """Return an effect's key for another recipient: a key ends in the id of whom it is for."""
    return f"{key.removesuffix(old)}{new}"


def let_wait(connection: Connection, which: ColumnElement[bool], back: Return) -> list[int]:
    """Let untold mails wait again; return the ids of those that do. What no longer holds is dropped.

    A mail that has been given to somebody else meanwhile goes to them, unless they are told the same already.
    """
    rows = connection.execute(_CAME_BACK.where(which)).all()
    keys = {row.id: key_for(row.key, row.recipient_id, row.successor_id or row.recipient_id) for row in rows}
    moved = [keys[row.id] for row in rows if row.successor_id]
    told = set(connection.scalars(select(EffectRow.key).where(EffectRow.key.in_(moved)))) if moved else set()
    waits, changes = [], []
    for row in rows:
        again = row.successor_id and keys[row.id] in told
        why = row.overtaken or ("its new recipient is told the same already" if again else "")
        if not why:
            waits.append(row.id)
            told.add(keys[row.id])
        changes.append(
            {
                "b_id": row.id,
                "b_status": "dropped" if why else "pending",
                "b_key": row.key if why else keys[row.id],
                "b_recipient": row.recipient_id if why else row.successor_id or row.recipient_id,
                "b_resent": row.resent + (back.another_mail and not why),
                "b_send_at": back.send_at,
                "b_changed_at": back.now,
                "b_note": why or back.note,
            }
        )
    if changes:
        connection.execute(_WAITS, changes)
    return waits


def of_days_over(connection: Connection, which: ColumnElement[bool], now: datetime) -> list[int]:
    """Return the effects, by id, that tell of a milestone which lay ahead then and is over by now.

    What follows a milestone came about after it, and stays true.
    """
    caused = select(HistoryRow.at).where(HistoryRow.id == EffectRow.history_id).scalar_subquery()
    rows = connection.execute(
        select(EffectRow.id, EffectRow.cohort_id, EffectRow.details, caused.label("caused_at"))
        .where(which)
        .order_by(EffectRow.id)
    ).all()
    about = {row.id: (row.cohort_id, row.details["milestone"]) for row in rows if row.details.get("milestone")}
    if not about:
        return []
    mine = MilestoneRow.id.in_({milestone for _, milestone in about.values()})
    days = select(MilestoneRow.cohort_id, MilestoneRow.id, MilestoneRow.ends_at).where(
        mine, MilestoneRow.ends_at <= now
    )
    ended = {(row.cohort_id, row.id): row.ends_at for row in connection.execute(days)}
    return [row.id for row in rows if about.get(row.id) in ended and row.caused_at < ended[about[row.id]]]
