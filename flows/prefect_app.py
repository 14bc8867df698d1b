"""The Prefect server that we run: Prefect's own with one writer at a time (``python -m flows.prefect_app``)."""

from __future__ import annotations

import argparse

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings

from flows.server import bound
from flows.turns import OneAtATime


def main() -> None:
    """Serve the API and the UI, with all background services, until the process is ended.

    Raises:
        SystemExit: somebody else listens there.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    given = parser.parse_args()
    try:
        place = bound(given.host, given.port)
    except OSError as error:
        raise SystemExit(f"cannot listen on {given.host}:{given.port}: {error.strerror}") from error
    # Bound before anything else begins: with the port taken, nothing has.
    with place:
        app = create_app(final=True)
        app.add_middleware(OneAtATime)
        server = get_current_settings().server
        keep_alive = server.api.keepalive_timeout
        config = uvicorn.Config(app, timeout_keep_alive=keep_alive, log_level=server.logging_level.lower())
        uvicorn.Server(config).run(sockets=[place])


if __name__ == "__main__":
    main()
