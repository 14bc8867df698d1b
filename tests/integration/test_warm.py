"""Runs that are served start as forks, and end as Prefect's own do."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from typing import Any
from uuid import uuid4

import anyio
import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.runner import _starter_engine

from flows.warm import start_runs_warm
from tests.support.up import ROOT, clean


@pytest.fixture(autouse=True)
def as_prefect_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back, after each test, what it replaces in Prefect."""
    monkeypatch.setattr(_starter_engine, "run_process", _starter_engine.__dict__["run_process"])


async def started() -> Any:
    """Let Prefect start a run that is not there, and return the process when it has ended."""
    async with anyio.create_task_group() as group:
        starter = _starter_engine.EngineCommandStarter()
        return await group.start(starter.start, FlowRun(id=uuid4(), flow_id=uuid4()))


def test_a_run_is_a_process_that_was_forked_and_its_code_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody listens there: the engine ends at once, and with an error.
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "0")
    start_runs_warm()
    handle = anyio.run(started)
    assert isinstance(handle.raw_process, multiprocessing.context.ForkServerProcess)
    assert handle.returncode == 1


def test_a_forked_run_warns_of_nothing() -> None:
    """What a run says lands in the log of the process that serves it."""
    script = "import anyio; from tests.integration import test_warm as t; t.start_runs_warm(); anyio.run(t.started)"
    environment = clean({"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"})
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert "Connection" in ended.stderr
    assert "Warning" not in ended.stderr
