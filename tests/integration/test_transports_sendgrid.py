"""Mails by SendGrid: its real client against a local server that knows SendGrid's specification."""

import logging
import socket
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from config.errors import DeliveryError, DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from notifications.render import compose, render_message
from notifications.transports.protocol import Address, Attachment, Mail, Receipt
from notifications.transports.sendgrid import SendGridTransport, body
from notifications.view_models import Greeting
from tests.support.mails import CALENDAR, MAIL
from tests.support.message_cases import MAILS
from tests.support.sendgrid_cases import KEY, OWN_WORDS
from tests.support.sendgrid_server import Script, faults_of, sendgrid_server

NOW = 1_800_000_000.0
RESET = "X-RateLimit-Reset"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server() -> Iterator[Script]:
    with sendgrid_server(KEY) as script:
        yield script


def transport(host: str, *, key: str = KEY, timeout: float = 5) -> SendGridTransport:
    return SendGridTransport(key, host, timeout, clock=lambda: NOW)


def test_a_mail_is_taken_and_the_receipt_is_sendgrids_message_id(server: Script) -> None:
    assert transport(server.host).send(MAIL) == Receipt("sg-42")
    assert server.paths == ["/v3/mail/send"]
    (request,) = server.bodies
    assert request["personalizations"] == [
        {
            "to": [{"email": "aase@hjoerring.example", "name": "Åse Ærø"}],
            "custom_args": {"message_id": "effect-0001"},
        }
    ]
    assert request["from"] == {"email": "talentnord@aalborg.example", "name": "Talent Nord"}
    assert request["reply_to"] == {"email": "soeren@aalborg.example", "name": "Søren Koordinator"}
    assert request["headers"] == {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
        "Message-ID": "<effect-0001@aalborg.example>",
    }


def test_the_parts_are_plain_html_calendar_and_the_file(server: Script) -> None:
    transport(server.host).send(MAIL)
    (request,) = server.bodies
    assert [part["type"] for part in request["content"]] == [
        "text/plain",
        "text/html",
        "text/calendar; method=REQUEST",
    ]
    (file,) = request["attachments"]
    assert (file["filename"], file["type"]) == ("invitation.ics", "text/calendar; method=REQUEST")
    assert b64decode(file["content"]) == CALENDAR.content


def test_nobody_is_tracked_and_nothing_is_categorised() -> None:
    request = body(MAIL)
    assert {name: setting["enable"] for name, setting in request["tracking_settings"].items()} == {
        "click_tracking": False,
        "open_tracking": False,
        "subscription_tracking": False,
        "ganalytics": False,
    }
    assert request["tracking_settings"]["click_tracking"]["enable_text"] is False
    assert "categories" not in request


def test_the_person_stands_in_to_subject_and_content_only() -> None:
    request = body(replace(MAIL, reply_to=None, attachments=()))
    request["personalizations"][0].pop("to")
    for allowed in ("subject", "content"):
        request.pop(allowed)
    assert not any(word in repr(request) for word in ("aase", "Åse", "hjoerring"))


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, reply_to=None, attachments=()),
        replace(MAIL, to=Address("", "aase@hjoerring.example")),
        replace(MAIL, attachments=(CALENDAR, replace(CALENDAR, filename="second.ics"))),
        replace(MAIL, attachments=(Attachment("plan.pdf", "application/pdf", b"%PDF"),)),
    ],
    ids=["bare", "nameless", "two calendars", "a file"],
)
def test_every_shape_of_mail_keeps_to_the_specification(server: Script, mail: Mail) -> None:
    assert transport(server.host).send(mail) == Receipt("sg-42")


def test_every_message_of_the_programme_keeps_to_the_specification() -> None:
    for case in MAILS:
        greeting = Greeting(case.context.recipient, case.context.coordinator, case.context.programme)
        said = compose([render_message(case.message, case.context)], greeting)
        mail = replace(MAIL, subject=said.subject, text=said.text, html=said.html)
        assert faults_of(body(mail)) == [], case


def test_a_test_that_sends_what_the_specification_forbids_fails() -> None:
    def send() -> None:
        with sendgrid_server(KEY) as script:
            asked = {**body(MAIL), "tracking_settings": {"unknown_setting": {"enable": False}}}
            headers = {"Authorization": f"Bearer {KEY}"}
            assert httpx.post(f"{script.host}/v3/mail/send", json=asked, headers=headers).status_code == 400

    with pytest.raises(AssertionError, match="unknown_setting"):
        send()


