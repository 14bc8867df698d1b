"""What the tests make of a sample of mutants: ``python -m bench.mutants --seed 7 --count 200`` (``make mutants``).

Each runs against the tests that run its line, then those of its file, the quickest first, in a copy of the tree.
Prints each survivor. Before the first it runs the tests in a copy that is written anew without a fault: they must pass.
Ends with 1 when fewer than nine in ten are found; what took too long, or could not be tried, is not among those, and
the budget must have sufficed for half of the sample.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

from bench.mutants.covering import FILES, NOTES
from bench.mutants.operators import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
OUTBOX = ("alarm", "decisions", "due", "mail_records", "outbox")
COVERING: tuple[str, ...] = ("engine_*", "outbox*", "decisions", "alarm", "store", "lock_order", "overview", "context")
COVERING += ("database_*", "backup", "errors_show_no_rows", "bad_facts", "mail_commands", "upgrade")
TESTS = (
    "tests/unit",
    *sorted(
        str(path.relative_to(ROOT))
        for pattern in COVERING
        for path in ROOT.glob(f"tests/integration/test_{pattern}.py")
    ),
    "tests/integration/test_exploration_engine.py",
)
MOST_TESTS, PATIENCE, WORKERS, NEAR = 300, 300, 2, 6


class Verdict(NamedTuple):
    """What became of a mutant: killed (by a test), survived, not covered, timeout, not tried (no test said), left."""

    mutant: Mutant
    what: str
    by: str = ""


def main() -> None:
    """Mutate as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=200, help="how many mutants (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=60, help="the budget: no mutant is begun later")
    parser.add_argument("--notes", type=Path, help="what a run before has noted of the tests, to be used again")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="the tests to judge by, as pytest takes them")
    given = parser.parse_args()
    began = time.monotonic()
    of_states = (str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("states/**/*.py")))
    files = [file for file in of_states if "migrations" not in file]
    files += [f"notifications/{name}.py" for name in OUTBOX]
    notes = given.notes or Path(tempfile.mkdtemp(prefix="mutants-")) / "notes.json"
    if not notes.exists():
        note(files, notes, given.tests)
    known = json.loads(notes.read_text("utf-8"))
    every = [mutant for file in files for mutant in mutants_of(ROOT, file)]
    sample = random.Random(given.seed).sample(every, min(given.count, len(every)))
    until = began + 60 * given.minutes
    control(files, given.tests)
    verdicts = judge(sample, known, until)
    counts = Counter(verdict.what for verdict in verdicts)
    judged = len(verdicts) - counts["left"]
    minutes = (time.monotonic() - began) / 60
    print(f"{len(every)} mutants in {len(files)} files, seed {given.seed}: {judged} judged in {minutes:.0f} min")
    print(", ".join(f"{count} {what}" for what, count in counts.most_common()))
    sys.exit(0 if counts["killed"] >= 0.9 * judged and judged >= len(sample) / 2 else 1)


def note(files: list[str], notes: Path, tests: Sequence[str]) -> None:
    """Run the tests once and write down which lines each of them runs."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "bench.mutants.covering", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, NOTES: str(notes), FILES: " ".join(files), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the tests fail as they are:\n{done.stdout[-2000:]}")


def control(files: Sequence[str], tests: Sequence[str]) -> None:
    """Run the tests in a copy whose files are written anew as mutants are, without a fault; end if one fails."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = copied(Path(folder) / "control")
        for file in files:
            (tree / file).write_text(ast.unparse(ast.parse((tree / file).read_text("utf-8"))), "utf-8")
        done = run(tree, tests, None)
    if done.returncode:
        sys.exit(f"the tests fail in a copy without a fault:\n{done.stdout[-2000:]}")


def copied(tree: Path) -> Path:
    """Copy what the tests need to another folder and return that."""
    ignored = shutil.ignore_patterns(".git", ".venv", ".bench-venv", "var", "*_cache", "__pycache__", ".hypothesis")
    return Path(shutil.copytree(ROOT, tree, ignore=ignored))


def run(tree: Path, tests: Sequence[str], patience: float | None) -> subprocess.CompletedProcess[str]:
    """Run tests in a copy, up to the first that fails, for so many seconds at most."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=patience
    )


def judge(sample: list[Mutant], known: dict[str, Any], until: float) -> list[Verdict]:
    """Try all mutants, each worker in a copy of the tree; print each verdict as it comes."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    trees: Queue[Path] = Queue()
    for worker in range(WORKERS):
        trees.put(copied(folder / str(worker)))

    def one(mutant: Mutant) -> Verdict:
        tree = trees.get()
        try:
            if time.monotonic() > until:
                return Verdict(mutant, "left")
            verdict = attempt(mutant, tree, known)
        finally:
            trees.put(tree)
        print(f"{verdict.what}: {mutant.file}:{mutant.line}: {mutant.what}  {verdict.by}", flush=True)
        return verdict

    with ThreadPoolExecutor(WORKERS) as pool:
        verdicts = list(pool.map(one, sample))
    shutil.rmtree(folder, ignore_errors=True)
    return verdicts


def attempt(mutant: Mutant, tree: Path, known: dict[str, Any]) -> Verdict:
    """Run the tests that run a mutant's line, in a tree that has it."""
    tests = tests_for(mutant, known)
    if not tests:
        return Verdict(mutant, "not covered")
    original = (tree / mutant.file).read_text("utf-8")
    (tree / mutant.file).write_text(mutant.source, "utf-8")
    try:
        done = run(tree, tests, PATIENCE)
    except subprocess.TimeoutExpired:
        return Verdict(mutant, "timeout", f"more than {PATIENCE} s")
    finally:
        (tree / mutant.file).write_text(original, "utf-8")
    if done.returncode == 0:
        return Verdict(mutant, "survived")
    # A test that fails (1), a module that cannot be imported (2), also by conftest.py (4): the fault is found. Else,
    # say by a signal or a test that is not there (4 too), nothing is known.
    unknown = done.returncode not in {1, 2, 4} or "not found: " in done.stderr
    if unknown:
        return Verdict(mutant, "not tried", f"pytest ended with {done.returncode}")
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return Verdict(mutant, "killed", failed[0][:120] if failed else "on import")


def tests_for(mutant: Mutant, known: dict[str, Any]) -> list[str]:
    """Return the tests that run a mutant's line, then those that run its file; of each the quickest first.

    What is remembered (rule books, definitions) runs for the first test only that needs it, and an import for none.
    """
    lines: dict[str, list[str]] = known["lines"]
    seconds: dict[str, float] = known["seconds"]
    of_file = {test for place, tests in lines.items() if place.startswith(f"{mutant.file}:") for test in tests} - {""}
    # A part of a statement over several lines may stand on a line that is none of its own.
    near = (lines.get(f"{mutant.file}:{line}") for line in range(mutant.line, mutant.line - NEAR, -1))
    of_line = set() if mutant.at_import else set(next((those for those in near if those), ())) & of_file
    order = [*sorted(of_line, key=seconds.__getitem__), *sorted(of_file - of_line, key=seconds.__getitem__)]
    return order[:MOST_TESTS] if of_line or mutant.at_import else []


if __name__ == "__main__":
    main()
