"""The programme's rules and the system's invariants as ``docs/`` lists them: what each says, and what proves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import DefinitionError, FileMissingError, Problem

DOCS = Path(__file__).parents[1] / "docs"
FILES = (DOCS / "rules.md", DOCS / "invariants.md")

_NAMED = re.compile(r"\bR(\d+)\b(?:\s+(?:to|til)\s+R(\d+)\b)?")
"""A rule, or a range of them in English or Danish."""
_HEADING = re.compile(r"## +(.*)")
_ROW = re.compile(r"\| *(R\d+|invariant \d+) *\|(.*)")
_TEST = re.compile(r"`(tests/[^`]*)`")
_OPEN = re.compile(r"\*open\*:(.*)", re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """One row: ``proofs`` are the tests that prove it, ``open`` says what is missing (nothing if it is met whole).

    ``section`` is the heading above it: the part of the programme's text that it comes from.
    """

    ident: str
    text: str
    proofs: tuple[str, ...]
    open: str
    section: str = ""


def rules_named(text: str) -> list[str]:
    """Return the rules that a text names, in order: ``R33 to R36, R59`` are five."""
    found: list[str] = []
    for first, last in _NAMED.findall(text):
        found += [f"R{number}" for number in range(int(first), int(last or first) + 1)]
    return list(dict.fromkeys(found))


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
    section = ""
    for number, line in enumerate(lines, start=1):
        if heading := _HEADING.fullmatch(line.strip()):
            section = heading[1]
        row = _ROW.fullmatch(line.strip())
        if row is None:
            continue
        rule, faults = _read(row[1], row[2])
        if rule.ident in found:
            faults.append("is there twice")
        problems += [Problem(str(path), number, rule.ident, fault) for fault in faults]
        found[rule.ident] = replace(rule, section=section)
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
