"""Links that answer: signed, bound to a person, a purpose and what it is about (R65).

A link holds ids only. It is bound to the address that it was sent to: when that changes, or the person leaves, it is
worth nothing. Whether what it is about can still be answered is for the site to say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

_SALT = "talentnord.link.1"
REHEARSAL_KEY = "a rehearsal signs with this, and no site takes it"
"""The key of rehearsals, fixed so that they keep their bytes; the site refuses it."""


class Purpose(StrEnum):
    """What a link is for; its value is the first part of the link's path. The last two are tokens without a path."""

    ANSWER = "svar"
    PAGE = "side"
    CALENDAR = "kalender"
    PLAN = "plan"
    SIGN_IN = "log-ind"
    """A coordinator's way into the cockpit (passes.py)."""
    SESSION = "session"
    STAMP = "stempel"


_KEY = re.compile(rf"\w+://\S*?/(?:{'|'.join(Purpose)})/[\w-]+\.[\w-]{{27}}[^\s)>]*")
"""A link of ours in running text: a path and a signed token."""
SHOWN = "[link]"
"""What stands in the place of a link that is its reader's alone."""


class Link(NamedTuple):
    """What a link says: for whom, for what, and about what (``subject`` is empty for a person's own page)."""

    purpose: Purpose
    person: str
    subject: str = ""


class Opened(NamedTuple):
    """A link whose signature holds, and the mark of the address that it was sent to."""

    link: Link
    address: str


class Links:
    """Makes links and reads them back; ``keys`` are secrets, the newest first, ``url`` is the site's address."""

    def __init__(self, keys: Sequence[str], url: str) -> None:
        # itsdangerous signs with the last of its keys, and takes any of them.
        in_order = list(reversed(keys))
        self._signers = {purpose: Signer(in_order, salt=f"{_SALT}.{purpose}") for purpose in Purpose}
        self._url = url.rstrip("/")

    def url(self, link: Link, email: str) -> str:
        """Return the whole address of a link that is sent to ``email``."""
        return f"{self._url}{self.path(link, email)}"

    def path(self, link: Link, email: str) -> str:
        """Return the path of a link that is sent to ``email``: ``/svar/<token>``."""
        return f"/{link.purpose}/{self.token(link, email)}"

    def token(self, link: Link, email: str) -> str:
        """Return the token of a link that is sent to ``email``: what a link says, signed."""
        said = "\n".join((link.person, link.subject, mark_of(email)))
        return self._signers[link.purpose].sign(base64_encode(said)).decode()

    def open(self, purpose: Purpose, token: str) -> Opened | None:
        """Return what a link of this purpose says; ``None`` for one that was not signed with any of the keys."""
        try:
            said = base64_decode(self._signers[purpose].unsign(token)).decode()
        except (BadData, ValueError):
            return None
        person, subject, address = said.split("\n")
        return Opened(Link(purpose, person, subject), address)


def mark_of(email: str) -> str:
    """Return the mark of an address: a link is worth something only while its person still has it."""
    return hashlib.sha256(f"{_SALT} {email.casefold()}".encode()).hexdigest()[:12]


def without_keys(text: str) -> str:
    """Return a text without the links that open something for whoever has them; others stay."""
    return _KEY.sub(SHOWN, text)
