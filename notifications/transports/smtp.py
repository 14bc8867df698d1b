"""Mails by SMTP: what each failure means depends on whether the mail had begun to go out."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from config.errors import DeliveryError, DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from config.settings import MAIL_STEPS
from notifications.transports.deadline import Deadline
from notifications.transports.guard import plain_email, without_addresses
from notifications.transports.mime import build
from notifications.transports.protocol import Mail, Receipt

RETRY_SECONDS = 300.0
_ACCESS_REFUSED = {530, 534, 535, 538}
_TOO_LARGE = 552
_GO_AHEAD = 354


class SmtpTransport:
    """One connection a mail to ``host``:``port``.

    ``timeout`` in seconds for each step of the conversation, ``total`` for all of it (by default four steps).
    An empty ``user`` means no login. With ``starttls`` the mail goes out encrypted or not at all, and the server's
    certificate is checked against ``trust`` (by default the system's authorities).
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str,
        password: str,
        starttls: bool,
        timeout: float,
        trust: ssl.SSLContext | None = None,
        total: float | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._user = user
        self._password = password
        self._starttls = starttls
        self._timeout = timeout
        self._trust = trust
        self._total = total or MAIL_STEPS * timeout

    def send(self, mail: Mail) -> Receipt:
        """Hand the mail over; the receipt's reference is what the server said when it took it.

        Raises RetryLaterError (no connection, a temporary refusal, or an end before the whole mail had gone out),
        TransportBlockedError (login, certificate or sender refused), RejectedError (recipient or content refused) and
        DeliveryUnknownError (no answer to the whole mail). docs/transports.md has every case.
        """
        message = build(mail).as_bytes()
        with Deadline(self._total) as deadline:
            with _not_taken(deadline):
                client = _Client(self._host, self._port, self._timeout, deadline)
            try:
                with _not_taken(deadline):
                    self._introduce(client)
                    _address(client, mail, len(message))
                    _give(client, message)
                reference = _answer(client, deadline)
                # The mail is taken: a server that fails to say goodbye changes nothing.
                with suppress(smtplib.SMTPException, OSError):
                    client.quit()
            finally:
                client.close()
        return Receipt(reference)

    def _introduce(self, client: smtplib.SMTP) -> None:
        if self._starttls:
            # Without a context of ours smtplib would take any certificate.
            client.starttls(context=self._trust or ssl.create_default_context())
        client.ehlo_or_helo_if_needed()
        if self._user:
            client.login(self._user, self._password)


def _address(client: smtplib.SMTP, mail: Mail, size: int) -> None:
    options = [f"size={size}"] if client.has_extn("size") else []
    code, said = client.mail(plain_email(mail.sender.email, "sender"), options)
    # Every mail has the same sender: refused once, refused always. Only a size is this mail's own.
    _accept(code, said, RejectedError if code == _TOO_LARGE else TransportBlockedError)
    code, said = client.rcpt(plain_email(mail.to.email, "recipient"))
    _accept(code, said, RejectedError)


def _give(client: smtplib.SMTP, message: bytes) -> None:
    """Send the whole mail; what ends before its last line, a single dot, is no mail (RFC 5321, 4.1.1.4)."""
    code, said = client.docmd("DATA")
    if code != _GO_AHEAD:
        raise _refusal(code, said, RejectedError)
    client.send(re.sub(rb"(?m)^\.", b"..", message) + (b"" if message.endswith(b"\r\n") else b"\r\n") + b".\r\n")


def _answer(client: smtplib.SMTP, deadline: Deadline) -> str:
    # No cause is chained here and below: a server's words may hold the address.
    try:
        code, said = client.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryUnknownError(
            f"the mail server's answer to the mail is missing ({deadline.said_of(error)})"
        ) from None
    if not (200 <= code < 300 or 400 <= code < 600):
        raise DeliveryUnknownError("the mail server's answer to the mail cannot be read")
    _accept(code, said, RejectedError)
    return without_addresses(said.decode(errors="replace"))


class _Client(smtplib.SMTP):
    """smtplib's client on a connection that a deadline watches."""

    def __init__(self, host: str, port: int, timeout: float, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._deadline.connect((host, port), timeout)


@contextmanager
def _not_taken(deadline: Deadline) -> Iterator[None]:
    """Say what a failure means before the whole mail has gone out: the server cannot have taken it."""
    try:
        yield
    except smtplib.SMTPResponseException as refusal:
        raise _refusal(refusal.smtp_code, refusal.smtp_error, TransportBlockedError) from None
    except smtplib.SMTPServerDisconnected as error:
        why = f"the mail server hung up before it had the mail ({deadline.said_of(error)})"
        raise RetryLaterError(why, RETRY_SECONDS) from None
    except (smtplib.SMTPException, ssl.SSLCertVerificationError, UnicodeError) as error:
        raise TransportBlockedError(f"the mail server cannot be used: {without_addresses(str(error))}") from None
    except OSError as error:
        raise RetryLaterError(f"no connection to the mail server ({deadline.said_of(error)})", RETRY_SECONDS) from None


def _accept(code: int, said: bytes, for_good: type[DeliveryError]) -> None:
    if not 200 <= code < 300:
        raise _refusal(code, said, for_good)


def _refusal(code: int, said: bytes | str, for_good: type[DeliveryError]) -> DeliveryError:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    if code < 0:
        return TransportBlockedError("the mail server does not speak SMTP")
    why = f"the mail server answered {code} {without_addresses(text)}"
    if code in _ACCESS_REFUSED:
        return TransportBlockedError(why)
    if 500 <= code < 600:
        return for_good(why)
    return RetryLaterError(why, RETRY_SECONDS)
