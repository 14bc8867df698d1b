"""What coordinators come in by and are known by: a mailed link, a session, and a stamp on each run they start (R67).

All three are signed as the links of mails are, each for its purpose alone. A link and a session say until when they
are good, and end with the address of their person. A stamp says who has started one run, and is worth nothing on
another.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from notifications.links import Link, Links, Purpose, mark_of

LINK_FOR = timedelta(minutes=15)
SESSION_FOR = timedelta(hours=12)
_NOBODYS = ""
"""The address that a stamp is bound to: whoever had another when they started the run has started it all the same."""


class Pass(NamedTuple):
    """A link or a session that is still good; ``number`` is its own, ``leads_to`` the page that a link is to open."""

    person: str
    mark: str
    number: str
    until: datetime
    leads_to: str

    def is_of(self, email: str) -> bool:
        """Return whether its person still has the address that it was made for."""
        return self.mark == mark_of(email)


class Passes:
    """Makes links and sessions, and reads them back while they are good, by the clock ``now``."""

    def __init__(self, links: Links, now: Callable[[], datetime]) -> None:
        self._links = links
        self.now = now

    def link(self, person: str, email: str, leads_to: str = "/") -> str:
        """Return the whole address of a link that is mailed to ``email``."""
        return self._links.url(self._made(Purpose.SIGN_IN, person, LINK_FOR, leads_to), email)

    def session(self, person: str, email: str) -> str:
        """Return a token for somebody who has come by such a link."""
        return self._links.token(self._made(Purpose.SESSION, person, SESSION_FOR), email)

    def read(self, purpose: Purpose, token: str) -> Pass | None:
        """Return what a link or a session says; ``None`` for one that we have not signed, or whose time is over."""
        opened = self._links.open(purpose, token)
        if opened is None:
            return None
        seconds, number, leads_to = opened.link.subject.split(" ", 2)
        until = datetime.fromtimestamp(int(seconds), UTC)
        return Pass(opened.link.person, opened.address, number, until, leads_to) if self.now() < until else None

    def _made(self, purpose: Purpose, person: str, lasts: timedelta, leads_to: str = "") -> Link:
        until = int((self.now() + lasts).timestamp())
        return Link(purpose, person, f"{until} {secrets.token_urlsafe(12)} {leads_to}")


def stamp(links: Links, person: str, deployment: str, key: str) -> str:
    """Return the stamp of a run that ``person`` starts: the one run of the deployment with that idempotency key."""
    return links.token(Link(Purpose.STAMP, person, f"{deployment} {key}"), _NOBODYS)


def stamped_by(links: Links, token: str, deployment: str, key: str) -> str | None:
    """Return who has started a run by its stamp; ``None`` where we have not signed it, or for another run."""
    opened = links.open(Purpose.STAMP, token)
    return opened.link.person if opened and opened.link.subject == f"{deployment} {key}" else None
