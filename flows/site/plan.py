"""The plan of one talent, fetched by a link: for that talent and their present mentor, and nobody else (R9 to R11)."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.services import Services
from flows.site.site import Site
from notifications.context import CohortReader
from notifications.links import Purpose
from notifications.plan_file import plan_file
from states.views.roles import has_left

_IN_ASCII = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa", "ß": "ss"})


def plan_routes(services: Services, site: Site) -> list[Route]:
    """Return the route by which a talent and their mentor fetch the plan: made anew, with the names of that day."""

    def fetch(request: Request) -> Response:
        with services.database.read() as connection:
            visitor = site.visitor(connection, request, Purpose.PLAN)
            reader = CohortReader(connection, visitor.cohort.cohort_id, services.now())
        journey = reader.journeys.get(visitor.subject)
        if journey is None or visitor.person not in {journey.talent_id, journey.mentor_id}:
            raise HTTPException(404)
        if reader.definition.programme.plan is None or has_left(reader.definition, journey.state):
            raise HTTPException(404)
        file = plan_file(reader, journey.id)
        headers = {"content-disposition": disposition(file.filename)}
        return Response(file.content, headers=headers, media_type=file.content_type)

    return [Route("/plan/{token}", fetch)]


def disposition(filename: str) -> str:
    """Return the header that lets a browser keep a file under its name; old ones know it in plain letters only."""
    plain = unicodedata.normalize("NFKD", filename.translate(_IN_ASCII)).encode("ascii", "ignore").decode()
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
