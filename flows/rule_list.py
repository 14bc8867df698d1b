"""The programme's rules and the system's invariants as ``docs/`` lists them: what each says, and what proves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import DefinitionError, FileMissingError, Problem

DOCS = Path(__file__).parents[1] / "docs"
FILES = (DOCS / "rules.md", DOCS / "invariants.md")

_ROW = re.compile(r"\| *(R\d+|invariant \d+) *\|(.*)")
_TEST = re.compile(r"`(tests/[^`]*)`")
_OPEN = re.compile(r"\*open\*:(.*)", re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """One row: ``proofs`` are the tests that prove it, ``open`` says what is missing (nothing if it is met whole)."""

    ident: str
    text: str
    proofs: tuple[str, ...]
    open: str


def read_rules(path: Path) -> list[Rule]:
    """Read the rows of a file's tables, in order.

    Raises:
        FileMissingError: there is no such file.
        DefinitionError: rows that cannot be read, that come twice, or that neither name a test nor are open.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise FileMissingError(path, "list of rules") from None
    found: dict[str, Rule] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        row = _ROW.fullmatch(line.strip())
        if row is None:
            continue
        rule, faults = _read(row[1], row[2])
        if rule.ident in found:
            faults.append("is there twice")
        problems += [Problem(str(path), number, rule.ident, fault) for fault in faults]
        found[rule.ident] = rule
    if problems:
        raise DefinitionError(problems)
    return list(found.values())


def _read(ident: str, rest: str) -> tuple[Rule, list[str]]:
    """Read what stands after a row's first cell; return it with what is wrong in it."""
    text, _, last = (cell.strip() for cell in rest.removesuffix("|").partition("|"))
    missing = _OPEN.search(last)
    tests = last[: missing.start()] if missing else last
    rule = Rule(ident, text, tuple(_TEST.findall(tests)), missing[1].strip() if missing else "")
    return rule, list(_faults(rule, rest, _TEST.sub("", tests), said_open=missing is not None))


def _faults(rule: Rule, rest: str, left: str, said_open: bool) -> Iterator[str]:
    if rest.count("|") != 2 or not rest.endswith("|"):
        yield "a row has three cells: the rule, what it says, what proves it"
    if not rule.text:
        yield "says nothing"
    if left.strip(" ,"):
        yield f"{left.strip(' ,')!r} is neither a test nor '*open*: why'"
    if said_open and not rule.open:
        yield "is open without a reason"
    if not said_open and not rule.proofs:
        yield "names no test and is not open"
