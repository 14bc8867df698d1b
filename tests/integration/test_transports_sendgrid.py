"""Mails by SendGrid: its real client against a local server that knows SendGrid's specification."""

import logging
import socket
import traceback
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace

import pytest

from config.errors import DeliveryError, DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from notifications.transports.protocol import Address, Attachment, Mail, Receipt
from notifications.transports.sendgrid import SendGridTransport, body
from tests.support.free_port import closed_port
from tests.support.mails import CALENDAR, MAIL
from tests.support.sendgrid_server import Script, faults_of, sendgrid_server

KEY = "SG.not-a-real-key"
NOW = 1_800_000_000.0


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


def test_the_local_server_does_refuse_what_the_specification_forbids() -> None:
    request = body(MAIL)
    assert faults_of(request) == []
    assert faults_of({**request, "custom_args": {"message_id": "x"}})
    assert faults_of({**request, "subject": ""})
    assert faults_of({**request, "headers": {"Reply-To": "x@x.example"}})
    assert faults_of({name: value for name, value in request.items() if name != "from"})


MEANINGS: list[tuple[int, type[DeliveryError]]] = [
    (200, DeliveryUnknownError),
    (301, TransportBlockedError),
    (302, TransportBlockedError),
    (307, TransportBlockedError),
    (400, RejectedError),
    (401, TransportBlockedError),
    (403, TransportBlockedError),
    (404, TransportBlockedError),
    (405, TransportBlockedError),
    (413, RejectedError),
    (415, RejectedError),
    (429, RetryLaterError),
    (451, TransportBlockedError),
    (500, DeliveryUnknownError),
    (502, DeliveryUnknownError),
    (503, RetryLaterError),
    (504, DeliveryUnknownError),
]


@pytest.mark.parametrize(("status", "meaning"), MEANINGS)
def test_what_each_answer_means(server: Script, status: int, meaning: type[DeliveryError]) -> None:
    server.status = status
    server.headers = {"Location": f"{server.host}/elsewhere"} if status < 400 else {}
    server.answer = b'{"errors": [{"message": "not for aase@hjoerring.example", "field": "to", "help": null}]}'
    with pytest.raises(DeliveryError) as failure:
        transport(server.host).send(MAIL)
    assert type(failure.value) is meaning
    assert str(status) in failure.value.why
    assert len(server.paths) == 1, "tried once, and no redirect followed with the key"
    assert "aase@" not in "".join(traceback.format_exception(failure.value))


def test_a_refusal_tells_sendgrids_reason(server: Script) -> None:
    server.status, server.answer = 400, b'{"errors": [{"message": "too long", "field": "subject"}]}'
    with pytest.raises(RejectedError, match="subject: too long"):
        transport(server.host).send(MAIL)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"errors": null}', b'{"errors": ["x"]}'])
def test_a_refusal_without_a_readable_reason_is_still_a_refusal(server: Script, answer: bytes) -> None:
    server.status, server.answer = 413, answer
    with pytest.raises(RejectedError, match="no reason given"):
        transport(server.host).send(MAIL)


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [(str(int(NOW) + 37), 37), (str(int(NOW) - 5), 1), (None, 60), ("soon", 60)],
    ids=["ahead", "past", "missing", "unreadable"],
)
def test_too_many_mails_wait_until_the_limit_is_reset(server: Script, reset: str | None, seconds: float) -> None:
    server.status = 429
    server.headers = {} if reset is None else {"X-RateLimit-Reset": reset}
    with pytest.raises(RetryLaterError) as failure:
        transport(server.host).send(MAIL)
    assert failure.value.after == seconds


def test_a_wrong_key_stops_the_queue(server: Script) -> None:
    with pytest.raises(TransportBlockedError, match="401"):
        transport(server.host, key="SG.other").send(MAIL)


def test_a_refused_connection_may_be_tried_again() -> None:
    with pytest.raises(RetryLaterError, match="ConnectionRefusedError"):
        transport(f"http://127.0.0.1:{closed_port()}").send(MAIL)


def test_a_host_that_cannot_be_found_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(RetryLaterError, match="gaierror"):
        transport("https://sendgrid.invalid").send(MAIL)


def test_a_tls_handshake_that_never_ends_may_be_tried_again(server: Script) -> None:
    # The plain server waits for a request line, so the handshake gets no answer.
    with pytest.raises(RetryLaterError):
        transport(server.host.replace("http:", "https:"), timeout=0.3).send(MAIL)
    assert server.bodies == []


def test_no_answer_in_time_leaves_the_mail_unknown(server: Script) -> None:
    server.delay = 0.8
    with pytest.raises(DeliveryUnknownError, match="TimeoutError"):
        transport(server.host, timeout=0.2).send(MAIL)


def test_a_connection_dropped_after_the_request_leaves_the_mail_unknown(server: Script) -> None:
    server.drop = True
    with pytest.raises(DeliveryUnknownError, match="RemoteDisconnected"):
        transport(server.host).send(MAIL)


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
