"""Mail peers that outlive those who send: they count every mail they take, and strike when they are told to.

They run in the process that kills. A strike comes before a mail's body, when the mail is in the peer's hands and not
answered, or after the answer.
"""
# The SMTP handler's names and arguments are aiosmtpd's.
# ruff: noqa: ARG002, N802

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.free_port import closed_port
from tests.support.http_server import PeerServer, serving

Moment = Literal["before", "taken", "answered"]
Strike = Callable[[str], None]
"""What is done to a sender; it is told the id of the mail, if that is known."""


@dataclass(frozen=True)
class Taken:
    """A mail in the peer's hands: its id, and whom it is to."""

    message_id: str
    recipient: str


@dataclass
class Ledger:
    """The mails taken, and the strikes still to come: at the n-th mail, at one of its moments."""

    strikes: dict[tuple[int, Moment], Strike] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def begins(self) -> None:
        """Somebody is about to send a mail."""
        self._strike(len(self.taken) + 1, "before", "")

    def take(self, message_id: str, recipient: str) -> None:
        """A whole mail has come; the answer is still to be given."""
        with self._lock:
            self.taken.append(Taken(message_id, recipient))
            number = len(self.taken)
        self._strike(number, "taken", message_id)

    def answered(self) -> None:
        """The answer is on its way."""
        self._strike(len(self.taken), "answered", self.taken[-1].message_id if self.taken else "")

    def _strike(self, number: int, moment: Moment, message_id: str) -> None:
        with self._lock:
            strike = self.strikes.pop((number, moment), None)
        if strike is not None:
            strike(message_id)


class _SmtpHandler:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        self._ledger.begins()
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        headers = BytesHeaderParser().parsebytes(content if isinstance(content, bytes) else b"")
        self._ledger.take(headers["Message-ID"].strip("<>").partition("@")[0], envelope.rcpt_tos[0])
        return "250 2.0.0 taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        # The sender has read the answer, waits for this one, and has recorded nothing.
        self._ledger.answered()
        return "221 Bye"


@contextmanager
def smtp_peer(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Run an SMTP server; gives the settings of those who send to it."""
    port = closed_port()
    controller = Controller(_SmtpHandler(ledger), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield {"mail_transport": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_starttls": False}
    finally:
        controller.stop()


def _sendgrid_handler(ledger: Ledger) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            ledger.begins()
            length = int(self.headers["Content-Length"])
            content = self.rfile.read(length)
            if len(content) < length:
                return
            body = json.loads(content)
            [person] = body["personalizations"]
            ledger.take(person["custom_args"]["message_id"], person["to"][0]["email"])
            self.send_response(202)
            self.send_header("X-Message-Id", "taken")
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()
            ledger.answered()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def sendgrid_peer(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Run a server with SendGrid's API; gives the settings of those who send to it."""
    server = PeerServer(("127.0.0.1", 0), _sendgrid_handler(ledger))
    host = f"http://127.0.0.1:{server.server_address[1]}"
    with serving(server):
        yield {"mail_transport": "sendgrid", "sendgrid_host": host, "sendgrid_api_key": "SG.faults"}


PEERS = {"SMTP": smtp_peer, "SendGrid": sendgrid_peer}
