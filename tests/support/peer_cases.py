"""What a mail peer may do, case by case, and what it means: the rows of docs/transports.md."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from config.errors import DeliveryError, DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from notifications.transports.protocol import Attachment, Mail
from tests.support.certificate import Certificate
from tests.support.mails import MAIL

WORDS: dict[type[DeliveryError] | None, str] = {
    None: "taken",
    RetryLaterError: "waits",
    RejectedError: "rejected",
    TransportBlockedError: "blocked",
    DeliveryUnknownError: "unknown",
}
"""What docs/transports.md calls each outcome."""

LARGE = replace(MAIL, attachments=(Attachment("plan.pdf", "application/pdf", b"%PDF" * 1_200_000),))
"""More than the buffers of a connection hold, so that a peer that does not read it is noticed while it goes out."""


@dataclass(frozen=True)
class Stand:
    """Where a peer is to be: a port, the certificate that our client knows, and one that it does not."""

    port: int
    known: Certificate
    strange: Certificate


@dataclass(frozen=True)
class Case:
    """A peer's behaviour and its meaning. ``said`` is in the reason, ``after`` the seconds until the next try."""

    peer: Callable[[Stand], AbstractContextManager[object]]
    means: type[DeliveryError] | None
    said: str = ""
    after: float | None = None
    timeout: float = 5.0
    total: float = 20.0
    tls: bool = False
    mail: Mail = field(default=MAIL, repr=False)
