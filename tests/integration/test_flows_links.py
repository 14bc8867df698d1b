"""Every transition has the run that carried out what it caused, findable both ways; whoever has none yet gets one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from config.library import Library
from flows.cockpit import ui
from flows.server.process import ServerPlace
from flows.tick import tick
from states.facts import Fact
from states.store.run_links import untaken
from states.store.tables import HistoryRow, RunLinkRow
from tests.support.hold import KICKOFF_INVITED, Hold, enrolled
from tests.support.prefect import artifact, flow_runs

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture
def driven(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 3) as driven:
        yield driven


def links(driven: Hold) -> dict[str, str | None]:
    """The run of each transition."""
    with driven.coordinator.database.read() as connection:
        rows = connection.execute(select(RunLinkRow.history_id, RunLinkRow.flow_run_id))
        return dict(rows.tuples().all())


def forget(driven: Hold) -> None:
    """Leave every transition without a run, as if the process had been killed after its commit."""
    with driven.coordinator.database.write() as connection:
        connection.execute(update(RunLinkRow).values(flow_run_id=None))


def test_each_transition_leads_to_its_run_and_back(server: ServerPlace, driven: Hold) -> None:
    outcomes = driven.tick(KICKOFF_INVITED)
    driven.react(*outcomes)
    run = next(one for one in flow_runs(server, "react") if driven.id in one["tags"])
    mine = [step.id for outcome in outcomes for step in outcome.transitions]
    assert mine
    assert {links(driven)[ident] for ident in mine} == {run["id"]}
    assert run["parameters"]["transitions"] == mine
    page = artifact(server, f"side-{driven.id}-01")
    assert page is not None
    assert f"[kørsel]({ui.DEFAULT.run(run['id'])})" in page["data"]


def test_what_no_run_has_taken_gets_one_at_the_next_tick(server: ServerPlace, driven: Hold) -> None:
    driven.tick(KICKOFF_INVITED)
    day = Library().cohort("hold-3").cohort.dates["kickoff"]
    day = day.model_copy(update={"date": day.date + timedelta(days=7)})
    driven.coordinator.engine.reschedule(driven.id, "kickoff", day, Fact("moved", "operator"))
    forget(driven)
    driven.clock.turn_to(KICKOFF_INVITED + timedelta(minutes=1))
    asyncio.run(tick())
    runs = {one["name"]: one["id"] for one in flow_runs(server, "react") if driven.id in one["tags"]}
    assert {"Hold 3 · tilmeldt · 3 talenter", "Hold 3 · Fælles kick-off: ny dato · 3 talenter"} <= set(runs)
    found = links(driven)
    assert found[f"{driven.id}-01#0"] == runs["Hold 3 · tilmeldt · 3 talenter"]
    assert set(found.values()) <= set(runs.values())


def test_a_run_that_ended_before_it_took_them_is_followed_by_another(server: ServerPlace, driven: Hold) -> None:
    outcomes = driven.tick(KICKOFF_INVITED)
    driven.react(*outcomes)
    first = links(driven)
    assert driven.react(*outcomes) == 0
    forget(driven)
    assert driven.react(*outcomes) >= 1
    second = links(driven)
    assert None not in second.values()
    assert set(second.values()).isdisjoint(set(first.values()))


def test_who_comes_second_leaves_the_run_that_was_first(server: ServerPlace, driven: Hold) -> None:
    driven.tray.blocked = True
    outcomes = driven.tick(KICKOFF_INVITED)
    driven.react(*outcomes)
    first = links(driven)
    driven.tray.blocked = False
    assert driven.react(*outcomes) == 1
    assert links(driven) == first


def test_what_is_in_history_from_before_gets_no_run(server: ServerPlace, driven: Hold) -> None:
    driven.react(*driven.tick(KICKOFF_INVITED))
    with driven.coordinator.database.write() as connection:
        connection.execute(delete(RunLinkRow))
        assert connection.scalars(select(HistoryRow.id)).first() is not None
        assert list(untaken(connection)) == []
    assert driven.react() == 0


def test_a_tick_that_does_nothing_leaves_no_trace_but_its_own_run(server: ServerPlace, driven: Hold) -> None:
    driven.tick(KICKOFF_INVITED)
    asyncio.run(tick())
    before = len(flow_runs(server, "react"))
    driven.clock.turn_to(KICKOFF_INVITED + timedelta(minutes=15))
    assert asyncio.run(tick()) == "Intet at gøre"
    assert len(flow_runs(server, "react")) == before
    # Others' ticks may be scheduled on the same server.
    busy, idle = [one for one in flow_runs(server, "tick") if one["name"].startswith("Tiden går · 30. dec")][-2:]
    assert busy["name"] == "Tiden går · 30. december 2026 kl. 09.00"
    assert busy["state"]["message"].endswith(" mails sendt")
    assert busy["tags"] == ["internt"]
    assert idle["name"] == "Tiden går · 30. december 2026 kl. 09.15"
    assert idle["state"]["message"] == "Intet at gøre"
    assert set(idle["tags"]) == {"internt", "intet-at-goere"}
