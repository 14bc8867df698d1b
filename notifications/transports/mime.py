"""An RFC 5322 message from a mail: the same mail always gives the same bytes, in 7-bit ASCII."""

from __future__ import annotations

import hashlib
from datetime import UTC
from email.headerregistry import Address as Mailbox
from email.headerregistry import BaseHeader, ContentTypeHeader
from email.message import EmailMessage
from email.utils import format_datetime

from config.errors import RejectedError
from notifications.transports.guard import plain_email, refuse_unsafe
from notifications.transports.headers import FROM_A_MACHINE, HeaderPolicy
from notifications.transports.protocol import Address, Attachment, Mail

_POLICY = HeaderPolicy(linesep="\r\n")


def build(mail: Mail) -> EmailMessage:
    """The message: alternatives in the order plain, html, calendar; then the attachments.

    A calendar file is shown by mail programs only as the last alternative, and kept by others only as an attachment,
    so it is both. Of several none is an alternative: a program would show one and hide the rest.
    Raises RejectedError for what cannot be sent safely.
    """
    refuse_unsafe(mail)
    message = EmailMessage(policy=_POLICY)
    message["Date"] = format_datetime(mail.date.astimezone(UTC))
    message["Message-ID"] = message_id(mail)
    message["From"] = _mailbox(mail.sender, "sender")
    message["To"] = _mailbox(mail.to, "recipient")
    if mail.reply_to is not None:
        message["Reply-To"] = _mailbox(mail.reply_to, "reply-to")
    message["Subject"] = mail.subject
    for name, value in FROM_A_MACHINE.items():
        message[name] = value
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    calendar = only_calendar(mail)
    if calendar is not None:
        params = {name: value for name, value in kind(calendar).params.items() if name == "method"}
        message.add_alternative(calendar_text(calendar), subtype="calendar", cte="quoted-printable", params=params)
    for attachment in mail.attachments:
        content_type = kind(attachment)
        message.add_attachment(
            attachment.content,
            maintype=content_type.maintype,
            subtype=content_type.subtype,
            filename=attachment.filename,
            params=dict(content_type.params),
        )
    _fix_boundaries(message, mail.message_id)
    return message


def message_id(mail: Mail) -> str:
    """The Message-ID header: our id at the sender's domain."""
    return f"<{mail.message_id}@{plain_email(mail.sender.email, 'sender').rpartition('@')[2]}>"


def only_calendar(mail: Mail) -> Attachment | None:
    """The mail's calendar file, if it has exactly one."""
    calendars = [attachment for attachment in mail.attachments if kind(attachment).content_type == "text/calendar"]
    return calendars[0] if len(calendars) == 1 else None


def calendar_text(attachment: Attachment) -> str:
    """A calendar file as text; raises RejectedError when it is not UTF-8."""
    try:
        return attachment.content.decode()
    except UnicodeDecodeError:
        raise RejectedError(f"the calendar file {attachment.filename!r} is not UTF-8") from None


def kind(attachment: Attachment) -> ContentTypeHeader:
    """The parsed content type (``maintype``, ``subtype``, ``params``); raises RejectedError when it has a fault."""
    header: BaseHeader = _POLICY.header_factory("Content-Type", attachment.content_type)
    if not isinstance(header, ContentTypeHeader) or header.defects:
        raise RejectedError(f"{attachment.content_type!r} is not a content type")
    return header


def _mailbox(address: Address, what: str) -> Mailbox:
    return Mailbox(address.name, addr_spec=plain_email(address.email, what))


def _fix_boundaries(message: EmailMessage, ident: str) -> None:
    # "=_" can stand neither in base64 nor in quoted-printable, so no body holds a boundary by chance.
    digest = hashlib.sha256(ident.encode()).hexdigest()[:32]
    multiparts = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{digest}_{number}")
