"""Hold-3 on a day of its year, served as ``talentnord up`` serves it, with a clock that stands on that day."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.work import expect
from flows.server.ports import free_port
from flows.server.process import ServerPlace, child, prefect_server
from tests.support.prefect import wait_until
from tests.support.served import is_shown

UI_ADDRESS = "https://talentnord.example.org"
"""What mails lead to, as those of a server that others reach."""
PATIENCE = 600.0
"""Seconds until all pages and forms are there, on a machine that is busy."""


@contextmanager
def day_served(home: Path, day: datetime) -> Iterator[ServerPlace]:
    """Serve hold-3 on ``day`` (aware, in working hours), with its past; ``home`` is an empty folder for all of it.

    Mails are files in ``home/mail``.
    """
    place = ServerPlace(free_port(), home / "prefect")
    environment = {
        **place.environment(),
        "TALENTNORD_DATABASE_URL": f"sqlite:///{home}/talentnord.db",
        "TALENTNORD_MAIL_DIRECTORY": str(home / "mail"),
        "TALENTNORD_SITE_KEY_FILE": str(home / "site.key"),
        "TALENTNORD_UI_ADDRESSES": UI_ADDRESS,
    }
    module = [sys.executable, "-m"]
    ahead = {"TALENTNORD_CLOCK_AHEAD": str(int((day - datetime.now(UTC)).total_seconds()))}
    # The server draws pictures from the cohort's database, for the day on which it stands.
    with prefect_server(place, environment | ahead):
        past = [*module, "bench.pictures.past", day.date().isoformat()]
        with child(past, environment, home / "past.log") as process:
            expect(f"a past (see {home / 'past.log'})", process.wait(), 0)
        log = home / "serve.log"
        with child([*module, "flows"], environment | ahead, log) as process:
            wait_until(lambda: is_shown(place) or process.poll() is not None, PATIENCE)
            expect(f"a process that serves the flows (see {log})", process.poll(), None)
            yield place
