"""Who may talk to Prefect's server: its own pages, under its own names, and programs that are not a browser.

Prefect's API creates deployments and runs code for whoever reaches it, and a browser reaches it for any page that is
open in it. CORS keeps a foreign page from reading answers and from sending JSON; it keeps no page from sending a form,
a body without a type (which Prefect takes for JSON), or from opening a WebSocket, and it is no help when the page's own
host name is made to point at this machine (DNS rebinding). The three ASGI middlewares here close the rest (ADR 9); what
our own pages may ask of others is for own_content.py to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.server.own_content import OnlyOwnContent

_ONLY_READ = {"GET", "HEAD", "OPTIONS"}
_OWN_PAGE = {"same-origin", "none"}
_POLICY_VIOLATION = 1008
_HEADERS = {
    "content-security-policy": "frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


def guarded(app: ASGIApp, addresses: Iterable[str]) -> ASGIApp:
    """Return ``app`` behind all guards, known by ``addresses`` such as ``http://127.0.0.1:4200``.

    They stand before it and not within: Prefect's automations ask the application itself, under a made-up host.
    """
    known = tuple(addresses)
    return OnlyOwnContent(NeverFramed(KnownHosts(SameOrigin(app, known), known)))


class KnownHosts:
    """Refuses requests and WebSockets that name another host than those of ``addresses`` (421)."""

    def __init__(self, app: ASGIApp, addresses: tuple[str, ...]) -> None:
        self.app = app
        self.hosts = {urlsplit(address).netloc for address in addresses}
        self.refusal = f"This server is known by another address. Open {addresses[0]}\n"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan" or _hosts(scope) <= self.hosts:
            await self.app(scope, receive, send)
        else:
            await _refuse(scope, receive, send, 421, self.refusal)


class SameOrigin:
    """Refuses writes and WebSockets that a page of another origin than ``addresses`` began (403).

    A browser says in ``Origin`` or ``Sec-Fetch-Site`` which page asks, and no page can change either. What says
    neither is a program: workers, the command line.
    """

    def __init__(self, app: ASGIApp, addresses: tuple[str, ...]) -> None:
        self.app = app
        self.origins = set(addresses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan" or scope.get("method") in _ONLY_READ or self._is_own(Headers(scope=scope)):
            await self.app(scope, receive, send)
        else:
            await _refuse(scope, receive, send, 403, "Another page than this server's own may not do this.\n")

    def _is_own(self, headers: Headers) -> bool:
        origins = headers.getlist("origin")
        if origins:
            return set(origins) <= self.origins
        return set(headers.getlist("sec-fetch-site")) <= _OWN_PAGE


class NeverFramed:
    """Tells browsers to show no page within a foreign one, where a click could be stolen, and to guess no types."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _hosts(scope: Scope) -> set[str]:
    """Return the hosts that a request names; one that names none names the empty one."""
    return {host.lower() for host in Headers(scope=scope).getlist("host")} or {""}


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        # Closed before it was accepted: the handshake is answered with 403.
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
    else:
        await PlainTextResponse(why, status)(scope, receive, send)
