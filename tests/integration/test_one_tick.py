"""One tick at a time: a second one is cancelled, and the place of one that was killed comes back by itself.

A killed tick's lease ends after 300 s, which Prefect's flow engine does not let anybody shorten; here the lease is made
old instead of waited for. What was measured with a real kill is in docs/adr/0017.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Completed, Pending
from prefect.types.entrypoint import EntrypointType

from flows.serve import ONE_TICK
from flows.tick import tick
from tests.support.prefect import running, wait_until

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


async def deploy() -> UUID:
    deployment = await tick.ato_deployment(
        name="tick", concurrency_limit=ONE_TICK, entrypoint_type=EntrypointType.MODULE_PATH
    )
    return await deployment.aapply()


def begin(deployment: UUID) -> tuple[UUID, str]:
    """Let a run of the deployment begin as a runner does; return it and the state that it is in then."""

    async def run() -> tuple[UUID, str]:
        async with get_client() as client:
            made = await client.create_flow_run_from_deployment(deployment)
            state: State[Any] | None = (await client.set_flow_run_state(made.id, Pending())).state
            assert state is not None
            return made.id, str(state.name)

    return asyncio.run(run())


def end(run: UUID) -> None:
    async def complete() -> None:
        async with get_client() as client:
            await client.set_flow_run_state(run, Completed(), force=True)

    asyncio.run(complete())


def make_old(home: Path) -> None:
    """Let all leases have ended long ago."""
    leases = home / "concurrency_leases"
    found = [path for path in leases.glob("*.json") if path.name != "expirations.json"]
    assert len(found) == 1
    past = "2026-01-01T00:00:00+00:00"
    found[0].write_text(json.dumps({**json.loads(found[0].read_text()), "expiration": past}))
    (leases / "expirations.json").write_text(json.dumps({found[0].stem: past}))


def test_a_second_tick_is_cancelled_and_a_killed_ones_place_comes_back(tmp_path: Path) -> None:
    with running(tmp_path):
        deployment = asyncio.run(deploy())
        first, state = begin(deployment)
        assert state == "Pending"
        assert begin(deployment)[1] == "Cancelled"
        end(first)
        assert begin(deployment)[1] == "Pending", "a tick that ended gives its place up at once"
        assert asyncio.run(deploy()) == deployment
        assert begin(deployment)[1] == "Cancelled", "deployed again, the limit knows who holds it"
    with running(tmp_path):
        assert begin(deployment)[1] == "Cancelled", "the server has forgotten nothing"
        make_old(tmp_path)
        wait_until(lambda: begin(deployment)[1] == "Pending", within=60)
