"""A scheduled run has its name before it begins: a tick that is late, or cancelled, is no pair of random words."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from prefect.types.entrypoint import EntrypointType

from flows.refresh import refresh
from flows.server.scheduled_names import name_scheduled
from flows.tick import tick
from notifications.run_words import tick_name
from tests.support.prefect import flow_runs, running, wait_until

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
WRITTEN = re.compile(r"Tiden går · \d{1,2}\. \w+ \d{4} kl\. \d\d\.\d\d")


def test_a_tick_that_has_not_begun_is_named_by_the_time_it_is_planned_for(tmp_path: Path) -> None:
    async def deploy() -> None:
        for flow in (tick, refresh):
            deployment = await flow.ato_deployment(
                name=flow.name, interval=timedelta(days=2), entrypoint_type=EntrypointType.MODULE_PATH
            )
            await deployment.aapply()

    with running(tmp_path) as server:
        asyncio.run(deploy())
        ticks = wait_until(lambda: flow_runs(server, "tick"))
        assert all(WRITTEN.fullmatch(run["name"]) for run in ticks), ticks[0]["name"]
        assert len({run["name"] for run in ticks}) == len(ticks)
        others = wait_until(lambda: flow_runs(server, "refresh"))
        assert not any(WRITTEN.fullmatch(run["name"]) for run in others)


def test_a_prefect_that_plans_runs_elsewhere_is_noticed() -> None:
    class Elsewhere: ...

    with pytest.raises(AttributeError):
        name_scheduled(Elsewhere, {"tick": tick_name})
