"""The command that kills years: it goes through with a small piece of one, and catches what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.faults.peers import Taken
from bench.faults.report import Row, tables
from bench.faults.verdict import sent_twice

ROOT = Path(__file__).parents[2]


def played(setup: str, kills: int) -> list[dict[str, Any]]:
    """Play a setup until the kick-off's invitations are out."""
    command = [sys.executable, "-m", "bench.faults.series", setup, "--kills", str(kills), "--until", "2027-01-16"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    rows: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def test_who_is_killed_sends_nothing_twice_and_loses_nothing() -> None:
    calm, with_outages = (Row(**row) for row in played("sqlite-sendgrid", 8))
    for row in (calm, with_outages):
        assert row.kills >= 2
        assert row.mails > 20
        assert (row.twice, row.lost, row.unexplained, row.differing) == (0, 0, 0, 0), row.examples


def test_an_outbox_that_hands_over_before_it_claims_is_caught() -> None:
    [row] = (Row(**row) for row in played("mutant", 8))
    assert row.twice > 0
    assert row.is_good, "a mutant is to be caught"
    assert "hands over before it claims" in tables([row])


def test_an_effect_told_by_two_mails_was_sent_twice() -> None:
    letters = {"one": ("a", "b"), "other": ("b",)}
    assert sent_twice([Taken("one", "x@example.org"), Taken("other", "x@example.org")], letters) == [("b", 2)]
    assert sent_twice([Taken("one", "x@example.org")], letters) == []
    assert sent_twice([Taken("unheard", "x@example.org")] * 2, letters) == [("unheard", 2)]
