"""A tick that fails tells the operator, through a real Prefect server and a peer that listens; once an hour at most."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Scheduled
from pydantic import SecretStr

from config.errors import SettingsError
from config.settings import Settings, load_settings
from flows.cockpit import ui
from flows.cockpit.labels import words
from flows.operator_alarm import EVENTS, set_alarm
from flows.server.process import ServerPlace
from tests.support.http_server import listener
from tests.support.prefect import ask, wait_until

pytestmark = pytest.mark.xdist_group("prefect")


def alarm(address: str) -> None:
    async def make() -> None:
        async with get_client() as client:
            await set_alarm(client, Settings(operator_webhook=SecretStr(address)))

    asyncio.run(make())


def automations(server: ServerPlace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(server, "/automations/filter", {})
    return found


@pytest.fixture
def address(server: ServerPlace) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with listener() as (place, come):
        alarm(place)
        yield place, come
        alarm("")
    assert automations(server) == []


@flow(name="tick")
async def fails() -> None:
    """Fail as a tick does."""
    raise ValueError("Mette Brøndgaard has no address")


@flow(name="another")
async def fails_too() -> None:
    """Fail where nobody is to be told."""
    raise ValueError("not this one")


def test_a_tick_that_fails_tells_the_operator_once_and_names_nobody(
    server: ServerPlace, address: tuple[str, list[dict[str, Any]]]
) -> None:
    _, come = address
    asyncio.run(fails_too(return_state=True))  # type: ignore[arg-type]
    first: State[None] = asyncio.run(fails(return_state=True))  # type: ignore[arg-type]
    wait_until(lambda: come)
    asyncio.run(fails(return_state=True))  # type: ignore[arg-type]
    failed = {"event": {"name": ["prefect.flow-run.Failed"]}}
    wait_until(lambda: len(ask(server, "/events/filter", {"filter": failed})["events"]) >= 3)
    assert first.state_details.flow_run_id is not None
    run = f"{server.ui}{ui.DEFAULT.run(first.state_details.flow_run_id)}"
    assert come == [{"text": f"Talent Nord: tick er Failed. Se kørslen: {run}"}]


def test_a_late_tick_tells_the_operator(server: ServerPlace, address: tuple[str, list[dict[str, Any]]]) -> None:
    _, come = address

    async def schedule() -> None:
        async with get_client() as client:
            run = await client.create_flow_run(fails, state=Scheduled())
            await client.set_flow_run_state(run.id, Scheduled(name="Late"), force=True)

    asyncio.run(schedule())
    assert "tick er Late" in wait_until(lambda: come)[0]["text"]


def test_it_is_made_once_changed_when_it_must_be_and_left_as_somebody_set_it(
    server: ServerPlace, address: tuple[str, list[dict[str, Any]]]
) -> None:
    place, _ = address
    (first,) = automations(server)
    assert first["name"] == words()["alarm_label"]
    assert set(first["trigger"]["expect"]) == EVENTS
    alarm(place)
    assert automations(server) == [first]
    ask(server, f"/automations/{first['id']}", {"enabled": False}, method="PATCH")
    alarm(place)
    (now,) = automations(server)
    assert (now["id"], now["enabled"]) == (first["id"], False)


@pytest.mark.parametrize(
    "wrong", ["chat.example/s3cret", "ftp://chat.example/s3cret", "https:///s3cret", "https://a.example/s3cret b"]
)
def test_an_address_that_is_none_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("TALENTNORD_OPERATOR_WEBHOOK", wrong)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "TALENTNORD_OPERATOR_WEBHOOK" in str(caught.value)
    assert "s3cret" not in str(caught.value)
