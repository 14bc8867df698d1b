"""One Prefect server for all tests of a worker that ask for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.server.process import ServerPlace
from tests.support.prefect import running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerPlace]:
    """A running Prefect server; flows of this process talk to it."""
    with running(tmp_path_factory.mktemp("prefect")) as place:
        yield place
