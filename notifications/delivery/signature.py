"""Whether events are SendGrid's own: a signature over the very bytes, made not too long ago (docs/adr/0033)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from config.errors import EventsForgedError, EventsOutdatedError, EventsUnsignedError
from config.webhook_key import webhook_key

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

OLDEST = timedelta(hours=25)
"""SendGrid tries for 24 hours after an event, and nobody says that it signs anew; what is told twice counts once."""
AHEAD = timedelta(minutes=10)
"""By so much may SendGrid's clock be ahead of ours."""
_LONGEST = 15


class Signature:
    """Checks events with SendGrid's public key, DER in base64."""

    def __init__(self, key: str) -> None:
        self._key = webhook_key(key)

    def check(self, content: bytes, headers: Mapping[str, str], now: datetime) -> None:
        """Return if ``content`` is as SendGrid signed it; ``headers`` are found in any spelling of their names.

        Raises:
            EventsUnsignedError: a header is missing, or cannot be read.
            EventsForgedError: the signature is another's, or of other bytes or another time.
            EventsOutdatedError: it was made more than ``OLDEST`` ago, or more than ``AHEAD`` from now.
        """
        signature, timestamp = _signature(headers), _timestamp(headers)
        try:
            self._key.verify(signature, timestamp.encode() + content, ECDSA(SHA256()))
        except InvalidSignature:
            raise EventsForgedError from None
        ahead = int(timestamp) - now.timestamp()
        if not -OLDEST.total_seconds() <= ahead <= AHEAD.total_seconds():
            raise EventsOutdatedError(ahead)


def _signature(headers: Mapping[str, str]) -> bytes:
    try:
        signature = b64decode(headers.get(SIGNATURE, ""), validate=True)
    except ValueError:
        signature = b""
    if not signature:
        raise EventsUnsignedError(SIGNATURE)
    return signature


def _timestamp(headers: Mapping[str, str]) -> str:
    timestamp = headers.get(TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _LONGEST):
        raise EventsUnsignedError(TIMESTAMP)
    return timestamp
