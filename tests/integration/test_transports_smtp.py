"""Mails by SMTP, against a real server on this machine."""

import ssl
from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from config.errors import RejectedError, TransportBlockedError
from notifications.transports.protocol import Address, Receipt
from notifications.transports.smtp import SmtpTransport
from tests.support.certificate import Certificate
from tests.support.mails import MAIL
from tests.support.smtp_server import Script, smtp_server


def transport(script: Script, *, login: bool = False, password: str = "", timeout: float = 5) -> SmtpTransport:
    user = script.user if login else ""
    return SmtpTransport("127.0.0.1", script.port, user=user, password=password, starttls=False, timeout=timeout)


def test_a_mail_is_taken_and_the_receipt_is_the_servers_word() -> None:
    with smtp_server(Script()) as script:
        assert transport(script).send(MAIL) == Receipt("2.0.0 queued as 4711")
    (envelope,) = script.taken
    assert envelope.mail_from == "talentnord@aalborg.example"
    assert envelope.rcpt_tos == ["aase@hjoerring.example"]
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == MAIL.subject
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == MAIL.text


def test_the_right_password_opens_and_a_wrong_one_stops_the_queue() -> None:
    with smtp_server(Script(), login=True) as script:
        transport(script, login=True, password=script.password).send(MAIL)
        with pytest.raises(TransportBlockedError, match="535"):
            transport(script, login=True, password="forkert").send(MAIL)
        with pytest.raises(TransportBlockedError):
            transport(script, login=True, password="blåbær").send(MAIL)
    assert [session.authenticated for session in script.sessions] == [True]


DOTS = [".", "..", "a\n.\nb", ".a\n..b\n", "\n.\n", "a\n.", "ends without a line break"]


@pytest.mark.parametrize("text", DOTS)
def test_lines_that_begin_with_a_dot_arrive_as_they_were_written(text: str) -> None:
    with smtp_server(Script()) as script:
        transport(script).send(replace(MAIL, text=text, attachments=()))
    (envelope,) = script.taken
    assert isinstance(envelope.content, bytes)
    body = message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").removesuffix("\n") == text.removesuffix("\n")


def test_an_unsafe_mail_never_reaches_the_server() -> None:
    with smtp_server(Script()) as script, pytest.raises(RejectedError):
        transport(script).send(replace(MAIL, to=Address("Åse", "aase@x.example>\r\nRCPT TO:<bo@x.example")))
    assert script.taken == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("tls") / "server.pem")


def encrypted(script: Script, trust: ssl.SSLContext | None) -> SmtpTransport:
    return SmtpTransport(
        "127.0.0.1",
        script.port,
        user=script.user,
        password=script.password,
        starttls=True,
        timeout=5,
        trust=trust,
    )


def test_with_starttls_login_and_mail_go_out_encrypted(certificate: Certificate) -> None:
    with smtp_server(Script(), tls=certificate.server, login=True) as script:
        encrypted(script, certificate.trust).send(MAIL)
    assert [(session.ssl is not None, session.authenticated) for session in script.sessions] == [(True, True)]


def test_a_certificate_nobody_vouches_for_stops_the_queue(certificate: Certificate) -> None:
    with (
        smtp_server(Script(), tls=certificate.server, login=True) as script,
        pytest.raises(TransportBlockedError, match="verify"),
    ):
        encrypted(script, None).send(MAIL)
    assert script.taken == []


def test_a_server_without_starttls_gets_nothing() -> None:
    with smtp_server(Script()) as script, pytest.raises(TransportBlockedError, match="STARTTLS"):
        encrypted(script, None).send(MAIL)
    assert script.taken == []