def test_the_local_server_does_refuse_what_the_specification_forbids() -> None:
    request = body(MAIL)
    assert faults_of(request) == []
    assert faults_of({**request, "custom_args": {"message_id": "x"}})
    assert faults_of({**request, "personalizations": [{**request["personalizations"][0], "custom_args": {"n": 7}}]})
    assert faults_of({**request, "attachments": [{**request["attachments"][0], "content": "no base64!"}]})
    assert faults_of({**request, "attachments": [{**request["attachments"][0], "charset": "utf-8"}]})
    assert faults_of({**request, "subject": ""})
    assert faults_of({**request, "headers": {"Reply-To": "x@x.example"}})
    assert faults_of({name: value for name, value in request.items() if name != "from"})


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"errors": null}', b'{"errors": ["x"]}'])
def test_a_refusal_without_a_readable_reason_is_still_a_refusal(server: Script, answer: bytes) -> None:
    server.status, server.answer = 413, answer
    with pytest.raises(RejectedError, match="no reason given"):
        transport(server.host).send(MAIL)


RESETS: dict[str, tuple[dict[str, str], float]] = {
    "ahead": ({RESET: str(int(NOW) + 37)}, 37),
    "past": ({RESET: str(int(NOW) - 5)}, 1),
    "this very second": ({RESET: str(int(NOW))}, 1),
    "in two hours": ({RESET: str(int(NOW) + 7200)}, 3600),
    "in three years": ({RESET: str(int(NOW) + 99_999_999)}, 3600),
    "beyond any calendar": ({RESET: "999999999999999"}, 3600),
    "five thousand digits": ({RESET: "9" * 5000}, 60),
    "missing": ({}, 60),
    "empty": ({RESET: ""}, 60),
    "negative": ({RESET: "-37"}, 60),
    "a word": ({RESET: "soon"}, 60),
    "no plain number": ({RESET: "1.8e9"}, 60),
    "infinite": ({RESET: "inf"}, 60),
    "a digit that is none of ASCII": ({RESET: "1800000037\u00b2"}, 60),
    "said in seconds": ({"Retry-After": "90"}, 90),
    "said in too many seconds": ({"Retry-After": "86400"}, 3600),
    "said as a date": ({"Retry-After": "Fri, 15 Jan 2027 08:00:00 GMT"}, 60),
    "said twice": ({RESET: str(int(NOW) + 37), "Retry-After": "90"}, 37),
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("headers", "seconds"), RESETS.values(), ids=RESETS)
def test_what_sendgrid_puts_off_waits_as_long_as_it_says_but_an_hour_at_most(
    server: Script, headers: dict[str, str], seconds: float, status: int
) -> None:
    server.status, server.headers, server.answer = status, headers, OWN_WORDS
    with pytest.raises(RetryLaterError) as failure:
        transport(server.host).send(MAIL)
    assert failure.value.after == seconds


@pytest.mark.parametrize("asked", [7200.0, 1e300, float("inf")])
def test_nothing_waits_longer_than_an_hour_whoever_asks_for_it(asked: float) -> None:
    assert RetryLaterError("the peer is busy", asked).after == 3600


@pytest.mark.parametrize("asked", [0.0, -5.0, float("-inf"), float("nan")])
def test_nothing_is_tried_again_within_a_second(asked: float) -> None:
    assert RetryLaterError("the peer is busy", asked).after == 1


@pytest.mark.parametrize("status", [301, 429, 503])
def test_a_mail_is_tried_once_and_no_redirect_is_followed_with_the_key(server: Script, status: int) -> None:
    server.status, server.headers = status, {"Location": f"{server.host}/elsewhere"}
    with pytest.raises(DeliveryError):
        transport(server.host).send(MAIL)
    assert server.paths == ["/v3/mail/send"]


def test_a_wrong_key_stops_the_queue(server: Script) -> None:
    with pytest.raises(TransportBlockedError, match="401"):
        transport(server.host, key="SG.other").send(MAIL)


def test_a_host_that_cannot_be_found_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(RetryLaterError, match="gaierror"):
        transport("https://sendgrid.invalid").send(MAIL)


@pytest.mark.parametrize("status", [202, 400])
def test_an_answer_cut_short_leaves_the_mail_unknown(server: Script, status: int) -> None:
    server.status, server.answer, server.cut_short = status, b"{", True
    with pytest.raises(DeliveryUnknownError):
        transport(server.host).send(MAIL)


def test_the_log_tells_neither_the_key_nor_the_person(server: Script, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="python_http_client.client")
    transport(server.host).send(MAIL)
    server.status = 400
    with pytest.raises(RejectedError):
        transport(server.host).send(MAIL)
    assert not any(word in caplog.text for word in (KEY, "aase", "Åse", "samtale"))


def test_the_key_in_the_environment_is_not_taken_for_ours(server: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDGRID_API_KEY", KEY)
    with pytest.raises(TransportBlockedError):
        transport(server.host, key="SG.other").send(MAIL)


def test_an_unsafe_mail_never_reaches_the_server(server: Script) -> None:
    with pytest.raises(RejectedError):
        transport(server.host).send(replace(MAIL, subject="Hej\nBcc: all@x.example"))
    assert server.paths == []
