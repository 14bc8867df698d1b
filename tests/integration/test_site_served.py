"""The site as a process of its own, asked over a socket: what it says to whom, and what it leaves in its log."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from states.store.tables import FactRow
from tests.support.processes import taken_port
from tests.support.site import Stand
from tests.support.site_folder import talk_path, talks_ahead
from tests.support.site_process import SiteProcess, talentnord_site

PUBLIC = "https://svar.example.org"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def stand(folder: Path, sqlite_template: Path) -> Iterator[Stand]:
    with talks_ahead(folder, sqlite_template) as found:
        yield found


@pytest.fixture(scope="module")
def served(stand: Stand, folder: Path) -> Iterator[SiteProcess]:
    environment = {"TALENTNORD_SITE_URL": PUBLIC, "PREFECT_API_URL": "http://127.0.0.1:9/api"}
    with talentnord_site(folder, "--port", "0", now=stand.driven.now, environment=environment) as found:
        yield found


@pytest.fixture
def browser(served: SiteProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address) as client:
        yield client


def test_an_answer_over_the_socket_is_a_fact(stand: Stand, folder: Path, browser: httpx.Client) -> None:
    link = talk_path(stand, folder, 1)
    assert browser.get(link).status_code == 200
    assert browser.head(link).text == ""
    taken = browser.post(link, data=stand.held(1, "2027-01-20"), headers={"origin": PUBLIC})
    assert (taken.status_code, taken.headers["location"]) == (303, f"{link}/tak")
    assert "server" not in taken.headers
    with stand.driven.database.read() as connection:
        assert list(connection.scalars(select(FactRow.actor))) == [f"mentor:{stand.leader(1)}"]


def test_it_is_known_by_its_public_name_and_on_this_machine(browser: httpx.Client) -> None:
    for host, status in [("svar.example.org", 200), ("evil.example", 421), ("svar.example.org:4280", 421)]:
        assert browser.get("/health", headers={"host": host}).status_code == status


def test_what_another_page_sends_is_refused(stand: Stand, folder: Path, browser: httpx.Client) -> None:
    form = stand.held(2, "2027-01-20")
    refused = browser.post(talk_path(stand, folder, 2), data=form, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "intet registreret" in refused.text


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: svar.example.org\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /svar/%00%ff HTTP/1.1\r\nHost: svar.example.org\r\n\r\n", b"404"),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
    ],
    ids=["long", "no host", "nonsense", "bytes", "proxied"],
)
def test_what_no_browser_sends_is_refused(served: SiteProcess, request_: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as peer:
        peer.sendall(request_)
        assert peer.recv(4096).split()[1] == status


def test_nothing_that_was_asked_is_in_any_log(
    stand: Stand, folder: Path, served: SiteProcess, browser: httpx.Client
) -> None:
    links = [talk_path(stand, folder, number) for number in (1, 2, 3)]
    for link in links:
        browser.get(link)
        browser.post(link, data={"option": "held", "version": "0", "note": "a-remark"})
        browser.get(f"{link}x")
    browser.post("/nyt-link", data={"email": stand.email(stand.leader(3))})
    said = served.said.read_text()
    tokens = [link.rpartition("/")[2] for link in links]
    people = [stand.leader(3), stand.email(stand.leader(3)), "hold-3-01", "a-remark", "/svar/"]
    assert [word for word in (*tokens, *people) if word in said] == []


def test_it_ends_when_it_is_asked_to(folder: Path) -> None:
    for how in (signal.SIGINT, signal.SIGTERM):
        with talentnord_site(folder, "--port", "0") as site:
            site.process.send_signal(how)
            assert site.process.wait(15) == 0


def test_a_port_that_is_taken_is_left_to_whoever_has_it(folder: Path) -> None:
    with taken_port() as taken, talentnord_site(folder, "--port", str(taken)) as site:
        assert site.port != taken


def test_a_key_that_is_none_ends_it_with_one_sentence(folder: Path) -> None:
    why = "TALENTNORD_SITE_KEY: must be one word of at least 32"
    short = {"TALENTNORD_SITE_KEY": "short"}
    with pytest.raises(AssertionError, match=why), talentnord_site(folder, environment=short):
        pytest.fail("it was up")
