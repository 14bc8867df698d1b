"""Effects through a real Prefect server: one run a trigger, one task run an effect, and nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, cast, select, update

from config.errors import RejectedError, TickFailedError
from config.library import Library
from config.people import People
from flows.cockpit import ui
from flows.server.process import ServerPlace
from states.facts import Fact
from states.store.tables import CohortRow, EffectRow, TaskRow, TimerRow
from tests.support.hold import KICKOFF_INVITED, TALK_OPENS, Hold, enrolled
from tests.support.prefect import artifact, flow_runs, running, task_runs, wait_until

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture
def whole_hold(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 24) as driven:
        yield driven


@pytest.fixture
def driven(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 5) as driven:
        yield driven


def states_of(place: ServerPlace, run: str) -> dict[str, str]:
    """The states of a run's task runs by name, of those that have ended."""
    ended = {"COMPLETED", "FAILED", "CRASHED"}
    return {task["name"]: task["state_type"] for task in task_runs(place, run) if task["state_type"] in ended}


def runs_of(place: ServerPlace, driven: Hold) -> list[dict[str, Any]]:
    """The runs of ``react`` for this cohort, the oldest first."""
    return [one for one in flow_runs(place, "react") if driven.id in one["tags"]]


def test_a_trigger_is_one_run_and_an_effect_one_task_run_with_names_that_tell(
    server: ServerPlace, whole_hold: Hold
) -> None:
    driven = whole_hold
    assert driven.react(*driven.tick(KICKOFF_INVITED)) == 1
    (run,) = runs_of(server, driven)
    assert run["name"] == "Hold 3 · Fælles kick-off: invitation · 24 talenter"
    assert run["state"]["type"] == "COMPLETED"
    talents = {f"talent:{driven.id}-{number:02d}" for number in range(1, 25)}
    assert set(run["tags"]) == {driven.id, "kickoff:invite", "aktivitet"} | talents
    with driven.coordinator.database.read() as connection:
        effects = connection.scalars(select(EffectRow.id)).all()
    # 24 talents, 22 leaders, 6 internal consultants: nobody is invited twice.
    assert len(effects) == len(driven.tray.mails) == 52
    tasks = wait_until(lambda: found if len(found := task_runs(server, run["id"])) == 52 else None)
    names = {task["name"] for task in tasks}
    assert len(names) == 52
    assert "Mail til Mette Brøndgaard: Fælles kick-off: invitation" in names


def test_what_was_done_is_neither_run_nor_sent_again(server: ServerPlace, driven: Hold) -> None:
    outcomes = driven.tick(KICKOFF_INVITED)
    driven.react(*outcomes)
    sent = len(driven.tray.mails)
    (run,) = runs_of(server, driven)
    assert driven.react(*outcomes) == 0
    assert driven.react() == 0
    assert len(driven.tray.mails) == sent
    assert [one["id"] for one in runs_of(server, driven)] == [run["id"]]


def test_a_run_that_did_not_do_everything_is_followed_by_another(server: ServerPlace, driven: Hold) -> None:
    outcomes = driven.tick(KICKOFF_INVITED)
    driven.tray.blocked = True
    assert driven.react(*outcomes) == 1
    assert driven.statuses("kickoff_invitation") == {"pending"}
    driven.tray.blocked = False
    assert driven.react(*outcomes) == 1
    assert driven.statuses("kickoff_invitation") == {"sent"}
    states = [one["state"]["type"] for one in runs_of(server, driven)]
    assert states == ["FAILED", "COMPLETED"]


def test_a_refused_mail_fails_its_run_and_keeps_no_other_back(server: ServerPlace, driven: Hold) -> None:
    driven.tray.refuses["mette.broendgaard@aalborg.example.org"] = RejectedError("no such mailbox")
    outcomes = driven.tick(KICKOFF_INVITED)
    invited = len(driven.coordinator.outbox.due()[0].effects)
    driven.react(*outcomes)
    (run,) = runs_of(server, driven)
    assert run["state"]["type"] == "FAILED"
    assert run["state"]["message"] == f"{invited - 1} mails sendt, 1 mail afvist"
    assert len(driven.tray.mails) == invited - 1
    states = wait_until(lambda: found if len(found := states_of(server, run["id"])) == invited else None)
    refused = "Mail til Mette Brøndgaard: Fælles kick-off: invitation"
    assert {name for name, state in states.items() if state == "FAILED"} == {refused}
    assert set(states.values()) == {"FAILED", "COMPLETED"}
    assert driven.statuses("kickoff_invitation") == {"sent", "rejected"}


def test_an_effect_that_breaks_unforeseen_keeps_no_other_back_and_goes_when_it_is_mended(
    server: ServerPlace, driven: Hold
) -> None:
    outcomes = driven.tick(KICKOFF_INVITED)
    invited = len(driven.coordinator.outbox.due()[0].effects)
    with driven.coordinator.database.read() as connection:
        ident, details = connection.execute(select(EffectRow.id, EffectRow.details).limit(1)).one()

    def say(about: object) -> None:
        with driven.coordinator.database.write() as connection:
            connection.execute(update(EffectRow).where(EffectRow.id == ident).values(details=about))
        driven.react(*outcomes)

    say(["not what it should be"])
    assert len(driven.tray.mails) == invited - 1
    say(details)
    assert [one["state"]["type"] for one in runs_of(server, driven)] == ["FAILED", "COMPLETED"]
    assert len(driven.tray.mails) == invited
    assert driven.statuses("kickoff_invitation") == {"sent"}


