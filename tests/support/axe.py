"""What axe-core finds wrong with a page. A page's policy lets no page load it, only the browser's driver."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page


def findings(page: Page) -> list[str]:
    """Return what is wrong with a page as it is, each with the element that it is wrong with."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
