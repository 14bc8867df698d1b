"""The Prefect server that we run: Prefect's own with one writer at a time (``python -m flows.prefect_app``)."""

from __future__ import annotations

import argparse
import socket

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings

from flows.turns import OneAtATime


def main() -> None:
    """Serve the API and the UI, with all background services, until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    given = parser.parse_args()
    with bound(given.host, given.port) as place:
        app = create_app(final=True)
        app.add_middleware(OneAtATime)
        server = get_current_settings().server
        keep_alive = server.api.keepalive_timeout
        config = uvicorn.Config(app, timeout_keep_alive=keep_alive, log_level=server.logging_level.lower())
        uvicorn.Server(config).run(sockets=[place])


def bound(host: str, port: int) -> socket.socket:
    """Return the server's socket, bound before anything else begins.

    Raises:
        SystemExit: somebody else listens there.
    """
    # TCP by name: without it asyncio leaves small answers waiting for their acknowledgement (40 ms each).
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
    except OSError as error:
        raise SystemExit(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return place


if __name__ == "__main__":
    main()
