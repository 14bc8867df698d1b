"""Prefect's event feed tells of each transition once, by ids only; of pages it tells nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows import events
from flows.events import event_id, event_name
from flows.server.lean_events import make_lean
from flows.server.process import ServerPlace
from states.store.tables import HistoryRow, PersonRow
from tests.support.hold import KICKOFF_INVITED, TALK_OPENS, Hold, enrolled
from tests.support.prefect import ask, flow_runs, wait_until

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture
def driven(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 3) as driven:
        yield driven


def found(server: ServerPlace, prefix: str, cohort: str = "") -> list[dict[str, Any]]:
    """The events that the server keeps whose names begin so, of one cohort if it is named."""
    asked = {"filter": {"event": {"prefix": [prefix]}}, "limit": 50}
    kept = ask(server, "/events/filter", asked)["events"]
    return [one for one in kept if not cohort or one["resource"].get("talentnord.cohort") == cohort]


def test_each_transition_is_told_once_with_its_run_and_nobodys_name(server: ServerPlace, driven: Hold) -> None:
    outcomes = [*driven.tick(KICKOFF_INVITED), *driven.tick(TALK_OPENS)]
    driven.tray.blocked = True
    driven.react(*outcomes)
    driven.tray.blocked = False
    driven.react(*outcomes)  # The same transitions in runs that follow those which did not do everything.
    with driven.coordinator.database.read() as connection:
        rows = {row.id: row for row in connection.execute(select(HistoryRow.__table__))}
        names = list(connection.scalars(select(PersonRow.name)))
    told = [one.id for outcome in outcomes for one in outcome.transitions]
    assert {rows[one].machine for one in told} == {"journey", "expectation_talk"}
    kept = wait_until(lambda: one if len(one := found(server, "talentnord.", driven.id)) >= len(told) else None)
    assert sorted(one["id"] for one in kept) == sorted(str(event_id(one)) for one in told)
    runs = {one["id"] for one in flow_runs(server, "react") if driven.id in one["tags"]}
    for one in kept:
        row = rows[one["payload"]["transition"]]
        assert one["event"] == event_name(row.id, row.machine, row.trigger)
        assert one["resource"]["prefect.resource.id"] == f"talentnord.journey.{row.journey_id}"
        assert (one["payload"]["source"], one["payload"]["dest"]) == (row.source, row.dest)
        ((ident, role),) = [(other["prefect.resource.id"], other["prefect.resource.role"]) for other in one["related"]]
        assert role == "flow-run"
        assert ident.removeprefix("prefect.flow-run.") in runs
    assert not [name for name in names if name in json.dumps(kept, ensure_ascii=False)]


def test_runs_are_among_the_events_without_their_tags_and_pages_are_not(server: ServerPlace, driven: Hold) -> None:
    driven.react(*driven.tick(KICKOFF_INVITED))
    wait_until(lambda: found(server, "talentnord.journey.", driven.id))
    wait_until(lambda: found(server, "prefect.flow-run.Completed"))
    ask(server, "/artifacts/", {"key": "some", "type": "markdown", "data": "a page"})
    driven.react(*driven.tick(TALK_OPENS))
    wait_until(lambda: found(server, "talentnord.commitment.open", driven.id))
    assert found(server, "prefect.artifact") == []
    of_runs = found(server, "prefect.flow-run.")
    assert {other["prefect.resource.role"] for one in of_runs for other in one["related"]} >= {"flow"}
    assert "prefect.tag." not in json.dumps(of_runs)


def test_a_run_does_what_it_is_for_even_if_nothing_can_be_told(
    server: ServerPlace, driven: Hold, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("no feed today")

    monkeypatch.setattr(events, "emit_event", breaks)
    driven.react(*driven.tick(KICKOFF_INVITED))
    assert driven.statuses("kickoff_invitation") == {"sent"}
    assert "no events of 3 transitions" in caplog.text


@pytest.mark.parametrize(
    ("transition", "machine", "trigger", "name"),
    [
        ("hold-3-01#2", "journey", "m1d1", "talentnord.journey.m1d1"),
        ("hold-3-01#2", "journey", "m1d1:invite", "talentnord.journey.m1d1.invite"),
        ("hold-3-01#2", "journey", "expectation_talk:kept", "talentnord.journey.expectation_talk.kept"),
        ("hold-3-01#2", "second_half", "second_half_choice:open", "talentnord.journey.second_half_choice.open"),
        ("hold-3-01/mentor_meeting_m2#2", "mentor_meeting_m2", "keep", "talentnord.commitment.keep"),
        ("hold-3#2", "cohort", "alumni", "talentnord.cohort.alumni"),
        ("7#1", "mail", "resend", "talentnord.mail.resend"),
        ("task:7#1", "task", "finish", "talentnord.task.finish"),
        ("hold-3-01@kickoff#1", "kickoff", "decline", "talentnord.attendance.decline"),
        ("hold-3/leader-01@network_1#2", "network_1", "correct", "talentnord.attendance.correct"),
    ],
)
def test_names(transition: str, machine: str, trigger: str, name: str) -> None:
    assert event_name(transition, machine, trigger) == name


def test_a_prefect_that_tells_of_pages_elsewhere_is_noticed() -> None:
    class Elsewhere: ...

    with pytest.raises(AttributeError):
        make_lean(Elsewhere)
