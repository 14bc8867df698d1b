"""What every mail transport takes and promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Address:
    """A mailbox: display name and address."""

    name: str
    email: str

    def called(self, name: str | None) -> Address:
        """Return the same address under another display name, or as it is without one."""
        return self if name is None else Address(name, self.email)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; ``content_type`` such as ``text/calendar; method=REQUEST``."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail to one person, ready to be handed over.

    ``message_id`` is ours, unique for ever and free of personal data (it becomes the Message-ID's left side and
    the peer's custom argument); ``date`` is an aware UTC instant.
    """

    message_id: str
    sender: Address
    to: Address
    reply_to: Address | None
    subject: str
    text: str
    html: str
    date: datetime
    attachments: tuple[Attachment, ...] = field(default=())


@dataclass(frozen=True)
class Receipt:
    """What the peer said when it took the mail: its own reference (a path, a queue id, SendGrid's X-Message-Id)."""

    reference: str


class Transport(Protocol):
    """Hands one mail over.

    ``send`` returns a receipt when the peer has taken the mail, and raises one of the ``DeliveryError`` family
    otherwise (``RetryLaterError``, ``RejectedError``, ``TransportBlockedError``, ``DeliveryUnknownError``).
    It never retries by itself and never sends twice.
    """

    def send(self, mail: Mail) -> Receipt:
        """Hand the mail over and return the peer's receipt."""
