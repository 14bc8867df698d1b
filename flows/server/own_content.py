"""What Prefect's pages may load, and whom they may ask: this server, and nobody else.

Prefect's second UI brings a client that reports what people do, both UIs have pictures, fonts and feedback forms that
live elsewhere, and a page may hold text that somebody else wrote. A Content-Security-Policy makes browsers refuse all
of it, whatever Prefect ships next (docs/adr/0015).
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALLOWED = {
    "default-src": "'self'",
    # No inline script: whatever slips into a page as markup does nothing. Without eval neither UI draws the graph of a
    # run, and the first one has no colours; it is for the server's own scripts only.
    "script-src": "'self' 'unsafe-eval'",
    # Both UIs write styles into the page as they draw, diagrams too.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    # The graph of a run is laid out by workers that both UIs make from text.
    "worker-src": "'self' blob:",
    # Sockets to the same address are meant by 'self', under http as under https.
    "connect-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
POLICY = "; ".join(f"{what} {where}" for what, where in _ALLOWED.items())


class OnlyOwnContent:
    """Tells browsers to load nothing from another host into a page of this server, and to send nothing there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with the policy beside any other that the answer has: browsers keep all of them."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("content-security-policy", POLICY)
            await send(message)

        await self.app(scope, receive, send_with_policy)
