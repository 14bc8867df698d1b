"""Whoever has signed in looks, starts forms in their own name, and stops runs; all else of Prefect is not for them."""

from __future__ import annotations

import json

import pytest

from flows.server.may_ask import Asks, asks, deployment_of
from flows.server.stamping import LABEL, started_by, stopping
from notifications.links import Links
from notifications.passes import stamp, stamped_by

ID = "0b5dc3f4-6c2c-4f0a-9c34-7f4f2e5ad001"
LINKS = Links(["k" * 40], "")
KAREN, BO = "hold-3/coordinator-1", "hold-3/coordinator-2"

LOOKS = [
    ("GET", "/v2/dashboard"),
    ("GET", "/ui-settings"),
    ("GET", "/api/admin/version"),
    ("GET", f"/api/deployments/{ID}"),
    ("POST", "/api/artifacts/latest/filter"),
    ("POST", "/api/flow_runs/filter"),
    ("POST", "/api/flow_runs/paginate"),
    ("POST", "/api/flow_runs/lateness"),
    ("POST", "/api/task_runs/history"),
    ("POST", "/api/deployments/count"),
    ("POST", "/api/events/filter"),
    ("POST", "/api/events/count-by/day"),
    ("POST", "/api/logs/filter"),
    ("POST", "/api/ui/schemas/validate"),
    ("POST", "/api/ui/flow_runs/count-task-runs"),
    ("POST", "/api/work_pools/talentnord/queues/filter"),
]
NOT_THEIRS = [
    ("POST", "/api/deployments/"),
    ("PATCH", f"/api/deployments/{ID}"),
    ("DELETE", f"/api/deployments/{ID}"),
    ("POST", f"/api/deployments/{ID}/create_flow_run/bulk"),
    ("POST", f"/api/deployments/{ID}/create_flow_run/"),
    ("POST", f"/api/deployments/{ID}/schedules"),
    ("POST", "/api/flow_runs/"),
    ("PATCH", f"/api/flow_runs/{ID}"),
    ("PATCH", f"/api/flow_runs/{ID}/labels"),
    ("POST", f"/api/flow_runs/{ID}/resume"),
    ("POST", f"/api/flow_runs/{ID}/input"),
    ("POST", "/api/flow_runs/bulk_set_state"),
    ("DELETE", f"/api/flow_runs/{ID}"),
    ("POST", f"/api/task_runs/{ID}/set_state"),
    ("PUT", "/api/block_documents/filter"),
    ("POST", "/api/block_documents/filter/"),
    ("GET", f"/api/block_documents/{ID}"),
    ("POST", "/api/block_documents/"),
    ("POST", "/api/automations/"),
    ("PATCH", f"/api/automations/{ID}"),
    ("POST", "/api/variables/"),
    ("POST", "/api/work_pools/"),
    ("POST", "/api/artifacts/"),
    ("PUT", "/api/admin/storage"),
    ("POST", "/api/admin/database/clear"),
    ("TRACE", "/api/flow_runs/filter"),
]


@pytest.mark.parametrize(("method", "path"), LOOKS)
def test_what_shows_something_may_be_asked_for(method: str, path: str) -> None:
    assert asks(method, path) is Asks.LOOK


@pytest.mark.parametrize(("method", "path"), NOT_THEIRS)
def test_what_changes_prefect_itself_or_speaks_for_another_may_not(method: str, path: str) -> None:
    assert asks(method, path) is Asks.ELSE


def test_the_list_of_blocks_is_one_of_its_own() -> None:
    assert asks("POST", "/api/block_documents/filter") is Asks.SECRETS


def test_forms_are_started_and_runs_are_stopped() -> None:
    start = f"/api/deployments/{ID}/create_flow_run"
    assert (asks("POST", start), deployment_of(start)) == (Asks.START, ID)
    assert asks("POST", f"/api/flow_runs/{ID}/set_state") is Asks.STOP


def test_a_run_is_stamped_with_who_has_signed_in_whatever_the_browser_says() -> None:
    theirs = stamp(LINKS, BO, ID, "their-key")
    sent = {"parameters": {"talent": "Mette"}, "labels": {LABEL: theirs, "x": 1}, "idempotency_key": "their-key"}
    body = started_by(LINKS, KAREN, ID, json.dumps(sent).encode())
    assert body is not None
    passed = json.loads(body)
    assert passed["parameters"] == {"talent": "Mette"}
    assert set(passed["labels"]) == {LABEL}
    assert passed["idempotency_key"] != "their-key"
    assert stamped_by(LINKS, passed["labels"][LABEL], ID, passed["idempotency_key"]) == KAREN


def test_said_twice_in_one_body_it_is_still_not_theirs() -> None:
    theirs = stamp(LINKS, BO, ID, "their-key")
    label = f'"labels": {{"{LABEL}": "{theirs}"}}'
    body = started_by(LINKS, KAREN, ID, f"{{{label}, {label}}}".encode())
    assert body is not None
    assert theirs not in body.decode()


def test_where_and_how_a_run_runs_is_not_for_a_browser_to_say() -> None:
    sent = {
        "name": "a-b",
        "state": {"type": "SCHEDULED"},
        "tags": ["x"],
        "job_variables": {"command": "id", "env": {"PATH": "/tmp"}},
        "work_queue_name": "other",
        "infrastructure_document_id": ID,
        "parent_task_run_id": ID,
        "context": {},
    }
    body = started_by(LINKS, KAREN, ID, json.dumps(sent).encode())
    assert body is not None
    assert set(json.loads(body)) == {"name", "state", "tags", "idempotency_key", "labels"}


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b"\xff", b'"x"', b"[" * 100_000], ids=["list", "torn", "bytes", "text", "deep"]
)
def test_what_cannot_be_read_starts_and_stops_nothing(body: bytes) -> None:
    assert started_by(LINKS, KAREN, ID, body) is None
    assert stopping(body) is None


@pytest.mark.parametrize("state", ["CANCELLING", "CANCELLED"])
def test_a_run_is_stopped(state: str) -> None:
    sent = {"state": {"type": state, "name": "Cancelling", "data": {"x": 1}}, "force": True}
    assert json.loads(stopping(json.dumps(sent).encode()) or b"") == {"state": {"type": state, "name": "Cancelling"}}


@pytest.mark.parametrize("state", ["SCHEDULED", "RUNNING", "COMPLETED", "PENDING", "", None, ["CANCELLED"]])
def test_a_run_is_not_begun_again_or_ended_as_if_it_had_succeeded(state: object) -> None:
    assert stopping(json.dumps({"state": {"type": state}}).encode()) is None
