"""What a mail looks like on a phone and on a wide screen: a button for a thumb, nothing beside the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from notifications.render import Rendered, compose, render_message
from notifications.view_models import Greeting
from tests.support.browser import BROWSER, FLAGS, skip_without_browser
from tests.support.message_cases import ANSWER, WITH_BUTTON

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDTHS = (390, 1280)
THUMB = 44
SHOWN = ("talk_convene", "meeting_due", "module_invitation", "choice_open")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    skip_without_browser()
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        yield found
        found.close()


def mail(*messages: str) -> Rendered:
    cases = [next(case for case in WITH_BUTTON if case.message == message) for message in messages]
    about = cases[0].context
    sections = [render_message(case.message, case.context) for case in cases]
    return compose(sections, Greeting(about.recipient, about.coordinator, about.programme))


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("messages", [*((one,) for one in SHOWN), SHOWN], ids="-".join)
def test_a_mail_fits_the_screen_and_its_button_a_thumb(
    browser: Browser, messages: tuple[str, ...], width: int, colours: Literal["light", "dark"]
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=colours)
    page.set_content(mail(*messages).html)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    button = page.get_by_role("link", name=ANSWER.label)
    assert button.count() == 1
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= THUMB
    assert box["width"] <= width - 2 * 20
    found: dict[str, Any] = Axe().run(page).response
    assert [one["id"] for one in found["violations"] if one["impact"] in {"serious", "critical"}] == []
    page.close()
