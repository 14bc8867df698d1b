"""The demo's inbox: the mails sent so far, by whom they went to, as each would have read them. Local and demo only.

Whoever opens it sees everybody's mails and every link in them: an app that serves people must not have these routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from config.working_time import WorkingTime
from flows.site.guards import POLICY
from notifications.site_pages import render_page

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""What a mail may do in its frame: bring the styles that it holds, and nothing else."""


INBOX = "/indbakke"
"""Where the inbox begins."""


@dataclass(frozen=True)
class Letter:
    """A mail in the inbox; ``at`` is local, ``name`` is its file's without the ending."""

    name: str
    at: datetime
    to: str
    email: str
    subject: str


class Inbox:
    """The mails in a folder of .eml files; each file's head is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Letter] = {}

    def letters(self) -> list[Letter]:
        """Return all mails, the oldest first: their files are named by the time."""
        for path in sorted(self._folder.glob("*.eml")):
            if path.stem not in self._known:
                self._known[path.stem] = self._letter(path)
        return list(self._known.values())

    def people(self) -> list[tuple[str, str, int]]:
        """Return everybody who was sent a mail: address, name and how many, by name."""
        found: dict[str, tuple[str, int]] = {}
        for letter in self.letters():
            _, count = found.get(letter.email, ("", 0))
            found[letter.email] = (letter.to, count + 1)
        return sorted(((email, *rest) for email, rest in found.items()), key=lambda one: (one[1].casefold(), one[0]))

    def of(self, email: str) -> list[Letter]:
        """Return the mails to an address, the newest first."""
        return [letter for letter in reversed(self.letters()) if letter.email == email]

    def letter(self, name: str) -> Letter | None:
        """Return a mail by its file's name, as it is listed."""
        self.letters()
        return self._known.get(name)

    def message(self, letter: Letter) -> EmailMessage:
        """Return the whole mail."""
        with (self._folder / f"{letter.name}.eml").open("rb") as file:
            found = BytesParser(policy=policy.default).parse(file)
        assert isinstance(found, EmailMessage)
        return found

    def _letter(self, path: Path) -> Letter:
        with path.open("rb") as file:
            head = BytesHeaderParser(policy=policy.default).parse(file)
        to = head["To"].addresses[0]
        at = WorkingTime().local(parsedate_to_datetime(head["Date"]))
        # A long subject begins on a line of its own, and is read with the space before it.
        return Letter(path.stem, at, to.display_name or to.addr_spec, to.addr_spec, head["Subject"].strip())


def inbox_routes(inbox: Inbox) -> list[Route]:
    """Return the inbox's routes: everybody, one person's mails, one mail, its HTML in a frame, and what it brings."""

    def everybody(_: Request) -> Response:
        return HTMLResponse(render_page("inbox", {"people": inbox.people()}))

    def person(request: Request) -> Response:
        found = inbox.of(request.path_params["email"])
        if not found:
            raise HTTPException(404)
        return HTMLResponse(render_page("inbox_person", {"letters": found, "to": found[0].to, "email": found[0].email}))

    def mail(request: Request) -> Response:
        letter = _found(inbox, request)
        message = inbox.message(letter)
        files = [name for name, _, _ in _files(message)]
        page = render_page("inbox_mail", {"letter": letter, "files": files, "text": _text(message)})
        return HTMLResponse(page, headers={"Content-Security-Policy": f"{POLICY}; frame-src 'self'"})

    def body(request: Request) -> Response:
        part = inbox.message(_found(inbox, request)).get_body(("html",))
        assert part is not None
        # Links lead out of the frame; what is in it can neither run nor send anything.
        html = str(part.get_content()).replace("<head>", '<head><base target="_top">', 1)
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"})

    def attachment(request: Request) -> Response:
        wanted = request.path_params["file"]
        for name, kind, content in _files(inbox.message(_found(inbox, request))):
            if name == wanted:
                return Response(content, media_type=kind, headers={"Content-Disposition": "attachment"})
        raise HTTPException(404)

    return [
        Route(INBOX, everybody),
        Route(f"{INBOX}/{{email}}", person),
        Route(f"{INBOX}/mail/{{name}}", mail),
        Route(f"{INBOX}/mail/{{name}}/html", body),
        Route(f"{INBOX}/mail/{{name}}/fil/{{file}}", attachment),
    ]


def _found(inbox: Inbox, request: Request) -> Letter:
    letter = inbox.letter(request.path_params["name"])
    if letter is None:
        raise HTTPException(404)
    return letter


def _files(message: EmailMessage) -> Iterator[tuple[str, str, bytes]]:
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        yield part.get_filename("fil"), part.get_content_type(), content


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
