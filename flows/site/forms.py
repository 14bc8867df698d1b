"""What a form sent, read within limits and on the event loop; what is done with it is done in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

MOST_BYTES = 64 * 1024
MOST_FIELDS = 50
WITHIN = 15.0
"""Seconds in which a form has to be here."""
_FORM = "application/x-www-form-urlencoded"
_ONE_BY_ONE = CapacityLimiter(1)
"""Answers are written one after the other anyway; threads side by side only take the interpreter from one another."""

Form = Mapping[str, str]
"""The texts of a form by field, without blanks around them; of a field that was sent twice the first."""


def posted(act: Callable[[Request, Form], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that reads a form and lets ``act`` answer it in a thread."""

    async def endpoint(request: Request) -> Response:
        return await to_thread.run_sync(act, request, await _read(request), limiter=_ONE_BY_ONE)

    return endpoint


async def _read(request: Request) -> Form:
    """Return the form.

    Raises:
        HTTPException: it is none (415), too large (413), too slow (408) or cannot be read (400).
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415)
    try:
        async with asyncio.timeout(WITHIN):
            body = await _body(request)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise HTTPException(400) from None
    form: dict[str, str] = {}
    for name, value in pairs:
        form.setdefault(name, value.replace("\r\n", "\n").strip())
    return form


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    return bytes(body)
