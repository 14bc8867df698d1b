"""Our Prefect server with some of its guards taken out: ``python -m tests.support.ajar PORT GUARD …``.

It shows that an attack is stopped by the guard that is said to stop it, and by nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from starlette.types import ASGIApp

from config.settings import Settings
from flows.server import same_origin
from flows.server.app import serve
from flows.server.ports import free_port
from flows.server.process import ServerPlace, answers, child, wait_for

CORS = "CORS"


@contextmanager
def ajar_server(home: Path, without: frozenset[str]) -> Iterator[ServerPlace]:
    """Run a server on a free port without the guards named in ``without``."""
    place = ServerPlace(free_port(), home)
    command = [sys.executable, "-m", "tests.support.ajar", str(place.port), *sorted(without)]
    with child(command, place.environment(), home / "server.log") as process:
        wait_for(process, lambda: answers(place), "the server", home / "server.log")
        yield place


def _no_guard(app: ASGIApp, *_: Any) -> ASGIApp:
    return app


def main() -> None:
    """Serve until the process is ended."""
    port, *without = sys.argv[1:]
    really = ServerPlace.server_environment
    with ExitStack() as stack:
        for name in set(without) - {CORS}:
            stack.enter_context(patch.object(same_origin, name, _no_guard))
        if CORS in without:
            anybody = {"PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "*"}
            stack.enter_context(patch.object(ServerPlace, "server_environment", lambda self: really(self) | anybody))
        serve(ServerPlace(int(port), Path()), Settings())


if __name__ == "__main__":
    main()
