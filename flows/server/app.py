"""Prefect's own server, guarded and with one writer at a time (``python -m flows.server.app``)."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from pathlib import Path

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config.errors import TalentNordError
from config.settings import Settings, load_settings
from flows.clock import clock_ahead
from flows.cockpit import ui
from flows.cockpit.labels import words
from flows.server.entrance import entered, have_password
from flows.server.landing import Landing
from flows.server.lean_events import make_lean
from flows.server.one_writer import OneAtATime
from flows.server.own_paths import Maker, OwnPaths
from flows.server.ports import LOOPBACK, bound
from flows.server.private import only_for_owner
from flows.server.process import ServerPlace, authorization, may_listen, password
from flows.server.refused_shown import RefusedShown
from flows.server.same_origin import guarded
from flows.server.scheduled_names import name_scheduled
from notifications.refusals import refused_states
from notifications.run_words import tick_name

START = "refresh"
"""The flow of the deployment that leads to all pages."""


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
        settings = load_settings()
        serve(ServerPlace(given.port, Path(), given.host, settings.ui_addresses), settings)
    except TalentNordError as error:
        raise SystemExit(str(error)) from error


def serve(place: ServerPlace, settings: Settings) -> None:
    """Serve at ``place`` until the process is ended.

    Raises:
        SystemExit: somebody else listens there.
        NoPasswordError, NoSignInError, ServerError, SettingsError: see ``may_listen``.
        DatabaseError: coordinators sign in, and the database that knows them is not there.
    """
    may_listen(place.host, settings.signs_in)
    have_password(settings)
    maker = Maker(settings.database_url, clock_ahead(settings.clock_ahead))
    # Prefect reads the environment once, when it is first imported.
    os.environ.update(place.server_environment())
    from prefect.server.api.server import create_app
    from prefect.server.database import provide_database_interface
    from prefect.server.events.messaging import EventPublisher
    from prefect.server.models import deployments
    from prefect.settings import get_current_settings

    server = get_current_settings().server

    async def start_page() -> str | None:
        async with provide_database_interface().session_context() as session:
            name = words()["start_label"]
            # Prefect's decorator, which hands in the database, hides from its type that it is awaited.
            found = await deployments.read_deployment_by_name(session, name, START)  # type: ignore[attr-defined]
        return ui.DEFAULT.described(found.id) if found else None

    try:
        listener = bound(place.host, place.port)
    except OSError as error:
        raise SystemExit(f"cannot listen on {place.host}:{place.port}: {error.strerror}") from error
    # Bound before anything else begins: with the port taken, nothing has.
    with listener, ExitStack() as stack:
        make_lean(EventPublisher)
        name_scheduled(deployments, {"tick": tick_name})
        app = create_app(final=True)
        app.add_middleware(OneAtATime)
        app.add_middleware(Landing, find=start_page)
        app.add_middleware(RefusedShown, called=refused_states())
        # What a proxy says of its client is for Prefect, and not for the entrance, which asks who the proxy is.
        own = OwnPaths(app, authorization(password()), maker.report, maker.picture, maker.mail)
        behind = ProxyHeadersMiddleware(own, os.environ.get("FORWARDED_ALLOW_IPS", LOOPBACK))  # type: ignore[arg-type]
        entrance = stack.enter_context(entered(behind, place, settings))  # type: ignore[arg-type]
        config = uvicorn.Config(
            guarded(entrance, place.known),
            timeout_keep_alive=server.api.keepalive_timeout,
            log_level=server.logging_level.lower(),
            access_log=not settings.signs_in,  # The path of a mailed link is a key.
            proxy_headers=False,
        )
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
