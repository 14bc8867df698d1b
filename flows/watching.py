"""Watches beside ``up`` that ticks happen, and tells the operator when none does (docs/adr/0048).

The automation in Prefect tells of ticks that failed (``flows/operator_alarm.py``); where the server is away, a schedule
is paused or nobody serves the flows, it has nothing to tell of. So this asks from outside, by plain HTTP, and tells by
itself. It names nobody. This module does not import Prefect.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.settings import Settings
from flows.clock import system_clock
from flows.cockpit.labels import words
from flows.console import out
from flows.server.plain_http import ask, name_of
from flows.server.process import ServerPlace, authorization, password
from flows.watch import Look, News, Watch, What

LOOKS_EVERY = 60.0
"""Seconds between two looks."""
_PATIENCE = 10.0
_NEWEST_END: Mapping[str, Any] = {
    "flows": {"name": {"any_": ["tick"]}},
    # One that was cancelled let no time pass, and of one that crashed nobody knows: neither came to its end.
    "flow_runs": {"state": {"type": {"any_": ["COMPLETED", "FAILED"]}}, "end_time": {"is_null_": False}},
    "sort": "END_TIME_DESC",
    "limit": 1,
}
_LINES = {
    What.NO_TICK: (
        "No tick has ended for {minutes} minutes (the last one: {ended}): deadlines and mails wait. Is the deployment"
        " tick paused at {ui}? If not, see {log}, and start this command again; nothing is lost."
    ),
    What.NO_ANSWER: (
        "The Prefect server has not answered for {minutes} minutes (the last tick: {ended}): there are no forms, and"
        " deadlines and mails wait. See {server_log}, and start this command again; nothing is lost."
    ),
    What.AGAIN: "Ticks happen again (the last one: {ended}).",
}


@contextmanager
def watched(
    place: ServerPlace, settings: Settings, folder: Path, watch: Watch | None = None, every: float = LOOKS_EVERY
) -> Iterator[None]:
    """Look ``every`` so many seconds whether ticks happen, while the block runs; its log is in ``folder``.

    What it finds is printed, kept in ``watch.log`` and, if the settings name one, told to the operator's webhook.
    """
    watcher = Watcher(place, settings.operator_webhook.get_secret_value(), folder / "watch.log", watch or Watch())
    over = threading.Event()

    def run() -> None:
        while True:
            watcher.look()
            if over.wait(every):
                return

    # Beside what waits for the children: neither may keep the other waiting. Whoever ends does not wait for it.
    threading.Thread(target=run, name="watch", daemon=True).start()
    try:
        yield
    finally:
        over.set()


class Watcher:
    """Looks, and tells what the watch makes of it."""

    def __init__(
        self,
        place: ServerPlace,
        webhook: str,
        log: Path,
        watch: Watch,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = system_clock,
    ) -> None:
        self._place = place
        self._webhook = webhook
        self._log = log
        self._watch = watch
        self._monotonic = monotonic
        self._wall = wall

    def look(self) -> None:
        """Look once; raises nothing."""
        try:
            ended = newest_end(self._place)
            answered = True
        except Exception:  # Whatever it is: we do not know of any tick.
            ended, answered = None, False
        news = self._watch.see(Look(self._monotonic(), self._wall(), answered, ended))
        if news is not None:
            self._tell(news)

    def _tell(self, news: News) -> None:
        at = news.ended.astimezone() if news.ended else None
        logs = {"log": self._log.with_name("serve.log"), "server_log": self._place.home / "server.log"}
        filled = {"minutes": news.minutes, "ui": self._place.ui, **logs}
        self._say(_LINES[news.what].format(ended=f"{at:%Y-%m-%d %H:%M}" if at else "none yet", **filled))
        if not self._webhook:
            return
        ended = words()["tick_at"].format(at=at) if at else words()["tick_never"]
        try:
            ask("POST", self._webhook, {"text": words()[news.what].format(ended=ended, **filled)}, {}, _PATIENCE)
        except Exception as error:
            self._say(f"The operator's webhook could not be told ({name_of(error)}).")

    def _say(self, line: str) -> None:
        stamped = f"{self._wall().astimezone():%Y-%m-%d %H:%M} {line}"
        # A terminal that was closed or a full disk keeps the other two from nothing.
        with suppress(OSError):
            out.print(stamped, markup=False)
        with suppress(OSError), self._log.open("a", encoding="utf-8") as log:
            log.write(f"{stamped}\n")


def newest_end(place: ServerPlace) -> datetime | None:
    """Return when the newest tick that came to its end did so, in UTC; ``None`` if the server knows of none.

    Raises:
        OSError: the server does not answer, or refuses to.
        ValueError: what it answers is not what Prefect answers.
    """
    address, headers = f"{place.api}/flow_runs/filter", authorization(password())
    found = json.loads(ask("POST", address, _NEWEST_END, headers, _PATIENCE))
    return datetime.fromisoformat(found[0]["end_time"]).astimezone(UTC) if found else None
