"""Who takes part, and with how many items (enough for half a second or so each)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A function of a module that does the work with ``n`` items (see ``bench.work.Run``), and what it does."""

    module: str
    function: str
    n: int
    does: str


@dataclass(frozen=True)
class Group:
    """Entries that are like each other; the first is the one that the others are compared with."""

    title: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "In batches: one commit for one move of up to 1,000 items",
        (
            Entry(
                "bench.peers.ours",
                "run_batch",
                15_000,
                "a fact about 1,000 journeys, `Engine.fire`; reads them each time",
            ),
            Entry(
                "bench.peers.ours",
                "run_batch_full",
                15_000,
                "as the first row, but each commit waits for the disk, as in production",
            ),
            Entry("bench.peers.raw", "run_batch", 15_000, "the limit: writes the first row's rows, decides nothing"),
            Entry("bench.peers.plain", "run_shared", 5_000, "loads 1,000 items once, adds them to one machine"),
            Entry("bench.peers.plain", "run_batch", 4_000, "loads 1,000 items once, makes a machine for each"),
        ),
    ),
    Group(
        "One by one: one commit a transition",
        (
            Entry("bench.peers.ours", "run", 2_000, "a fact about one journey, `Engine.fire`; reads it each time"),
            Entry(
                "bench.peers.ours",
                "run_full",
                750,
                "as the first row, but each commit waits for the disk, as in production",
            ),
            Entry("bench.peers.raw", "run", 3_000, "the limit: writes the first row's rows, decides nothing"),
            Entry("bench.peers.spiff", "run", 2_000, "a workflow kept in memory, its state stored as JSON each time"),
            Entry("bench.peers.spiff_bpmn", "run", 500, "a BPMN process kept in memory, stored whole each time"),
            Entry("bench.peers.plain", "run", 500, "loads an item, makes its machine once for its four moves"),
            Entry("bench.peers.plain", "run_reloading", 500, "loads the item, makes its machine for each move"),
            Entry("bench.peers.statemachine", "run", 500, "loads an item, makes its machine once for its four moves"),
            Entry("bench.peers.dbos", "run", 100, "a workflow of four steps, each step recorded"),
        ),
    ),
    Group(
        "A mail and a timer each, in batches: one commit for one move of up to 1,000 promises",
        (
            Entry("bench.peers.promises", "run_batch", 3_000, "`Engine.tick`: 1,000 timers of a cohort fall together"),
            Entry(
                "bench.peers.raw",
                "run_promises_batch",
                3_000,
                "the limit: writes the first row's rows, decides nothing",
            ),
        ),
    ),
    Group(
        "A mail and a timer each, one by one: one commit a transition",
        (
            Entry("bench.peers.promises", "run", 300, "`Engine.tick`: timers fall, each due at a second of its own"),
            Entry("bench.peers.raw", "run_promises", 500, "the limit: writes the first row's rows, decides nothing"),
        ),
    ),
)

ENTRIES = tuple(entry for group in GROUPS for entry in group.entries)
