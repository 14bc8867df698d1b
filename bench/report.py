"""What the runs come to: median and spread of each entry, as JSON and as a Markdown page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.entries import Entry, Group
from bench.work import Result

HERE = Path(__file__).parent

HEAD = (
    "| entry | what it does | transitions/s (median) | lowest to highest | beside the first | transitions a run |",
    "|---|---|---:|---:|---:|---:|",
)


@dataclass(frozen=True)
class Row:
    """An entry's repeats taken together; rates in durable transitions a second."""

    name: str
    does: str
    median: float
    lowest: float
    highest: float
    transitions: int
    repeats: int


@dataclass(frozen=True)
class Section:
    """The rows of a group, the one that the others are compared with first."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Ticks:
    """The seconds that ticks have taken in which ``due`` of ``armed`` timers fell."""

    armed: int
    due: int
    seconds: list[float]


def summarise(groups: Sequence[Group], runs: Sequence[tuple[Entry, Result]]) -> list[Section]:
    """One row an entry: first the one that the others are compared with, then those, the fastest first."""
    by_entry: dict[Entry, list[Result]] = {}
    for entry, result in runs:
        by_entry.setdefault(entry, []).append(result)
    sections = []
    for group in groups:
        first, *others = (row_of(entry, by_entry[entry]) for entry in group.entries)
        rows = [first, *sorted(others, key=lambda row: row.median, reverse=True)]
        sections.append(Section(group.title, rows))
    return sections


def row_of(entry: Entry, repeats: Sequence[Result]) -> Row:
    """The row of one entry's repeats (at least one)."""
    rates = [result.per_second for result in repeats]
    first = repeats[0]
    return Row(first.name, entry.does, median(rates), min(rates), max(rates), first.transitions, len(rates))


def tables(sections: Sequence[Section]) -> str:
    """The sections as Markdown tables."""
    return "\n\n".join(f"## {section.title}\n\n{table(section.rows)}" for section in sections)


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = (
        f"| {row.name} | {row.does} | {row.median:,.0f} | {row.lowest:,.0f} to {row.highest:,.0f} |"
        f" {row.median / rows[0].median:.2f} | {row.transitions:,} |"
        for row in rows
    )
    return "\n".join((*HEAD, *lines))


def publish() -> None:
    """Write RESULTS.md from the results that there are."""
    latest = json.loads((HERE / "results" / "latest.json").read_text(encoding="utf-8"))
    sections = [Section(one["title"], [Row(**row) for row in one["rows"]]) for one in latest["sections"]]
    text = page(sections, latest["machine"], latest["date"])
    path = HERE / "results" / "tick.json"
    if path.exists():
        tick = json.loads(path.read_text(encoding="utf-8"))
        text += tick_section([Ticks(**row) for row in tick["ticks"]], tick["date"])
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")


def page(sections: Sequence[Section], facts: Mapping[str, str], date: str) -> str:
    """The page on transitions a second."""
    repeats = max(row.repeats for section in sections for row in section.rows)
    return "\n".join(
        (
            "# Durable transitions a second",
            "",
            f"Measured on {date}, {repeats} repeats an entry, interleaved in rotating order, each in a process of its"
            " own. Written by `bench/run.py`; what is measured and how is in [README.md](README.md).",
            "",
            "Like is compared with like: each table holds entries with as many transitions in a commit. *Beside the"
            " first* is the entry's rate divided by that of the table's first row: 0.20 is a fifth, 3.00 three times.",
            "",
            tables(sections),
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
