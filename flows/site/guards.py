"""What stands before every page of the site: known hosts, forms of its own pages only, and headers that close the rest.

A link's token is in the address of its page. So no address is told to another site (``strict-origin``: the origin only,
which a form still says), kept in a cache, or written into a log.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.server.same_origin import KnownHosts

Page = Callable[[int], Response]
"""Makes the page that explains a status."""

_log = logging.getLogger(__name__)
_ONLY_READ = {"GET", "HEAD", "OPTIONS"}
_OWN_PAGE = {"same-origin", "none"}
_NOTHING_OF = ("camera", "display-capture", "fullscreen", "geolocation", "microphone", "payment", "usb")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "permissions-policy": ", ".join(f"{one}=()" for one in _NOTHING_OF),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HSTS = "max-age=31536000"


def guards(addresses: tuple[str, ...], page: Page) -> list[Middleware]:
    """Return all guards, the outermost first, of a site that is known by ``addresses``."""
    return [
        Middleware(Closed, encrypted=addresses[0].startswith("https:")),
        Middleware(KnownHosts, addresses=addresses),
        Middleware(OwnForms, addresses=addresses, page=page),
        Middleware(Calm, page=page),
    ]


class Closed:
    """Adds the headers that tell browsers what a page may do; a page that says otherwise itself is left alone."""

    def __init__(self, app: ASGIApp, encrypted: bool) -> None:
        self.app = app
        self.headers = {**HEADERS, **({"strict-transport-security": HSTS} if encrypted else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    given.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class OwnForms:
    """Refuses what another site's page sends (403).

    Browsers say where a request comes from in ``Sec-Fetch-Site`` and ``Origin``, and no page can change either. What
    says neither is a program; it can do no more than whoever holds the link. ``Origin: null`` is what a browser says
    that is set to tell nobody anything: then ``Sec-Fetch-Site`` has to vouch for it.
    """

    def __init__(self, app: ASGIApp, addresses: tuple[str, ...], page: Page) -> None:
        self.app = app
        self.origins = set(addresses)
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http" or scope["method"] in _ONLY_READ or self._is_own(Headers(scope=scope)):
            await self.app(scope, receive, send)
        else:
            await self.page(403)(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        origins, sites = set(headers.getlist("origin")), set(headers.getlist("sec-fetch-site"))
        if not sites <= _OWN_PAGE:
            return False
        return origins <= self.origins or (origins == {"null"} and sites == {"same-origin"})


class Calm:
    """Answers what goes wrong with a page, and writes into the log where it did: no address, no token, no names."""

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self.app = app
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        begun = False

        async def send_and_see(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_see)
        except Exception as error:
            told = told_of(error)
            _log.error("a request failed: %s", told)
            if scope["type"] != "http" or begun:
                raise RuntimeError("a request failed; see the line before") from None
            await self.page(500)(scope, receive, send)


def told_of(error: BaseException) -> str:
    """Return what a log may say of an error: its class and where in the code, for its words may hold what is secret."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames[-8:]]
    return "\n  ".join([type(error).__qualname__, *where])
