"""What no transport may let through: header injection on the way out, personal data in what is said of a failure."""

from __future__ import annotations

import re

from config.errors import RejectedError
from config.mail_address import ascii_address
from config.plain_text import breaks_headers
from notifications.links import Purpose
from notifications.transports.protocol import Mail

# A dot-atom, as it becomes the left side of a Message-ID; without "/" and short, as it becomes a file name as well.
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_LONGEST_MESSAGE_ID = 180
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_OUR_LINK = re.compile(rf"[^\s<>\"'(),;]*/(?:{'|'.join(Purpose)})/[^\s<>\"'(),;]*")


def refuse_unsafe(mail: Mail) -> None:
    """Refuse a mail whose headers could be read as something else than meant.

    Raises RejectedError (never naming the person): a message id that is not a plain word, a date without time zone,
    a control character or an encoded word in a subject, name, file name or content type, an address that is not one
    plain mailbox.
    """
    if not _MESSAGE_ID.fullmatch(mail.message_id) or len(mail.message_id) > _LONGEST_MESSAGE_ID:
        raise RejectedError(f"the message id must be letters, digits, '.', '_' and '-', 1 to {_LONGEST_MESSAGE_ID}")
    if mail.date.tzinfo is None:
        raise RejectedError("the mail's date has no time zone")
    for what, text in _header_texts(mail):
        if found := breaks_headers(text):
            raise RejectedError(f"{what} contains {found}")
    for what, address in (("sender", mail.sender), ("recipient", mail.to), ("reply-to", mail.reply_to)):
        if address is not None:
            plain_email(address.email, what)


def plain_email(email: str, what: str) -> str:
    """The ASCII form of one mailbox (an international domain in punycode); ``what`` names it in the RejectedError."""
    try:
        return ascii_address(email)
    except ValueError:
        why = f"the {what}'s address is not one plain mailbox with an ASCII name before the @"
        raise RejectedError(why) from None


def without_addresses(said: str) -> str:
    """What a peer said, fit for logs and history: one line, at most 200 characters, mail addresses and our links out.

    A peer that refuses a mail for what it holds may quote a link, and whoever reads it could answer with it.
    """
    return _OUR_LINK.sub("[link]", _ADDRESS.sub("[address]", " ".join(said.split())))[:200]


def _header_texts(mail: Mail) -> list[tuple[str, str]]:
    texts = [("the subject", mail.subject), ("the sender's name", mail.sender.name), ("the name", mail.to.name)]
    if mail.reply_to is not None:
        texts.append(("the reply-to name", mail.reply_to.name))
    for attachment in mail.attachments:
        texts += [("a file name", attachment.filename), ("a content type", attachment.content_type)]
    return texts
