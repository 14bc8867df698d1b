"""The calendar that a person subscribes to by the link on their page (R66)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.services import Services, sender_of
from flows.site.site import Site
from notifications.calendar_feed import feed
from notifications.links import Purpose

_FRESH_FOR = 900
"""Seconds for which a program may keep what it fetched; for itself only."""


def calendar_routes(services: Services, site: Site) -> list[Route]:
    """Return the route of the calendars that people subscribe to."""
    sender = sender_of(services.settings)

    def calendar(request: Request) -> Response:
        with services.database.read() as connection:
            visitor = site.visitor(connection, request, Purpose.CALENDAR)
            content = feed(connection, visitor.cohort.cohort_id, visitor.person, sender, services.now())
        headers = {"cache-control": f"private, max-age={_FRESH_FOR}"}
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    return [Route("/kalender/{token}", calendar)]
