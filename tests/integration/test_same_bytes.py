"""Invariant 3: the same seed gives the same bytes in any process, in whatever order it happens to keep its sets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.definitions import MENTOR_LIGHT

REHEARSAL = ("rehearse", "--cohort", "spring", "--profile", "usual", "--seed", "3")

pytestmark = pytest.mark.xdist_group("rehearsal")


def files(out: Path, hash_seed: str) -> dict[str, bytes]:
    """All files that the command writes in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TALENTNORD_CONFIG_ROOT": str(MENTOR_LIGHT.root)}
    command = [str(Path(sys.executable).parent / "talentnord"), *REHEARSAL, "--out", str(out)]
    subprocess.run(command, capture_output=True, check=True, env=environment)
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    first = files(tmp_path / "1", "1")
    assert {"history.jsonl", "summary.json"} < first.keys()
    assert files(tmp_path / "2", "2") == first
