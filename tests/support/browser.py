"""The browser of this machine, if it has one, how it is started, and tabs that are watched while they are used."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, sync_playwright

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WITH_WEBGL = (
    *(flag for flag in FLAGS if flag != "--disable-gpu"),
    "--enable-unsafe-swiftshader", "--use-angle=swiftshader", "--ignore-gpu-blocklist",
)  # fmt: skip
"""How it is started where a page draws by WebGL, in software."""

_REPORT = "addEventListener('securitypolicyviolation', kept => policy(kept.blockedURI, kept.effectiveDirective))"
# Prefect has no icon where Chromium and its UIs look for one, nor for a run that its page has not read yet.
_NO_ICON = re.compile(
    r"/(favicon\.ico|favicon-\d+x\d+\.png|ico/undefined\.svg"
    r"|(completed|failed|crashed|cancelled|running|pending)\.svg)$"
)
# The second UI asks for the run and the task of a page that was made by none.
_NO_MAKER = re.compile(r"/api/(flow|task)_runs/filter$")
# The graph of a run goes on for a moment on a page that has been left.
_LEFT_GRAPH = re.compile(r"of null \(reading 'x'\).*/(flow-run-graph|vendor-pixi)-", re.DOTALL)
# A form that lacks something is refused by the server, which the browser and the page each report beside the field's.
_REFUSED = re.compile(r"/create_flow_run: .* 409 |: Error creating flow run: Validation failed")


def skip_without_browser() -> None:
    """Skip a test on a machine that has no browser."""
    if BROWSER is None:
        pytest.skip("no browser: neither chromium nor google-chrome is installed")


@contextmanager
def watched(
    address: str, flags: tuple[str, ...] = FLAGS, width: int = 1400, expected: re.Pattern[str] | None = None
) -> Iterator[BrowserContext]:
    """Start a browser for a server; fail on whatever a page complains of, and if one asks anybody but that server.

    A page that tries to ask somebody else, and is kept from it, is no failure: Prefect's second UI does so. Nor is a
    complaint that is ``expected``.
    """
    complaints: list[str] = []
    asked: set[str] = set()
    kept_from: set[tuple[str, str]] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(flags))
        context = browser.new_context(base_url=address, viewport={"width": width, "height": 1200})
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: complaints.extend(_thrown(error.error)))
        context.on("console", lambda said: complaints.extend(_complaint(said, address)))
        context.on("request", lambda request: asked.add(request.url))
        context.expose_function("policy", lambda what, by: kept_from.add((str(what), str(by))))
        context.add_init_script(_REPORT)
        yield context
        browser.close()
    foreign = [one for one in asked if not one.startswith((f"{address}/", "data:", "blob:"))]
    broken = [one for one in kept_from if not _is_foreign(one[0], address)]
    complaints = [one for one in complaints if not (expected and expected.search(one))]
    assert not complaints, complaints
    assert not foreign, foreign
    assert not broken, broken


def follow(page: Page, link: str | re.Pattern[str]) -> Page:
    """Click a link of a page written in Markdown and return what it leads to: the first UI opens those in a new tab."""
    found = page.get_by_role("link", name=link).first
    if found.get_attribute("target") != "_blank":
        found.click()
        return page
    with page.context.expect_page() as opened:
        found.click()
    return opened.value


def _is_foreign(what: str, address: str) -> bool:
    return what.startswith(("http:", "https:")) and not what.startswith(f"{address}/")


def _thrown(error: Error) -> Iterator[str]:
    told = error.stack or str(error)
    if not _LEFT_GRAPH.search(told):
        yield told


def _complaint(said: ConsoleMessage, address: str) -> Iterator[str]:
    place = said.location["url"]
    if said.type != "error" or _NO_ICON.search(place) or _NO_MAKER.search(place):
        return
    addresses = re.findall(r"https?://[^\s'\"]+", said.text)
    if "Content Security Policy" in said.text and addresses and _is_foreign(addresses[0], address):
        return
    complaint = f"{place}: {said.text}"
    if not _REFUSED.search(complaint):
        yield complaint
