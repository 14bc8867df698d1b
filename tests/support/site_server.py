"""The site's application on a port of its own, served by a thread: for real browsers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from flows.server.ports import LOOPBACK, bound
from tests.support.free_port import closed_port


@contextmanager
def site_served(app_at: Callable[[str], ASGIApp]) -> Iterator[str]:
    """Serve the application that ``app_at`` makes for its address, and give the address."""
    port = closed_port()
    address = f"http://{LOOPBACK}:{port}"
    config = uvicorn.Config(app_at(address), log_level="warning", access_log=False, ws="none")
    server = uvicorn.Server(config)
    with bound(LOOPBACK, port) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()
