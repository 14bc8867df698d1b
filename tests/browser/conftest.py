"""A real browser on a real server that serves hold-3 in the week after module 1 began."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import skip_without_browser, watched
from tests.support.served import Served, hold_3_served

DAY = datetime(2027, 3, 15, 9, tzinfo=UTC)

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Hold-3 on 15 March 2027, with its pages and forms."""
    skip_without_browser()
    with hold_3_served(tmp_path_factory.mktemp("served"), DAY) as found:
        yield found


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    """A tab of a browser; a test fails on anything that a page complains of, and if one asks anybody but our server."""
    with watched(served.place.ui) as context:
        yield context.new_page()
