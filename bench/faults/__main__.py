"""Years under faults: ``python -m bench.faults --kills 400 --seed 7`` (``make faults``).

Plays all setups, two at a time, and prints what they came to. Ends with 1 if a mail went twice or was lost, if one is
unknown without a reason, if anything differs from the undisturbed year, at a deadlock, and if an outbox that is wrong
was not caught.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bench.faults.report import Row, publish, tables
from bench.faults.setups import SETUPS
from bench.machine import facts, load
from tests.support.postgres import why_not

QUICK = ("--until", "2027-03-20")
PACKAGES = ("SQLAlchemy", "psycopg", "prefect", "sendgrid")
HARMS, MUTANT_KILLS = 6, 8


def main(words: Sequence[str] | None = None) -> None:
    """Play the setups as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=400, help="all kills together (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="decides what people do, and when kills come")
    parser.add_argument("--quick", action="store_true", help="play ten weeks of the year only")
    parser.add_argument("--only", nargs="+", choices=SETUPS, default=list(SETUPS), help="play these setups only")
    parser.add_argument("--date", help="the day of the measurement: the figures go into docs/reliability.md")
    given = parser.parse_args(words)
    if missing := why_not():
        given.only = [name for name in given.only if SETUPS[name].database != "PostgreSQL"]
        sys.stderr.write(f"PostgreSQL is left out: {missing}\n")
    machine, began = facts(PACKAGES, "FULL"), time.monotonic()
    # The longest first, so that nothing is left running alone.
    names = sorted(given.only, key=lambda name: SETUPS[name].kind != "prefect")
    with ThreadPoolExecutor(2) as pool:
        played = list(pool.map(partial(play, given.kills, given.seed, given.quick), names))
    by_name = dict(zip(names, played, strict=True))
    rows = [row for name in SETUPS if name in by_name for row in by_name[name]]
    machine["load after the run (1 min)"] = load()
    sys.stdout.write(f"{tables(rows)}\n")
    for row in rows:
        if not row.is_good:
            sys.stdout.write("\n  ".join([f"{row.title}: not as it has to be", *row.examples]) + "\n")
    if given.date:
        command = f"python -m bench.faults --kills {given.kills} --seed {given.seed}{' --quick' * given.quick}"
        publish(rows, given.date, command, machine, time.monotonic() - began)
    sys.exit(0 if all(row.is_good for row in rows) else 1)


def play(kills: int, seed: int, quick: bool, name: str) -> list[Row]:
    """Play a setup in a process of its own; one that fails as a whole ends everything."""
    setup = SETUPS[name]
    mine = {"harms": HARMS, "mutant": MUTANT_KILLS}.get(setup.kind, round(kills * setup.share))
    words = [name, "--kills", str(mine), "--seed", str(seed), *(QUICK if quick else ())]
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.faults.series", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]
    for row in rows:
        sys.stderr.write(
            f"{row.title}: {row.kills} kills, {row.harms} harms, {row.mails} mails, {row.twice} twice, {row.lost} lost,"
            f" {row.unknown} unknown ({row.unexplained} without a reason), {row.differing} rows differ,"
            f" {row.deadlocks} deadlocks, {row.errors} tried again; {row.seconds:.0f} s,"
            f" {row.restart_seconds / max(1, row.kills):.2f} s until a killed one is at work again\n"
        )
    sys.stderr.write(f"  {name} took {time.monotonic() - began:.0f} s\n")
    return rows


if __name__ == "__main__":
    main()
