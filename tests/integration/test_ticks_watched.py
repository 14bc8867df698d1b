"""``up`` sees that no tick happens and tells the operator: a real Prefect server, and a peer that takes webhooks."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Crashed

from config.settings import Settings
from flows.server.process import ServerPlace
from flows.watch import Watch
from flows.watching import Watcher, newest_end, watched
from tests.support.free_port import closed_port
from tests.support.http_server import listener
from tests.support.prefect import ask, wait_until
from tests.support.up import talentnord_up

pytestmark = pytest.mark.xdist_group("prefect")

NOW = datetime(2027, 3, 11, 9, tzinfo=UTC)
SHORT = """
from datetime import timedelta
from functools import partial

import flows.together
from flows.cli import main
from flows.watch import Watch

watch = Watch(silent_for=timedelta(seconds=20))
flows.together.watched = partial(flows.together.watched, watch=watch, every=1)
main()
"""


@flow(name="tick")
async def ticks() -> None:
    """End as a tick does."""


@flow(name="tick")
async def fails() -> None:
    """End as a tick does that could not fire all."""
    raise ValueError("Mette Brøndgaard has no address")


@flow(name="another")
async def another() -> None:
    """End, and be none."""


def tick(how: Any = ticks) -> None:
    state: State[None] = asyncio.run(how(return_state=True))
    assert state.is_final()


def tick_ends_as(state: State[None]) -> None:
    async def run() -> None:
        async with get_client() as client:
            made = await client.create_flow_run(ticks)
            await client.set_flow_run_state(made.id, state, force=True)

    asyncio.run(run())


@dataclass
class Turned:
    """A watcher whose clocks are turned by hand."""

    folder: Path
    place: ServerPlace
    webhook: str = ""
    minutes: int = 0

    def __post_init__(self) -> None:
        self.watcher = Watcher(
            self.place,
            self.webhook,
            self.folder / "watch.log",
            Watch(),
            lambda: self.minutes * 60.0,
            lambda: NOW + timedelta(minutes=self.minutes),
        )

    def look(self, after: int = 0, step: int = 3) -> None:
        for _ in range(0, after, step):
            self.minutes += step
            self.watcher.look()
        if not after:
            self.watcher.look()

    @property
    def lines(self) -> list[str]:
        log = self.folder / "watch.log"
        return log.read_text("utf-8").splitlines() if log.exists() else []


def test_a_silence_and_its_end_are_told_on_the_terminal_in_the_log_and_to_the_operator(
    server: ServerPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with listener() as (address, come):
        turned = Turned(tmp_path, server, address)
        turned.look()
        tick()
        turned.look()
        ended = newest_end(server)
        turned.look(after=44)
        assert ended is not None
        last = ended.astimezone()
        (line,) = turned.lines
        assert f" No tick has ended for 45 minutes (the last one: {last:%Y-%m-%d %H:%M}): " in line
        assert server.ui in line
        assert str(tmp_path / "serve.log") in line
        tick()
        turned.look()
        turned.look()
        assert [one.split(" ", 2)[2][:20] for one in turned.lines] == ["No tick has ended fo", "Ticks happen again ("]
        assert capsys.readouterr().out.splitlines() == turned.lines
        silent, again = come
    assert silent["text"].startswith("Talent Nord: Der er ikke afsluttet noget tick i 45 minutter")
    assert f"{last:%d.%m.%Y kl. %H.%M}" in silent["text"]
    assert server.ui in silent["text"]
    assert again["text"].startswith("Talent Nord: Der afsluttes tick igen")


def test_a_tick_that_failed_came_to_its_end_and_one_that_crashed_or_was_cancelled_did_not(server: ServerPlace) -> None:
    tick(fails)
    failed = newest_end(server)
    assert failed is not None
    assert datetime.now(UTC) - failed < timedelta(minutes=1)
    tick(another)
    tick_ends_as(Crashed())
    tick_ends_as(Cancelled())
    assert newest_end(server) == failed
    tick()
    newest = newest_end(server)
    assert newest is not None
    assert newest > failed


def test_a_server_that_is_away_is_told_of(tmp_path: Path) -> None:
    with listener() as (address, come):
        turned = Turned(tmp_path, ServerPlace(closed_port(), tmp_path / "prefect"), address)
        turned.look()
        turned.look(after=6)
        (line,) = turned.lines
        assert "The Prefect server has not answered for 6 minutes (the last tick: none yet)" in line
        assert str(tmp_path / "prefect" / "server.log") in line
        assert "har ikke svaret i 6 minutter (det seneste tick: intet endnu)" in come[0]["text"]


@pytest.mark.parametrize(("answer", "named"), [(404, "HTTP 404"), (None, "URLError")], ids=["refuses", "is away"])
def test_a_webhook_that_fails_is_one_line_without_its_address_and_the_watch_goes_on(
    tmp_path: Path, answer: int | None, named: str
) -> None:
    place = ServerPlace(closed_port(), tmp_path / "prefect")
    with listener(answer or 204) as (address, _):
        turned = Turned(tmp_path, place, address if answer else f"http://127.0.0.1:{closed_port()}/s3cret")
        turned.look()
        turned.look(after=66)
    told, failed, told_again, failed_again = (line.split(" ", 2)[2] for line in turned.lines)
    assert failed == failed_again == f"The operator's webhook could not be told ({named})."
    assert told.startswith("The Prefect server has not answered for 6 minutes")
    assert told_again.startswith("The Prefect server has not answered for 66 minutes")


def test_a_log_that_cannot_be_written_keeps_nobody_from_being_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with listener() as (address, come):
        turned = Turned(tmp_path / "not there", ServerPlace(closed_port(), tmp_path), address)
        turned.look()
        turned.look(after=6)
        assert len(come) == 1
    assert "The Prefect server has not answered" in capsys.readouterr().out


def test_it_looks_again_and_again_and_keeps_nobody_waiting_at_the_end(tmp_path: Path) -> None:
    place = ServerPlace(closed_port(), tmp_path / "prefect")
    watch = Watch(unanswered_for=timedelta(0), again_after=timedelta(0))
    log = tmp_path / "watch.log"
    with watched(place, Settings(), tmp_path, watch, every=0.05):
        wait_until(lambda: log.exists() and len(log.read_text().splitlines()) >= 3)
        began = time.monotonic()
    assert time.monotonic() - began < 1


def test_up_tells_that_its_schedule_is_paused_and_that_ticks_happen_again(tmp_path: Path) -> None:
    command = (sys.executable, "-c", SHORT)
    with listener() as (address, come):
        environment = {"TALENTNORD_OPERATOR_WEBHOOK": address}
        with talentnord_up(tmp_path, "--port", "0", environment=environment, command=command) as (_, place):
            wait_until(lambda: newest_end(place), 120)
            deployment = ask(place, "/deployments/name/tick/tick")["id"]
            ask(place, f"/deployments/{deployment}", {"paused": True}, method="PATCH")
            said = tmp_path / "said"

            def told(line: str) -> int:
                return said.read_text().count(line)

            # A machine that is busy may have had a silence before the first tick: only what comes now counts.
            silent, again = told("No tick has ended"), told("Ticks happen again")
            wait_until(lambda: told("No tick has ended") > silent, 90)
            wait_until(lambda: any("ikke afsluttet noget tick" in one["text"] for one in come))
            ask(place, f"/deployments/{deployment}", {"paused": False}, method="PATCH")
            ask(place, f"/deployments/{deployment}/create_flow_run", {"state": {"type": "SCHEDULED"}})
            wait_until(lambda: told("Ticks happen again") > again, 120)
            wait_until(lambda: any("afsluttes tick igen" in one["text"] for one in come))
        log = (tmp_path / "var" / "watch.log").read_text("utf-8").splitlines()
        assert [line for line in said.read_text().splitlines() if line in log] == log
        assert (tmp_path / "var" / "watch.log").stat().st_mode & 0o077 == 0
