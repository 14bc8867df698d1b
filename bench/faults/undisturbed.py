"""The year to compare with: nothing is killed and nothing lost; if wanted, stopped in order where another was killed.

A stop comes between two commits of the engine and is followed by a start at the instant at which the other went on, so
that both have the same clock at the same commit.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from bench.faults.board import Board
from bench.faults.life import Life, start_of_the_year
from bench.faults.places import progress
from config.library import Library
from config.settings import Settings
from flows.services import put_together
from notifications.transports.protocol import Mail, Receipt
from states.engine import Engine
from states.store.database import Database


class Stop(NamedTuple):
    """After so many commits (see ``progress``) the process is stopped, and started with its clock at an instant."""

    progress: int
    clock: datetime


@dataclass(frozen=True)
class Calm:
    """An undisturbed year: its database, the instants at which something was due, and how many mails went."""

    database: Path
    instants: Sequence[datetime]
    mails: int


@dataclass(frozen=True)
class CalmJob:
    """What year to live, and where to lay it down."""

    folder: Path
    seed: int
    stops: Sequence[Stop] = ()
    until: datetime | None = None


class _Stopped(BaseException):
    """Not an error: nobody on the way may make one of it."""


class _StoppingDatabase(Database):
    """Stops whoever wants to write after the next stop's commits."""

    stops: list[Stop]
    board: Board
    reader: Database

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if self.stops and progress(self.reader) >= self.stops[0].progress:
            done = progress(self.reader)
            while self.stops and done >= self.stops[0].progress:
                self.board.set_clock(self.stops.pop(0).clock)
            raise _Stopped
        with super().write() as connection:
            yield connection


@dataclass
class _Tray:
    """Takes every mail at once."""

    mails: int = 0

    def send(self, _mail: Mail) -> Receipt:
        self.mails += 1
        return Receipt("")


def live_calmly(job: CalmJob) -> None:
    """Live the year; ``calm.db`` and ``calm.json`` are left in the job's folder."""
    os.setsid()
    board = Board(job.folder / "calm.board")
    board.set_clock(start_of_the_year())
    url = f"sqlite:///{job.folder / 'calm.db'}"
    database, tray = Database(url, synchronous="OFF"), _Tray()
    services = put_together(Settings(database_url=url), Library(), database, tray, board.clock)
    stopping = _StoppingDatabase(url, synchronous="OFF")
    stopping.stops, stopping.board, stopping.reader = list(job.stops), board, database
    life = Life(replace(services, engine=Engine(stopping, board.clock)), board, job.seed, job.until)
    instants: list[str] = []
    while not board.done:
        try:
            life.step()
        except _Stopped:
            continue
        instants.append(board.clock().isoformat())
    stopping.close()
    database.close()
    (job.folder / "calm.json").write_text(json.dumps({"instants": instants, "mails": tray.mails}), encoding="utf-8")


def read_calm(folder: Path) -> Calm:
    """Return the undisturbed year that was laid down in a folder."""
    read = json.loads((folder / "calm.json").read_text("utf-8"))
    return Calm(folder / "calm.db", [datetime.fromisoformat(one) for one in read["instants"]], read["mails"])
