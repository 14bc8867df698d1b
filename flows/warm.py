"""Runs of the process that serves the flows start warm: forked from a process that has imported everything once.

Prefect starts a new interpreter for each run, which spends seconds importing Prefect and us before it does anything
(docs/adr/0041). A run is still a process of its own, and Prefect still starts, watches and ends it: only what it starts
is another. The forked process then does what ``python -m prefect.engine`` does.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import sys
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import anyio.abc
from prefect.runner import _starter_engine

ENGINE = "prefect.engine"
_IMPORTED_ONCE = ("prefect.flow_engine", "prefect.task_engine", ENGINE, "flows.serve")


def start_runs_warm() -> None:
    """Let runs that this process starts be forked; where processes cannot be forked, all stays as it is."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return
    context = multiprocessing.get_context("forkserver")
    # In a process of its own with no threads yet: forking this one, which has some, would not be safe.
    context.set_forkserver_preload(list(_IMPORTED_ONCE))
    first = context.Process(target=_nothing)
    first.start()
    first.join()
    _starter_engine.run_process = _warm(context)  # type: ignore[attr-defined]


def _warm(context: multiprocessing.context.ForkServerContext) -> Callable[..., Any]:
    async def run_process(
        *,
        task_status: anyio.abc.TaskStatus[Any],
        task_status_handler: Callable[[Any], Any],
        env: Mapping[str, str],
        **_: object,
    ) -> None:
        """Run the engine in a forked process with this environment; returns when the process has ended."""
        process = context.Process(target=_run_engine, args=(dict(env),))
        process.start()
        try:
            task_status.started(task_status_handler(process))
            await anyio.to_thread.run_sync(process.join, abandon_on_cancel=True)
        except BaseException:
            process.terminate()
            raise

    return run_process


def _run_engine(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    # As it is run it is a module of its own, and the one that was imported for what it imports is in nobody's way.
    sys.modules.pop(ENGINE, None)
    try:
        runpy.run_module(ENGINE, run_name="__main__")
    finally:
        # Its log and its events are sent by threads that are only waited for at the end of an interpreter, and a
        # forked process has none.
        atexit._run_exitfuncs()


def _nothing() -> None:
    """Return at once: the first process waits until everything is imported."""
