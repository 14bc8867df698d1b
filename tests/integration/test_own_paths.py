"""The addresses of pages that stand in mails: they lead to where a page is now, and tell strangers nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from flows.server.process import ServerPlace
from tests.support.prefect import ask

pytestmark = pytest.mark.xdist_group("prefect")


def leads_to(place: ServerPlace, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """The status of an answer and where it leads."""
    answer = httpx.request(method, f"{place.own}{path}", headers=headers, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", "")


def page(place: ServerPlace, key: str) -> str:
    made: dict[str, Any] = ask(place, "/artifacts/", {"key": key, "type": "markdown", "data": "…"})
    return str(made["id"])


def test_the_address_of_a_page_leads_to_it(server: ServerPlace) -> None:
    ident = page(server, "side-hold-9-01")
    assert leads_to(server, "/side/hold-9-01") == (302, f"/v2/artifacts/artifact/{ident}")


def test_a_page_that_was_made_anew_is_found_under_its_old_address(server: ServerPlace) -> None:
    old = page(server, "side-hold-9-02")
    ask(server, f"/artifacts/{old}", method="DELETE")
    new = page(server, "side-hold-9-02")
    assert leads_to(server, "/side/hold-9-02") == (302, f"/v2/artifacts/artifact/{new}")


@pytest.mark.parametrize(
    "path",
    ["/side/nothing-here", "/side/", "/side/..%2f..%2fapi", "/side/%0d%0aset-cookie:a=b", "/side/%ff"],
    ids=["unknown", "none", "upwards", "a-line-break", "no-utf-8"],
)
def test_what_is_no_page_is_not_found(server: ServerPlace, path: str) -> None:
    assert leads_to(server, path) == (404, "")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_written_there(server: ServerPlace, method: str) -> None:
    assert leads_to(server, "/side/hold-9-01", method) == (405, "")


def test_a_foreign_host_is_refused_there_too(server: ServerPlace) -> None:
    assert leads_to(server, "/side/hold-9-01", host="attacker.example") == (421, "")
