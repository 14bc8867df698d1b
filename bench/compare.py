"""Compares what people get from this tree and from another commit: ``python -m bench.compare REV`` (``make compare``).

Both rehearse the same cohorts with the same people; printed is what differs, transition by transition, mail by mail
and row by row. Ends with 1 if anything does.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHOWN = 20
"""How many differences of one kind are printed of one rehearsal."""

# A rehearsal throws its database away; here it is kept beside its mails. Works in every tree: it uses no name of ours.
_REHEARSE = """
import sys, tempfile
folder = sys.argv[1]
class Kept:
    def __init__(self, *_, **__): pass
    def __enter__(self): return folder
    def __exit__(self, *_): pass
tempfile.TemporaryDirectory = Kept
sys.argv = ["talentnord", "rehearse", *sys.argv[2:]]
from flows.cli import main
main()
"""


@dataclass(frozen=True)
class Case:
    """One rehearsal: a cohort with people of a profile; ``config`` is a folder of the tree."""

    cohort: str
    profile: str
    seed: int
    config: str = "config"

    def __str__(self) -> str:
        return f"{self.cohort}, {self.profile}, seed {self.seed}"


CASES = [
    *(Case("hold-3", profile, seed) for profile in ("typical", "exemplary") for seed in (1, 2, 3)),
    *(Case("spring", "usual", seed, "tests/data/config") for seed in (1, 2, 3)),
]


@dataclass(frozen=True)
class Rehearsed:
    """What came of one, each part as text by key."""

    transitions: Mapping[str, str]
    mails: Mapping[str, str]
    summary: Mapping[str, str]
    rows: Mapping[str, str]
    """By table and what they say."""
    tables: frozenset[str] = frozenset()


def rehearse(tree: Path, case: Case) -> Rehearsed:
    """Rehearse in a tree and return what came of it.

    Raises:
        subprocess.CalledProcessError: the rehearsal failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        words = ["--out", folder, "--cohort", case.cohort, "--profile", case.profile, "--seed", str(case.seed)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TALENTNORD_")}
        environment |= {"PYTHONPATH": str(tree), "TALENTNORD_CONFIG_ROOT": str(tree / case.config)}
        command = [sys.executable, "-c", _REHEARSE, folder, *words]
        subprocess.run(command, check=True, cwd=tree, env=environment, stdout=subprocess.DEVNULL)
        records = [json.loads(line) for line in (out / "history.jsonl").read_text("utf-8").splitlines()]
        summary = json.loads((out / "summary.json").read_text("utf-8"))
        return Rehearsed(
            transitions={record["id"]: _text(record) for record in records},
            mails={mail.name: mail.read_text("utf-8") for mail in (out / "mail").glob("*.eml")},
            summary={name: _text(value) for name, value in summary.items()},
            rows=dict(_rows(out / "rehearsal.db")),
            tables=frozenset(_tables(out / "rehearsal.db")),
        )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _tables(database: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _rows(database: Path) -> Iterator[tuple[str, str]]:
    """Yield every row of every table by what it says, without the serial numbers that no person sees."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for (table,) in map(tuple, tables):
            keys = {column["name"]: column["type"] for column in connection.execute(f"PRAGMA table_info({table})")}
            serial = {name for name in ("id", "n") if keys.get(name) in {"INTEGER", "BIGINT"}}
            seen: dict[str, int] = {}
            for row in connection.execute(f"SELECT * FROM {table}"):
                said = _text({name: row[name] for name in keys if name not in {*serial, "claimed_by"}})
                said = said.replace(str(database.parent), "")
                seen[said] = seen.get(said, 0) + 1
            yield from ((f"{table} {said} × {times}", said) for said, times in seen.items())


def differences(before: Rehearsed, after: Rehearsed) -> Iterator[str]:
    """Yield what differs, a line or a few each; nothing if it is the same.

    Rows of a table that only one of the two has say nothing about what people get, and are left out.
    """
    apart = before.tables ^ after.tables
    for kind in ("summary", "transitions", "mails", "rows"):
        old, new = getattr(before, kind), getattr(after, kind)
        found = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
        if kind == "rows":
            found = [key for key in found if key.partition(" ")[0] not in apart]
        for key in found[:SHOWN]:
            if kind == "rows":
                yield f"{kind}: {'only before' if key in old else 'only now'}: {key}"
            else:
                yield "\n".join([f"{kind}: {key}", *_diff(old.get(key, ""), new.get(key, ""))])
        if len(found) > SHOWN:
            yield f"{kind}: and {len(found) - SHOWN} more"


def _diff(old: str, new: str) -> Iterator[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return (f"    {line}" for line in lines if not line.startswith(("---", "+++", "@@")))


@contextmanager
def tree_of(rev: str) -> Iterator[Path]:
    """Check a commit out beside this tree for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", str(tree), rev], check=True, cwd=ROOT)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], check=True, cwd=ROOT)


def main() -> None:
    """Compare this tree with a commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rev", help="the commit to compare with")
    rev = parser.parse_args().rev
    differ = 0
    with tree_of(rev) as tree, ThreadPoolExecutor(os.cpu_count()) as pool:
        pairs = [(case, pool.submit(rehearse, tree, case), pool.submit(rehearse, ROOT, case)) for case in CASES]
        for case, before, after in pairs:
            found = list(differences(before.result(), after.result()))
            now = after.result()
            counts = f"{len(now.transitions)} transitions, {len(now.mails)} mails, {len(now.rows)} rows"
            print(f"{case}: {counts}: {'no difference' if not found else 'differs'}", flush=True)
            for one in found:
                print(f"  {one}")
            differ += bool(found)
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
