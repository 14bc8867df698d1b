"""A year that is struck: lived by processes that are killed and started again, watched by the peer and by this one."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bench.faults.board import Board
from bench.faults.life import Job, live, start_of_the_year
from bench.faults.peers import PEERS, Ledger, Moment, Strike, Taken
from bench.faults.places import Place, claimed, progress
from bench.faults.plan import Plan, RandomKill, outage
from bench.faults.processes import Killer, start
from bench.faults.undisturbed import Stop
from states.store.database import Database

GIVE_UP = 1800.0
"""Seconds after which a year that does not end has failed."""


@dataclass
class Struck:
    """What a year has been through."""

    database: str
    letters: Path
    taken: list[Taken] = field(default_factory=list)
    aimed: int = 0
    at_random: int = 0
    harms: int = 0
    outages: int = 0
    errors: int = 0
    in_the_window: int = 0
    """Kills and harms that came when a mail was taken and not recorded."""
    excused: set[str] = field(default_factory=set)
    """Mails that were claimed when the process was killed, or in the peer's hands when harm was done."""
    stops: list[Stop] = field(default_factory=list)
    seconds: float = 0.0
    restart_seconds: float = 0.0


class Year:
    """One year in one place with one peer."""

    def __init__(self, place: Place, peer: str, job: Mapping[str, Any], dice: random.Random) -> None:
        self.place = place
        self.board = Board(place.folder / "board")
        self.killer = Killer()
        self.struck = Struck(place.url, place.folder / "letters")
        self.ledger = Ledger()
        self._peer = peer
        self._job = job
        self._dice = dice
        self._until: datetime | None = job["until"]
        self._seen: frozenset[str] = frozenset()
        self._waiting: list[RandomKill] = []
        Database(place.url).migrate()
        self._reader = Database(place.url)
        self.board.set_clock(start_of_the_year())

    def play(self, plan: Plan, *, outages: bool, harms: Mapping[tuple[int, Moment], Strike] | None = None) -> Struck:
        """Live the year to its end under a plan's kills; with ``outages`` the clock goes on before some restarts."""
        self.ledger.strikes.update({aim: self._aimed(aim[1]) for aim in plan.aimed})
        self.ledger.strikes.update(harms or {})
        self._waiting = list(plan.at_random)
        began = time.monotonic()
        with PEERS[self._peer](self.ledger) as settings:
            given = {"database_url": self.place.url, "sender_email": "talentnord@example.org", **settings}
            log = self.place.folder / "errors.log"
            job = Job(given, self.board.path, log, self.struck.letters, **self._job)
            while not self.board.done:
                process = start(live, job)
                self.killer.aim(process)
                self._watch(process, began + GIVE_UP)
                self._examine(process.exitcode or 0, log, outages)
        self._reader.close()
        self.struck.taken = self.ledger.taken
        self.struck.errors = self.board.failures
        self.struck.seconds = time.monotonic() - began
        return self.struck

    def _watch(self, process: BaseProcess, deadline: float) -> None:
        """Wait until a process has ended; kill it when a random kill's moment has come."""
        steps, started, at_work = self.board.steps, time.monotonic(), False
        due: float | None = None
        while process.is_alive():
            process.join(0.002)
            now = time.monotonic()
            if not at_work and self.board.steps > steps:
                at_work = True
                self.struck.restart_seconds += now - started
            if due is None and self._waiting and self.board.clock() >= self._waiting[0].instant:
                due = now + self._waiting[0].after
            if due is not None and now >= due:
                self._waiting.pop(0)
                due = None
                self.struck.at_random += self.killer.kill()
            if now > deadline:
                self.killer.kill()
                raise TimeoutError(f"the year stands at {self.board.clock()}")

    def harm(self, what: Callable[[], None], undo: Callable[[], None] | None = None, after: float = 0.3) -> Strike:
        """Return a strike that does harm, and undoes it some seconds later; a mail in the peer's hands is excused."""

        def strike(mail: str) -> None:
            self.struck.harms += 1
            if mail:
                self.struck.in_the_window += 1
                self.struck.excused.add(mail)
            what()
            if undo is not None:
                threading.Timer(after, undo).start()

        return strike

    def turned(self, what: Callable[[], None]) -> Strike:
        """Return a strike that does something to the clock: no reason for a mail to be unknown."""

        def strike(_mail: str) -> None:
            self.struck.harms += 1
            what()

        return strike

    def turn_clock(self, by: timedelta) -> None:
        """Turn the clock while the process lives; an undisturbed year's is turned at the same commit."""
        clock = self.board.clock() + by
        self.struck.stops.append(Stop(progress(self._reader), clock))
        self.board.set_clock(clock)

    def _aimed(self, moment: Moment) -> Strike:
        def strike(_mail: str) -> None:
            if moment == "answered":
                # The sender reads the answer, records, or has just recorded.
                time.sleep(self._dice.choice((0.0, 0.0005, 0.001, 0.002, 0.004)))
            self.struck.aimed += self.killer.kill()

        return strike

    def _examine(self, code: int, log: Path, outages: bool) -> None:
        """See what a process that has ended left behind, and set the clock to when the next one starts."""
        self.place.settle()
        if self.board.done:
            return
        if code != -9:
            raise RuntimeError(f"a process ended by itself (code {code}), see {log}: {tail(log)}")
        left = claimed(self._reader)
        new, self._seen = left - self._seen, left
        self.struck.excused |= new
        self.struck.in_the_window += bool(new & {mail.message_id for mail in self.ledger.taken})
        if outages:
            down = outage(self._dice)
            if self._until is not None and self.board.clock() + down > self._until:
                down = timedelta()
            self.struck.outages += bool(down)
            clock = self.board.clock() + down
            self.struck.stops.append(Stop(progress(self._reader), clock))
            self.board.set_clock(clock)


def tail(log: Path) -> str:
    """Return the end of a log."""
    return log.read_text("utf-8")[-3000:] if log.exists() else ""
