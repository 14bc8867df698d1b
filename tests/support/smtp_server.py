"""A local SMTP server (aiosmtpd) that answers, or fails, as a test wants it."""
# The handler's names and arguments are aiosmtpd's.
# ruff: noqa: ARG002, N802

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.free_port import closed_port

DROP = "drop"
HANG = "hang"


@dataclass
class Script:
    """The answer to each command (``DROP`` hangs up, ``HANG`` never answers), and the mails taken.

    ``start`` is the answer to DATA itself, by default to go ahead; ``data`` the one to the whole mail.
    """

    mail: str = "250 OK"
    rcpt: str = "250 OK"
    start: str = ""
    data: str = "250 2.0.0 queued as 4711"
    quit: str = "221 Bye"
    auth: str = ""
    user: str = "nord"
    password: str = "hemmelig-1"
    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)


class _Handler:
    def __init__(self, script: Script) -> None:
        self._script = script

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await _answer(server, self._script.mail)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await _answer(server, self._script.rcpt)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        # What is refused is not taken; whoever hangs up, says nothing or nonsense may have taken it: this server has.
        if not self._script.data.startswith(("4", "5")):
            self._script.taken.append(envelope)
            self._script.sessions.append(session)
        return await _answer(server, self._script.data)

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return await _answer(server, self._script.quit)


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:
        script: Script = self.event_handler._script
        if not script.start:
            await super().smtp_DATA(arg)
        elif answer := await _answer(self, script.start):
            await self.push(answer)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


async def _answer(server: SMTP, answer: str) -> str:
    if answer == HANG:
        await asyncio.sleep(30)
    if answer == DROP and isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()
    return answer


@contextmanager
def smtp_server(script: Script, *, tls: ssl.SSLContext | None = None, login: bool = False) -> Iterator[Script]:
    """Run the server on the script's ``port`` of 127.0.0.1, by default a free one; with STARTTLS or a login."""

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        if script.auth:
            return AuthResult(success=False, handled=False, message=script.auth)
        good = data == LoginPassword(script.user.encode(), script.password.encode())
        return AuthResult(success=good, handled=False)

    script.port = script.port or closed_port()
    controller = _Controller(
        _Handler(script),
        hostname="127.0.0.1",
        port=script.port,
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=authenticate if login else None,
        # Without TLS the login stays voluntary: aiosmtpd warns of anything else.
        auth_required=login and tls is not None,
        auth_require_tls=tls is not None,
    )
    controller.start()
    try:
        yield script
    finally:
        controller.stop()
