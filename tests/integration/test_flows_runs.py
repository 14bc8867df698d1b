"""A planned run is made once, and again only when the last one ended, or was left lying, with something left to do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import count

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.states import Completed, Crashed, Failed, Running, to_state_create

from flows import runs
from flows.react import react
from flows.runs import PlannedRun, create_run_once
from flows.server.process import ServerPlace

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

_numbers = count(1)


@pytest.fixture
def planned(server: ServerPlace) -> PlannedRun:
    """A planned run that no other test's runs can be taken for."""
    talent = f"hold-{next(_numbers)}-01"
    return PlannedRun("hold-x", "leave", "Hold X · Orlov · 1 talent", (f"{talent}#1",), (talent,), (1, 2))


def claims(planned: PlannedRun, *states: State[str] | None) -> list[bool]:
    """Ask for the run once for each state, which the run made before is in by then; return whether each was made."""

    async def claim() -> list[bool]:
        given: list[bool] = []
        async with get_client() as client:
            run = None
            for state in states:
                if state is not None and run is not None:
                    await client.set_flow_run_state(run.id, state, force=True)
                claimed = await create_run_once(client, react, planned)
                given.append(claimed is not None)
                run = claimed or run
        return given

    return asyncio.run(claim())


def test_while_a_run_is_at_it_there_is_no_second(planned: PlannedRun) -> None:
    assert claims(planned, None, None, Running()) == [True, False, False]


@pytest.mark.parametrize("end", [Crashed(), Failed(), Completed()], ids=lambda state: state.name)
def test_a_run_that_ended_with_effects_left_is_followed_by_another(planned: PlannedRun, end: State[str]) -> None:
    assert claims(planned, None, end, None) == [True, True, False]


def test_a_run_whose_process_was_killed_is_followed_by_another_later(
    planned: PlannedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert claims(planned, None, Running()) == [True, False]
    monkeypatch.setattr(runs, "LEFT_LYING", timedelta())
    assert claims(planned, None) == [True]


def test_a_planned_run_without_effects_has_one_run_whatever_became_of_it(planned: PlannedRun) -> None:
    bare = PlannedRun(planned.cohort_id, planned.trigger, planned.title, planned.transitions, planned.journeys, ())
    assert claims(bare, None, Crashed(), Completed()) == [True, False, False]


def test_however_often_a_peer_was_down_the_next_run_is_made(planned: PlannedRun) -> None:
    async def fail(client: PrefectClient, times: int) -> None:
        flow_id = await client.create_flow(react)
        state = to_state_create(Failed()).model_dump(mode="json")
        for attempt in range(1, times + 1):
            body = {"flow_id": str(flow_id), "state": state, "idempotency_key": f"{planned.key}:{attempt}"}
            await client.request("POST", "/flow_runs/", json=body)

    async def run() -> bool:
        async with get_client() as client:
            # More than a day of ticks, one each quarter.
            await fail(client, 120)
            return await create_run_once(client, react, planned) is not None

    assert asyncio.run(run())
