"""From a rule to what holds it: the lines of YAML that are marked with it, and where its tests stand."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flows.rule_list import rules_named

_MARK = re.compile(r"\s#\s*(.*)$|^\s*rule:\s*(.*)$")
"""The comment at the end of a line, or the key that says which rules a part is for."""
_ITEM = "- "


class Block(NamedTuple):
    """Lines of a programme's file, from 1, both inclusive: a part that is marked with a rule, with all within it."""

    file: Path
    first: int
    last: int
    text: str


class Proof(NamedTuple):
    """A test and where it stands; line 0 where it is not found."""

    name: str
    file: Path
    line: int


def blocks_by_rule(programme: Path) -> dict[str, list[Block]]:
    """Return by rule the parts of a programme's file that are marked with it, in order; none within another."""
    lines = programme.read_text("utf-8").splitlines()
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, line in enumerate(lines):
        mark = _MARK.search(line)
        if mark is None:
            continue
        is_key = mark[2] is not None
        first = _owner(lines, number) if is_key or line.lstrip().startswith("#") else number
        for rule in rules_named(mark[1] or mark[2] or ""):
            found[rule].append((first, _end(lines, first)))
    return {
        rule: [Block(programme, first + 1, last + 1, _without_indent(lines[first : last + 1])) for first, last in spans]
        for rule, spans in ((rule, list(_outermost(spans))) for rule, spans in found.items())
    }


def _owner(lines: Sequence[str], number: int) -> int:
    """Return the line that begins the part in which a line stands: the nearest one above that is less indented."""
    own = _indent(lines[number])
    return next(
        (above for above in range(number - 1, -1, -1) if lines[above].strip() and _indent(lines[above]) < own), 0
    )


def _end(lines: Sequence[str], first: int) -> int:
    """Return the last line of a part: all that is indented deeper than its first one."""
    last = first
    for number in range(first + 1, len(lines)):
        if lines[number].strip():
            if _indent(lines[number]) <= _indent(lines[first]):
                break
            last = number
    return last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _outermost(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    reached = -1
    for first, last in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if last > reached:
            yield first, last
            reached = last


def _without_indent(lines: Sequence[str]) -> str:
    indent = _indent(lines[0])
    return "\n".join(line[indent:] if line[:indent].isspace() or not indent else line for line in lines)


def proof(name: str, root: Path) -> Proof:
    """Return where a test stands that is named as pytest does, ``tests/unit/test_a.py::TestB::test_c``."""
    file, _, path = name.partition("::")
    return Proof(name, root / file, _tests_of(root / file).get(path, 0))


@cache
def _tests_of(file: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in ast.parse(file.read_text("utf-8")).body:
        parts = node.body if isinstance(node, ast.ClassDef) else [node]
        owner = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {f"{owner}{part.name}": part.lineno for part in parts if isinstance(part, ast.FunctionDef)}
    return found
