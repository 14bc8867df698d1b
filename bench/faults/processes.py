"""Processes that are forked from a warm one and killed with all they have started."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

_FORKS = get_context("forkserver")


def warm_up(*modules: str) -> None:
    """Let processes be forked from one that has imported ``modules`` and has neither threads nor connections."""
    _FORKS.set_forkserver_preload(["bench.faults.warm", *modules])


def start(work: Callable[[Any], None], job: object) -> BaseProcess:
    """Start a process."""
    process = _FORKS.Process(target=work, args=(job,))
    process.start()
    return process


class Killer:
    """Kills the process that lives at the moment, once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None

    def aim(self, process: BaseProcess) -> None:
        """Make a process the one to be killed."""
        with self._lock:
            self._process = process

    @property
    def pid(self) -> int:
        """The process that lives at the moment."""
        process = self._process
        return process.pid or 0 if process else 0

    def kill(self) -> bool:
        """Kill its whole process group; ``False`` if there is nothing to be killed any more."""
        with self._lock:
            process, self._process = self._process, None
            if process is None or process.pid is None or not process.is_alive():
                return False
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                # It has not come to have a group of its own.
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            return True
