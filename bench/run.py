"""All entries side by side: ``python -m bench.run --date 2026-11-24``.

Repeats are interleaved and the order rotates, so that a slow minute of the machine falls on everyone. Prints the
table and writes results/latest.json and RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from bench.entries import ENTRIES, GROUPS, Entry
from bench.machine import facts, load
from bench.report import HERE, Section, publish, summarise, tables
from bench.work import Result

CHECKOUT = HERE.parent
SCRATCH = CHECKOUT / "var" / "bench"
"""Where databases are written during a run: on the disk of the checkout, not in memory."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs everything as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", required=True, help="the day of the measurement, as it shall stand in the results")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each entry (default: %(default)s)")
    options = parser.parse_args(arguments)
    machine = facts()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    runs = [(entry, run_apart(entry)) for entry in schedule(ENTRIES, options.repeats)]
    machine["load after the run (1 min)"] = load()
    sections = summarise(GROUPS, runs)
    write(sections, [result for _, result in runs], machine, options.date)
    sys.stdout.write(tables(sections) + "\n")


def schedule(entries: Sequence[Entry], repeats: int) -> list[Entry]:
    """Every entry once a repeat; each repeat begins one entry further on."""
    turns = (repeat % len(entries) for repeat in range(repeats))
    return [entry for turn in turns for entry in (*entries[turn:], *entries[:turn])]


def run_apart(entry: Entry) -> Result:
    """One run in a process of its own; fails as a whole when the entry fails or has not done its work."""
    command = [sys.executable, "-m", "bench.measure", entry.module, entry.function, str(entry.n), str(SCRATCH)]
    done = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=True)
    result = Result(**json.loads(done.stdout.splitlines()[-1]))
    sys.stderr.write(f"{result.per_second:>12,.0f}/s  {result.name}\n")
    return result


def write(sections: Sequence[Section], results: Sequence[Result], machine: Mapping[str, str], date: str) -> None:
    """Writes both forms of the results beside this file."""
    record = {
        "date": date,
        "machine": dict(machine),
        "sections": [asdict(section) for section in sections],
        "runs": [asdict(result) | {"per_second": result.per_second} for result in results],
    }
    latest = HERE / "results" / "latest.json"
    latest.parent.mkdir(exist_ok=True)
    latest.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    publish()


if __name__ == "__main__":
    main()
