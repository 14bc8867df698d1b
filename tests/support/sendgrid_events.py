"""Events as SendGrid posts them, signed with a key of our own."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurve, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from notifications.delivery.events import read_events
from notifications.delivery.settling import settle_by_events
from notifications.delivery.signature import SIGNATURE, TIMESTAMP
from states.store.reach_tables import UnreachableRow
from states.store.tables import EffectRow, HistoryRow, MailRow, PersonRow, TaskRow
from tests.support.mailroom import Post

BOUNCE = {"event": "bounce", "type": "bounce", "reason": "550 5.1.1 <someone@example.org>: no such mailbox"}
BLOCKED = {"event": "bounce", "type": "blocked", "reason": "421 try again later"}
DROPPED = {"event": "dropped", "reason": "Bounced Address"}
WITHHELD = {"event": "dropped", "reason": "Recipient List over Package Quota"}
PROCESSED, DEFERRED, DELIVERED = {"event": "processed"}, {"event": "deferred"}, {"event": "delivered"}


class SigningKey:
    """SendGrid's pair of keys; ``public`` as its pages show it."""

    def __init__(self, curve: EllipticCurve | None = None) -> None:
        self._key = generate_private_key(curve or SECP256R1())
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = b64encode(der).decode()

    def headers(self, content: bytes, at: datetime) -> dict[str, str]:
        """The headers of a post of ``content`` that is signed at an instant."""
        timestamp = str(int(at.timestamp()))
        signature = self._key.sign(timestamp.encode() + content, ECDSA(SHA256()))
        return {SIGNATURE: b64encode(signature).decode(), TIMESTAMP: timestamp}


class Told:
    """A post whose mails SendGrid tells about."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self._ids = count(1)

    def event(self, mail: str, what: dict[str, Any], **other: Any) -> dict[str, Any]:
        """An event of a mail that went to its recipient's address of now, under a new id."""
        at = self.post.now().timestamp()
        told = {"email": self.address_of(mail), "timestamp": int(at), "sg_event_id": f"ev-{next(self._ids)}"}
        return {**told, "sg_message_id": "x.y", "message_id": mail, **what, **other}

    def tell(self, *events: dict[str, Any]) -> int:
        """Let SendGrid tell of events in one batch."""
        content, now = json.dumps(events).encode(), self.post.now()
        return settle_by_events(self.post.database, read_events(content, now), Path(), now)

    # -- what came of it -------------------------------------------------------------------------------------------

    def mails(self) -> list[str]:
        """The ids of all mails, in order."""
        return [str(row[0]) for row in self._rows(select(MailRow.id).order_by(MailRow.claimed_at, MailRow.id))]

    def mail_to(self, person: str) -> str:
        """The id of the last mail to a person."""
        mine = select(MailRow.id).where(MailRow.recipient_id == person).order_by(MailRow.claimed_at.desc())
        return str(self._rows(mine)[0][0])

    def address_of(self, mail: str) -> str:
        """The address of a mail's recipient."""
        query = select(PersonRow.email).join(MailRow, MailRow.recipient_id == PersonRow.id)
        found = self._rows(query.where(MailRow.id == mail))
        return str(found[0][0]) if found else "nobody@example.org"

    def came_of(self, mail: str) -> tuple[str, set[str]]:
        """What is known of a mail, and of all that it carries."""
        (row,) = self._rows(select(MailRow.status).where(MailRow.id == mail))
        return str(row[0]), {
            str(one[0]) for one in self._rows(select(EffectRow.status).where(EffectRow.mail_id == mail))
        }

    def marks(self) -> dict[str, str]:
        """The addresses that take no mail, by person."""
        found = self._rows(select(UnreachableRow.person_id, UnreachableRow.email))
        return {str(person): str(email) for person, email in found}

    def tasks(self, status: str = "open") -> list[tuple[str, str]]:
        """Subject and title of the tasks that ask for an address."""
        mine = TaskRow.subject.endswith("/address_bounced") & (TaskRow.status == status)
        found = self._rows(select(TaskRow.subject, TaskRow.title).where(mine).order_by(TaskRow.id))
        return [(str(one[0]), str(one[1])) for one in found]

    def history(self) -> list[tuple[str, str, str, str]]:
        """What history keeps of mails: trigger, from, to, cause."""
        columns = (HistoryRow.trigger, HistoryRow.source, HistoryRow.dest, HistoryRow.cause)
        found = self._rows(select(*columns).where(HistoryRow.machine == "mail").order_by(HistoryRow.n))
        return [(str(one[0]), str(one[1]), str(one[2]), str(one[3])) for one in found]

    def _rows(self, query: Any) -> Sequence[Any]:
        with self.post.database.read() as connection:
            return connection.execute(query).all()
