"""A real browser on a real server that serves hold-3 in the week after module 1 began."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from tests.support.browser import BROWSER, FLAGS
from tests.support.served import Served, hold_3_served

DAY = datetime(2027, 3, 15, 9, tzinfo=UTC)

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Hold-3 on 15 March 2027, with its pages and forms."""
    if BROWSER is None:
        pytest.skip("no browser: neither chromium nor google-chrome is installed")
    with hold_3_served(tmp_path_factory.mktemp("served"), DAY) as found:
        yield found


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    """A tab of a browser; a test fails on anything that a page complains of, and if one asks anybody but our server."""
    complaints: list[str] = []
    asked: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        context = browser.new_context(base_url=served.place.ui, viewport={"width": 1400, "height": 1200})
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: complaints.extend(_complaint(said)))
        context.on("request", lambda request: asked.add(request.url.split("/")[2]))
        yield context.new_page()
        browser.close()
    assert complaints == []
    assert asked <= {served.place.ui.removeprefix("http://")}


def _complaint(said: ConsoleMessage) -> Iterator[str]:
    place = said.location["url"]
    # Prefect has no icon where Chromium looks for one, nor for a run that its page has not read yet.
    if said.type == "error" and not place.endswith(("/favicon.ico", "/ico/undefined.svg")):
        yield f"{place}: {said.text}"
