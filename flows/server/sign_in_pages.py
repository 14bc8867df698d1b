"""The pages by which coordinators come in and go out again. A link is opened by a page, and used by its button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from config.errors import DatabaseError
from flows.server.door import ENCRYPTED_COOKIE, Door
from flows.site.afterwards import Afterwards
from flows.site.forms import Form, posted
from flows.site.limits import Limits
from notifications.links import Purpose
from notifications.passes import SESSION_FOR
from notifications.sign_in import sign_in_mail, sign_in_page
from notifications.site_pages import STYLE
from notifications.transports.protocol import Address, Mail
from states.views.coordinators import Coordinator

IN, OUT, LOOKS = "/log-ind", "/log-ud", "/log-ind.css"
_LONGEST = 4000
"""Characters of an address that a link leads to; a form's that is filled in has some hundred."""
_HEADERS = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class SignInPages:
    """Shows the pages of a ``door``; a link goes to the address of ``sender``'s mail by ``send``, and to no other."""

    def __init__(self, door: Door, sender: Address, send: Callable[[Mail], object], limits: Limits) -> None:
        self.door = door
        self.sender = sender
        self.afterwards = Afterwards()
        self._send = send
        self._limits = limits
        self._mailed = not door.header
        routes = [Route(LOOKS, _looks), Route(OUT, self._out), Route(OUT, posted(self._leave), methods=["POST"])]
        if self._mailed:
            routes += [
                Route(IN, lambda _: RedirectResponse("/", 303)),
                Route(IN, posted(self._asked), methods=["POST"]),
                Route(f"{IN}/sendt", lambda _: self.page("sent")),
                Route(f"{IN}/{{token}}", self._landed),
                Route(f"{IN}/{{token}}", posted(self._entered), methods=["POST"]),
            ]
        self.app = Starlette(routes=routes, exception_handlers={DatabaseError: lambda *_: self.page("busy", 503)})
        self.app.router.redirect_slashes = False

    def has(self, path: str) -> bool:
        """Whether a path is one of these pages."""
        return path in {IN, OUT, LOOKS} or path.startswith(f"{IN}/")

    def page(self, page: str, status: int = 200, **values: object) -> Response:
        """Return one of the pages."""
        return HTMLResponse(sign_in_page(page, {"publisher": self.sender.name, **values}), status, _HEADERS)

    def instead_of(self, wanted: str, from_elsewhere: bool) -> Response:
        """Return what is shown to a browser without a session in the place of a page that it wanted.

        A session's cookie does not come with what another site or a mail leads to: then the browser asks again, from a
        page of ours.
        """
        if from_elsewhere:
            return self.page("again", leads_to=_local(wanted))
        return self.page("ask", 401, leads_to=_local(wanted)) if self._mailed else self.page("elsewhere", 403)

    def _asked(self, _: Request, form: Form) -> Response:
        # Whether the address is known is found out after this was answered: neither its words nor its time tell.
        work = partial(self._mail, form.get("email", ""), _local(form.get("til", "/")))
        if not self.afterwards.do(work):
            return self.page("busy", 429)
        return RedirectResponse(f"{IN}/sendt", 303, _HEADERS)

    def _mail(self, email: str, leads_to: str) -> None:
        found = self.door.coordinators.by_email(email)
        # Only known addresses are counted: whoever makes some up fills no memory.
        if found is None or self._limits.wait(found.email):
            return
        url = self.door.passes.link(found.id, found.email, leads_to)
        self._send(sign_in_mail(self.sender, found.name, found.email, url, self.door.passes.now()))

    def _landed(self, request: Request) -> Response:
        found = self._known(request)
        return self.page("enter", name=found.name) if found else self.page("stale", 404)

    def _entered(self, request: Request, _: Form) -> Response:
        found = self._known(request)
        link = self.door.passes.read(Purpose.SIGN_IN, request.path_params["token"])
        if found is None or link is None or not self.door.spent.spend(link):
            return self.page("stale", 404)
        answer = RedirectResponse(_local(link.leads_to), 303, _HEADERS)
        self._set(answer, request, self.door.passes.session(found.id, found.email))
        return answer

    def _known(self, request: Request) -> Coordinator | None:
        """Return whose link is in a request's path, if it is still worth something."""
        link = self.door.passes.read(Purpose.SIGN_IN, request.path_params["token"])
        if link is None or link in self.door.spent:
            return None
        everybody = self.door.coordinators.all()
        return next((one for one in everybody if one.id == link.person and link.is_of(one.email)), None)

    def _out(self, request: Request) -> Response:
        found = self.door.who(request.headers, request.client.host if request.client else "")
        if found is None:
            return RedirectResponse("/", 303, _HEADERS)
        return self.page("out", name=found.name, can_leave=self._mailed)

    def _leave(self, request: Request, _: Form) -> Response:
        session = self.door.session_in(request.headers)
        if session is not None:
            self.door.spent.spend(session)
        answer = RedirectResponse("/", 303, _HEADERS)
        self._set(answer, request, "")
        return answer

    def _set(self, answer: Response, request: Request, token: str) -> None:
        """Let the browser keep a session; with an empty one, forget it."""
        name = self.door.cookie(request.headers)
        answer.set_cookie(
            name,
            token,
            max_age=int(SESSION_FOR.total_seconds()) if token else 0,
            secure=name == ENCRYPTED_COOKIE,
            httponly=True,
            samesite="strict",
        )


def _looks(_: Request) -> Response:
    return Response(STYLE.read_text("utf-8"), media_type="text/css", headers={"cache-control": "public, max-age=3600"})


def _local(path: str) -> str:
    """Return an address of this server, without its host; anything else becomes its first page."""
    plain = path.isascii() and path.isprintable() and not any(one in path for one in " \\")
    return path if plain and path.startswith("/") and not path.startswith("//") and len(path) <= _LONGEST else "/"
