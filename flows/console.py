"""What the command prints: a bar while it works, what a cohort or a fact came to, and the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from flows.rule_list import Rule
from states.facts import Outcome
from states.views.counts import Summary
from states.views.load import Load

out = Console(highlight=False, soft_wrap=True)


class Bar:
    """A bar of a programme's way: the share that is behind, and the day it stands at."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=1.0, day="") if progress else None

    def __call__(self, share: float, day: str) -> None:
        """Show ``share`` (0 to 1) and ``day``."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=share, day=day)


@contextmanager
def bar(quiet: bool = False) -> Iterator[Bar]:
    """Show a bar while the block works; nothing if ``quiet``."""
    if quiet:
        yield Bar(None)
        return
    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[day]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out) as progress:
        yield Bar(progress)


def print_summary(found: Summary) -> None:
    """Print a cohort's counts; what is stuck is named."""
    out.print(
        f"{found.cohort}: {found.talents} talents, {found.transitions} transitions, {found.mails} mails,"
        f" {found.tasks} tasks ({found.tasks_open} open), {found.escalations} escalations"
    )
    out.print("  talents: " + ", ".join(f"{count} {state}" for state, count in found.states.items()))
    out.print("  commitments: " + ", ".join(f"{count} {state}" for state, count in found.commitments.items()))
    if found.stuck:
        out.print(f"  stuck: {', '.join(found.stuck)}")


def print_load(found: Sequence[Load]) -> None:
    """Print how many mails people got, a line for each role."""
    for one in found:
        out.print(
            f"  mails to a {one.role}: {one.mean:.1f} in the mean of {one.people},"
            f" at most {one.day} in a day and {one.week} in a week"
        )


def print_outcome(outcome: Outcome) -> None:
    """Print the transitions that a fact has brought about, a line each."""
    for one in outcome.transitions:
        out.print(f"{one.id}: {one.trigger}: {one.source} -> {one.dest}", markup=False)
    if not outcome.transitions:
        out.print("Nothing of it is new.")


def print_rules(rules: Sequence[Rule]) -> None:
    """Print what each rule says, the tests that prove it and what is open; a count below."""
    table = Table("rule", "what it says", "proven by, or open")
    for rule in rules:
        table.add_row(rule.ident, Text(rule.text), Text("\n".join(_proofs(rule)), overflow="fold"), end_section=True)
    out.print(table, soft_wrap=False)
    out.print(f"{len(rules)} rules, {sum(bool(rule.open) for rule in rules)} of them open in whole or in part")


def _proofs(rule: Rule) -> Iterator[str]:
    yield from rule.proofs
    if rule.open:
        yield f"open: {rule.open}"
