"""A real Prefect server for tests, and the means to look at what it keeps."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from prefect.events.worker import EventsWorker
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_HOME,
    PREFECT_LOGGING_LEVEL,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)

from flows.server.ports import free_port
from flows.server.process import ServerPlace, authorization, prefect_server

T = TypeVar("T")


@contextmanager
def running(home: Path) -> Iterator[ServerPlace]:
    """Run a server on a free port with its database and logs in ``home``; flows in this process talk to it."""
    place = ServerPlace(free_port(), home)
    settings = {
        PREFECT_API_URL: place.api,
        PREFECT_HOME: home,
        PREFECT_LOGGING_LEVEL: "WARNING",
        PREFECT_LOGGING_TO_API_ENABLED: False,
    }
    with prefect_server(place), temporary_settings(settings):
        yield place
        # What waits for a server that is gone would keep this process from ending.
        EventsWorker.drain_all(timeout=10)


def ask(
    place: ServerPlace, path: str, body: object = None, method: str | None = None, password: str | None = None
) -> Any:
    """Ask the server's API and return its answer; raises ``urllib.error.HTTPError`` on a refusal."""
    request = urllib.request.Request(
        f"{place.api}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json", **authorization(password)},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def run_deployment(
    place: ServerPlace, deployment: str, parameters: Mapping[str, object], password: str | None = None
) -> dict[str, Any]:
    """Run a deployment (``flow/name``) as the UI does, and return the run when it has ended."""
    found = ask(place, f"/deployments/name/{quote(deployment)}", password=password)
    body = {"state": {"type": "SCHEDULED"}, "parameters": found["parameters"] | dict(parameters)}
    created = ask(place, f"/deployments/{found['id']}/create_flow_run", body, password=password)

    def ended() -> dict[str, Any] | None:
        now: dict[str, Any] = ask(place, f"/flow_runs/{created['id']}", password=password)
        return now if now["state_type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    return wait_until(ended, within=240)


def flow_runs(place: ServerPlace, flow: str) -> list[dict[str, Any]]:
    """Return all runs of a flow, the oldest first, however many tests have used the server before."""
    body = {"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_ASC", "limit": 200}
    found: list[dict[str, Any]] = []
    while page := ask(place, "/flow_runs/filter", {**body, "offset": len(found)}):
        found += page
    return found


def task_runs(place: ServerPlace, flow_run: str) -> list[dict[str, Any]]:
    """Return the task runs of a flow run."""
    body = {"task_runs": {"flow_run_id": {"any_": [flow_run]}}, "limit": 200}
    found: list[dict[str, Any]] = ask(place, "/task_runs/filter", body)
    return found


def artifact(place: ServerPlace, key: str) -> dict[str, Any] | None:
    """Return the latest artifact with a key."""
    found = ask(place, "/artifacts/latest/filter", {"artifacts": {"key": {"any_": [key]}}})
    return found[0] if found else None


def wait_until(what: Callable[[], T | None], within: float = 60.0, every: float = 0.3) -> T:
    """Return what ``what`` returns as soon as it is neither ``None`` nor false; asked ``every`` so many."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(every)
    raise AssertionError(f"not within {within} s: {what}")
