"""What a tick costs with few and with many timers armed: ``python -m bench.tick --date 2026-11-24``.

The same thousand timers fall due, in ten cohorts, once among 100,000 armed ones and once among 1,000,000; as many
again have fired before. Both databases are ticked in turn, so that a slow minute of the machine falls on both. Writes
results/tick.json and RESULTS.md, and fails if the larger one takes more than 1.3 times as long.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.crowd import ARMED, TALENTS, lay_out, make_due
from bench.machine import facts
from bench.report import HERE, Ticks, publish
from bench.run import SCRATCH
from bench.work import expect
from states.engine import Engine

SIZES = (100_000, 1_000_000)
"""How many timers are armed."""

DUE_COHORTS = 10
DUE = DUE_COHORTS * TALENTS
LIMIT = 1.3
START = datetime(2027, 3, 16, 7, tzinfo=UTC)


@dataclass
class Crowd:
    """A database with ``armed`` timers and the seconds that its ticks have taken."""

    armed: int
    engine: Engine
    seconds: list[float]

    def tick(self, turn: int) -> float:
        """Let the timers of a turn fall; raises NotDoneError unless just those have moved their promises."""
        started = perf_counter()
        outcomes = self.engine.tick(_instant(turn))
        seconds = perf_counter() - started
        expect("timers fired", sum(len(outcome.transitions) for outcome in outcomes), DUE)
        return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures as the command line says; 1 if the larger crowd costs too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", required=True, help="the day of the measurement, as it shall stand in the results")
    parser.add_argument("--repeats", type=int, default=9, choices=range(1, 10), help="default: %(default)s")
    options = parser.parse_args(arguments)
    machine = facts()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as directory:
        crowds = [prepare(Path(directory) / f"{armed}.db", armed, options.repeats) for armed in SIZES]
        # The first turn warms up: the definition is read and statements are compiled.
        for turn in range(options.repeats + 1):
            for crowd in crowds[:: 1 if turn % 2 else -1]:
                seconds = crowd.tick(turn)
                if turn:
                    crowd.seconds.append(seconds)
    ticks = [Ticks(crowd.armed, DUE, crowd.seconds) for crowd in crowds]
    ratio = median(ticks[-1].seconds) / median(ticks[0].seconds)
    record = {"date": options.date, "machine": machine, "ratio": ratio, "ticks": [asdict(tick) for tick in ticks]}
    (HERE / "results" / "tick.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    publish()
    for tick in ticks:
        sys.stdout.write(f"{tick.armed:>9,} armed: {median(tick.seconds) * 1000:.0f} ms for {DUE:,} due\n")
    sys.stdout.write(f"the many take {ratio:.2f} times as long (at most {LIMIT})\n")
    return 0 if ratio <= LIMIT else 1


def prepare(path: Path, armed: int, repeats: int) -> Crowd:
    """Lay out ``armed`` timers and let a thousand of them be due at each turn."""
    database = lay_out(path, armed // ARMED - 1)
    for turn in range(repeats + 1):
        expect("timers due", make_due(path, turn * DUE_COHORTS, DUE_COHORTS, _instant(turn)), DUE)
    return Crowd(armed, Engine(database, lambda: START), [])


def _instant(turn: int) -> datetime:
    return START + timedelta(minutes=turn)


if __name__ == "__main__":
    sys.exit(main())
