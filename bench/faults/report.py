"""What the years came to, as tables, and the verdict on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.faults.verdict import Verdict

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
FIGURES = "## Figures"
YEARS = (
    "| setup | kills aimed | at random | outages | harms | taken, not recorded | mails | twice | lost | unknown |"
    " without a reason | too late | rows differing | seconds |",
    "|---|" + "---:|" * 13,
)
AT_ONCE = ("| setup | mails | twice | lost | unknown | deadlocks | tried again | seconds |", "|---|" + "---:|" * 7)
MUTANTS = (
    "| outbox that is wrong | database | kills | mails until it was caught | twice | caught |",
    "|---|---|---:|---:|---:|---|",
)


@dataclass(kw_only=True)
class Row(Verdict):
    """A year, or a stretch of one, as it stands in a table."""

    title: str
    kind: str
    aimed: int = 0
    at_random: int = 0
    harms: int = 0
    outages: int = 0
    in_the_window: int = 0
    deadlocks: int = 0
    errors: int = 0
    seconds: float = 0.0
    restart_seconds: float = 0.0

    @property
    def kills(self) -> int:
        """All kills."""
        return self.aimed + self.at_random

    @property
    def is_mutant(self) -> bool:
        """Whether it is to be caught."""
        return "mutant" in self.kind

    @property
    def is_good(self) -> bool:
        """Whether it is as it has to be: a mutant is caught, all else is without fault."""
        faults = self.twice + self.lost + self.unexplained + self.differing + self.deadlocks
        return self.twice > 0 if self.is_mutant else not faults


def tables(rows: Sequence[Row]) -> str:
    """Return all rows as Markdown tables."""
    years = [row for row in rows if row.kind in {"kills", "prefect", "harms"}]
    at_once = [row for row in rows if row.kind == "together"]
    mutants = [row for row in rows if row.is_mutant]
    parts = []
    if years:
        parts += [*YEARS, *map(_year, [*years, _sum(years)]), ""]
    if at_once:
        parts += ["Two ticks, four senders and two clerks at once:", "", *AT_ONCE, *map(_stretch, at_once), ""]
    if mutants:
        parts += ["Calibration, what must be caught:", "", *MUTANTS, *map(_mutant, mutants), ""]
    return "\n".join(parts)


def _sum(rows: Sequence[Row]) -> Row:
    names = [name for name, about in Row.__dataclass_fields__.items() if about.type in {"int", "float"}]
    return Row(title="**all**", kind="kills", **{name: sum(getattr(row, name) for row in rows) for name in names})


def _year(row: Row) -> str:
    counts = (row.aimed, row.at_random, row.outages, row.harms, row.in_the_window, row.mails, row.twice, row.lost)
    more = (row.unknown, row.unexplained, row.too_late, row.differing, round(row.seconds))
    return f"| {row.title} | {' | '.join(f'{count:,}' for count in (*counts, *more))} |"


def _stretch(row: Row) -> str:
    counts = (row.mails, row.twice, row.lost, row.unknown, row.deadlocks, row.errors, round(row.seconds))
    return f"| {row.title} | {' | '.join(f'{count:,}' for count in counts)} |"


def _mutant(row: Row) -> str:
    what, _, database = row.title.partition(" on ")
    return f"| {what} | {database} | {row.kills} | {row.mails:,} | {row.twice} | {'yes' if row.is_good else '**no**'} |"


def publish(rows: Sequence[Row], date: str, command: str, machine: Mapping[str, str], seconds: float) -> None:
    """Write the figures into docs/reliability.md, in the place of those that stand there."""
    said = PAGE.read_text("utf-8").partition(FIGURES)[0]
    about = [f"Measured on {date} by `{command}`, in {seconds / 60:.0f} minutes; written by it.", ""]
    facts = ["", *(f"- {name}: {value}" for name, value in machine.items()), ""]
    text = "\n".join([FIGURES, "", *about, tables(rows), "Machine:", *facts])
    PAGE.write_text(f"{said}{text}", encoding="utf-8")
