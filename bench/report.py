"""What the runs come to: median and spread of each entry, as JSON and as a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.work import Result

HEAD = (
    "| entry | transitions/s (median) | lowest to highest | transitions a run |",
    "|---|---:|---:|---:|",
)


@dataclass(frozen=True)
class Row:
    """An entry's repeats taken together; rates in durable transitions a second."""

    name: str
    median: float
    lowest: float
    highest: float
    transitions: int
    repeats: int


def summarise(results: Sequence[Result]) -> list[Row]:
    """One row an entry, the fastest first."""
    by_name: dict[str, list[Result]] = {}
    for result in results:
        by_name.setdefault(result.name, []).append(result)
    rows = [row_of(name, repeats) for name, repeats in by_name.items()]
    return sorted(rows, key=lambda row: row.median, reverse=True)


def row_of(name: str, repeats: Sequence[Result]) -> Row:
    """The row of one entry's repeats (at least one)."""
    rates = [result.per_second for result in repeats]
    return Row(name, median(rates), min(rates), max(rates), repeats[0].transitions, len(rates))


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = (
        f"| {row.name} | {row.median:,.0f} | {row.lowest:,.0f} to {row.highest:,.0f} | {row.transitions:,} |"
        for row in rows
    )
    return "\n".join((*HEAD, *lines))


def page(rows: Sequence[Row], facts: Mapping[str, str], date: str) -> str:
    """The whole of RESULTS.md."""
    repeats = max(row.repeats for row in rows)
    return "\n".join(
        (
            "# Durable transitions a second",
            "",
            f"Measured on {date}, {repeats} repeats an entry, interleaved in rotating order, each in a process of its"
            " own. Written by `bench/run.py`; what is measured and how is in [README.md](README.md).",
            "",
            table(rows),
            "",
            "## Machine",
            "",
            *(f"- {name}: {value}" for name, value in facts.items()),
            "",
        )
    )
