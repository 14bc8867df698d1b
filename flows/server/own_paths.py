"""What our own app in front of Prefect answers itself: addresses of pages that stay, and lead to where a page is."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.cockpit import ui
from notifications.cockpit import PAGES
from notifications.run_words import said

_READS = {"GET", "HEAD"}
_INSIDE = "http://prefect"


class OwnPaths:
    """Answers the paths that are ours and hands all others on to ``app``; stands within the guards.

    ``headers`` are what Prefect's API asks of a client: its password, if it has one.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=_INSIDE, headers=dict(headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] == "http" and scope["path"].startswith(PAGES):
            request = Request(scope)
            answer = await self._page(scope["path"].removeprefix(PAGES)) if request.method in _READS else _not_here()
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _page(self, name: str) -> Response:
        """Lead on to where a page is now: its artifact is another one once somebody has deleted it (docs/adr/0007)."""
        key = {"artifacts": {"key": {"any_": [f"side-{name}"]}}, "limit": 1}
        told = await self._client.post("/api/artifacts/latest/filter", json=key)
        found = told.json() if told.is_success else []
        if not found:
            return PlainTextResponse(said("no_page"), 404)
        return RedirectResponse(ui.DEFAULT.page(quote(str(found[0]["latest_id"]))), 302, {"cache-control": "no-store"})


def _not_here() -> Response:
    return PlainTextResponse("", 405)
