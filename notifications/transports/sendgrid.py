"""Mails by SendGrid's v3 API, through its own client."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from config.errors import DeliveryError, DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from notifications.transports.guard import plain_email, refuse_unsafe, without_addresses
from notifications.transports.mime import calendar_text, kind, message_id, only_calendar
from notifications.transports.protocol import Address, Attachment, Mail, Receipt
from notifications.transports.sendgrid_http import MailSend, NotConnectedError

RETRY_SECONDS = 60.0
_OFF = {"enable": False}


class SendGridTransport:
    """Hands mails to ``host`` (``https://api.sendgrid.com``, in the EU ``https://api.eu.sendgrid.com``).

    ``timeout`` in seconds for each step of the request; ``clock`` gives Unix time; ``trust`` holds the authorities
    that may vouch for the host (by default the system's).
    """

    def __init__(
        self,
        api_key: str,
        host: str,
        timeout: float,
        clock: Callable[[], float] = time.time,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        client = SendGridAPIClient(api_key, host).client
        self._mail_send = MailSend(client, timeout, trust or ssl.create_default_context())
        self._clock = clock

    def send(self, mail: Mail) -> Receipt:
        """Hand the mail over; the receipt's reference is SendGrid's X-Message-Id.

        Raises RetryLaterError (429, no connection), RejectedError (400, 413, 415), TransportBlockedError (401, 403,
        451, an unknown certificate, any other answer that is not SendGrid's) and DeliveryUnknownError (a time-out, a
        dropped connection or a 5xx once the request was on its way).
        """
        request = body(mail)
        # No cause is chained: the peer's words may hold the address.
        try:
            response = self._mail_send.post(request_body=request)
        except HTTPError as error:
            raise self._refusal(error) from None
        except (OSError, http.client.HTTPException) as error:
            raise _broken(error) from None
        if response.status_code != http.HTTPStatus.ACCEPTED:
            raise DeliveryUnknownError(f"SendGrid answered {response.status_code} instead of 202")
        return Receipt(response.headers.get("X-Message-Id", ""))

    def _refusal(self, error: HTTPError) -> DeliveryError:
        why = f"SendGrid answered {error.status_code}: {_said(error.body)}"
        match error.status_code:
            case 429:
                return RetryLaterError(why, self._seconds_until(error.headers.get("X-RateLimit-Reset")))
            case 400 | 413 | 415:
                return RejectedError(why)
            case code if code >= 500:
                return DeliveryUnknownError(why)
            case _:
                return TransportBlockedError(why)

    def _seconds_until(self, reset: str | None) -> float:
        if reset is None or not reset.strip().isdecimal():
            return RETRY_SECONDS
        return max(1.0, int(reset) - self._clock())


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
        "headers": {"Auto-Submitted": "auto-generated", "Message-ID": message_id(mail)},
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


def _broken(error: Exception) -> DeliveryError:
    reason = error.reason if isinstance(error, URLError) else error
    if not isinstance(reason, NotConnectedError):
        return DeliveryUnknownError(f"SendGrid's answer to the mail is missing ({type(reason).__name__})")
    if isinstance(reason.__cause__, ssl.SSLCertVerificationError):
        return TransportBlockedError("SendGrid's certificate is not one this machine trusts")
    return RetryLaterError(f"no connection to SendGrid ({reason})", RETRY_SECONDS)


def _said(answer: bytes) -> str:
    try:
        errors = json.loads(answer)["errors"]
        said = "; ".join(f"{error.get('field') or 'request'}: {error['message']}" for error in errors)
    except (ValueError, TypeError, KeyError, AttributeError):
        return "no reason given"
    return without_addresses(said)
