"""The page of each talent and leader, which only their link opens; and what everybody may see."""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from config.settings import Settings
from flows.services import Services
from flows.site.site import Site
from notifications.links import Link, Links, Purpose
from notifications.site_pages import STYLE, render_page
from states.views.my_page import my_page
from states.views.own_page import AsLeader, AsTalent, OwnPage

STATEMENT = "/tilgaengelighed"
"""Where the accessibility statement is; ``/was`` leads there, as Danish public bodies have agreed on."""
_AN_HOUR = {"cache-control": "public, max-age=3600"}


def page_routes(services: Services, site: Site) -> list[Route]:
    """Return the routes of the pages that people look at, and of what belongs to all pages."""

    def mine(request: Request) -> Response:
        with services.database.read() as connection:
            visitor = site.visitor(connection, request, Purpose.PAGE)
            page = my_page(connection, visitor.email, services.now())
        if page is None:
            raise HTTPException(404)
        return HTMLResponse(own_page(page, site.links))

    return [
        Route(f"/{Purpose.PAGE}/{{token}}", mine),
        Route("/style.css", _style),
        Route(STATEMENT, _statement(services.settings)),
        Route("/was", lambda _: RedirectResponse(STATEMENT)),
    ]


def own_page(page: OwnPage, links: Links) -> str:
    """Return somebody's page as HTML; its links are made for them, and lead on within the site."""
    values = {
        "page": page,
        "links": _links(page, links),
        "programme": page.programme,
        "coordinator": page.coordinator,
        "role_labels": page.role_labels,
    }
    return render_page("my_page", values, page.language)


def _links(page: OwnPage, links: Links) -> dict[str, dict[object, str]]:
    """Return the links on somebody's page, by what they are for and what they lead to."""

    def to(purpose: Purpose, person: str, subject: str) -> str:
        return links.path(Link(purpose, person, subject), page.me.email)

    years: tuple[AsTalent | AsLeader, ...] = (*page.talent, *page.leader)
    asks = [*page.asks, *(ask for year in years for ask in year.answered)]
    asks += [one.ask for year in years for one in year.dates if one.ask]
    plans = [(one.person, one.journey) for one in page.talent if one.has_plan]
    plans += [(one.person, led.journey) for one in page.leader if one.has_plans for led in one.talents]
    subjects = {(ask.person, ask.matter.subject) for ask in asks}
    return {
        "answer": {one: to(Purpose.ANSWER, *one) for one in subjects},
        "calendar": {(one.person, one.cohort_id): to(Purpose.CALENDAR, one.person, one.cohort_id) for one in years},
        "plan": {journey: to(Purpose.PLAN, person, journey) for person, journey in plans},
    }


def _style(_: Request) -> Response:
    return Response(STYLE.read_text("utf-8"), media_type="text/css", headers=_AN_HOUR)


def _statement(settings: Settings) -> Callable[[Request], Response]:
    # Without a transport nothing is sent from the sender's address, and nobody reads what comes to it.
    contact = settings.reply_to or (settings.sender_email if settings.mail_transport != "files" else "")
    values = {"publisher": settings.sender_name, "address": settings.site_url, "contact": contact}
    return lambda _: HTMLResponse(render_page("accessibility", values, settings.site_language))
