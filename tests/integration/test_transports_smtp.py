"""Mails by SMTP, against a real server on this machine."""

import ssl
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.errors import DeliveryError, DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from notifications.transports.protocol import Address, Receipt
from notifications.transports.smtp import SmtpTransport
from tests.support.free_port import closed_port
from tests.support.mails import MAIL
from tests.support.smtp_server import DROP, FORGET, HANG, Script, smtp_server


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


def test_a_login_that_is_refused_for_now_may_be_tried_again() -> None:
    refused = Script(auth="454 4.7.0 Temporary authentication failure")
    with smtp_server(refused, login=True) as script, pytest.raises(RetryLaterError, match="454"):
        transport(script, login=True, password=script.password).send(MAIL)


def test_a_refused_connection_may_be_tried_again() -> None:
    with pytest.raises(RetryLaterError, match="ConnectionRefusedError") as refused:
        transport(Script(port=closed_port())).send(MAIL)
    assert refused.value.after == 300


OUTCOMES: dict[str, tuple[Script, type[DeliveryError]]] = {
    "sender refused for now": (Script(mail="451 4.3.0 busy"), RetryLaterError),
    "sender refused": (Script(mail="550 5.7.1 not your domain"), TransportBlockedError),
    "mail too large": (Script(mail="552 5.3.4 too large"), RejectedError),
    "recipient greylisted": (Script(rcpt="450 4.2.0 <aase@hjoerring.example> greylisted"), RetryLaterError),
    "service closing": (Script(rcpt="421 4.3.2 closing"), RetryLaterError),
    "recipient unknown": (Script(rcpt="550 5.1.1 <aase@hjoerring.example> unknown"), RejectedError),
    "login wanted": (Script(rcpt="530 5.7.0 authentication required"), TransportBlockedError),
    "hung up before the mail": (Script(rcpt=DROP), RetryLaterError),
    "silent before the mail": (Script(rcpt=HANG), RetryLaterError),
    "refused at the start of the mail": (Script(rcpt=FORGET), RejectedError),
    "content refused": (Script(data="554 5.6.0 refused"), RejectedError),
    "content refused for now": (Script(data="452 4.3.1 disk full"), RetryLaterError),
    "hung up after the mail": (Script(data=DROP), DeliveryUnknownError),
    "silent after the mail": (Script(data=HANG), DeliveryUnknownError),
    "nonsense after the mail": (Script(data="hello?"), DeliveryUnknownError),
}


@pytest.mark.parametrize(("script", "outcome"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_what_a_failure_means_depends_on_when_it_comes(script: Script, outcome: type[DeliveryError]) -> None:
    with smtp_server(script), pytest.raises(DeliveryError) as failure:
        transport(script, timeout=0.3).send(MAIL)
    assert type(failure.value) is outcome
    assert "aase@" not in "".join(traceback.format_exception(failure.value))


@pytest.mark.parametrize("goodbye", [DROP, HANG])
def test_a_server_that_fails_after_taking_the_mail_has_taken_it(goodbye: str) -> None:
    with smtp_server(Script(quit=goodbye)) as script:
        assert transport(script, timeout=0.3).send(MAIL).reference == "2.0.0 queued as 4711"


def test_an_unsafe_mail_never_reaches_the_server() -> None:
    with smtp_server(Script()) as script, pytest.raises(RejectedError):
        transport(script).send(replace(MAIL, to=Address("Åse", "aase@x.example>\r\nRCPT TO:<bo@x.example")))
    assert script.taken == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


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


def test_with_starttls_login_and_mail_go_out_encrypted(certificate: Path) -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    with smtp_server(Script(), tls=server, login=True) as script:
        encrypted(script, ssl.create_default_context(cafile=certificate)).send(MAIL)
    assert [(session.ssl is not None, session.authenticated) for session in script.sessions] == [(True, True)]


def test_a_certificate_nobody_vouches_for_stops_the_queue(certificate: Path) -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    with smtp_server(Script(), tls=server, login=True) as script, pytest.raises(TransportBlockedError, match="verify"):
        encrypted(script, None).send(MAIL)
    assert script.taken == []


def test_a_server_without_starttls_gets_nothing() -> None:
    with smtp_server(Script()) as script, pytest.raises(TransportBlockedError, match="STARTTLS"):
        encrypted(script, None).send(MAIL)
    assert script.taken == []
