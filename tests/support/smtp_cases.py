"""What a mail server may do in a conversation: the rows of docs/transports.md."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from config.errors import DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from notifications.transports.smtp import SmtpTransport
from tests.support.peer_cases import LARGE, Case, Stand
from tests.support.raw_peer import Connection, raw_peer
from tests.support.smtp_server import DROP, HANG, Script, smtp_server

PASSWORD = Script.password


def mended(stand: Stand, *, tls: bool) -> AbstractContextManager[Script]:
    """A mail server as it should be."""
    return smtp_server(Script(port=stand.port), tls=stand.known.server if tls else None, login=True)


def transport(case: Case, stand: Stand) -> SmtpTransport:
    """The real client, on its way to a stand. Without TLS it is not asked to log in."""
    return SmtpTransport(
        "127.0.0.1",
        stand.port,
        user=Script.user if case.tls else "",
        password=PASSWORD,
        starttls=case.tls,
        timeout=case.timeout,
        trust=stand.known.trust,
        total=case.total,
    )


def _answers(**answers: Any) -> Callable[[Stand], AbstractContextManager[Script]]:
    return lambda stand: smtp_server(Script(port=stand.port, **answers))


def _login(answer: str) -> Callable[[Stand], AbstractContextManager[Script]]:
    return lambda stand: smtp_server(Script(port=stand.port, auth=answer), tls=stand.known.server, login=True)


def _does(*steps: Callable[[Connection], object]) -> Callable[[Stand], AbstractContextManager[None]]:
    def talk(connection: Connection) -> None:
        for step in steps:
            step(connection)

    return lambda stand: raw_peer(stand.port, talk)


def _says(text: bytes) -> Callable[[Connection], None]:
    return lambda connection: connection.say(text)


def _drips(piece: bytes) -> Callable[[Connection], None]:
    return lambda connection: connection.drip(piece)


def _to_the_mail(connection: Connection) -> None:
    """Answer each command until the client may send the mail."""
    connection.say(b"220 ready\r\n")
    with connection.socket.makefile("rb") as file:
        while not (line := file.readline()).upper().startswith(b"DATA") and line:
            connection.say(b"250 OK\r\n")
    connection.say(b"354 go ahead\r\n")


def _read_the_mail(connection: Connection) -> None:
    with connection.socket.makefile("rb") as file:
        while (line := file.readline()) and line != b".\r\n":
            pass


CASES: dict[str, Case] = {
    "takes the mail": Case(_answers(), None),
    "takes the mail after STARTTLS and login": Case(lambda stand: mended(stand, tls=True), None, tls=True),
    "takes the mail and hangs up": Case(_answers(quit=DROP), None),
    "takes the mail and is silent at QUIT": Case(_answers(quit=HANG), None, timeout=1),
    "refuses the connection": Case(lambda _: nullcontext(), RetryLaterError, "ConnectionRefusedError", after=300),
    "greets with 421": Case(_does(_says(b"421 busy\r\n")), RetryLaterError, "421", after=300),
    "greets with 554": Case(_does(_says(b"554 not here\r\n")), TransportBlockedError, "554"),
    "speaks no SMTP": Case(_does(_says(b"hello?\r\n")), TransportBlockedError, "does not speak SMTP"),
    "is silent instead of greeting": Case(_does(Connection.hang), RetryLaterError, after=300, timeout=0.3),
    "drags its greeting out": Case(
        _does(_drips(b"220-wait\r\n")), RetryLaterError, "no end within 0.4 s", after=300, total=0.4
    ),
    "offers no STARTTLS": Case(_answers(), TransportBlockedError, "STARTTLS", tls=True),
    "shows a certificate that is not known": Case(
        lambda stand: smtp_server(Script(port=stand.port), tls=stand.strange.server, login=True),
        TransportBlockedError,
        "verify",
        tls=True,
    ),
    "refuses the login for now (454)": Case(_login("454 4.7.0 later"), RetryLaterError, "454", after=300, tls=True),
    "refuses the login (535)": Case(_login("535 5.7.8 wrong"), TransportBlockedError, "535", tls=True),
    "wants a login (530)": Case(_answers(rcpt="530 5.7.0 authentication required"), TransportBlockedError, "530"),
    "refuses the sender for now (451)": Case(_answers(mail="451 4.3.0 busy"), RetryLaterError, "451", after=300),
    "refuses the sender (550)": Case(_answers(mail="550 5.7.1 not your domain"), TransportBlockedError, "550"),
    "calls the mail too large (552)": Case(_answers(mail="552 5.3.4 too large"), RejectedError, "552"),
    "refuses the recipient for now (450)": Case(
        _answers(rcpt="450 4.2.0 <aase@hjoerring.example> greylisted"), RetryLaterError, "450", after=300
    ),
    "closes the service (421)": Case(_answers(rcpt="421 4.3.2 closing"), RetryLaterError, "421", after=300),
    "refuses the recipient (550)": Case(
        _answers(rcpt="550 5.1.1 <aase@hjoerring.example> unknown"), RejectedError, "550"
    ),
    "hangs up at RCPT": Case(_answers(rcpt=DROP), RetryLaterError, after=300),
    "is silent at RCPT": Case(_answers(rcpt=HANG), RetryLaterError, after=300, timeout=0.3),
    "refuses DATA for now (451)": Case(_answers(start="451 4.3.0 later"), RetryLaterError, "451", after=300),
    "refuses DATA (554)": Case(_answers(start="554 5.5.1 no recipients"), RejectedError, "554"),
    "hangs up at DATA": Case(_answers(start=DROP), RetryLaterError, after=300),
    "is silent at DATA": Case(_answers(start=HANG), RetryLaterError, after=300, timeout=0.3),
    "hangs up before it has the whole mail": Case(
        _does(_to_the_mail, Connection.reset), RetryLaterError, after=300, mail=LARGE
    ),
    "stops reading the mail": Case(
        _does(_to_the_mail, Connection.hang), RetryLaterError, after=300, timeout=0.3, mail=LARGE
    ),
    "refuses the content for now (452)": Case(_answers(data="452 4.3.1 disk full"), RetryLaterError, "452", after=300),
    "refuses the content (554)": Case(_answers(data="554 5.6.0 refused"), RejectedError, "554"),
    "hangs up after the whole mail": Case(_answers(data=DROP), DeliveryUnknownError, "missing"),
    "is silent after the whole mail": Case(_answers(data=HANG), DeliveryUnknownError, "missing", timeout=1),
    "answers nonsense to the mail": Case(_answers(data="hello?"), DeliveryUnknownError, "cannot be read"),
    "drags its answer to the mail out": Case(
        _does(_to_the_mail, _read_the_mail, _drips(b"250-wait\r\n")),
        DeliveryUnknownError,
        "no end within 2 s",
        total=2,
    ),
}
