"""What SendGrid says in a batch of events, as far as it concerns our mails: the rest is passed over."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from config.errors import EventsUnreadableError
from config.plain_text import without_the_unseen
from notifications.transports.guard import without_addresses

DELIVERED, BOUNCE, BLOCKED, DROPPED, WITHHELD = "delivered", "bounce", "blocked", "dropped", "withheld"
TAKEN = frozenset({"processed", "deferred", DELIVERED})
"""After these SendGrid surely has the mail."""
FAILED = frozenset({BOUNCE, BLOCKED, DROPPED, WITHHELD})
"""After these the mail surely does not arrive, and nothing that comes later makes it."""
OF_THE_ADDRESS = frozenset({BOUNCE, DROPPED})
"""After these SendGrid takes no further mail for the address: it is on one of its lists."""

_BY_THE_MAIL = ("spam content", "over package quota", "invalid smtpapi header")
"""Reasons for which SendGrid drops a mail whatever its address; it is on no list then."""
_WORD = re.compile(r"[!-~]{1,200}")
_LAST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()


class DeliveryEvent(NamedTuple):
    """Something that became of a mail of ours; ``event`` is SendGrid's word, but for ``blocked`` and ``withheld``.

    ``blocked`` is a bounce that says nothing of the address, ``withheld`` a drop that does not. ``email`` is the
    address that the mail went to, empty if that is not said; ``reason`` names no address.
    """

    id: str
    mail_id: str
    event: str
    at: datetime
    email: str
    reason: str


def read_events(content: bytes, now: datetime) -> list[DeliveryEvent]:
    """Return the events that may concern mails of ours, in their order.

    Raises:
        EventsUnreadableError: it is no list in JSON.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise EventsUnreadableError from None
    if not isinstance(told, list):
        raise EventsUnreadableError
    return [event for one in told if isinstance(one, dict) for event in _event(one, now)]


def _event(told: Mapping[str, Any], now: datetime) -> Iterator[DeliveryEvent]:
    mail, kind = _word(told.get("message_id")), _kind(told)
    if mail and kind:
        at = told.get("timestamp")
        ident = _word(told.get("sg_event_id")) or _made_up(mail, kind, at)
        email = _text(told.get("email")).strip().lower()
        reason = without_addresses(without_the_unseen(_text(told.get("reason")) or _text(told.get("response"))))
        yield DeliveryEvent(ident, mail, kind, _instant(at) or now, email, reason)


def _kind(told: Mapping[str, Any]) -> str:
    kind = _text(told.get("event"))
    if kind == BOUNCE and told.get("type") not in (None, BOUNCE):
        return BLOCKED
    if kind == DROPPED and any(why in _text(told.get("reason")).lower() for why in _BY_THE_MAIL):
        return WITHHELD
    return kind if kind in TAKEN | {BOUNCE, DROPPED} else ""


def _made_up(*parts: object) -> str:
    """Return an id for an event that has none: the same event has the same one."""
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


def _instant(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LAST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _word(given: object) -> str:
    """Return a word without blanks, as ids are; empty if it is none."""
    return given if isinstance(given, str) and _WORD.fullmatch(given) else ""


def _text(given: object) -> str:
    """Return a text that a database takes."""
    return given.encode("utf-8", "replace").decode() if isinstance(given, str) else ""
