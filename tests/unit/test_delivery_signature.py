"""Events are taken from SendGrid alone: signed by its key, just so, and not too long ago."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from config.errors import EventsForgedError, EventsOutdatedError, EventsUnsignedError
from config.webhook_key import webhook_key
from notifications.delivery.signature import AHEAD, OLDEST, SIGNATURE, TIMESTAMP, Signature
from tests.support.sendgrid_events import SigningKey

KEY = SigningKey()
NOW = datetime(2027, 3, 11, 9, tzinfo=UTC)
CONTENT = '[{"event": "delivered", "reason": "på plads"}]\r\n'.encode()
HEADERS = KEY.headers(CONTENT, NOW)


def check(content: bytes = CONTENT, headers: dict[str, str] = HEADERS, now: datetime = NOW) -> None:
    Signature(KEY.public).check(content, headers, now)


def test_what_sendgrid_has_signed_is_taken() -> None:
    check()


def test_bytes_that_are_no_text_can_be_signed_too() -> None:
    content = b"[\xff\x00]"
    check(content, KEY.headers(content, NOW))


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (CONTENT.replace(b"delivered", b"bounce"), HEADERS),
        (CONTENT.rstrip(), HEADERS),
        (b"", HEADERS),
        (CONTENT, {**HEADERS, TIMESTAMP: str(int(HEADERS[TIMESTAMP]) + 1)}),
        (CONTENT, {**HEADERS, TIMESTAMP: f"0{HEADERS[TIMESTAMP]}"}),
        (CONTENT, {**HEADERS, SIGNATURE: b64encode(b"not a signature at all").decode()}),
        (CONTENT, SigningKey().headers(CONTENT, NOW)),
    ],
    ids=["another word", "a blank less", "nothing", "a second later", "a digit more", "no signature", "another's key"],
)
def test_what_is_not_just_so_is_forged(content: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(EventsForgedError):
        check(content, headers)


@pytest.mark.parametrize("header", [SIGNATURE, TIMESTAMP])
@pytest.mark.parametrize("value", [None, "", "æ", "-1", "1.5", "9" * 16])
def test_a_header_that_is_missing_or_none_is_named(header: str, value: str | None) -> None:
    headers = {name: text for name, text in HEADERS.items() if name != header}
    if value is not None:
        headers[header] = value
    with pytest.raises((EventsUnsignedError, EventsForgedError)) as refused:
        check(headers=headers)
    if header == TIMESTAMP or not value:
        assert header in str(refused.value)


@pytest.mark.parametrize("ahead", [-OLDEST, -timedelta(hours=24), timedelta(), AHEAD])
def test_sendgrid_may_try_for_a_day_with_the_signature_of_the_first_time(ahead: timedelta) -> None:
    check(headers=KEY.headers(CONTENT, NOW + ahead))


@pytest.mark.parametrize("ahead", [-OLDEST - timedelta(seconds=1), AHEAD + timedelta(seconds=1), -timedelta(days=9999)])
def test_what_was_signed_long_ago_or_in_the_future_is_refused(ahead: timedelta) -> None:
    with pytest.raises(EventsOutdatedError):
        check(headers=KEY.headers(CONTENT, NOW + ahead))


def test_an_old_forgery_is_told_that_it_is_forged_and_nothing_else() -> None:
    with pytest.raises(EventsForgedError):
        check(headers=SigningKey().headers(CONTENT, NOW - 2 * OLDEST))


def test_the_key_is_read_as_sendgrid_shows_it_in_one_line_or_more() -> None:
    assert webhook_key(f" {KEY.public[:40]}\n{KEY.public[40:]}\n") == webhook_key(KEY.public)


ED = b64encode(Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no public key"),
        ("SG.not-a-real-key", "no public key"),
        ("æøå", "no public key"),
        (KEY.public[:-8], "no public key"),
        (SigningKey(SECP384R1()).public, "another kind"),
        (ED.decode(), "another kind"),
    ],
    ids=["nothing", "an API key", "no ASCII", "cut off", "another curve", "another scheme"],
)
def test_what_is_no_such_key_is_said(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        webhook_key(text)
