"""A terminal in which the ``talentnord`` command is run as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.driver import Driver


class Terminal:
    """A terminal in ``folder`` whose settings name the database at ``url``, and whose clock stands at ``now``."""

    def __init__(self, url: str, folder: Path, now: datetime | None = None) -> None:
        ahead = str(int((now - datetime.now(UTC)).total_seconds())) if now else "0"
        given = {"TALENTNORD_DATABASE_URL": url, "TALENTNORD_CLOCK_AHEAD": ahead, "COLUMNS": "200"}
        self._environment = {**os.environ, **given}
        self._folder = folder

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from flows.cli import main; main()", *arguments],
            env=self._environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def mails(self, *arguments: str) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self.run("mails", "--json", *arguments).stdout)
        return listed


def assert_refused(driven: Driver, terminal: Terminal, words: Sequence[str], says: str) -> None:
    """A command that cannot be carried out says so in one sentence and changes nothing."""
    before = driven.dump()
    refused = terminal.run(*words)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert driven.dump() == before
