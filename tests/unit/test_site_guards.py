"""What stands before the site's pages: whose forms are taken, what browsers are told, what a log may say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from flows.site.forms import MOST_BYTES, Form, posted
from flows.site.guards import HEADERS, guards
from tests.support.asked import Asked

OWN, PUBLIC = "http://127.0.0.1:4280", "https://svar.example.org"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def said(_: Request, form: Form) -> Response:
    return PlainTextResponse(repr(dict(form)))


def broken(_: Request) -> Response:
    raise RuntimeError("Mette Holm <mette@example.org>")


def own_policy(_: Request) -> Response:
    return PlainTextResponse("", headers={"content-security-policy": "sandbox"})


def app(*addresses: str) -> Starlette:
    def page(status: int) -> Response:
        return PlainTextResponse(f"page {status}", status)

    routes = [Route("/", posted(said), methods=["POST"]), Route("/broken", broken), Route("/own", own_policy)]
    return Starlette(routes=routes, middleware=guards(addresses, page))


@pytest.fixture
def site() -> Iterator[Asked]:
    with Asked(app(PUBLIC, OWN), PUBLIC) as asked:
        yield asked


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": PUBLIC},
        {"origin": PUBLIC, "sec-fetch-site": "same-origin"},
        {"origin": OWN},
        {"sec-fetch-site": "none"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {},
    ],
)
def test_forms_of_its_own_pages_and_programs_are_let_in(site: Asked, headers: dict[str, str]) -> None:
    assert site.request("POST", "/", {**FORM, **headers}, b"a=1").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "none"},
        {"origin": "http://svar.example.org"},
        {"origin": "https://svar.example.org.evil.example"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": PUBLIC, "sec-fetch-site": "cross-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_another_sites_page_sends_is_refused(site: Asked, method: str, headers: dict[str, str]) -> None:
    refused = site.request(method, "/", {**FORM, **headers}, b"a=1")
    assert (refused.status_code, refused.text) == (403, "page 403")


@pytest.mark.parametrize("host", ["evil.example", "svar.example.org:8080", "127.0.0.1", ""])
def test_another_host_name_is_refused(site: Asked, host: str) -> None:
    assert site.request("POST", "/", {**FORM, "host": host}, b"a=1").status_code == 421


@pytest.mark.parametrize("path", ["/broken", "/", "/own", "/missing"])
def test_every_answer_closes_the_page(site: Asked, path: str) -> None:
    headers = site.get(path).headers
    for name, value in HEADERS.items():
        assert headers[name] == ("sandbox" if (path, name) == ("/own", "content-security-policy") else value)


def test_only_an_encrypted_site_asks_to_be_encrypted_for_good(site: Asked) -> None:
    assert site.get("/missing").headers["strict-transport-security"] == "max-age=31536000"
    with Asked(app(OWN), OWN) as plain:
        assert "strict-transport-security" not in plain.get("/missing").headers


def test_what_goes_wrong_is_a_page_and_the_log_says_where_and_nothing_else(
    site: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = site.get("/broken?a-secret-token")
    assert (answer.status_code, answer.text) == (500, "page 500")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("flows"))
    assert "RuntimeError" in ours
    assert "test_site_guards.py" in ours
    assert "mette" not in ours.lower()
    assert "secret" not in ours


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"", {}),
        (b"a=1&b=&a=2", {"a": "1", "b": ""}),
        (b"navn=S%C3%B8ren+Lykke", {"navn": "Søren Lykke"}),
        (b"note=+one%0D%0Atwo+", {"note": "one\ntwo"}),
    ],
)
def test_a_form_is_texts_by_field(site: Asked, body: bytes, form: dict[str, str]) -> None:
    assert site.request("POST", "/", FORM, body).text == repr(form)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"a=1", 415),
        ({"content-type": "application/json"}, b"{}", 415),
        ({"content-type": "multipart/form-data; boundary=x"}, b"--x--", 415),
        (FORM, b"a=" + b"1" * MOST_BYTES, 413),
        (FORM, b"&".join(b"a=1" for _ in range(51)), 400),
        (FORM, b"a=%ff", 400),
        (FORM, b"a=\xc3\xb8", 400),
    ],
)
def test_what_is_no_form_is_refused(site: Asked, headers: dict[str, str], body: bytes, status: int) -> None:
    assert site.request("POST", "/", headers, body).status_code == status


def test_a_form_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.site.forms.WITHIN", 0.05)
    told: list[int] = []

    async def receive() -> dict[str, object]:
        await asyncio.sleep(3600)
        return {}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])  # type: ignore[arg-type]

    scope = {
        "type": "http", "method": "POST", "path": "/", "query_string": b"", "http_version": "1.1", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1:4280"), (b"content-type", FORM["content-type"].encode())],
    }  # fmt: skip
    asyncio.run(app(OWN)(scope, receive, send))  # type: ignore[arg-type]
    assert told == [408]
