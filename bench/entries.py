"""Who takes part, and with how many items (enough for a second or so each)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A function of a module that does the work with ``n`` items; see ``bench.work.Run``."""

    module: str
    function: str
    n: int


OURS = (
    Entry("bench.peers.ours", "run_batch", 25_000),
    Entry("bench.peers.ours", "run", 2_500),
)
"""This engine, one by one and in batches."""

PEERS = (
    Entry("bench.peers.raw", "run_batch", 100_000),
    Entry("bench.peers.raw", "run", 8_000),
    Entry("bench.peers.spiff", "run", 2_500),
    Entry("bench.peers.spiff_bpmn", "run", 600),
    Entry("bench.peers.plain", "run", 500),
    Entry("bench.peers.plain", "run_reloading", 500),
    Entry("bench.peers.statemachine", "run", 500),
    Entry("bench.peers.dbos", "run", 150),
)

ENTRIES = OURS + PEERS
