"""A coordinator's mouse and keyboard in a tab of Prefect's second UI; each click is counted, and only here.

A field that is written in costs one click, as does each option of a list beside the one that opens it.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as TooSlow

from tests.support.prefect import wait_until

STARTED = re.compile(r"/create_flow_run$")
ENDED = re.compile("^(Completed|Afvist|Failed|Crashed)$")
LONGEST = 120_000
"""Milliseconds that a run may take on a machine that is busy."""


@dataclass
class Clicks:
    """One tab, and how often was clicked in it since ``begin``."""

    page: Page
    overview: str = ""
    """Its address, which a coordinator keeps as a bookmark."""
    count: int = 0
    sent: tuple[str, float] | None = None
    """The run of the last form that was taken, and when it was sent."""

    def begin(self, address: str = "") -> None:
        """Open a page by its address, if not the overview, and count from there."""
        self.page.goto(address or self.overview)
        self.count = 0

    def click(self, what: Locator) -> None:
        """Click."""
        what.click()
        self.count += 1

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follow a link, in the same tab also where it would open another; ``within`` is the row that it stands in."""
        link = (within or self.page).get_by_role("link", name=name, exact=isinstance(name, str)).first
        if link.get_attribute("target") != "_blank":
            self.click(link)
            return
        self.count += 1
        self.page.goto(str(link.get_attribute("href")))

    def row(self, *texts: str) -> Locator:
        """The first row of a table that has all the texts."""
        found = self.page.get_by_role("row")
        for text in texts:
            found = found.filter(has_text=text)
        return found.first

    # -- a form ----------------------------------------------------------------------------------------------------

    def write(self, label: str, text: str) -> None:
        """Write in a field."""
        field = self.page.get_by_role("textbox", name=label).first
        self.click(field)
        field.fill(text)

    def choose(self, label: str, *options: str | re.Pattern[str]) -> None:
        """Choose from a list; several where the field takes several."""
        self.click(self.page.get_by_role("button", name=f"Select {label}").first)
        for option in options:
            self.click(self.page.get_by_role("option", name=option).first)
        if self.page.get_by_role("listbox").count():
            self.page.keyboard.press("Escape")

    def pick(self, label: str, day: date) -> None:
        """Write a date in the calendar that a field opens."""
        self.click(self.page.get_by_role("group").get_by_role("button", name=label).first)
        box = self.page.get_by_role("dialog").get_by_role("textbox")
        self.click(box)
        box.fill(day.isoformat())
        self.page.keyboard.press("Escape")

    def submit(self) -> Response:
        """Send the form and return the server's answer: the run that was made, or what a field lacks."""
        started = time.monotonic()
        with self.page.expect_response(STARTED) as answered:
            self.click(self.page.get_by_role("button", name="Submit"))
        answer = answered.value
        self.sent = (answer.json()["id"], started) if answer.ok else None
        return answer

    def settle(self) -> tuple[str, float]:
        """Wait until the run of the last form has ended; return its state's name, and the seconds since Submit."""
        assert self.sent is not None, "no form was taken"
        run, started = self.sent

        def ended() -> str | None:
            found = self.page.request.get(f"/api/flow_runs/{run}").json()
            return str(found["state_name"]) if found["state_type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

        return wait_until(ended, within=LONGEST / 1000, every=0.1), time.monotonic() - started

    # -- what came of it -------------------------------------------------------------------------------------------

    def open_run(self, name: str | re.Pattern[str]) -> None:
        """Open the run in the list that the UI shows after Submit, once it has its name; the list is loaded again."""
        link = self.page.get_by_role("link", name=name).first
        self.see(link)
        self.click(link)
        expect(self.page.get_by_text(ENDED).first).to_be_visible(timeout=LONGEST)

    def open_artifact(self) -> None:
        """Open what a run shows under its tab Artifacts."""
        self.click(self.page.get_by_role("tab", name="Artifacts"))
        self.click(self.page.get_by_role("tabpanel", name="Artifacts").get_by_role("link").first)

    def see(self, what: Locator) -> None:
        """Load the page again until it shows something."""

        def shown() -> bool:
            self.page.reload()
            try:
                what.first.wait_for(timeout=10_000)
            except TooSlow:
                return False
            return True

        wait_until(shown, within=120)
