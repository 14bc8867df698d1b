"""From a talent's page to an answer by keyboard alone, on a phone's width, with the whole site."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette

from config.library import Library
from config.settings import Settings
from flows.services import Services, letterhead_of
from flows.site.app import build_app
from flows.site.site import Site
from notifications.links import Link, Links, Purpose
from notifications.outbox import Outbox
from states.store.database import Database
from tests.support.axe import findings
from tests.support.browser import BROWSER, watched
from tests.support.driver import Driver
from tests.support.mailroom import Tray
from tests.support.site import KEY
from tests.support.site_server import site_served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(BROWSER is None, reason="no browser: neither chromium nor google-chrome is installed"),
]

LOUISE = ("hold-3-05", "louise.skjaerbaek@aalborg.example.org")


def services_of(driven: Driver) -> Services:
    settings, library = Settings(), Library()
    outbox = Outbox(driven.database, Tray(), letterhead_of(settings, library), lambda: driven.now)
    return Services(settings, library, driven.database, driven.engine, outbox, lambda: driven.now)


def focused(page: Page) -> str:
    """The words of what has the focus; of a field its name."""
    return str(page.evaluate("() => document.activeElement.name || document.activeElement.textContent.trim()"))


def tab_to(page: Page, words: str) -> None:
    """Press Tab until something that says this has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if words in focused(page):
            return
    raise AssertionError(f"{words!r} cannot be reached by keyboard")


def test_by_keyboard_alone_from_her_page_to_an_answer(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6).enrol().until("2027-03-16")
    driven.fire("expectation_talk:keep", 5, held_on="2027-02-09")
    links: list[Links] = []

    def app_at(address: str) -> Starlette:
        links.append(Links([KEY], address))
        return build_app(services_of(driven), Site(links[0], (address,)))

    with site_served(app_at) as address, watched(address, width=390) as context:
        page = context.new_page()
        page.goto(links[0].path(Link(Purpose.PAGE, LOUISE[0], "hold-3"), LOUISE[1]))
        page.keyboard.press("Tab")
        assert focused(page) == "Gå til indholdet"
        page.keyboard.press("Enter")
        tab_to(page, "Svar om Mentormøde i modul 1")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Mentormøde i modul 1")).to_be_visible()
        tab_to(page, "plan")
        page.keyboard.press("Space")
        tab_to(page, "Mødet er holdt")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Tak for svaret")).to_be_visible()
        assert findings(page) == []
        tab_to(page, "Se hele din side")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Svar om Mentormøde i modul 1")).to_have_count(0)
    assert driven.states(5)["mentor_meeting_m1"] == "kept"
