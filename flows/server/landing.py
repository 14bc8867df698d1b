"""Where whoever opens the bare address lands: on the deployment that leads to all pages, not on Prefect's dashboard.

Prefect's own landing page is about runs, and its menu leads to none of the pages (docs/adr/0038). Until that deployment
is served, and for whoever asks for anything else, all is as Prefect has it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_BARE = {"/", "/v2", "/v2/"}


class Landing:
    """Leads from the bare address to the path that ``find`` gives, if it gives one."""

    def __init__(self, app: ASGIApp, find: Callable[[], Awaitable[str | None]]) -> None:
        self.app = app
        self.find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and scope["path"] in _BARE:
            place = None
            with suppress(Exception):  # A way in that is lost must not cost the UI.
                place = await self.find()
            if place is not None:
                await RedirectResponse(place, 302)(scope, receive, send)
                return
        await self.app(scope, receive, send)
