"""The Prefect server as the pinned requirements give it: it starts, keeps to itself, and ends with all its children."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest

from config.errors import ServerError
from config.library import Library
from flows.cockpit.ui import FIRST, SECOND
from flows.server.ports import bound, free_port
from flows.server.process import ServerPlace, answers, has_deployment, prefect_server, wait_for
from flows.together import answers as site_answers
from tests.support.prefect import ask, wait_until
from tests.support.processes import busy_seconds, command_line, descendants, living, taken_port
from tests.support.up import talentnord_up

pytestmark = pytest.mark.xdist_group("prefect")

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements" / "main.txt").read_text()
PINS = dict(re.findall(r"^([a-z0-9_.-]+)(?:\[[a-z0-9,_-]+\])?==(\S+)", LOCK, re.M))


@pytest.mark.parametrize(
    "package",
    ["prefect", "fastapi", "starlette", "uvicorn", "sqlalchemy", "aiosqlite", "pydantic", "httpx", "anyio", "alembic"],
)
def test_what_is_installed_is_what_the_requirements_pin(package: str) -> None:
    # The newest of each would not do: fastapi 0.165 breaks the start of Prefect 3.8.8.
    assert version(package) == PINS[package]


def test_the_server_is_the_pinned_prefect_and_tells_nobody_of_it(server: ServerPlace) -> None:
    assert ask(server, "/admin/version") == PINS["prefect"]
    settings = ask(server, "/admin/settings")
    assert settings["server"]["analytics_enabled"] is False
    assert settings["server"]["events"]["retention_period"] == "P14D"
    assert settings["server"]["ui"]["show_promotional_content"] is False
    assert settings["home"] == str(server.home)


def test_a_server_with_nothing_to_do_rests(server: ServerPlace) -> None:
    # Prefect 3.8.8 drops what is less than a second; with 0 left it would ask its queue without a pause.
    interval = ask(server, "/admin/settings")["server"]["services"]["task_run_recorder"]["flush_interval"]
    assert int(interval) == interval > 0
    (pid,) = (pid for pid in descendants(os.getpid()) if f"--port\0{server.port}\0" in command_line(pid))
    before = busy_seconds(pid)
    time.sleep(3)
    assert busy_seconds(pid) - before < 1.0


def test_nothing_is_refused_because_others_write_too(server: ServerPlace) -> None:
    # As a browser asks: once. Prefect alone answers most of these with 503, or not within ten seconds.
    flow = ask(server, "/flows/", {"name": "busy"})
    deployment = ask(server, "/deployments/", {"name": "busy", "flow_id": flow["id"]})

    def write(number: int) -> str:
        if number % 2:
            page = {"key": f"busy-{number}", "type": "markdown", "data": "x" * 3000}
            return str(ask(server, "/artifacts/", page)["id"])
        given = {"parameters": {"number": number}}
        return str(ask(server, f"/deployments/{deployment['id']}/create_flow_run", given)["id"])

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(write, range(80)))
    assert len(set(made)) == 80
    runs = {"flow_runs": {"deployment_id": {"any_": [deployment["id"]]}}}
    assert ask(server, "/flow_runs/count", runs) == 40


def test_the_ui_asks_the_api_where_it_really_is(server: ServerPlace) -> None:
    assert server.port != 4200
    with urllib.request.urlopen(f"{server.ui}/ui-settings") as answer:
        told = json.load(answer)
    # Relative: the UI works under each address that the server is known by.
    assert told["api_url"] == "/api"
    assert told["default_ui"] == "v2"
    assert told["available_uis"] == ["v1", "v2"]
    # A page's address can be opened and loaded again, not only the first page's.
    for ui in (FIRST, SECOND):
        page = urllib.request.Request(server.ui + ui.page("some"), headers={"accept": "text/html"})
        with urllib.request.urlopen(page) as answer:
            assert b"<html" in answer.read()


def test_a_port_that_is_taken_gives_another_and_a_free_one_itself() -> None:
    with taken_port() as port:
        assert free_port(port) not in {port, 0}
    assert free_port(port) == port


def test_the_socket_says_that_it_is_tcp() -> None:
    # Otherwise asyncio does not set TCP_NODELAY, and every small answer takes 40 ms more.
    with bound("127.0.0.1", 0) as place:
        assert place.proto == socket.IPPROTO_TCP


def test_a_server_that_cannot_start_says_so_with_the_end_of_its_log(tmp_path: Path) -> None:
    with taken_port() as port, pytest.raises(ServerError) as caught, prefect_server(ServerPlace(port, tmp_path)):
        pytest.fail("nothing was up")
    assert caught.value.why == "the Prefect server ended with code 1"
    assert f"{port}" in caught.value.log
    assert "the end of its log" in str(caught.value)


def test_a_child_that_ends_before_it_is_ready_is_noticed_at_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ServerError, match="a thing ended with code 3") as caught:
        wait_for(process, lambda: False, "a thing", log)
    assert caught.value.log.splitlines() == [f"line {number}" for number in range(85, 100)]


def test_up_brings_everything_up_and_ctrl_c_ends_every_process(tmp_path: Path) -> None:
    with taken_port() as taken, talentnord_up(tmp_path, "--port", str(taken)) as (process, place):
        assert place.port != taken
        assert answers(place)
        assert has_deployment(place, "tick", "tick")
        found = re.search(r"Answers: http://127\.0\.0\.1:(\d+)", (tmp_path / "said").read_text())
        assert found is not None
        assert site_answers(int(found[1]))
        assert (tmp_path / "var" / "talentnord.db").is_file()
        assert not missing_forms(place)
        started = descendants(process.pid)
        assert len(living(started)) >= 2
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert time.monotonic() - asked < 20
        wait_until(lambda: not living(started), 2)
        assert not answers(place)
        assert not site_answers(int(found[1]))


def test_up_ends_with_its_prefect_server_and_says_so(tmp_path: Path) -> None:
    with talentnord_up(tmp_path, "--port", "0") as (process, _):
        started = descendants(process.pid)
        [server] = [one for one in started if "flows.server.app" in command_line(one)]
        os.kill(server, signal.SIGKILL)
        assert process.wait(60) == 2
        assert "the Prefect server ended with code -9" in (tmp_path / "said").read_text()
        wait_until(lambda: not living(started), 5)


def missing_forms(place: ServerPlace) -> set[str]:
    """The forms of the programmes in the checkout that nobody serves; examples are none of ours."""
    library = Library()
    programmes = [library.programme(one).definition.programme for one in library.programmes()]
    wanted = {form.label for programme in programmes if not programme.example for form in programme.forms}
    return wanted - {one["name"] for one in ask(place, "/deployments/filter", {"limit": 200})}
