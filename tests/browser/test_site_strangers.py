"""The site in a real browser: its own forms work, another site's do not, and no link is told to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.support.browser import BROWSER, FLAGS
from tests.support.free_port import closed_port
from tests.support.http_server import PeerServer, serving
from tests.support.site import TALK, Stand
from tests.support.site_folder import talk_path, talks_ahead
from tests.support.site_process import SiteProcess, talentnord_site

pytestmark = [pytest.mark.browser, pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")]


class Stranger(BaseHTTPRequestHandler):
    """Another site: a page with a form to ours, and one that shows ours within itself."""

    target = ""

    def do_GET(self) -> None:
        """Show the page."""
        form = (
            f'<form method="post" action="{self.target}"><input name="option" value="held"><button>Go</button></form>'
        )
        page = form if self.path == "/form" else f'<iframe src="{self.target}"></iframe>'
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def stand(folder: Path, sqlite_template: Path) -> Iterator[Stand]:
    with talks_ahead(folder, sqlite_template) as found:
        yield found


@pytest.fixture(scope="module")
def site(stand: Stand, folder: Path) -> Iterator[SiteProcess]:
    with talentnord_site(folder, "--port", "0", now=stand.driven.now) as found:
        yield found


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        yield browser.new_page(java_script_enabled=False)
        browser.close()


def test_a_form_of_the_site_is_taken_and_no_request_tells_the_link(
    stand: Stand, folder: Path, site: SiteProcess, page: Page
) -> None:
    told: list[str] = []
    page.on("request", lambda request: told.append(request.all_headers().get("referer", "")))
    page.goto(site.address + talk_path(stand, folder, 1))
    page.get_by_label("Hvilken dag var det?").fill("2027-01-20")
    page.get_by_label("Ja, den blev skrevet").check()
    page.get_by_role("button", name="Samtalen er holdt").click()
    page.wait_for_url("**/tak")
    assert stand.driven.commitment(TALK, 1).state == "kept"
    assert set(told) <= {"", f"{site.address}/"}


@pytest.mark.parametrize("way", ["form", "frame"])
def test_another_sites_page_gets_nothing(stand: Stand, folder: Path, site: SiteProcess, page: Page, way: str) -> None:
    target = site.address + talk_path(stand, folder, 2)
    handler = type("Handler", (Stranger,), {"target": target})
    server = PeerServer(("127.0.0.1", closed_port()), handler)
    with serving(server):
        page.goto(f"http://localhost:{server.server_port}/{way}")
        if way == "form":
            with page.expect_response(target) as answered:
                page.get_by_role("button").click()
            assert answered.value.status == 403
        else:
            assert "Forventningssamtale" not in page.frames[-1].content()
    assert stand.driven.commitment(TALK, 2).state != "kept"
