"""The pages that people answer on: what they are asked, what they may say, and what was recorded (R65).

A link leads to one matter and all that may be said of it. Opening it changes nothing, for mail scanners open each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from config.errors import AnswerOverError, AnswerRefusedError
from flows.services import Services
from flows.site.forms import Form, posted
from flows.site.site import Site, token_of
from flows.site.visitor import Visitor
from notifications.links import Purpose
from notifications.site_pages import render_page
from notifications.site_words import fault
from states.answers import answer
from states.views.matter import Matter
from states.views.matters import matter

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


@dataclass(frozen=True)
class _Seen:
    """What a visitor's link leads to, and what every page says beside it."""

    visitor: Visitor
    matter: Matter
    beside: Mapping[str, object]

    def page(self, more: Mapping[str, object] = {}, status: int = 200) -> Response:
        """Return the page of the matter, with what was typed on it where it is shown again."""
        plain = {"option": "", "errors": {}, "typed": {}, "overtaken": False}
        return self.render("answer" if self.matter.options else "over", {**plain, **more}, status)

    def render(self, name: str, more: Mapping[str, object], status: int = 200) -> Response:
        """Return a page about the matter."""
        values = {"recipient": self.visitor.name, "matter": self.matter, **self.beside, **more}
        return HTMLResponse(render_page(name, values, self.visitor.language), status)


class _Pages:
    def __init__(self, services: Services, site: Site) -> None:
        self._services = services
        self._site = site

    def show(self, request: Request) -> Response:
        """Show what is asked; where there is nothing to answer any more, how it stands."""
        return self._see(self._come(request)).page()

    def take(self, request: Request, form: Form) -> Response:
        """Take an answer: recorded once, or shown again with what is wrong with it beside what was typed."""
        visitor = self._come(request)
        version, option = form.get("version", ""), form.get("option", "")
        if not _VERSION.fullmatch(version) or not option:
            raise HTTPException(400)
        given = {name: form[name] for name in FIELDS if name in form}
        try:
            self._record(visitor, option, given, int(version))
        except AnswerRefusedError as refused:
            wrong = {refused.field: fault(refused.why, visitor.language)}
            return self._see(visitor).page({"option": option, "errors": wrong, "typed": given}, status=422)
        except AnswerOverError:
            return self._see(visitor).page({"overtaken": True}, status=409)
        self._site.afterwards.recorded()
        # Asked for anew by GET: a page that is loaded again sends nothing again.
        return RedirectResponse(f"{_path(request)}/tak", 303)

    def thank(self, request: Request) -> Response:
        """Show what was recorded."""
        return self._see(self._come(request)).render("thanks", {"again": _path(request)})

    def _come(self, request: Request) -> Visitor:
        with self._services.database.read() as connection:
            return self._site.visitor(connection, request, Purpose.ANSWER)

    def _record(self, visitor: Visitor, option: str, given: Mapping[str, str], version: int) -> None:
        engine, cohort = self._services.engine, visitor.cohort.cohort_id
        answer(engine, cohort, visitor.person, visitor.subject, option, given, version)

    def _see(self, visitor: Visitor) -> _Seen:
        now = self._services.now()
        with self._services.database.read() as connection:
            found = matter(connection, visitor.cohort, visitor.person, visitor.subject, now)
            if found is None:
                raise HTTPException(404)
            return _Seen(visitor, found, self._site.beside(connection, visitor, now))


def _path(request: Request) -> str:
    return f"/{Purpose.ANSWER}/{token_of(request)}"
