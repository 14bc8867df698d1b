"""The forms' lists follow whatever is told, whoever told it; where nothing has changed, nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.types.entrypoint import EntrypointType
from sqlalchemy import update

from flows.client import one_client
from flows.cockpit.fact_list import facts_to_undo
from flows.cockpit.form_lists import forms, lists_stand, remove_former, set_lists
from flows.own_message import readers_listed
from flows.server.process import ServerPlace
from states.facts import Fact
from states.running_cohort import readable_cohorts
from states.store.tables import CohortRow
from tests.support.hold import Hold, enrolled
from tests.support.prefect import ask

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

FORM = "Udmeld et talent"
METTE = "Mette Brøndgaard (Hold 3, nr. 01)"


@pytest.fixture
def hold(server: ServerPlace, tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 3) as opened:
        asyncio.run(deploy(FORM))
        yield opened


async def deploy(name: str) -> None:
    from flows.record import record

    given = {"programme": "talent-nord", "form": "withdraw"}
    made = await record.ato_deployment(name=name, parameters=given, entrypoint_type=EntrypointType.MODULE_PATH)
    await made.aapply()


def listed(server: ServerPlace) -> list[str]:
    found = ask(server, "/deployments/name/record/Udmeld%20et%20talent")
    return list(found["parameter_openapi_schema"]["properties"]["talent"].get("enum", []))


async def lists_set(hold: Hold) -> int:
    async with one_client() as client:
        return await set_lists(client, hold.coordinator)


def test_a_cohort_that_cannot_be_read_takes_no_list_away(tmp_path: Path) -> None:
    """Its own runs say why; the forms of every programme are offered, and the lists of the other cohorts stay right."""
    with enrolled(tmp_path, 3) as hold:
        database = hold.coordinator.database
        before = {form.id for _, form in forms(hold.coordinator)}
        with database.write() as connection:
            connection.execute(update(CohortRow).values(definition="{}"))
        assert {form.id for _, form in forms(hold.coordinator)} == before
        with database.read() as connection:
            assert list(readable_cohorts(connection)) == []
            assert facts_to_undo(connection, "talent-nord") == {}
            assert readers_listed(connection) == {}


def test_who_was_withdrawn_by_a_command_leaves_the_list_without_a_run(server: ServerPlace, hold: Hold) -> None:
    from flows.serve import let_lists_follow

    asyncio.run(lists_set(hold))
    assert METTE in listed(server)

    async def told_meanwhile() -> None:
        following = asyncio.create_task(let_lists_follow(hold.coordinator, every=0.1))
        await asyncio.sleep(0.3)
        hold.coordinator.engine.fire("withdraw", [f"{hold.id}-01"], Fact("1", "operator"))
        for _ in range(200):
            if METTE not in await asyncio.to_thread(listed, server):
                break
            await asyncio.sleep(0.1)
        following.cancel()

    asyncio.run(told_meanwhile())
    assert METTE not in listed(server)


def test_after_a_run_the_lists_have_followed(server: ServerPlace, hold: Hold) -> None:
    from flows.record import record

    asyncio.run(lists_set(hold))
    asyncio.run(record("talent-nord", "withdraw", METTE, confirm="Mette Brøndgaard"))
    assert METTE not in listed(server)


def test_what_has_not_changed_is_not_written_again(hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asyncio.run(lists_set(hold)) >= 1
    written: list[object] = []

    async def update(self: PrefectClient, deployment: object, *_: Any) -> None:
        written.append(deployment)

    monkeypatch.setattr(PrefectClient, "update_deployment", update)
    asyncio.run(lists_set(hold))
    assert written == []


def test_it_is_cheap_to_ask_whether_a_list_may_have_changed(hold: Hold) -> None:
    before = lists_stand(hold.coordinator)
    assert lists_stand(hold.coordinator) == before
    hold.coordinator.engine.fire("leave", [f"{hold.id}-01"], Fact("1", "operator"))
    assert lists_stand(hold.coordinator) != before


def test_a_form_of_before_goes(server: ServerPlace, hold: Hold) -> None:
    async def removed() -> None:
        await deploy("Afbryd et forløb")
        async with one_client() as client:
            await remove_former(client, hold.coordinator)

    asyncio.run(removed())
    names = {one["name"] for one in ask(server, "/deployments/filter", {})}
    assert FORM in names
    assert "Afbryd et forløb" not in names
