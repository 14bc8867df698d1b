"""What a batch of events says of our mails; whatever else it holds is passed over."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import EventsUnreadableError
from notifications.delivery.events import DeliveryEvent, read_events
from tests.support.sendgrid_events import BLOCKED, BOUNCE, DROPPED, WITHHELD

NOW = datetime(2027, 3, 11, 9, tzinfo=UTC)
MAIL = "tn-0123456789abcdef0123456789abcdef"
EVENT = {
    "email": "Mette@Aalborg.example",
    "timestamp": 1_800_000_000,
    "sg_event_id": "ZGVsaXZlcmVkLTAtMQ",
    "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
    "smtp-id": f"<{MAIL}@aalborg.example>",
    "message_id": MAIL,
    "event": "delivered",
    "response": "250 OK",
    "tls": 1,
}


def read(*told: Any) -> list[DeliveryEvent]:
    return read_events(json.dumps(told).encode(), NOW)


def test_an_event_is_read() -> None:
    at = datetime(2027, 1, 15, 8, tzinfo=UTC)
    assert read(EVENT) == [
        DeliveryEvent("ZGVsaXZlcmVkLTAtMQ", MAIL, "delivered", at, "mette@aalborg.example", "250 OK")
    ]


@pytest.mark.parametrize(
    ("told", "event"),
    [
        (BOUNCE, "bounce"),
        ({"event": "bounce"}, "bounce"),
        (BLOCKED, "blocked"),
        ({"event": "bounce", "type": ["odd"]}, "blocked"),
        (DROPPED, "dropped"),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, "dropped"),
        ({"event": "dropped"}, "dropped"),
        (WITHHELD, "withheld"),
        ({"event": "dropped", "reason": "Spam Content (if spam checker app enabled)"}, "withheld"),
        ({"event": "dropped", "reason": "Invalid SMTPAPI header"}, "withheld"),
        ({"event": "processed"}, "processed"),
        ({"event": "deferred"}, "deferred"),
    ],
    ids=str,
)
def test_bounces_and_drops_are_told_apart_by_whether_they_are_the_addresses(told: dict[str, Any], event: str) -> None:
    assert [one.event for one in read(EVENT | told)] == [event]


@pytest.mark.parametrize(
    "told",
    [
        EVENT | {"event": "open"},
        EVENT | {"event": "click", "url": "https://x.example"},
        EVENT | {"event": "spamreport"},
        EVENT | {"event": "what comes next year"},
        EVENT | {"event": ["delivered"]},
        EVENT | {"event": None},
        {name: value for name, value in EVENT.items() if name != "message_id"},
        EVENT | {"message_id": 7},
        EVENT | {"message_id": "two words"},
        EVENT | {"message_id": "x\x00"},
        EVENT | {"message_id": "x" * 201},
        "an event",
        None,
        [EVENT],
    ],
    ids=str,
)
def test_what_says_nothing_of_the_delivery_of_a_mail_of_ours_is_passed_over(told: Any) -> None:
    assert [one.id for one in read(told, EVENT)] == ["ZGVsaXZlcmVkLTAtMQ"]


def test_the_reason_names_no_address_and_is_one_short_line() -> None:
    said = "550 5.1.1 <mette@aalborg.example>:\r\n\x00 \ud800 unknown " + "x" * 500
    (event,) = read(EVENT | {"event": "bounce", "reason": said})
    assert event.reason.startswith("550 5.1.1 <[address]>: ? unknown")
    assert len(event.reason) <= 200


@pytest.mark.parametrize("timestamp", [None, "", "1800000000", -5, 1e300, True, [], 10**40])
def test_an_event_without_a_time_happened_now(timestamp: Any) -> None:
    assert [one.at for one in read(EVENT | {"timestamp": timestamp})] == [NOW]


def test_an_event_without_an_id_has_the_same_one_each_time() -> None:
    nameless = {name: value for name, value in EVENT.items() if name != "sg_event_id"}
    first, again, other = read(nameless, nameless, nameless | {"event": "processed"})
    assert first.id == again.id != other.id


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'"x"', b"null", b"[", b"\xff\xfe", b"[" * 100_000, b"[" + b"9" * 5000 + b"]", b"nonsense"]
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(EventsUnreadableError):
        read_events(content, NOW)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
ODD = st.dictionaries(st.sampled_from(sorted({*EVENT, "type", "reason"})), ANYTHING | st.sampled_from(["bounce", MAIL]))


@given(st.lists(ANYTHING | ODD))
def test_no_list_of_whatever_breaks_it(told: list[Any]) -> None:
    for event in read_events(json.dumps(told).encode(), NOW):
        assert event.mail_id
        assert event.id
        "".join(event[:3] + event[4:]).encode()
