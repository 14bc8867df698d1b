"""One setup of ``bench.faults`` in a process of its own: plays its years and prints what they came to, as JSON."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.faults.concurrency import work_together
from bench.faults.harms import harms_for, harms_of
from bench.faults.places import Place, postgres_place, sqlite_place
from bench.faults.plan import Plan, plan_kills
from bench.faults.processes import start, warm_up
from bench.faults.report import Row
from bench.faults.setups import SETUPS, Setup
from bench.faults.undisturbed import Calm, CalmJob, Stop, live_calmly, read_calm
from bench.faults.verdict import judge
from bench.faults.year import Struck, Year
from flows.server.ports import free_port
from flows.server.process import ServerPlace, prefect_server

STRETCH = datetime(2027, 6, 10, tzinfo=UTC)
"""Until when those who work at once play the year."""


class Series:
    """The years of one setup."""

    def __init__(self, setup: Setup, kills: int, seed: int, until: datetime | None, folder: Path) -> None:
        self.setup = setup
        self.kills = kills
        self.seed = seed
        self.until = until
        self.folder = folder

    def run(self) -> list[Row]:
        """Play all years of the setup."""
        if self.setup.kind.startswith("together"):
            with self.place() as place:
                return [work_together(self.setup, place, self.seed, self.until or STRETCH)]
        calm = self.calm("calm")
        if self.setup.kind == "harms":
            return [self.harmed(calm)]
        if self.setup.kind == "prefect":
            return [self.killed(calm, self.kills, outages=False)]
        if self.setup.kind == "mutant":
            return [self.killed(calm, self.kills, outages=False, mutant=self.setup.mutant)]
        half = self.kills // 2
        return [self.killed(calm, self.kills - half, outages=False), self.killed(calm, half, outages=True)]

    def calm(self, name: str, stops: Sequence[Stop] = ()) -> Calm:
        """Live an undisturbed year."""
        folder = self.folder / name
        folder.mkdir()
        process = start(live_calmly, CalmJob(folder, self.seed, stops, self.until))
        process.join()
        if process.exitcode:
            raise RuntimeError(f"an undisturbed year ended with code {process.exitcode}")
        return read_calm(folder)

    def killed(self, calm: Calm, kills: int, *, outages: bool, mutant: str = "") -> Row:
        """Live a year under kills and compare it."""
        dice = random.Random(f"{self.seed}/{self.setup.name}/{outages}/{mutant}")
        plan = plan_kills(kills, calm.mails, calm.instants, dice)
        if mutant:
            plan = Plan(plan.aimed, ())
        with self.place() as place:
            year = Year(place, self.setup.peer, self.job(mutant), dice)
            struck = year.play(plan, outages=outages)
            return self.row(struck, calm, "outages" if outages else "")

    def harmed(self, calm: Calm) -> Row:
        """Live a year in which database and clock are harmed while a mail is in the peer's hands."""
        dice = random.Random(f"{self.seed}/{self.setup.name}")
        with self.place(small_disk=True) as place:
            year = Year(place, self.setup.peer, self.job(""), dice)
            harms = harms_for(year, calm.mails, self.kills)
            struck = year.play(Plan((), ()), outages=False, harms=harms)
            return self.row(struck, calm, harms_of(place))

    def job(self, mutant: str) -> dict[str, Any]:
        return {"seed": self.seed, "until": self.until, "mutant": mutant, "prefect": self.setup.kind == "prefect"}

    def row(self, struck: Struck, calm: Calm, about: str) -> Row:
        """Compare a year: with the undisturbed one, or with one whose clock went on at the same commits."""
        if struck.stops:
            calm = self.calm(f"calm-{about}", struck.stops)
        verdict = judge(struck, calm)
        facts = asdict(struck) | asdict(verdict)
        kept = {name: value for name, value in facts.items() if name in Row.__dataclass_fields__}
        title = f"{self.setup.name}, {about}" if about else self.setup.name
        return Row(title=title, kind=self.setup.kind, **kept)

    def place(self, *, small_disk: bool = False) -> AbstractContextManager[Place]:
        if self.setup.database == "PostgreSQL":
            return postgres_place()
        return sqlite_place(small_disk=small_disk)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the disk of the checkout's machine."""
    folder = Path(tempfile.mkdtemp(prefix="talentnord-faults-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(words: Sequence[str] | None = None) -> None:
    """Play one setup as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("setup", choices=sorted(SETUPS))
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--until", type=datetime.fromisoformat, help="the day on which to end; the year's end if not")
    given = parser.parse_args(words)
    for name in [name for name in os.environ if name.startswith(("TALENTNORD_", "PREFECT_"))]:
        del os.environ[name]
    until = given.until and given.until.replace(tzinfo=UTC)
    with scratch() as folder, ExitStack() as stack:
        series = Series(SETUPS[given.setup], given.kills, given.seed, until, folder)
        if series.setup.kind == "prefect":
            place = ServerPlace(free_port(), folder / "prefect")
            os.environ.update(place.environment())
            stack.enter_context(prefect_server(place))
            warm_up("flows.tick")
        else:
            warm_up()
        rows = series.run()
    sys.stdout.write(json.dumps([asdict(row) for row in rows]) + "\n")


if __name__ == "__main__":
    main()
