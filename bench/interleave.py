"""This tree beside another commit: ``python -m bench.interleave --rev 80042a1``.

Both do the same work in turn (see ``bench.rehearsed``), each time in a process of its own, so that a slow minute of
the machine falls on both. What counts is CPU time a transition: it depends little on who else wants the processor.
Prints both medians and their ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.machine import load
from bench.run import CHECKOUT, SCRATCH
from bench.work import expect

WORK = Path(__file__).with_name("rehearsed.py")
THIS = "this tree"


@dataclass(frozen=True)
class Turn:
    """What one process did: ``transitions`` in ``seconds`` of CPU time."""

    transitions: int
    seconds: float

    @property
    def each(self) -> float:
        """CPU seconds a transition."""
        return self.seconds / self.transitions


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rev", required=True, help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--talents", type=int, default=24, help="default: %(default)s")
    parser.add_argument("--until", default="2027-12-31", help="the last day of the rehearsal (default: %(default)s)")
    options = parser.parse_args(arguments)
    before = load()
    with checked_out(options.rev) as other:
        trees = {THIS: CHECKOUT, options.rev: other}
        turns = interleave(trees, options.rounds, options.talents, options.until)
    sys.stdout.write(f"{summary(turns)}\nload (1 min) before and after: {before}, {load()}\n")


@contextmanager
def checked_out(rev: str) -> Iterator[Path]:
    """A folder with the files of a commit, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="talentnord-bench-") as directory:
        tree = Path(directory) / "tree"
        _git("worktree", "add", "--quiet", "--detach", str(tree), rev)
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=CHECKOUT, check=True)


def interleave(trees: Mapping[str, Path], rounds: int, talents: int, until: str) -> dict[str, list[Turn]]:
    """Every tree once a round, the one first that came last in the round before."""
    turns: dict[str, list[Turn]] = {name: [] for name in trees}
    for number in range(rounds):
        for name in list(trees)[:: -1 if number % 2 else 1]:
            turn = run_apart(trees[name], talents, until)
            turns[name].append(turn)
            sys.stderr.write(f"{turn.each * 1e6:>8,.0f} us  {turn.transitions:,} transitions  {name}\n")
    return turns


def run_apart(tree: Path, talents: int, until: str) -> Turn:
    """One turn in a process of its own; raises NotDoneError if another tree's code has run."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as directory:
        # -P: the folder of the script is not looked into, so that all is imported from the tree.
        command = [sys.executable, "-P", str(WORK), str(talents), until, directory]
        environment = os.environ | {"PYTHONPATH": str(tree)}
        done = subprocess.run(command, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    strange = [path for path in answer["code"] if not Path(path).resolve().is_relative_to(tree.resolve())]
    expect("code of another tree", strange, [])
    return Turn(answer["transitions"], answer["seconds"])


def summary(turns: Mapping[str, Sequence[Turn]]) -> str:
    """Both medians with lowest and highest, and the first divided by the second."""
    lines, medians = [], []
    for name, mine in turns.items():
        each = [turn.each * 1e6 for turn in mine]
        medians.append(median(each))
        lines.append(
            f"{name}: {medians[-1]:,.0f} us CPU a transition (median of {len(each)}; {min(each):,.0f} to"
            f" {max(each):,.0f}), {mine[0].transitions:,} transitions"
        )
    first, second = turns
    return "\n".join((*lines, f"{first} takes {medians[0] / medians[1]:.3f} times the CPU of {second}"))


if __name__ == "__main__":
    main()
