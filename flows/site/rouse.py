"""Wakes the tick when something was recorded on the site, so that what follows from it follows within a minute.

It asks Prefect's API for a run of the deployment ``tick``, beside all requests, and asks again while our database says
that no run has taken what was recorded: a tick that was at work already may have come too early. Nothing depends on it.
Where Prefect cannot be reached, the next tick by the clock does the same (docs/adr/0031).
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.server.plain_http import ask, name_of
from flows.server.process import authorization

PAUSES = (1.0, 15.0, 15.0, 30.0, 60.0, 120.0, 240.0)
"""Seconds before each time that a tick is asked for: answers of one second share a tick, and at last time does it."""
_TICK = "/deployments/name/tick/tick"
_PATIENCE = 5.0

_log = logging.getLogger(__name__)


class Rouser:
    """A thread that asks for a tick after ``recorded``, as long as ``waits`` says that something waits for one."""

    def __init__(
        self, api: str, password: str | None, waits: Callable[[], bool], pauses: tuple[float, ...] = PAUSES
    ) -> None:
        self._api = api.rstrip("/")
        self._headers = authorization(password)
        self._waits = waits
        self._pauses = pauses
        self._something = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rouser", daemon=True)

    def recorded(self) -> None:
        """Say that something was recorded; returns at once."""
        self._something.set()

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End, at once; the tick by the clock does what is left."""
        self._over.set()
        self._something.set()
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while True:
            self._something.wait()
            self._something.clear()
            for pause in self._pauses:
                if self._over.wait(pause):
                    return
                try:
                    if not self._waits():
                        break
                    self._ask_for_a_tick()
                except Exception as error:
                    _log.warning("the tick could not be woken (%s); the next one by the clock does it", name_of(error))

    def _ask_for_a_tick(self) -> None:
        """Ask for a tick, unless one is about to begin anyway."""
        deployment = self._ask("GET", _TICK)["id"]
        about_to_begin = {
            "deployments": {"id": {"any_": [deployment]}},
            "flow_runs": {
                "state": {"type": {"any_": ["SCHEDULED", "PENDING"]}},
                "expected_start_time": {"before_": datetime.now(UTC).isoformat()},
            },
        }
        if not self._ask("POST", "/flow_runs/count", about_to_begin):
            self._ask("POST", f"/deployments/{deployment}/create_flow_run", {"state": {"type": "SCHEDULED"}})

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return json.loads(ask(method, f"{self._api}{path}", body, self._headers, _PATIENCE))
