"""The pages that people answer on: what they are asked, what they may say, and what was recorded (R65).

A link leads to one matter and all that may be said of it. Opening it changes nothing, for mail scanners open each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from states.answers import answer
from states.views.matters import matter

from config.errors import AnswerOverError, AnswerRefusedError
from flows.services import Services
from flows.site.forms import Form, posted
from flows.site.site import Site, token_of
from flows.site.visitor import Visitor
from notifications.links import Purpose
from notifications.site_pages import render_page
from notifications.site_words import fault
from states.views.matter import Matter

FIELDS = (
    "held_on", "appointed_on", "appointed_at", "choice", "person_name", "person_email", "plan", "note",
)  # fmt: skip
"""What a form may give beside the answer itself; everything else in it is left alone."""

_VERSION = re.compile(r"\d{1,6}", re.ASCII)


def answer_routes(services: Services, site: Site) -> list[Route]:
    """Return the routes of the pages that people answer on."""
    pages = _Pages(services, site)
    return [
        Route("/svar/{token}", pages.show),
        Route("/svar/{token}", posted(pages.take), methods=["POST"]),
        Route("/svar/{token}/tak", pages.thank),
    ]


class _Pages:
    def __init__(self, services: Services, site: Site) -> None:
        self._services = services
        self._site = site

    def show(self, request: Request) -> Response:
        """Show what is asked; where there is nothing to answer any more, how it stands."""
        visitor, about = self._come(request)
        return _page(visitor, about)

    def take(self, request: Request, form: Form) -> Response:
        """Take an answer: recorded once, or shown again with what is wrong with it beside what was typed."""
        visitor, about = self._come(request)
        version, option = form.get("version", ""), form.get("option", "")
        if not _VERSION.fullmatch(version) or not option:
            raise HTTPException(400)
        given = {name: form[name] for name in FIELDS if name in form}
        try:
            answer(
                self._services.engine,
                visitor.cohort.cohort_id,
                visitor.person,
                visitor.subject,
                option,
                given,
                int(version),
            )
        except AnswerRefusedError as refused:
            chosen = {"option": option, "errors": {refused.field: fault(refused.why)}, "typed": given}
            return _page(visitor, about, chosen, status=422)
        except AnswerOverError:
            visitor, about = self._come(request)
            return _page(visitor, about, {"overtaken": True}, status=409)
        self._site.afterwards.recorded()
        # Asked for anew by GET: a page that is loaded again sends nothing again.
        return RedirectResponse(f"/svar/{token_of(request)}/tak", 303)

    def thank(self, request: Request) -> Response:
        """Show what was recorded."""
        visitor, about = self._come(request)
        return HTMLResponse(render_page("thanks", {"recipient": visitor.name, "matter": about}))

    def _come(self, request: Request) -> tuple[Visitor, Matter]:
        with self._services.database.read() as connection:
            visitor = self._site.visitor(connection, request, Purpose.ANSWER)
            return visitor, self._matter(connection, visitor)

    def _matter(self, connection: Connection, visitor: Visitor) -> Matter:
        found = matter(connection, visitor.cohort, visitor.person, visitor.subject, self._services.now())
        if found is None:
            raise HTTPException(404)
        return found


def _page(visitor: Visitor, about: Matter, more: Mapping[str, object] = {}, status: int = 200) -> Response:
    """Return the page of a matter, with what was typed on it where it is shown again."""
    values = {"recipient": visitor.name, "matter": about, "option": "", "errors": {}, "typed": {}, "overtaken": False}
    return HTMLResponse(render_page("answer" if about.options else "over", {**values, **more}), status)
