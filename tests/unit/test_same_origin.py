"""Who is let in: hosts by which the server is known, writes and WebSockets of its own pages, and programs."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from flows.server.same_origin import guarded

OWN, PROXY = "http://127.0.0.1:4200", "https://talentnord.kommune.example"


async def answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("done")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("done")
    await websocket.close()


class Client:
    """What asks the guarded server."""

    def __init__(self) -> None:
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        app = Starlette(routes=[Route("/", answer, methods=methods), WebSocketRoute("/socket", socket)])
        self.app = guarded(app, [PROXY, OWN])

    def request(self, method: str, headers: dict[str, str]) -> httpx.Response:
        """Ask by HTTP."""

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=OWN) as client:
                return await client.request(method, "/", headers=headers)

        return asyncio.run(ask())

    def open(self, headers: dict[str, str]) -> Message:
        """Open a WebSocket; return the server's first answer."""
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            told.append(message)

        given = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope: dict[str, Any] = {"type": "websocket", "path": "/socket", "query_string": b"", "headers": given}

        async def knock() -> None:
            await self.app(scope, receive, send)

        asyncio.run(knock())
        return told[0]


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.mark.parametrize("host", ["127.0.0.1:4200", "talentnord.kommune.example", "TalentNord.Kommune.Example"])
def test_its_own_hosts_are_answered(client: Client, host: str) -> None:
    assert client.request("GET", {"host": host}).text == "done"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4200",
        "127.0.0.1",
        "127.0.0.1:4201",
        "localhost:4200",
        "",
        "127.0.0.1:4200.evil.example",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_foreign_host_is_refused_and_told_where_to_go(client: Client, method: str, host: str) -> None:
    refused = client.request(method, {"host": host})
    assert refused.status_code == 421
    assert refused.text == f"This server is known by another address. Open {PROXY}\n"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:4201"},
        {"origin": "https://127.0.0.1:4200"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_write_of_a_foreign_page_is_refused(client: Client, method: str, headers: dict[str, str]) -> None:
    assert client.request(method, headers).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": OWN, "sec-fetch-site": "same-origin"},
        {"origin": PROXY, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_a_write_of_its_own_pages_and_of_programs_is_taken(
    client: Client, method: str, headers: dict[str, str]
) -> None:
    assert client.request(method, headers).text == "done"


def test_a_link_on_a_foreign_page_or_in_a_mail_leads_to_it(client: Client) -> None:
    assert client.request("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).text == "done"


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"host": "evil.example"}, {"origin": "null"}])
def test_a_foreign_socket_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.open({"host": "127.0.0.1:4200", **headers}) == {"type": "websocket.close", "code": 1008}


@pytest.mark.parametrize("headers", [{}, {"origin": OWN}])
def test_its_own_sockets_and_those_of_programs_are_opened(client: Client, headers: dict[str, str]) -> None:
    assert client.open({"host": "127.0.0.1:4200", **headers})["type"] == "websocket.accept"


def test_no_page_is_shown_within_another(client: Client) -> None:
    headers = client.request("GET", {}).headers
    assert "frame-ancestors 'none'" in headers.get_list("content-security-policy")
    assert headers["x-frame-options"] == "DENY"
