"""The benchmarks do their work: small, and without a clock. Those of peers need an environment of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import interleave
from bench.crowd import TALENTS, lay_out, make_due
from bench.entries import Entry, Group
from bench.peers import ours, plain, promises, raw
from bench.report import summarise, tables
from bench.run import CHECKOUT
from bench.work import Result, Run
from states.engine import Engine


@pytest.mark.parametrize(
    "run",
    [
        *(ours.run, ours.run_full, ours.run_batch, ours.run_batch_full),
        *(plain.run, plain.run_reloading, plain.run_batch, plain.run_shared),
        *(promises.run, promises.run_batch),
        *(raw.run, raw.run_batch, raw.run_promises, raw.run_promises_batch),
    ],
    ids=lambda run: f"{run.__module__}.{run.__name__}",
)
def test_an_entry_leaves_its_whole_work_in_the_file(run: Run, tmp_path: Path) -> None:
    # It looks for itself, with a new connection, and raises when something is missing.
    assert run(3, tmp_path).transitions == 12


def test_a_crowd_is_ticked(tmp_path: Path) -> None:
    path, at = tmp_path / "crowd.db", datetime(2027, 3, 16, 7, tzinfo=UTC)
    database = lay_out(path, 2)
    assert make_due(path, 1, 2, at) == 2 * TALENTS
    outcomes = Engine(database, lambda: at).tick(at)
    assert [(one.trigger, len(one.transitions)) for one in outcomes] == [("promise_01:miss", TALENTS)] * 2
    database.close()


def test_two_trees_take_turns_with_the_same_work() -> None:
    turns = interleave.interleave({"this": CHECKOUT, "same": CHECKOUT}, 2, 3, "2027-04-01")
    done = {turn.transitions for name in ("this", "same") for turn in turns[name]}
    assert len(turns["this"]) == len(turns["same"]) == 2
    assert len(done) == 1
    assert min(done) > 20
    assert "this takes" in interleave.summary(turns)


def test_each_row_stands_beside_the_first_of_its_table() -> None:
    first, slow, fast = (Entry("module", name, 1, f"does {name}") for name in ("first", "slow", "fast"))
    runs = [(entry, Result(entry.function, 4, seconds)) for entry, seconds in ((first, 2.0), (slow, 4.0), (fast, 1.0))]
    table = tables(summarise((Group("Group", (first, slow, fast)),), runs))
    lines = [[cell.strip() for cell in line.split("|")] for line in table.splitlines()[-3:]]
    assert [(line[1], line[2], line[5]) for line in lines] == [
        ("first", "does first", "1.00"),
        ("fast", "does fast", "2.00"),
        ("slow", "does slow", "0.50"),
    ]
