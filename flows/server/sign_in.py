"""Nobody sees anything of Prefect without having signed in, and what they start says who they are (R67, ADR 42).

Stands behind the guards of same_origin.py and before Prefect. Programs give the server's password: the runner, workers,
the tick. Whoever has signed in never learns it: their requests are given it here, after it was seen that they may ask
for what they ask for (may_ask.py).
"""

from __future__ import annotations

import hmac
import json

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.errors import DatabaseError
from flows.server.bodies import body_of, once, with_body, with_headers
from flows.server.may_ask import Asks, asks, deployment_of
from flows.server.process import authorization
from flows.server.sign_in_pages import SignInPages
from flows.server.stamping import started_by, stopping
from notifications.links import Links
from states.views.coordinators import Coordinator

_HEALTH = "/api/health"
_UI_SETTINGS = "/ui-settings"
_UNKEPT = {"cache-control": "no-store"}


class SignedIn:
    """Lets programs with the password and coordinators who have signed in through to ``app``, and nobody else."""

    def __init__(self, app: ASGIApp, pages: SignInPages, links: Links, password: str) -> None:
        self.app = app
        self.pages = pages
        self.links = links
        self._given = authorization(password)["authorization"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        # Prefect asks for the password itself over each WebSocket; no page of its UIs opens one.
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif self.pages.has(scope["path"]):
            await self.pages.app(scope, receive, send)
        elif (scope["path"] == _HEALTH and scope["method"] == "GET") or self._is_program(Headers(scope=scope)):
            await self.app(scope, receive, send)
        else:
            await self._browser(scope, receive, send)

    def _is_program(self, headers: Headers) -> bool:
        said = headers.get("authorization", "")
        return hmac.compare_digest(said.encode("latin-1"), self._given.encode())

    async def _browser(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            who = await self._who(scope)
        except DatabaseError:
            await self.pages.page("busy", 503)(scope, receive, send)
            return
        if who is None:
            await self._refusal(scope)(scope, receive, send)
        else:
            await self._for(who, scope, receive, send)

    async def _who(self, scope: Scope) -> Coordinator | None:
        door, headers = self.pages.door, Headers(scope=scope)
        peer = scope["client"][0] if scope.get("client") else ""
        if door.coordinators.is_fresh():
            return door.who(headers, peer)
        return await to_thread.run_sync(door.who, headers, peer)

    def _refusal(self, scope: Scope) -> Response:
        headers = Headers(scope=scope)
        if scope["method"] in {"GET", "HEAD"} and "text/html" in headers.get("accept", ""):
            path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
            query = scope["query_string"].decode("latin-1")
            elsewhere = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
            return self.pages.instead_of(f"{path}?{query}" if query else path, elsewhere)
        return _no(401, "Nobody has signed in.")

    async def _for(self, who: Coordinator, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what a coordinator asks for, with the password; what may not be asked for is refused (403)."""
        asked = asks(scope["method"], scope["path"])
        if asked is Asks.ELSE:
            await _no(403, "This is for programs with the server's password.")(scope, receive, send)
            return
        if asked is Asks.SECRETS:
            await JSONResponse([], headers=_UNKEPT)(scope, receive, send)
            return
        if asked is Asks.LOOK:
            if scope["path"].endswith(_UI_SETTINGS):
                send = _without_a_login(send)
                scope = with_headers(scope, {"accept-encoding": "identity"})
            await self.app(with_headers(scope, {"authorization": self._given}), receive, send)
            return
        body = await body_of(receive)
        if body is not None:
            start = asked is Asks.START
            body = started_by(self.links, who.id, deployment_of(scope["path"]), body) if start else stopping(body)
        if body is None:
            await _no(403, "A run is started by its form, or stopped.")(scope, receive, send)
            return
        given = {"authorization": self._given, "content-type": "application/json"}
        await self.app(with_body(scope, body, given), once(body, receive), send)


def _no(status: int, why: str) -> Response:
    # As Prefect's own refusals are: its pages show what is under "detail".
    return JSONResponse({"detail": why, "exception_message": why}, status, _UNKEPT)


def _without_a_login(send: Send) -> Send:
    """Let Prefect's pages not ask for a password: who has signed in needs none, and is not to know it."""
    begun: list[Message] = []
    body = bytearray()

    async def send_changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        try:
            told = json.dumps({**json.loads(bytes(body)), "auth": None}).encode()
        except (ValueError, TypeError):
            told = bytes(body)
        MutableHeaders(scope=begun[0])["content-length"] = str(len(told))
        await send(begun[0])
        await send({"type": "http.response.body", "body": told})

    return send_changed
