"""The faults: each takes a place in a file's syntax tree and gives the source with that one place changed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

_COMPARES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_CONDITIONS = {"where", "with_for_update", "order_by"}


class Mutant(NamedTuple):
    """A file with one fault: where it is, what it is, and the whole source."""

    file: str
    line: int
    what: str
    source: str
    at_import: bool
    """Whether the place runs when the module is imported, so that no test is seen to run it."""


def mutants_of(root: Path, file: str) -> Iterator[Mutant]:
    """Yield every mutant of a file, in the order of its places."""
    tree = ast.parse((root / file).read_text("utf-8"))
    in_functions = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for index, node in enumerate(ast.walk(tree)):
        for what, change in _changes(node):
            changed = copy.deepcopy(tree)
            place = next(one for number, one in enumerate(ast.walk(changed)) if number == index)
            change(place)
            line = getattr(node, "lineno", 0)
            yield Mutant(
                file, line, what, ast.unparse(ast.fix_missing_locations(changed)), id(node) not in in_functions
            )


Change = Callable[[ast.AST], None]


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Yield what can be changed at a node: a word on it, and what does it."""
    if isinstance(node, ast.Compare):
        before, after = type(node.ops[0]), _COMPARES[type(node.ops[0])]
        yield f"{before.__name__} to {after.__name__}", lambda one: one.ops.__setitem__(0, after())  # type: ignore[attr-defined]
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"to {other.__name__}", lambda one: setattr(one, "op", other())
    elif isinstance(node, ast.If | ast.IfExp):
        yield "condition negated", lambda one: setattr(one, "test", ast.UnaryOp(ast.Not(), one.test))  # type: ignore[attr-defined]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        other_sign = ast.Sub if isinstance(node.op, ast.Add) else ast.Add
        yield f"to {other_sign.__name__}", lambda one: setattr(one, "op", other_sign())
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.Continue):
        yield "continue to pass", _as_pass
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "returns None", lambda one: setattr(one, "value", ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "call left out", lambda one: setattr(one, "value", ast.Constant(None))
    elif isinstance(node, ast.AugAssign):
        yield "assignment left out", lambda one: setattr(one, "value", _nothing_to_add(one))
    elif isinstance(node, ast.Call):
        yield from _call(node)


def _constant(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    if isinstance(node.value, bool):
        yield f"{node.value} to {not node.value}", lambda one: setattr(one, "value", not one.value)  # type: ignore[attr-defined]
    elif isinstance(node.value, int):
        yield f"{node.value} to {node.value + 1}", lambda one: setattr(one, "value", one.value + 1)  # type: ignore[attr-defined]


def _call(node: ast.Call) -> Iterator[tuple[str, Change]]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        other = _CALLS[node.func.id]
        yield f"{node.func.id} to {other}", lambda one: setattr(one.func, "id", other)  # type: ignore[attr-defined]
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _CONDITIONS:
        return
    if node.func.attr == "where" and len(node.args) > 1:
        for number, condition in enumerate(node.args):
            told = ast.unparse(condition)[:60]
            yield f"without the condition {told}", lambda one, number=number: one.args.pop(number)  # type: ignore[misc]
    else:
        yield f"without .{node.func.attr}()", _unwrap


def _unwrap(call: ast.AST) -> None:
    """Let a call that narrows a statement be the statement itself."""
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Attribute)
    inner = call.func.value
    call.func = ast.Lambda(ast.arguments([], [], None, [], [], None, []), inner)
    call.args, call.keywords = [], []


def _as_pass(node: ast.AST) -> None:
    node.__class__ = ast.Pass


def _nothing_to_add(node: ast.AST) -> ast.expr:
    return ast.List([], ast.Load()) if isinstance(node, ast.AugAssign) else ast.Constant(0)