def test_a_cohort_that_cannot_be_read_keeps_no_other_back(server: ServerPlace, driven: Hold) -> None:
    loaded = Library().cohort("hold-3")
    other = loaded.cohort.model_copy(update={"id": f"{driven.id}-b"})
    driven.coordinator.engine.enrol(other, driven.definition, People(loaded.people.talents[:2]))
    driven.tick(KICKOFF_INVITED)
    with driven.coordinator.database.write() as connection:
        connection.execute(update(CohortRow).where(CohortRow.id == driven.id).values(definition="{}"))
    assert driven.react() == 5
    runs = {one["name"]: one["state"]["type"] for one in flow_runs(server, "react") if driven.id in str(one["tags"])}
    assert runs == {
        f"{driven.id} · kickoff:invite · 5 talenter": "FAILED",
        "Hold 3 · tilmeldt · 2 talenter": "COMPLETED",
        "Hold 3 · Fælles kick-off: invitation · 2 talenter": "COMPLETED",
        "Hold 3 · Udfordring til bootcamp i modul 2: gennemført": "COMPLETED",
        "Hold 3 · Udfordring til bootcamp i modul 5: gennemført": "COMPLETED",
    }
    with driven.coordinator.database.read() as connection:
        rows = connection.execute(select(EffectRow.cohort_id, EffectRow.status).distinct()).all()
    assert {tuple(row) for row in rows} == {(driven.id, "pending"), (other.id, "sent")}


def test_facts_are_taken_without_prefect_and_the_next_tick_sends(tmp_path: Path, driven: Hold) -> None:
    driven.tick(KICKOFF_INVITED)
    driven.tick(TALK_OPENS)
    told = driven.coordinator.engine.fire("leave", [f"{driven.id}-05"], Fact("told", "coordinator"))
    assert told.transitions[0].dest == "on_leave"
    assert driven.tray.mails == []
    with running(tmp_path / "later") as place:
        from flows.tick import tick

        asyncio.run(tick())
        assert {one["state"]["type"] for one in flow_runs(place, "react")} == {"COMPLETED"}
    assert driven.statuses("leave_started") == {"sent"}
    assert driven.statuses("talk_convene") == {"sent", "dropped"}


def test_a_tick_that_fails_for_one_cohort_sends_all_else_first(server: ServerPlace, driven: Hold) -> None:
    from flows.tick import tick

    driven.tick(KICKOFF_INVITED)
    with driven.coordinator.database.write() as connection:
        unknown = "nobody:" + cast(TimerRow.id, String)
        connection.execute(update(TimerRow).where(TimerRow.due_at > KICKOFF_INVITED).values(trigger=unknown))
    driven.clock.turn_to(TALK_OPENS)
    with pytest.raises(TickFailedError, match="'nobody:"):
        asyncio.run(tick())
    assert driven.statuses("kickoff_invitation") == {"sent"}
    told = f"Tiden står stille for 1 hold; alt andet er gjort. Årsag: {driven.id}: 'nobody:"
    (run,) = (one for one in flow_runs(server, "tick") if told in (one["state"]["message"] or ""))
    assert run["state_type"] == "FAILED"


def test_pages_keep_their_address_and_tell_history_with_its_cause(server: ServerPlace, driven: Hold) -> None:
    driven.react(*driven.tick(KICKOFF_INVITED))
    first = artifact(server, f"side-{driven.id}")
    assert first is not None
    driven.react(*driven.tick(TALK_OPENS))
    again = artifact(server, f"side-{driven.id}")
    assert again is not None
    assert again["latest_id"] == first["latest_id"]
    assert f"| [Mette Brøndgaard]({ui.DEFAULT.page('')}" in again["data"]
    page = artifact(server, f"side-{driven.id}-01")
    assert page is not None
    assert "Forventningssamtale\\: åbnet → i gang | af sig selv, da tiden var inde · [kørsel](" in page["data"]
    assert r"Forventningssamtale (Inge Sønderby) | i gang | 17\. feb\. 2027" in page["data"]


def test_tasks_are_opened_for_the_coordinator(server: ServerPlace, driven: Hold) -> None:
    driven.react(*driven.tick(KICKOFF_INVITED))
    driven.react(*driven.tick(TALK_OPENS))
    driven.react(*driven.tick(datetime(2027, 2, 18, 8, tzinfo=UTC)))
    with driven.coordinator.database.read() as connection:
        titles = connection.scalars(select(TaskRow.title).where(TaskRow.status == "open")).all()
    assert len(titles) == 5
    page = artifact(server, f"side-{driven.id}")
    assert page is not None
    assert "5 åbne opgaver" in page["data"]
