"""What our own app in front of Prefect answers itself: addresses of pages that stay, and lead to where a page is."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, ParamSpec, TypeVar
from urllib.parse import quote

import httpx
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from config.errors import TalentNordError, UnknownRecordError
from flows.cockpit import ui
from notifications.cockpit import PAGES
from notifications.mail_page import MAILS, mail_page
from notifications.pictures.made import CONTENT_TYPE as SVG
from notifications.pictures.made import PICTURES, Picture, asked_for, draw
from notifications.report_file import CONTENT_TYPE, ENDING, report_file, report_name
from notifications.run_words import said
from states.store.database import Database
from states.views.history import not_before_history
from states.views.mail_words import mail_words
from states.views.report import report_of

_READS = {"GET", "HEAD"}
_INSIDE = "http://prefect"
_UNSTORED = {"cache-control": "no-store"}
_CHALLENGE = {"www-authenticate": 'Basic realm="Talent Nord", charset="UTF-8"'}
_ONLY_SHOWN = {"content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff"}
"""Opened by itself a picture is a page: it runs nothing and loads nothing."""
_ONLY_STYLED = {**_ONLY_SHOWN, "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
"""The page of a mail has its own styles, and nothing else."""
REPORTS = "/rapport/"
"""What the paths of reports begin with, ``/rapport/hold-3.xlsx``."""


P = ParamSpec("P")
M = TypeVar("M")


class Download(NamedTuple):
    """A file as it is downloaded; ``name`` without its ending."""

    name: str
    data: bytes


class Maker:
    """Makes reports, pictures and pages of mails from the domain's database, opened when the first is asked for."""

    def __init__(self, database_url: str, now: Callable[[], datetime]) -> None:
        self._database_url = database_url
        self._now = now

    @cached_property
    def _database(self) -> Database:
        return Database(self._database_url)

    def report(self, cohort_id: str) -> Download:
        """Return the report of a cohort. Raises ``UnknownRecordError`` for a cohort that is not known."""
        with self._database.read() as connection:
            found = report_of(connection, cohort_id, not_before_history(connection, self._now()))
        return Download(report_name(found), report_file(found))

    def picture(self, cohort_id: str, picture: Picture) -> str:
        """Draw a picture of a cohort; raises as ``report`` does."""
        with self._database.read() as connection:
            return draw(connection, cohort_id, picture, not_before_history(connection, self._now()))

    def mail(self, mail_id: str) -> str:
        """Return the page of a mail as it was sent. Raises ``UnknownRecordError`` for one that is not known."""
        with self._database.read() as connection:
            return mail_page(mail_words(connection, mail_id))


class OwnPaths:
    """Answers the paths that are ours and hands all others on to ``app``; stands within the guards.

    ``headers`` are what Prefect's API asks of a client: its password, if it has one; reports and pictures ask
    for the same. ``report`` makes the report of a cohort by id, ``picture`` draws one of its pictures, ``mail`` makes
    the page of a mail by id; all raise ``UnknownRecordError`` if there is no such cohort or mail.
    """

    def __init__(
        self,
        app: ASGIApp,
        headers: Mapping[str, str],
        report: Callable[[str], Download] | None,
        picture: Callable[[str, Picture], str] | None = None,
        mail: Callable[[str], str] | None = None,
    ) -> None:
        self.app = app
        self._headers = headers
        self._report = report
        self._picture = picture
        self._mail = mail
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=_INSIDE, headers=dict(headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith((PAGES, REPORTS, PICTURES, MAILS)):
            await self.app(scope, receive, send)
            return
        if scope["method"] not in _READS:
            answer: Response = PlainTextResponse("", 405)
        elif path.startswith(PAGES):
            answer = await self._page(path.removeprefix(PAGES))
        elif not self._may_read(headers := Headers(scope=scope)):
            # A picture within a page opens no window that asks for a password; its words stand in its place.
            answer = PlainTextResponse("", 401, {} if headers.get("sec-fetch-dest") == "image" else _CHALLENGE)
        elif path.startswith(PICTURES):
            answer = await self._drawn(path)
        elif path.startswith(MAILS):
            answer = await self._written(path.removeprefix(MAILS))
        else:
            answer = await self._told(path.removeprefix(REPORTS))
        await answer(scope, receive, send)

    def _may_read(self, headers: Headers) -> bool:
        """Whether a request brings the password, if there is one."""
        asked = self._headers.get("authorization", "")
        return not asked or hmac.compare_digest(asked.encode(), headers.get("authorization", "").encode())

    async def _drawn(self, path: str) -> Response:
        """Return a picture of a cohort."""
        asked = asked_for(path)
        if self._picture is None or asked is None:
            return PlainTextResponse(said("no_page"), 404)
        made = await _made("no_picture", self._picture, *asked)
        return made if isinstance(made, Response) else Response(made, 200, {**_UNSTORED, **_ONLY_SHOWN}, SVG)

    async def _written(self, mail_id: str) -> Response:
        """Return the page of a mail."""
        if self._mail is None:
            return PlainTextResponse(said("no_page"), 404)
        made = await _made("no_mail", self._mail, mail_id)
        return made if isinstance(made, Response) else HTMLResponse(made, 200, {**_UNSTORED, **_ONLY_STYLED})

    async def _told(self, name: str) -> Response:
        """Return the report of a cohort."""
        if self._report is None or not name.endswith(ENDING):
            return PlainTextResponse(said("no_page"), 404)
        made = await _made("no_report", self._report, name.removesuffix(ENDING))
        if isinstance(made, Response):
            return made
        shown = f"attachment; filename*=UTF-8''{quote(made.name + ENDING, safe='')}"
        return Response(made.data, 200, {**_UNSTORED, "content-disposition": shown}, CONTENT_TYPE)

    async def _page(self, name: str) -> Response:
        """Lead on to where a page is now: its artifact is another one once somebody has deleted it (docs/adr/0007)."""
        key = {"artifacts": {"key": {"any_": [f"side-{name}"]}}, "limit": 1}
        told = await self._client.post("/api/artifacts/latest/filter", json=key)
        found = told.json() if told.is_success else []
        if not found:
            return PlainTextResponse(said("no_page"), 404)
        return RedirectResponse(ui.DEFAULT.page(quote(str(found[0]["latest_id"]))), 302, _UNSTORED)


async def _made(trouble: str, make: Callable[P, M], *asked: P.args, **more: P.kwargs) -> M | Response:
    """Return what is made of a cohort, or the answer if there is no such cohort, or the ``trouble`` by its name."""
    try:
        return await asyncio.to_thread(make, *asked, **more)
    except UnknownRecordError:
        return PlainTextResponse(said("no_page"), 404)
    except TalentNordError:  # The reason names the database, and is for the operator.
        return PlainTextResponse(said(trouble), 503)
