"""The page that sends a new link: to a known address only, and with the same words to everybody (R65)."""

from __future__ import annotations

from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from flows.services import Services
from flows.site.forms import Form, posted
from flows.site.site import Site
from notifications.new_links import send_new_link
from notifications.site_pages import render_page

PATH = "/nyt-link"


def new_link_routes(services: Services, site: Site) -> list[Route]:
    """Return the routes of the page that sends a new link."""

    language = services.settings.site_language

    def show(_: Request) -> Response:
        return HTMLResponse(render_page("new_link", {}, language))

    def send(email: str) -> None:
        if send_new_link(services.database, email, services.now()):
            site.afterwards.recorded()

    def take(_: Request, form: Form) -> Response:
        # Whether the address is known is found out after this was answered: neither its words nor its time tell.
        if not site.afterwards.do(partial(send, form.get("email", ""))):
            raise HTTPException(429, headers={"retry-after": "60"})
        return RedirectResponse(f"{PATH}/sendt", 303)

    def sent(_: Request) -> Response:
        return HTMLResponse(render_page("new_link_sent", {}, language))

    return [
        Route(PATH, show),
        Route(PATH, posted(take), methods=["POST"]),
        Route(f"{PATH}/sendt", sent),
    ]
