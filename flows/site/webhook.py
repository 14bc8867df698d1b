"""Where SendGrid posts what became of our mails: signed events, taken in one commit or not at all.

Whatever is not 2xx makes SendGrid try again for a day, so nothing is answered with an error that trying cannot mend,
but for what is not SendGrid's at all.
"""

from __future__ import annotations

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from config.errors import (
    ConflictError,
    DatabaseError,
    EventsForgedError,
    EventsOutdatedError,
    EventsRefusedError,
)
from config.settings import Settings
from flows.services import Services
from notifications.delivery.events import read_events
from notifications.delivery.settling import settle_by_events
from notifications.delivery.signature import Signature

EVENTS = "/sendgrid/events"
LARGEST = 4 * 1024 * 1024
"""Bytes of a batch at most; SendGrid's have 768 KB."""


def webhook_routes(services: Services, settings: Settings) -> list[Route]:
    """Return the route of the webhook; none without a key to check events with: then there is no such address."""
    if not settings.sendgrid_webhook_key:
        return []
    webhook = _Webhook(services, Signature(settings.sendgrid_webhook_key))
    return [Route(EVENTS, webhook.take, methods=["POST"])]


class _Webhook:
    def __init__(self, services: Services, signature: Signature) -> None:
        self._services = services
        self._signature = signature

    async def take(self, request: Request) -> Response:
        """Answer 200 for what was taken, or was taken before; 4xx for what is not SendGrid's; 503 to try again."""
        try:
            content = await _content(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if content is None:
            return PlainTextResponse(f"more than {LARGEST} bytes", 413)
        try:
            # Also the signature: checking one takes longer than a page may wait.
            new = await run_in_threadpool(self._take, content, request, self._services.now())
        except (EventsForgedError, EventsOutdatedError) as error:
            return PlainTextResponse(str(error), 403)
        except EventsRefusedError as error:
            return PlainTextResponse(str(error), 400)
        except (ConflictError, DatabaseError):
            return PlainTextResponse("not now", 503)
        return PlainTextResponse(f"{new} new")

    def _take(self, content: bytes, request: Request, now: datetime) -> int:
        self._signature.check(content, request.headers, now)
        services = self._services
        return settle_by_events(services.database, read_events(content, now), services.library.root, now)


async def _content(request: Request) -> bytes | None:
    """Return the body as it came, ``None`` once it is too large: no more of it is read then."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > LARGEST:
            return None
    return bytes(content)
