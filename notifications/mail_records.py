"""What is known of a mail: claimed, then sent, refused or unknown. Each step names the one it comes from.

Rows of mails are held before those of their effects, here and wherever else both are written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from notifications.due import KNOWN, Effect, Position, standing
from states.store.calendar_entries import Entered, enter, not_arrived
from states.store.conditions import PENDING
from states.store.send_again import Return, let_wait
from states.store.tables import EffectRow, MailRow

LEASE = timedelta(minutes=15)
"""After this long a claimed mail without a record counts as unknown."""

_ON_ITS_WAY = ("claimed", "unknown")
"""Only its sender knows better than *unknown*, and may say so late; a person who has settled it has the last word."""

_FREE = (
    select(
        EffectRow.id, EffectRow.key, EffectRow.recipient_id, *standing(EffectRow.cohort_id), EffectRow.cohort_id, KNOWN
    )
    .where(PENDING, EffectRow.id.in_(bindparam("ids", expanding=True)))
    .with_for_update(of=EffectRow, skip_locked=True)
)


@dataclass(frozen=True)
class Claim:
    """A mail as it was written: the effects it carries as they were read, and where their cohorts stood then."""

    mail_id: str
    subject: str
    effects: Sequence[Effect]
    positions: Mapping[str, Position]
    worker: str
    entries: Sequence[Entered] = ()
    """What the mail does to its reader's calendar."""
    introduces: frozenset[str] = frozenset()
    """The cohorts for which it says what is kept about its reader, as their first mail does."""
    text: str = ""
    """Its plain text, without the links that are its reader's alone."""


def mail_id_of(effects: Iterable[Effect]) -> str:
    """Return the id of a mail: the same effects give the same one, until one of them is sent again."""
    keys = "\n".join(f"{one.key}~{one.resent}" if one.resent else one.key for one in effects)
    return f"tn-{hashlib.sha256(keys.encode()).hexdigest()[:32]}"


def claim(connection: Connection, wanted: Claim, now: datetime) -> bool:
    """Take what a mail carries for its sender: all of it, as it was read, or nothing.

    ``False`` when another sender was faster, or when what the mail says may no longer be true: an effect was dropped
    or is somebody else's, people, promises or dates have changed since it was written, or it is the first no longer.
    """
    first = wanted.effects[0]
    ids = [one.id for one in wanted.effects]
    rows = connection.execute(_FREE, {"ids": ids}).all()
    free = {tuple(row) for *row, _cohort, _known in rows}
    if free != {(one.id, one.key, one.recipient_id, *wanted.positions[one.cohort_id]) for one in wanted.effects}:
        return False
    if any(known and cohort in wanted.introduces for *_, cohort, known in rows):
        return False
    if not enter(connection, wanted.entries, wanted.mail_id):
        return False
    connection.execute(
        update(EffectRow)
        .where(PENDING, EffectRow.id.in_(ids))
        .values(status="claimed", mail_id=wanted.mail_id, changed_at=now)
    )
    connection.execute(
        insert(MailRow).values(
            id=wanted.mail_id,
            cohort_id=first.cohort_id,
            recipient_id=first.recipient_id,
            subject=wanted.subject,
            text=wanted.text,
            claimed_at=now,
            claimed_by=wanted.worker,
            status="claimed",
        )
    )
    return True


def record(
    connection: Connection,
    mail_id: str,
    status: str,
    now: datetime,
    note: str,
    *,
    reference: str = "",
    known: Sequence[str] = _ON_ITS_WAY,
) -> bool:
    """Record what came of a mail, for it and for every effect it carries; ``False`` if it is not as ``known``."""
    # What is known of it stays: a mail that comes back was handed over all the same, under the peer's reference.
    new: dict[str, Any] = {"status": status, **({"reference": reference} if reference else {})}
    if status == "sent":
        new["sent_at"] = now
    told = connection.execute(update(MailRow).where(MailRow.id == mail_id, MailRow.status.in_(known)).values(new))
    if told.rowcount:
        connection.execute(
            update(EffectRow)
            .where(EffectRow.mail_id == mail_id, EffectRow.status.in_(known))
            .values(status=status, changed_at=now, note=note)
        )
    if told.rowcount and status == "rejected":
        # Who says so may say later that it has arrived after all.
        not_arrived(connection, [mail_id], surely=False)
    return bool(told.rowcount)


def settle_lost(connection: Connection, now: datetime) -> int:
    """Call mails unknown whose sender has recorded nothing for as long as ``LEASE``; return how many those are."""
    why = "the sender stopped before it recorded the hand-over"
    old = select(MailRow.id).where(MailRow.status == "claimed", MailRow.claimed_at <= now - LEASE)
    lost = connection.scalars(old.order_by(MailRow.id)).all()
    return sum(record(connection, mail, "unknown", now, why, known=("claimed",)) for mail in lost)


def give_back(connection: Connection, mail_id: str, now: datetime, why: str, after: timedelta) -> None:
    """Let what the peer surely did not take wait, as far as it still holds; it is sent not before ``after``."""
    gone = connection.execute(delete(MailRow).where(MailRow.id == mail_id, MailRow.status.in_(_ON_ITS_WAY)))
    if gone.rowcount:
        not_arrived(connection, [mail_id], surely=True)
        mine = (EffectRow.mail_id == mail_id) & EffectRow.status.in_(_ON_ITS_WAY)
        let_wait(connection, mine, Return(now, now + after, why, another_mail=False))
