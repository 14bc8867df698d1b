"""What was recorded on the site wakes the tick by Prefect's API, and whatever Prefect does keeps nobody waiting."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prefect.types.entrypoint import EntrypointType

from flows.server.process import ServerPlace
from flows.site.rouse import Rouser
from flows.tick import tick
from tests.support.free_port import closed_port
from tests.support.prefect import ask, wait_until

SOON = (0.05, 0.2, 0.2)


@pytest.fixture
def deployment(server: ServerPlace) -> str:
    """The deployment of the tick, which nobody serves: a run of it waits."""

    async def make() -> str:
        made = await tick.ato_deployment(
            "tick", interval=timedelta(minutes=15), entrypoint_type=EntrypointType.MODULE_PATH
        )
        return str(await made.aapply())

    found = asyncio.run(make())
    for run in waiting(server, found):
        ask(server, f"/flow_runs/{run['id']}", method="DELETE")
    return found


def waiting(server: ServerPlace, deployment: str) -> list[dict[str, Any]]:
    """The runs that are to begin now; those of later quarters of an hour are none of them."""
    body = {
        "deployments": {"id": {"any_": [deployment]}},
        "flow_runs": {"expected_start_time": {"before_": datetime.now(UTC).isoformat()}},
    }
    found: list[dict[str, Any]] = ask(server, "/flow_runs/filter", body)
    return found


def rouse(api: str, waits: Callable[[], bool], times: int = 1) -> Rouser:
    rouser = Rouser(api, None, waits, SOON)
    rouser.start()
    for _ in range(times):
        rouser.recorded()
    return rouser


def test_many_answers_wake_one_tick(server: ServerPlace, deployment: str) -> None:
    rouser = rouse(server.api, lambda: True, times=50)
    wait_until(lambda: waiting(server, deployment))
    time.sleep(1)
    rouser.stop()
    assert len(waiting(server, deployment)) == 1


def test_where_nothing_waits_nobody_is_woken(server: ServerPlace, deployment: str) -> None:
    rouser = rouse(server.api, lambda: False)
    time.sleep(0.5)
    rouser.stop()
    assert waiting(server, deployment) == []


def test_a_tick_that_came_too_early_is_followed_by_another(server: ServerPlace, deployment: str) -> None:
    rouser = rouse(server.api, lambda: True)
    (first,) = wait_until(lambda: waiting(server, deployment))
    ask(server, f"/flow_runs/{first['id']}", method="DELETE")
    wait_until(lambda: waiting(server, deployment))
    rouser.stop()


def test_where_prefect_is_down_the_log_says_so_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        rouser = rouse(f"http://127.0.0.1:{closed_port()}/api", lambda: True)
        wait_until(lambda: len(caplog.records) == len(SOON))
        rouser.recorded()
        wait_until(lambda: len(caplog.records) == 2 * len(SOON))
        rouser.stop()
    assert {record.getMessage() for record in caplog.records} == {
        "the tick could not be woken (URLError); the next one by the clock does it"
    }


def test_a_database_that_is_away_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def gone() -> bool:
        raise OSError

    rouser = rouse("http://127.0.0.1:9/api", gone)
    wait_until(lambda: len(caplog.records) == len(SOON))
    rouser.recorded()
    wait_until(lambda: len(caplog.records) == 2 * len(SOON))
    rouser.stop()


def test_whoever_records_and_whoever_stops_it_waits_for_nothing() -> None:
    rouser = Rouser("http://127.0.0.1:9/api", None, lambda: True, (3600.0,))
    rouser.start()
    began = time.monotonic()
    rouser.recorded()
    rouser.stop()
    assert time.monotonic() - began < 1
