"""``talentnord up`` as its user starts it: the real command, in a folder of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from flows.server.process import ServerPlace
from tests.support.prefect import wait_until

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("talentnord"))


def clean(environment: Mapping[str, str] = {}) -> dict[str, str]:
    """Return this process's environment without any setting of ours or Prefect's but those given."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "TALENTNORD_"))}
    return {**ours, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment}


@contextmanager
def talentnord_up(
    folder: Path, *words: str, environment: Mapping[str, str] = {}, command: Sequence[str] = (COMMAND,)
) -> Iterator[tuple[subprocess.Popen[str], ServerPlace]]:
    """Run ``talentnord up`` in a folder; gives the process once it is ready, and where its server really is.

    What it says is in the file ``said`` there.
    """
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [*command, "up", "--site-port", "0", *words],
            cwd=folder,
            env=clean(environment),
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        said_text = wait_until(lambda: _ready(process, folder / "said"), 240)
        found = re.search(r"Prefect UI: http://127\.0\.0\.1:(\d+)", said_text)
        assert found is not None, said_text
        yield process, ServerPlace(int(found[1]), folder / "var" / "prefect")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _ready(process: subprocess.Popen[str], said: Path) -> str | None:
    text = said.read_text()
    assert process.poll() is None, text
    return text if "Ready" in text else None
