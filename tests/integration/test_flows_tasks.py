"""The pages of tasks in Prefect: there while a task is open, closed for a week, and then gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows.cockpit import ui
from flows.cockpit.artifacts import artifact_key
from flows.refresh import refresh
from flows.server.process import ServerPlace
from states.facts import Fact
from states.store.tables import TaskRow
from tests.support.hold import Hold, enrolled
from tests.support.prefect import artifact

pytestmark = pytest.mark.xdist_group("prefect")

TALK_MISSED = datetime(2027, 2, 18, 9, tzinfo=UTC)


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 1) as opened:
        opened.react(*opened.tick(TALK_MISSED))
        yield opened


def page(server: ServerPlace, hold: Hold) -> dict[str, Any] | None:
    """The page of the task that the missed talk has opened."""
    with hold.coordinator.database.read() as connection:
        ident = connection.execute(select(TaskRow.id)).scalar_one()
    return artifact(server, artifact_key(ident))


def test_a_tasks_page_is_linked_while_it_is_open_then_says_that_it_is_closed_and_goes(
    server: ServerPlace, hold: Hold
) -> None:
    there = page(server, hold)
    assert there is not None
    assert there["description"] == r"Mette Brøndgaard\: vi har ikke hørt om forventningssamtalen"
    assert "Ring til Inge Sønderby" in there["data"]
    link = f"[åbn]({ui.DEFAULT.page(there['latest_id'])})"
    for ident in (hold.id, f"{hold.id}-01"):
        listed = artifact(server, f"side-{ident}")
        assert listed is not None
        assert link in listed["data"]

    fact = Fact("held", "coordinator", {"held_on": "2027-02-18"})
    hold.react(hold.coordinator.engine.fire("expectation_talk:keep", [f"{hold.id}-01"], fact))
    closed = page(server, hold)
    assert closed is not None
    assert closed["latest_id"] == there["latest_id"]
    assert "**Opgaven er lukket**" in closed["data"]
    listed = artifact(server, f"side-{hold.id}")
    assert listed is not None
    assert link not in listed["data"]

    hold.clock.turn_to(datetime(2027, 2, 26, 9, tzinfo=UTC))
    asyncio.run(refresh())
    assert page(server, hold) is None
