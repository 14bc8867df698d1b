"""What no request waits for: done by one thread, in order; and Prefect is told that something was recorded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flows.site.guards import told_of

MOST = 200
"""How much may wait; then the next one is told to come again."""

_log = logging.getLogger(__name__)


class Afterwards:
    """Does in a thread of its own what a request has asked for; ``recorded`` is called when something was committed."""

    def __init__(self, recorded: Callable[[], None] = lambda: None) -> None:
        self.recorded = recorded
        self._free = threading.BoundedSemaphore(MOST)
        self._thread = ThreadPoolExecutor(1, "afterwards")

    def do(self, work: Callable[[], object]) -> bool:
        """Let ``work`` be done, and return whether it will be: not while too much waits."""
        if not self._free.acquire(blocking=False):
            return False
        self._thread.submit(self._do, work)
        return True

    def finish(self) -> None:
        """Do what still waits, and end; nothing can be asked for any more."""
        self._thread.shutdown()

    def _do(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            _log.error("what was asked for could not be done: %s", told_of(error))
        finally:
            self._free.release()
