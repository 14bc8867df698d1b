"""The process that is killed: lives a cohort's year as the flows do, and goes on from what the database holds.

Each instant at which something is due: time passes, people act, time passes again, what is due is sent. An error ends
the instant, not the process; it is begun again, as the next tick would.
"""

from __future__ import annotations

import asyncio
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.faults.board import Board
from bench.faults.letters import note_letters
from bench.faults.mutants import mutated
from bench.faults.people import People, fact_of, hold_3
from config.errors import TransitionRefusedError
from config.settings import Settings
from flows.rehearsal.rehearsal import first_instant
from flows.services import Services, open_services, use
from states.store.conditions import ARMED, PENDING
from states.store.tables import CohortRow, EffectRow, MailRow, TimerRow

PATIENCE = 300
"""After so many errors in a row, or so many instants at one time, a process gives up: something is really wrong."""
AFTERWARDS = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """What a process is to live: where its database and peer are (as settings), and its clock."""

    settings: dict[str, Any]
    board: Path
    log: Path
    letters: Path
    seed: int
    until: datetime | None = None
    mutant: str = ""
    prefect: bool = False
    """Whether the flows run, on the Prefect server that the environment names."""


def live(job: Job) -> None:
    """Live the rest of the year; the whole of it in a process group of its own."""
    os.setsid()
    board = Board(job.board)
    note_letters(job.letters)
    services = mutated(open_services(Settings(**job.settings), board.clock), job.mutant)
    life = Life(services, board, job.seed, job.until)
    if job.prefect:
        _through_prefect(life, services)
    life.run(job.log)


class Life:
    """A cohort's year, an instant at a time."""

    def __init__(self, services: Services, board: Board, seed: int, until: datetime | None) -> None:
        self.services = services
        self.people = People(seed)
        self.send: Callable[[], None] = self.send_all
        self._board = board
        self._until = until
        self._last: tuple[datetime | None, int] = (None, 0)

    def run(self, log: Path) -> None:
        """Go from instant to instant until nothing is due any more; an error is written into ``log``."""
        failures = 0
        while not self._board.done:
            try:
                self.step()
                failures = 0
            except Exception:
                failures += 1
                self._board.count_failure()
                with log.open("a", encoding="utf-8") as file:
                    file.write(f"{self._board.clock()}: {traceback.format_exc()}\n")
                if failures == PATIENCE:
                    raise
                time.sleep(0.05)

    def step(self) -> None:
        """Do what is due next."""
        instant = self._next_instant()
        if instant is None or (self._until is not None and instant > self._until):
            self._end()
            return
        self._board.turn_to(instant)
        self._board.count_step()
        self._check_that_it_goes_on(instant)
        self.pass_time()
        self.act()
        self.pass_time()
        self.send()

    def pass_time(self) -> None:
        """Enrol the cohort if it is not there, and fire what is due."""
        with self.services.database.read() as connection:
            enrolled = connection.scalar(select(CohortRow.id))
        if enrolled is None:
            loaded, _ = hold_3()
            self.services.engine.enrol(loaded.cohort, loaded.definition, loaded.people)
        self.services.engine.tick()

    def act(self) -> None:
        """Let people do what they do by now; each of them tells it for themselves."""
        with self.services.database.read() as connection:
            acts = self.people.acts(connection)
        for act in acts:
            if act.at <= self._board.clock():
                try:
                    self.services.engine.fire(act.trigger, [act.journey], fact_of(act))
                except TransitionRefusedError:
                    # What others did at this very instant has made it needless.
                    continue

    def send_all(self) -> None:
        """Carry out all that is due."""
        self.services.outbox.settle()
        for due in self.services.outbox.due():
            for effect in due.effects:
                self.services.outbox.carry_out(effect)

    def _next_instant(self) -> datetime | None:
        with self.services.database.read() as connection:
            if connection.scalar(select(CohortRow.id)) is None:
                return self._board.clock()
            timer = connection.scalar(select(func.min(TimerRow.due_at)).where(ARMED))
            effect = connection.scalar(select(func.min(EffectRow.send_at)).where(PENDING))
            acts = self.people.acts(connection)
        act = acts[0].at if acts else None
        return min((at for at in (timer, effect, act) if at is not None), default=None)

    def _end(self) -> None:
        """Wait for what a killed process has left claimed, then end the year."""
        with self.services.database.read() as connection:
            claimed = connection.scalar(select(MailRow.id).where(MailRow.status == "claimed").limit(1))
        if claimed is None:
            self._board.finish()
        else:
            self._board.set_clock(self._board.clock() + AFTERWARDS)
            self.services.outbox.settle()

    def _check_that_it_goes_on(self, instant: datetime) -> None:
        last, times = self._last
        self._last = (instant, times + 1 if instant == last else 1)
        if times >= PATIENCE:
            raise RuntimeError(f"what is due at {instant} stays due")


def _through_prefect(life: Life, services: Services) -> None:
    """Let the flow ``tick`` do the sending, with a run for each trigger and a task run for each effect."""
    from flows import runs
    from flows.tick import tick

    # Runs of a killed process count as left lying by the wall clock, and a year here is over in minutes.
    runs.LEFT_LYING = timedelta()
    use(services)

    def send() -> None:
        asyncio.run(tick())

    life.send = send


def start_of_the_year() -> datetime:
    """When the cohort is enrolled."""
    return first_instant(hold_3()[0])
