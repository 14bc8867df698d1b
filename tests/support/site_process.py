"""``talentnord site`` as its user starts it, in a folder with a cohort of its own."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config.settings import Settings
from flows.site.keys import site_keys
from notifications.links import Link, Links, Purpose
from tests.support.prefect import wait_until
from tests.support.up import COMMAND, clean


@dataclass(frozen=True)
class SiteProcess:
    """The process, where it answers, and the file with all that it has said."""

    process: subprocess.Popen[str]
    port: int
    said: Path

    @property
    def address(self) -> str:
        """Where this machine reaches it."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def talentnord_site(
    folder: Path, *words: str, now: datetime | None = None, environment: Mapping[str, str] = {}
) -> Iterator[SiteProcess]:
    """Run ``talentnord site`` in a folder, by the clock of ``now``, until the block ends."""
    ahead = {"TALENTNORD_CLOCK_AHEAD": str(int((now - datetime.now(UTC)).total_seconds()))} if now else {}
    said = folder / "site-said"
    with said.open("w") as output:
        process = subprocess.Popen(
            [COMMAND, "site", *words],
            cwd=folder,
            env=clean({**ahead, **environment}),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield SiteProcess(process, wait_until(lambda: _port(process, said), 60), said)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def path_of(folder: Path, email: str, link: Link) -> str:
    """Return the path of a link that is signed with the key of the site in a folder."""
    return Links(site_keys(Settings(site_key_file=folder / "var" / "site.key")), "").path(link, email)


def answer_link(person: str, subject: str) -> Link:
    """A link to answer by."""
    return Link(Purpose.ANSWER, person, subject)


def _port(process: subprocess.Popen[str], said: Path) -> int | None:
    text = said.read_text()
    assert process.poll() is None, text
    found = re.search(r"listens on port (\d+)", text)
    if found is None:
        return None
    from flows.together import answers

    return int(found[1]) if answers(int(found[1])) else None
