"""All that ``up`` and ``demo`` run beside Prefect's server: the process that serves the flows, and the site."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from config.settings import Settings
from flows.console import out
from flows.server.ports import LOOPBACK
from flows.server.process import ServerPlace, child, has_deployment, wait_for
from flows.site.inbox import INBOX
from flows.site.keys import site_keys
from flows.watching import watched
from states.store.address import Address


def with_site(settings: Settings, port: int) -> Settings:
    """Return the settings with an address of the site: where mails are files, it is this machine's own.

    A mail that is really sent leads to no ``127.0.0.1``: without ``TALENTNORD_SITE_URL`` it holds no links.

    Raises:
        SettingsError: the key is none, see ``site_keys``.
    """
    site_keys(settings)  # Now, before anything was started.
    if settings.site_url or settings.mail_transport != "files":
        return settings
    return settings.model_copy(update={"site_url": _own(port)})


def serve_all(
    place: ServerPlace,
    settings: Settings,
    server: subprocess.Popen[bytes],
    site_port: int,
    folder: Path,
    environment: Mapping[str, str] = {},
    inbox: bool = False,
) -> None:
    """Serve flows and site in children until Ctrl-C, or until one of them or the ``server`` ends by itself.

    Their logs are in ``folder``.

    With ``inbox`` the site shows everybody's mails to whoever opens it: the demo only.

    Raises:
        ServerError: one of them ended, or was not ready in time.
    """
    given = {**place.environment(), **environment_of(settings), **environment}
    logs = {name: folder / f"{name}.log" for name in ("serve", "site")}
    site = ["flows.site.serve", "--port", str(site_port)]
    site += ["--inbox", given["TALENTNORD_MAIL_DIRECTORY"]] if inbox else []
    commands = {"serve": ["flows"], "site": site}
    called = {"serve": "the process that serves the flows", "site": "the site", "server": "the Prefect server"}
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(child([sys.executable, "-m", *words], given, logs[name]))
            for name, words in commands.items()
        }
        ready = {"serve": lambda: has_deployment(place, "tick", "tick"), "site": lambda: answers(site_port)}
        try:
            for name, process in running.items():
                wait_for(process, ready[name], called[name], logs[name])
            # Nothing is served without it; what watches over this command starts both again, and nothing is lost.
            running["server"], logs["server"] = server, place.home / "server.log"
            out.print(f"Answers: {settings.site_url or _own(site_port)}")
            if inbox:
                out.print(f"Everybody's mails: {_own(site_port)}{INBOX}")
            out.print("Ready. Ctrl-C ends it all.")
            # Their pages are published at the very first start only after that.
            _print_overviews(place, settings)
            stack.enter_context(watched(place, settings, folder))
            while all(process.poll() is None for process in running.values()):
                time.sleep(0.5)
        except KeyboardInterrupt:
            out.print("\nEnding …")
            return
        for name, process in running.items():
            if process.poll() is not None:
                wait_for(process, lambda: False, called[name], logs[name])


def _print_overviews(place: ServerPlace, settings: Settings) -> None:
    # Prefect reads its environment when it is first imported; by now it is set.
    from flows.whereto import overviews

    # A server that is away is found out by what waits for its end or watches it; pages are found without addresses.
    with suppress(Exception):
        for name, path in overviews(settings, within=60).items():
            out.print(f"Overview of {name}: {place.ui}{path}")


def environment_of(settings: Settings) -> dict[str, str]:
    """Return settings for a child, with absolute paths: a flow may be run in another folder than it is served from."""
    address = Address(settings.database_url)
    return {
        "TALENTNORD_DATABASE_URL": f"sqlite:///{address.path}" if address.path else settings.database_url,
        "TALENTNORD_MAIL_DIRECTORY": str(settings.mail_directory.absolute()),
        "TALENTNORD_SITE_URL": settings.site_url,
        "TALENTNORD_SITE_KEY_FILE": str(settings.site_key_file.absolute()),
    }


def answers(port: int) -> bool:
    """Whether the site answers at a port of this machine."""
    try:
        with urllib.request.urlopen(f"{_own(port)}/health", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _own(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"
