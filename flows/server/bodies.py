"""The body of a request, read whole and handed on, as it was or as another one."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Message, Receive, Scope

MOST_BYTES = 1024 * 1024


async def body_of(receive: Receive) -> bytes | None:
    """Return the body of a request; ``None`` where it has more than ``MOST_BYTES``, or was broken off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


def with_headers(scope: Scope, headers: Mapping[str, str], without: str = "") -> Scope:
    """Return a request with other headers; each replaces all of its name."""
    gone = {name.encode() for name in (*headers, without)}
    kept = [(name, value) for name, value in scope["headers"] if name.lower() not in gone]
    return {**scope, "headers": kept + [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]}


def with_body(scope: Scope, body: bytes, headers: Mapping[str, str]) -> Scope:
    """Return a request that says of its body what is true of ``body``, with other ``headers`` too."""
    return with_headers(scope, {**headers, "content-length": str(len(body))}, without="transfer-encoding")


def once(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body, and after it what the client still has to say."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give
