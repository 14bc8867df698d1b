"""The site in a real browser: every page without a finding of axe-core, on a phone, zoomed, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Literal, cast

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from config.settings import Settings
from flows.services import Services
from flows.site.app import problem_page
from flows.site.guards import guards
from flows.site.pages import page_routes
from flows.site.site import Site
from notifications.links import Links
from tests.support.axe import findings
from tests.support.browser import BROWSER, watched
from tests.support.site import KEY
from tests.support.site_samples import pages
from tests.support.site_server import site_served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(BROWSER is None, reason="no browser: neither chromium nor google-chrome is installed"),
]

PHONE, DESK = 390, 1280
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SPACED = "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
"""What readers may set, and nothing may be lost by (WCAG 1.4.12)."""
SMALL = """
() => [...document.querySelectorAll('button, .button, nav a, .inline, summary, input:not([type=hidden]), .bottom a')]
    .filter(one => one.offsetParent && (one.offsetHeight < 24 || one.offsetWidth < 24))
    .map(one => one.outerHTML)
"""
NAMES = tuple(pages())


def samples_at(address: str) -> Starlette:
    """Every page as it looks in the middle of a year, under ``/seen/…``, behind the site's own guards."""
    shown = pages()

    def seen(request: Request) -> HTMLResponse:
        return HTMLResponse(shown[request.path_params["name"]])

    # The pages that are for everybody ask for nothing but the settings.
    services = cast(Services, SimpleNamespace(settings=Settings()))
    routes = [Route("/seen/{name}", seen), *page_routes(services, Site(Links([KEY], address), (address,)))]
    return Starlette(routes=routes, middleware=guards((address,), problem_page))


@pytest.fixture(scope="module")
def samples() -> Iterator[str]:
    """The address of the sample pages."""
    with site_served(samples_at) as address:
        yield address


@pytest.fixture(scope="module")
def browser(samples: str) -> Iterator[BrowserContext]:
    """One browser for all sample pages; it fails on whatever a page complains of, and on foreign requests."""
    with watched(samples, width=PHONE) as context:
        yield context


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """A tab."""
    tab = browser.new_page()
    yield tab
    tab.close()


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("name", NAMES)
def test_no_page_has_a_finding_at_any_width_in_light_and_dark(page: Page, name: str) -> None:
    page.goto(f"/seen/{name}")
    page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert findings(page) == [], (width, scheme)
        assert not too_wide(page), width


@pytest.mark.parametrize("name", NAMES)
def test_enlarged_and_spaced_everything_still_fits(page: Page, name: str) -> None:
    page.goto(f"/seen/{name}")
    for width in (DESK // 2, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert not too_wide(page), width
    page.set_viewport_size({"width": PHONE, "height": 900})
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert not too_wide(page)
    page.evaluate("() => { document.documentElement.style.fontSize = '' }")
    page.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet] }",
        SPACED,
    )
    assert not too_wide(page)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_pressed_is_large_enough_and_every_page_has_one_heading(page: Page, name: str) -> None:
    page.goto(f"/seen/{name}")
    assert page.evaluate(SMALL) == []
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "da")
    assert page.locator("script, style, [style], img").count() == 0


def test_the_statement_is_where_public_bodies_have_it(page: Page) -> None:
    page.goto("/was")
    expect(page).to_have_url(re.compile("/tilgaengelighed$"))
    expect(page.get_by_role("heading", name="Tilgængelighedserklæring")).to_be_visible()
    assert findings(page) == []


def test_a_printed_page_has_what_it_says_and_no_buttons(page: Page) -> None:
    page.goto("/seen/talent")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.locator(".button").first).to_be_hidden()
    expect(page.get_by_text("Musikkens Hus, Aalborg").first).to_be_visible()


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(page: Page) -> None:
    page.goto("/seen/person-wrong")
    field = page.get_by_label("Mentorens mailadresse")
    expect(field).to_have_value("grethe")
    expect(field).to_have_accessible_description("Fejl: Det er ikke en mailadresse.")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Mentorens navn")).to_have_value("Grethe Hals")
    expect(page.locator(".summary")).to_be_focused()
    page.get_by_role("link", name="Mailadresse: Det er ikke en mailadresse.").click()
    expect(field).to_be_focused()
    expect(page).to_have_title("Fejl: Supplerende mentor – Talent Nord")
