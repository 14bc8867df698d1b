"""A browser at the width of a small screen that takes a page's part, cropped to what matters, as a small file."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Locator, Page

from bench.pictures.names import NAMES
from bench.pictures.png import size, smaller
from flows.cockpit.ui import DEFAULT
from flows.server.process import ServerPlace
from tests.support.prefect import artifact, wait_until

WIDE, HIGH = 1280, 2400
"""Pixels: a small screen, and higher than what is taken of any page, so that none has to be scrolled."""
SIDES, ENDS = 16, 8
PATIENCE = 60_000
REST = 700
"""Milliseconds: how long a page may take on a machine that is busy, and how long it does not move once it is whole."""
_MADE_UP = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const ids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  while (walker.nextNode()) {
    const text = walker.currentNode;
    text.data = text.data.replace(ids, '…').replace(/127\\.0\\.0\\.1:\\d+/g, '127.0.0.1:4200');
  }
}"""
"""Puts something that stays in the place of what a server makes up each time: ids, and the port."""


class Camera:
    """Takes the pictures of one served day; ``taken`` says which."""

    def __init__(self, browser: Browser, place: ServerPlace, folder: Path) -> None:
        self.place = place
        self.taken: list[str] = []
        self._browser = browser
        self._folder = folder

    def blank(self, width: int = WIDE) -> Page:
        """Return an empty tab, ``width`` pixels wide."""
        page = self._browser.new_page(base_url=self.place.ui, viewport={"width": width, "height": HIGH})
        page.set_default_timeout(PATIENCE)
        return page

    def open(self, path: str, width: int = WIDE) -> Page:
        """Return a new tab on a path of the server."""
        page = self.blank(width)
        page.goto(path)
        return page

    def page(self, key: str, width: int = WIDE) -> Page:
        """Return a new tab on a page of ours, such as ``side-hold-3``, once it has been published."""
        found = wait_until(lambda: artifact(self.place, key))
        return self.open(DEFAULT.page(found["latest_id"]), width)

    def take(
        self,
        name: str,
        first: Locator,
        last: Locator,
        wide: Locator | None = None,
        margin: tuple[int, int] = (SIDES, ENDS),
    ) -> None:
        """Take the part of a page from the top of ``first`` to the foot of ``last``.

        It is as wide as both together, or as ``wide``; ``margin`` is so many pixels at the sides, and above and below.
        """
        assert name in NAMES, name
        page = first.page
        first.wait_for()
        last.wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate(_MADE_UP)
        boxes = _at_rest(first, last)
        sides = [_box(wide)] if wide else boxes
        left = min(box["x"] for box in sides) - margin[0]
        right = max(box["x"] + box["width"] for box in sides) + margin[0]
        top = max(0, boxes[0]["y"] - margin[1])
        foot = boxes[1]["y"] + boxes[1]["height"] + margin[1]
        clip: FloatRect = {"x": max(0, left), "y": top, "width": right - max(0, left), "height": foot - top}
        picture = smaller(page.screenshot(clip=clip, animations="disabled", caret="hide"))
        (self._folder / f"{name}.png").write_bytes(picture)
        self.taken.append(name)
        width, height = size(picture)
        sys.stdout.write(f"{name}: {width} × {height}, {len(picture):,} bytes\n")


def _at_rest(*parts: Locator) -> list[FloatRect]:
    """Return where the parts of a page are once they have stopped to move: headers and lists come in by and by."""
    before: list[FloatRect] = []
    while (now := [_box(part) for part in parts]) != before:
        before = now
        parts[0].page.wait_for_timeout(REST)
    return now


def _box(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None, str(locator)
    return box
