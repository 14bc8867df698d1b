"""Lists of runs show those whose form was refused, whose state has a name of its own (docs/adr/0040).

Prefect's second UI leads from Submit to a list of the states that it knows by name, "all except scheduled": without
this, whoever is refused finds no run there, and nobody who says why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.server.bodies import body_of, once, with_body

_LISTS = re.compile(r"/api/(ui/)?flow_runs/(filter|paginate|count|history)")
_DONE = "Completed"


class RefusedShown:
    """ASGI middleware: who asks for runs that are *Completed* by name, asks for those ``called`` otherwise too."""

    def __init__(self, app: ASGIApp, called: Collection[str]) -> None:
        self.app = app
        self.called = called

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "POST" or not _LISTS.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        body = await body_of(receive)
        if body is None:
            await PlainTextResponse("", 413)(scope, receive, send)
            return
        asked = asked_too(body, self.called)
        await self.app(with_body(scope, asked, {}), once(asked, receive), send)


def asked_too(body: bytes, called: Collection[str]) -> bytes:
    """Return the body of a request for runs that asks for those ``called`` so too, if it asks for *Completed* ones."""
    if _DONE.encode() not in body:  # Programs ask every second, and never by name.
        return body
    try:
        asked = json.loads(body)
        names = asked["flow_runs"]["state"]["name"]["any_"]
        if _DONE not in names:
            return body
        names += [name for name in called if name not in names]
    except (ValueError, KeyError, TypeError):  # Not the form that it has: Prefect says what is wrong with it.
        return body
    return json.dumps(asked).encode()
