"""The entrance put together as the settings say: who signs in, by which keys, and how their links are mailed (R67)."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from config.settings import Settings
from flows.clock import clock_ahead
from flows.server.door import Coordinators, Door, Spent
from flows.server.process import PASSWORD, ServerPlace, password
from flows.server.sign_in import SignedIn
from flows.server.sign_in_pages import SignInPages
from flows.site.keys import site_keys
from flows.site.limits import Limits
from notifications.links import Links
from notifications.passes import Passes
from notifications.transports.choose import transport_from
from notifications.transports.protocol import Address
from states.store.database import Database

_API = b"talentnord.api.1"
_OFTEN, _WITHIN = 3, 900.0
"""How many links one coordinator is mailed in how many seconds."""


def have_password(settings: Settings) -> None:
    """Let this process and those that it starts have the server's password where coordinators sign in.

    If the environment gives none it is made of the site's key: programs of this machine need one, for where a proxy
    stands before the server, browsers come from this machine as they do.

    Raises:
        SettingsError: see ``site_keys`` and ``password``.
    """
    if settings.signs_in and not password():
        os.environ[PASSWORD] = made_password(settings)


def made_password(settings: Settings) -> str:
    """Return the password that is made of the site's newest key, the same in every process that has the key."""
    return f"talentnord:{hmac.new(site_keys(settings)[0].encode(), _API, hashlib.sha256).hexdigest()}"


@contextmanager
def entered(app: ASGIApp, place: ServerPlace, settings: Settings) -> Iterator[ASGIApp]:
    """Give ``app`` behind the entrance, or as it is where nobody signs in.

    Raises:
        DatabaseError: the database, which knows the coordinators, is not there.
        SettingsError: see ``site_keys``.
    """
    if not settings.signs_in:
        yield app
        return
    word = password()
    assert word is not None, "see have_password"
    now = clock_ahead(settings.clock_ahead)
    links = Links(site_keys(settings), place.ui)
    database = Database(settings.database_url, create=False)
    try:
        database.migrate(now(), create=False)
        known, passes, spent = Coordinators(database, now), Passes(links, now), Spent(now)
        proxies = frozenset(map(str, settings.sign_in_proxies))
        door = Door(known, passes, spent, place.known, settings.sign_in_header, proxies)
        sender = Address(settings.sender_name, settings.sender_email)
        send = transport_from(settings).send
        pages = SignInPages(door, sender, send, Limits(_OFTEN, _WITHIN))
        try:
            yield SignedIn(app, pages, links, word)
        finally:
            pages.afterwards.finish()
    finally:
        database.close()
