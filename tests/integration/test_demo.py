"""The demo leaves what the README says: a run with a name for every row of history, and an event for each."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flows.server.ports import free_port

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first weeks of the demo left behind: until the expectation talks have been asked for."""
    folder = tmp_path_factory.mktemp("demo")
    talentnord = str(Path(sys.executable).with_name("talentnord"))
    command = [talentnord, "demo", "--no-wait", "--port", str(free_port()), "--site-port", "0", "--until", "2027-01-20"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder / "var" / "demo"


def rows(file: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(query).fetchall()


def test_every_row_of_history_has_a_run_whose_name_tells(left: Path) -> None:
    runs = dict(rows(left / "prefect" / "prefect.db", "SELECT id, name FROM flow_run"))
    links = rows(
        left / "talentnord.db",
        "SELECT history.id, flow_run_id FROM history LEFT JOIN run_links ON run_links.history_id = history.id",
    )
    assert len(links) > 70
    for ident, run in links:
        assert runs[run].startswith("Hold 3 · "), ident


def test_every_row_of_history_is_told_as_an_event(left: Path) -> None:
    told = rows(left / "prefect" / "prefect.db", "SELECT payload FROM events WHERE event LIKE 'talentnord.%'")
    history = {ident for (ident,) in rows(left / "talentnord.db", "SELECT id FROM history")}
    assert {json.loads(payload)["transition"] for (payload,) in told} == history
