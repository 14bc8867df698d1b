"""The site's application: its routes, what stands before them, and the page for each thing that can go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from config.errors import ConflictError, DatabaseError
from flows.services import Services
from flows.site.answers import answer_routes
from flows.site.calendar import calendar_routes
from flows.site.guards import guards
from flows.site.new_link import new_link_routes
from flows.site.pages import page_routes
from flows.site.plan import plan_routes
from flows.site.site import Site
from flows.site.webhook import webhook_routes
from notifications.site_pages import render_page
from notifications.site_words import FALLBACK, problem_words

ROBOTS = "User-agent: *\nDisallow: /\n"


def build_app(services: Services, site: Site, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the site with its own routes and further ones; it shares nothing with Prefect's server."""
    own = [
        *answer_routes(services, site),
        *new_link_routes(services, site),
        *page_routes(services, site),
        *calendar_routes(services, site),
        *webhook_routes(services, services.settings),
        *plan_routes(services, site),
        Route("/robots.txt", _robots),
        Route("/health", _health(services)),
    ]
    problem = partial(problem_page, language=services.settings.site_language)
    later = _later(problem)
    app = Starlette(
        routes=[*own, *routes],
        middleware=guards(site.addresses, problem),
        exception_handlers={HTTPException: _refused(problem), DatabaseError: later, ConflictError: later},
        lifespan=_finishing(site),
    )
    app.router.redirect_slashes = False
    return app


def problem_page(status: int, language: str = FALLBACK) -> Response:
    """Return the page that says what to do where a request cannot be answered; it is the same for everybody."""
    values = {"status": status, **problem_words(status, language)}
    return HTMLResponse(render_page("problem", values, language), status)


def _refused(problem: Callable[[int], Response]) -> Callable[[Request, Exception], Response]:
    def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        page = problem(error.status_code)
        page.headers.update(error.headers or {})
        return page

    return refused


def _later(problem: Callable[[int], Response]) -> Callable[[Request, Exception], Response]:
    def later(_: Request, __: Exception) -> Response:
        page = problem(503)
        page.headers["retry-after"] = "60"
        return page

    return later


def _robots(_: Request) -> Response:
    return PlainTextResponse(ROBOTS)


def _health(services: Services) -> Callable[[Request], Response]:
    def health(_: Request) -> Response:
        with services.database.read():
            return PlainTextResponse("ok\n")

    return health


def _finishing(site: Site) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        site.afterwards.finish()

    return lifespan
