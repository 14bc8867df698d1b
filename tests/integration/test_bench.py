"""The benchmarks do their work: small, and without a clock. Those of peers need an environment of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.crowd import TALENTS, lay_out, make_due
from bench.peers import ours, plain, promises, raw
from bench.work import Run
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
