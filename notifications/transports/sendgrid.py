"""Mails by SendGrid's v3 API, through its own client."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from email.message import Message
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from config.errors import DeliveryError, DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from config.settings import MAIL_STEPS
from notifications.transports.deadline import Deadline
from notifications.transports.guard import plain_email, refuse_unsafe, without_addresses
from notifications.transports.headers import FROM_A_MACHINE
from notifications.transports.mime import calendar_text, kind, message_id, only_calendar
from notifications.transports.protocol import Address, Attachment, Mail, Receipt
from notifications.transports.sendgrid_http import MailSend, NotSentError

RETRY_SECONDS = 60.0
_LONGEST_NUMBER = 15
_OFF = {"enable": False}


class SendGridTransport:
    """Hands mails to ``host`` (``https://api.sendgrid.com``, in the EU ``https://api.eu.sendgrid.com``).

    ``timeout`` in seconds for each step of the request, ``total`` for all of it (by default four steps); ``clock``
    gives Unix time; ``trust`` holds the authorities that may vouch for the host (by default the system's).
    """

    def __init__(
        self,
        api_key: str,
        host: str,
        timeout: float,
        clock: Callable[[], float] = time.time,
        trust: ssl.SSLContext | None = None,
        total: float | None = None,
    ) -> None:
        self._client = SendGridAPIClient(api_key, host).client
        self._timeout = timeout
        self._total = total or MAIL_STEPS * timeout
        self._trust = trust or ssl.create_default_context()
        self._clock = clock

    def send(self, mail: Mail) -> Receipt:
        """Hand the mail over; the receipt's reference is SendGrid's X-Message-Id.

        Raises RetryLaterError (429, SendGrid's own 503, the request did not go out whole), RejectedError (400, 413,
        415), TransportBlockedError (401, 403, 451, an unknown certificate, any other answer that is not SendGrid's) and
        DeliveryUnknownError (no answer to the request, or another 5xx). docs/transports.md has every case.
        """
        request = body(mail)
        # No cause is chained: the peer's words may hold the address.
        with Deadline(self._total) as deadline:
            try:
                response = MailSend(self._client, self._timeout, self._trust, deadline).post(request_body=request)
            except HTTPError as error:
                raise self._refusal(error) from None
            except (OSError, http.client.HTTPException) as error:
                raise _broken(error, deadline) from None
        if response.status_code != http.HTTPStatus.ACCEPTED:
            raise DeliveryUnknownError(f"SendGrid answered {response.status_code} instead of 202")
        return Receipt(response.headers.get("X-Message-Id", ""))

    def _refusal(self, error: HTTPError) -> DeliveryError:
        said = _said(error.body)
        why = f"SendGrid answered {error.status_code}: {said or 'no reason given'}"
        match error.status_code:
            case 429:
                return RetryLaterError(why, self._wait(error.headers))
            case 503 if said is not None:
                # Only in its own words: a gateway may say 503 of a request that it has passed on (docs/adr/0013).
                return RetryLaterError(why, self._wait(error.headers))
            case 400 | 413 | 415:
                return RejectedError(why)
            case code if code >= 500:
                return DeliveryUnknownError(why)
            case _:
                return TransportBlockedError(why)

    def _wait(self, headers: Message) -> float:
        reset, seconds = _number(headers.get("X-RateLimit-Reset")), _number(headers.get("Retry-After"))
        if reset is not None:
            return reset - self._clock()
        return RETRY_SECONDS if seconds is None else seconds


def body(mail: Mail) -> dict[str, Any]:
    """The request of ``POST /v3/mail/send``: the person stands in ``to``, subject and content and nowhere else."""
    refuse_unsafe(mail)
    request: dict[str, Any] = {
        # custom_args stand with the person: at the top level the specification wants a string.
        "personalizations": [
            {"to": [_mailbox(mail.to, "recipient")], "custom_args": {"message_id": mail.message_id}},
        ],
        "from": _mailbox(mail.sender, "sender"),
        "subject": mail.subject,
        "content": _content(mail),
        "headers": {**FROM_A_MACHINE, "Message-ID": message_id(mail)},
        "tracking_settings": {
            "click_tracking": {**_OFF, "enable_text": False},
            "open_tracking": _OFF,
            "subscription_tracking": _OFF,
            "ganalytics": _OFF,
        },
    }
    if mail.reply_to is not None:
        request["reply_to"] = _mailbox(mail.reply_to, "reply-to")
    if mail.attachments:
        request["attachments"] = [_attachment(attachment) for attachment in mail.attachments]
    return request


def _content(mail: Mail) -> list[dict[str, str]]:
    content = [{"type": "text/plain", "value": mail.text}, {"type": "text/html", "value": mail.html}]
    calendar = only_calendar(mail)
    if calendar is not None:
        content.append({"type": _type(calendar), "value": calendar_text(calendar)})
    return content


def _attachment(attachment: Attachment) -> dict[str, str]:
    return {
        "content": b64encode(attachment.content).decode(),
        "type": _type(attachment),
        "filename": attachment.filename,
        "disposition": "attachment",
    }


def _type(attachment: Attachment) -> str:
    # SendGrid refuses a charset here (sendgrid-nodejs issue 1313) and takes a calendar's method.
    content_type = kind(attachment)
    method = content_type.params.get("method")
    return f"{content_type.content_type}; method={method}" if method else content_type.content_type


def _mailbox(address: Address, what: str) -> dict[str, str]:
    mailbox = {"email": plain_email(address.email, what)}
    return {**mailbox, "name": address.name} if address.name else mailbox


def _broken(error: Exception, deadline: Deadline) -> DeliveryError:
    reason = error.reason if isinstance(error, URLError) else error
    if not isinstance(reason, NotSentError):
        return DeliveryUnknownError(f"SendGrid's answer to the mail is missing ({deadline.said_of(error)})")
    cause = reason.__cause__ or reason
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TransportBlockedError("SendGrid's certificate is not one this machine trusts")
    return RetryLaterError(f"the mail did not reach SendGrid ({deadline.said_of(cause)})", RETRY_SECONDS)


def _number(header: str | None) -> float | None:
    """Return a header's plain number of at most 15 digits, if it is one; more digits are no time."""
    word = (header or "").strip()
    return float(word) if word.isascii() and word.isdecimal() and len(word) <= _LONGEST_NUMBER else None


def _said(answer: bytes) -> str | None:
    """Return SendGrid's words for an error, or ``None`` if the answer is not in its form."""
    try:
        errors = json.loads(answer)["errors"]
        said = "; ".join(f"{error.get('field') or 'request'}: {error['message']}" for error in errors)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return without_addresses(said) or None
