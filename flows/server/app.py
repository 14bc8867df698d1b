"""Prefect's own server, guarded and with one writer at a time (``python -m flows.server.app``)."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import uvicorn

from config.errors import TalentNordError
from config.settings import load_settings
from flows.clock import clock_ahead
from flows.server.lean_events import make_lean
from flows.server.one_writer import OneAtATime
from flows.server.own_paths import OwnPaths, report_maker
from flows.server.private import only_for_owner
from flows.server.process import LOOPBACK, ServerPlace, authorization, bound, may_listen, password
from flows.server.same_origin import guarded
from flows.server.scheduled_names import name_scheduled
from notifications.run_words import tick_name


def main() -> None:
    """Serve the API and the UI, with all background services, until the process is ended.

    Raises:
        SystemExit: somebody else listens there, a setting is wrong, or strangers would reach it without a password.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", required=True, type=int)
    given = parser.parse_args()
    only_for_owner()
    try:
        place = ServerPlace(given.port, Path(), given.host, load_settings().ui_addresses)
        serve(place)
    except TalentNordError as error:
        raise SystemExit(str(error)) from error


def serve(place: ServerPlace) -> None:
    """Serve at ``place`` until the process is ended.

    Raises:
        SystemExit: somebody else listens there.
        NoPasswordError, ServerError, SettingsError: see ``may_listen``.
    """
    may_listen(place.host)
    settings = load_settings()
    report = report_maker(settings.database_url, clock_ahead(settings.clock_ahead))
    # Prefect reads the environment once, when it is first imported.
    os.environ.update(place.server_environment())
    from prefect.server.api.server import create_app
    from prefect.server.events.messaging import EventPublisher
    from prefect.server.models import deployments
    from prefect.settings import get_current_settings

    server = get_current_settings().server
    try:
        listener = bound(place.host, place.port)
    except OSError as error:
        raise SystemExit(f"cannot listen on {place.host}:{place.port}: {error.strerror}") from error
    # Bound before anything else begins: with the port taken, nothing has.
    with listener:
        make_lean(EventPublisher)
        name_scheduled(deployments, {"tick": tick_name})
        app = create_app(final=True)
        app.add_middleware(OneAtATime)
        config = uvicorn.Config(
            guarded(OwnPaths(app, authorization(password()), report), place.known),
            timeout_keep_alive=server.api.keepalive_timeout,
            log_level=server.logging_level.lower(),
        )
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
