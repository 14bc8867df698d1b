"""Who may come in: coordinators as the cohorts have them now, by a session or by what a trusted proxy says (R67)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from config.mail_address import normal_address
from notifications.links import Purpose
from notifications.passes import Pass, Passes
from states.store.database import Database
from states.views.coordinators import Coordinator, coordinators_now

COOKIE = "talentnord"
ENCRYPTED_COOKIE = "__Host-talentnord"
"""What a session is kept in over https: a browser takes it from this very host only, and gives it to no other."""
FRESH = 10.0
"""Seconds after which the coordinators are read anew: so long does a session last whose person is none any more."""
_A_WHILE = timedelta(hours=24)


class Coordinators:
    """The coordinators of all cohorts, as they were at most ``FRESH`` seconds ago."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._now = now
        self._clock = clock
        self._lock = Lock()
        self._read_at = float("-inf")
        self._all: Sequence[Coordinator] = ()

    def is_fresh(self) -> bool:
        """Whether they can be asked for without the database."""
        return self._clock() - self._read_at < FRESH

    def all(self) -> Sequence[Coordinator]:
        """Return all of them, those of the newest cohort first.

        Raises:
            DatabaseError: they cannot be read; then nobody comes in.
        """
        with self._lock:
            if not self.is_fresh():
                with self._database.read() as connection:
                    self._all = coordinators_now(connection, self._now())
                self._read_at = self._clock()
            return self._all

    def by_email(self, email: str) -> Coordinator | None:
        """Return who has an address; raises as ``all`` does."""
        try:
            address = normal_address(email)
        except ValueError:
            return None
        return next((one for one in self.all() if one.email == address), None)


class Spent:
    """Numbers of links that were used and of sessions that were ended, remembered until their time is over anyway.

    Kept in memory: a server that is started again has forgotten, so a link of the last minutes works once more.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._until: dict[str, datetime] = {}
        self._lock = Lock()

    def spend(self, one: Pass) -> bool:
        """Remember a number, and return whether it was not spent before."""
        with self._lock:
            now = self._now()
            self._until = {number: until for number, until in self._until.items() if until > now}
            fresh = one.number not in self._until
            self._until[one.number] = min(one.until, now + _A_WHILE)
            return fresh

    def __contains__(self, one: Pass) -> bool:
        return one.number in self._until


@dataclass(frozen=True)
class Door:
    """Tells who asks, by the headers of a request and by whom it comes from.

    ``addresses`` are those that the server is known by; with a ``header`` the ``proxies`` say who it is.
    """

    coordinators: Coordinators
    passes: Passes
    spent: Spent
    addresses: tuple[str, ...]
    header: str = ""
    proxies: frozenset[str] = frozenset()

    def who(self, headers: Headers, peer: str) -> Coordinator | None:
        """Return who asks; ``None`` for who has not signed in, or is no coordinator any more. Raises as they do."""
        if self.header:
            return self._by_header(headers, peer)
        session = self.session_in(headers)
        if session is None or session in self.spent:
            return None
        return next(
            (one for one in self.coordinators.all() if one.id == session.person and session.is_of(one.email)), None
        )

    def session_in(self, headers: Headers) -> Pass | None:
        """Return the session that a request brings, if it is still good."""
        token = cookie_parser(headers.get("cookie", "")).get(self.cookie(headers), "")
        return self.passes.read(Purpose.SESSION, token)

    def cookie(self, headers: Headers) -> str:
        """Return what the cookie of a session is called at the address that a request names."""
        host = headers.get("host", "").lower()
        return ENCRYPTED_COOKIE if f"https://{host}" in self.addresses else COOKIE

    def _by_header(self, headers: Headers, peer: str) -> Coordinator | None:
        said = headers.getlist(self.header)
        # Said twice, once may be a stranger's.
        return self.coordinators.by_email(said[0]) if len(said) == 1 and peer in self.proxies else None
