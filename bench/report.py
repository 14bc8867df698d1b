"""What the runs come to: median and spread of each entry, as JSON and as a Markdown page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.work import Result

HERE = Path(__file__).parent

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


@dataclass(frozen=True)
class Ticks:
    """The seconds that ticks have taken in which ``due`` of ``armed`` timers fell."""

    armed: int
    due: int
    seconds: list[float]


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


def publish() -> None:
    """Write RESULTS.md from the results that there are."""
    latest = json.loads((HERE / "results" / "latest.json").read_text(encoding="utf-8"))
    rows = [Row(**row) for row in latest["entries"]]
    text = page(rows, latest["machine"], latest["date"])
    path = HERE / "results" / "tick.json"
    if path.exists():
        tick = json.loads(path.read_text(encoding="utf-8"))
        text += tick_section([Ticks(**row) for row in tick["ticks"]], tick["date"])
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")


def page(rows: Sequence[Row], facts: Mapping[str, str], date: str) -> str:
    """The page on transitions a second."""
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


def tick_section(ticks: Sequence[Ticks], date: str) -> str:
    """The section on what a tick costs when few and when many timers are armed."""
    rows = (
        f"| {tick.armed:,} | {tick.due:,} | {median(tick.seconds) * 1000:,.0f} |"
        f" {min(tick.seconds) * 1000:,.0f} to {max(tick.seconds) * 1000:,.0f} |"
        for tick in ticks
    )
    ratio = median(ticks[-1].seconds) / median(ticks[0].seconds)
    return "\n".join(
        (
            "",
            "## A tick",
            "",
            f"Measured on {date}, {len(ticks[0].seconds)} ticks each, in turn, on the same machine. Written by"
            f" `bench/tick.py`. The many take {ratio:.2f} times as long.",
            "",
            "| timers armed | due | ms (median) | lowest to highest |",
            "|---:|---:|---:|---:|",
            *rows,
            "",
        )
    )
