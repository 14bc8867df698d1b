"""What a browser may load into our pages, and whom it may ask: the server itself."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from flows.server.own_content import POLICY
from flows.server.same_origin import guarded

OWN = "http://127.0.0.1:4200"


async def answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("done", headers={"content-security-policy": "sandbox"})


def policies(path: str, host: str) -> list[str]:
    """The policies that come with an answer, a refusal too."""
    app = guarded(Starlette(routes=[Route("/", answer)]), [OWN])

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OWN) as client:
            return await client.get(path, headers={"host": host})

    return asyncio.run(ask()).headers.get_list("content-security-policy")


@pytest.mark.parametrize("path", ["/", "/nothing"])
@pytest.mark.parametrize("host", ["127.0.0.1:4200", "evil.example"])
def test_every_answer_has_it_and_no_other_policy_is_lost(path: str, host: str) -> None:
    assert policies(path, host) == ["frame-ancestors 'none'", POLICY]


def test_it_names_no_host_and_no_scheme_by_which_others_are_reached() -> None:
    allowed = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert allowed["default-src"] == "'self'"
    everywhere = {place for places in allowed.values() for place in places.split()}
    assert everywhere == {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}
    assert "'unsafe-inline'" not in allowed["script-src"]
    assert "data:" not in allowed["script-src"]
