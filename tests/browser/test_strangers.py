"""What pages of strangers try on our server in a real browser, with each guard in place and with each taken out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.support.ajar import CORS
from tests.support.attacks import (
    ATTACKS,
    CONTENT,
    FRAMES,
    HOSTS,
    ORIGIN,
    PREFECT,
    REBOUND,
    Attack,
    Ours,
    Visit,
    ours_without,
)
from tests.support.browser import BROWSER, FLAGS, skip_without_browser

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("strangers")]

TAKEN_OUT = [
    frozenset(lacks)
    for lacks in (set(), {CORS}, {ORIGIN}, {HOSTS}, {FRAMES}, {CONTENT}, {CORS, ORIGIN}, {HOSTS, ORIGIN})
]


class Servers:
    """The server that lacks some guards; one at a time, kept for as long as the same one is asked for."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._running = ExitStack()
        self._found: Ours | None = None

    def without(self, lacks: frozenset[str]) -> Ours:
        """Return it."""
        if self._found is None or self._found.lacks != lacks:
            self.stop()
            self._found = self._running.enter_context(ours_without(lacks, self._folders.mktemp("ajar")))
        return self._found

    def stop(self) -> None:
        """Stop whichever runs."""
        self._running.close()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    skip_without_browser()
    found = Servers(tmp_path_factory)
    yield found
    found.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # The stranger's host name leads to this machine. A browser that asks its user first whether a page may reach
        # the local network would stop some of this by itself; not all of them ask.
        flags = [*FLAGS, f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"]
        flags.append("--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests")
        started = playwright.chromium.launch(executable_path=BROWSER, args=flags)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context()
    found.set_default_timeout(20_000)
    yield found
    found.close()


CASES = [
    pytest.param(
        lacks,
        visit,
        attack,
        guards,
        id=f"{'+'.join(sorted(lacks)) or 'nothing'} out, {visit.__name__} {attack.__name__}",
    )
    for lacks in TAKEN_OUT
    for visit, attack, guards in ATTACKS
    if lacks <= guards
]


@pytest.mark.parametrize(("lacks", "visit", "attack", "guards"), CASES)
def test_a_strangers_page_has_its_way_only_where_all_that_stops_it_is_taken_out(
    servers: Servers,
    context: BrowserContext,
    lacks: frozenset[str],
    visit: Visit,
    attack: Attack,
    guards: set[str],
) -> None:
    ours = servers.without(lacks)
    for page in visit(context, ours):
        assert attack(page, ours) is (guards == lacks)


def test_every_attack_succeeds_on_some_server_but_for_those_that_prefect_stops() -> None:
    for _, attack, guards in ATTACKS:
        assert PREFECT in guards or guards in TAKEN_OUT, attack
