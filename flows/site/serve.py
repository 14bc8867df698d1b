"""Serves the site (``python -m flows.site.serve``), and wakes Prefect's tick where its API is known."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import uvicorn

from config.errors import ServerError, TalentNordError
from config.settings import load_settings
from flows.clock import clock_ahead
from flows.server.ports import LOOPBACK, bound, netloc
from flows.server.private import only_for_owner
from flows.services import Services, open_services
from flows.site.afterwards import Afterwards
from flows.site.app import build_app
from flows.site.inbox import Inbox, inbox_routes
from flows.site.keys import site_keys
from flows.site.rouse import Rouser
from flows.site.site import Site
from notifications.links import Links
from states.store.run_links import anything_untaken

API, PASSWORD = "PREFECT_API_URL", "PREFECT_API_AUTH_STRING"
PORT = 4280
_ENDS_WITHIN = 5


def serve(host: str, port: int, inbox: Path | None = None) -> None:
    """Serve the site of this environment's settings until the process is ended; with ``inbox`` also its mails.

    Raises:
        ServerError: somebody else listens there, or other machines would reach everybody's mails.
        SettingsError: the key is none, see ``site_keys``.
    """
    if inbox is not None and host != LOOPBACK:
        raise ServerError("everybody's mails are shown to this machine alone", "")
    settings = load_settings()
    keys = site_keys(settings)
    services = open_services(settings, clock_ahead(settings.clock_ahead))
    rouser = _rouser(services)
    try:
        afterwards = Afterwards(rouser.recorded) if rouser else Afterwards()
        addresses = addresses_of(settings.site_url, host, port)
        site = Site(Links(keys, addresses[0]), addresses, afterwards, cohort_of=services.engine.cohort)
        _run(build_app(services, site, inbox_routes(Inbox(inbox)) if inbox else ()), host, port)
    finally:
        if rouser:
            rouser.stop()
        services.database.close()


def addresses_of(site_url: str, host: str, port: int) -> tuple[str, ...]:
    """Return the addresses that the site answers to: the public one first, then this machine's own."""
    own = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)
    found = [f"http://{netloc(name, port)}" for name in (own, LOOPBACK, "localhost")]
    return tuple(dict.fromkeys([*([site_url] if site_url else []), *found]))


def _rouser(services: Services) -> Rouser | None:
    """Return what wakes the tick, begun; ``None`` where no Prefect server is known."""
    api = os.environ.get(API)
    if not api:
        return None

    def waits() -> bool:
        with services.database.read() as connection:
            return anything_untaken(connection)

    rouser = Rouser(api, os.environ.get(PASSWORD), waits)
    rouser.start()
    return rouser


def _run(app: object, host: str, port: int) -> None:
    try:
        listener = bound(host, port)
    except OSError as error:
        raise ServerError(f"cannot listen on {netloc(host, port)}: {error.strerror}", "") from error
    with listener:
        config = uvicorn.Config(
            app,  # type: ignore[arg-type]
            access_log=False,  # A path is a link.
            log_config=None,
            log_level="warning",
            http="h11",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_ENDS_WITHIN,
        )
        uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    """Serve the site; a known error is one clear message.

    Raises:
        SystemExit: somebody else listens there, or a setting is wrong.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", default=PORT, type=int)
    parser.add_argument("--inbox", type=Path, help="the demo's mails, shown to whoever opens the site")
    given = parser.parse_args()
    only_for_owner()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        serve(given.host, given.port, given.inbox)
    except TalentNordError as error:
        raise SystemExit(str(error)) from error
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
