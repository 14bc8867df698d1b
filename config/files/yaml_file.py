"""YAML with its line numbers: plain data to check, and problems that name file, line and field.

``load_yaml`` reads; ``problems_of`` turns what pydantic found wrong with the data into ``Problem`` rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.errors import MOST_FAULTS, DefinitionError, FileMissingError, Problem, first_faults
from config.files.weighed import UnreadableError, read_weighed
from config.files.yaml_limits import (
    DEEPEST,
    MOST_BYTES,
    composed,
    limited_yaml,
    wrong_with_key,
    wrong_with_scalar,
)
from config.plain_text import quoted
from config.suggest import did_you_mean, nearest

Step = str | int
_SHOWN = 60

# Pydantic's wording speaks of Python; these say the same to whoever writes the file.
SENTENCES = {
    "missing": "is missing",
    "missing_argument": "is missing",
    **dict.fromkeys(("string_type", "string_sub_type"), "should be a text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "should be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "should be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "should be true or false"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "should be a date such as 2027-03-25"),
    **dict.fromkeys(("time_type", "time_parsing"), "should be a time such as 08:00"),
    "too_short": "should not be empty",
    "string_unicode": "holds half a character",
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "should be a list"),
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"),
        "should be keys with values",
    ),
}
UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")
MISSING = ("missing", "missing_argument")


@dataclass(frozen=True)
class Source:
    """A YAML file that was read: ``data`` in plain Python types, and where each part of it stands.

    ``dropped`` are the paths in the file of what ``data`` no longer holds, since it could not be used.
    """

    file: str
    data: Any
    root: Node | None
    dropped: frozenset[tuple[Step, ...]] = frozenset()

    def problem(self, path: Sequence[Step], what: str, warning: bool = False) -> Problem:
        """Return what is wrong at ``path`` in ``data``, with its line and its dotted field in the file."""
        written = self.written(path)
        return Problem(self.file, self.line(written), ".".join(map(str, written)), what, warning)

    def written(self, path: Sequence[Step]) -> tuple[Step, ...]:
        """Return the path in the file of what stands at ``path`` in ``data``: dropped items of lists count there."""
        found: tuple[Step, ...] = ()
        for step in path:
            if isinstance(step, int):
                gone = {place[-1] for place in self.dropped if place[:-1] == found}
                step = next(islice((index for index in count() if index not in gone), step, None))  # noqa: PLW2901
            found = (*found, step)
        return found

    def line(self, path: Sequence[Step]) -> int | None:
        """The line, from 1, of the key or item at ``path`` in the file, or of its nearest parent; ``None`` if empty."""
        if self.root is None:
            return None
        node: Node = self.root
        line = _line(node)
        for step in path:
            found = next((child for name, child in _children(node) if str(name) == str(step)), None)
            if found is None:
                break
            key, node = found
            line = _line(key)
        return line


def load_yaml(path: Path) -> Source:
    """Read one YAML 1.2 document in UTF-8.

    Raises ``FileMissingError``, and ``DefinitionError`` for what is not YAML or is too large or too deep for a
    definition, for duplicate keys (all of them) and for values that do not exist, such as the 31st of February.
    """
    if not path.is_file():
        raise FileMissingError(path, "YAML file")
    file = str(path)
    yaml = limited_yaml()
    try:
        root = composed(yaml, read_weighed(path, MOST_BYTES).decode("utf-8-sig"))
        if problems := [] if root is None else list(_faults(file, yaml, root, ())):
            raise DefinitionError(first_faults(problems))
        data = None if root is None else yaml.constructor.construct_document(root)
    except UnreadableError as error:
        raise DefinitionError([Problem(file, error.row, "", error.what)]) from error
    except UnicodeDecodeError:
        raise DefinitionError([Problem(file, None, "", "is not UTF-8 text; save it as UTF-8")]) from None
    except YAMLError as error:
        raise DefinitionError([_syntax_problem(file, error)]) from error
    return Source(file, data, root)


def problems_of(
    error: ValidationError, source: Source, prefix: Sequence[Step] = (), model: type | None = None
) -> list[Problem]:
    """Every pydantic error as a ``Problem`` with file, line and dotted field, in the order of the file.

    ``prefix`` is where in the source the checked part begins. With ``model``, the class it was checked against,
    an unknown key is answered with the nearest known one.
    """
    part = source.data
    for step in prefix:
        part = part[step]
    problems = []
    # Each is looked up in the file from its start: nobody waits for thousands.
    for detail in error.errors(include_url=False)[: MOST_FAULTS + 1]:
        local = path_in(part, detail)
        if not only_follows(part, local, detail):
            known = () if model is None else _known_keys(model, local[:-1])
            problems.append(source.problem((*prefix, *local), _sentence(detail, known)))
    return first_faults(sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _children(node: Node) -> Iterator[tuple[Step, tuple[Node, Node]]]:
    """The parts of a node by name: for each the node that says where it stands, and the node of its value."""
    if isinstance(node, MappingNode):
        yield from ((key.value, (key, value)) for key, value in node.value if isinstance(key, ScalarNode))
    elif isinstance(node, SequenceNode):
        yield from ((index, (item, item)) for index, item in enumerate(node.value))


def _faults(file: str, yaml: YAML, node: Node, path: tuple[Step, ...]) -> Iterator[Problem]:
    """Duplicate keys and impossible values, which the library reports one at a time or without a line."""
    first: dict[Step, int] = {}
    for name, (key, value) in _children(node):
        here = (*path, name)
        field = ".".join(str(step)[:_SHOWN] for step in here)
        if name in first and name != "<<":
            yield Problem(file, _line(key), field, f"is set twice, first in line {first[name]}")
        first.setdefault(name, _line(key))
        if isinstance(key, ScalarNode) and key is not value and (what := wrong_with_key(key)):
            yield Problem(file, _line(key), field, what)
        if isinstance(value, ScalarNode):
            if what := wrong_with_scalar(yaml, value):
                yield Problem(file, _line(value), field, what)
        elif value.start_mark.index > node.start_mark.index:  # else an alias, seen before or without end
            yield from _faults(file, yaml, value, here)


def _syntax_problem(file: str, error: YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    if isinstance(error, MaxDepthExceededError):
        problem = f"nested deeper than {DEEPEST} levels"
    context = getattr(error, "context", None)
    where = f" ({context})" if context else ""
    return Problem(file, None if mark is None else mark.line + 1, "", f"is not YAML: {problem}{where}")


def path_in(data: Any, detail: ErrorDetails) -> tuple[Step, ...]:
    """Return where an error stands in ``data``; pydantic's location also names union members, which no file has."""
    path: list[Step] = []
    location = detail["loc"]
    for index, step in enumerate(location):
        last = index == len(location) - 1
        if isinstance(data, dict) and (keys := [key for key in data if str(key) == str(step)]):
            if not last and not isinstance(data[keys[0]], dict | list):
                continue  # a union member that is named like one of its keys
            data = data[keys[0]]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        elif not (last and detail["type"] in (*MISSING, *UNKNOWN_KEY)):
            continue
        path.append(step)
    return tuple(path)


def only_follows(data: Any, path: Sequence[Step], detail: ErrorDetails) -> bool:
    """Whether a list is only called too short because entries of it are wrong, which is reported by itself."""
    if detail["type"] != "too_short":
        return False
    for step in path:
        data = data[step]
    return len(data) >= int(detail["ctx"]["min_length"])


def _sentence(detail: ErrorDetails, known: Iterable[str]) -> str:
    kind, given, message = detail["type"], detail["input"], detail["msg"]
    if kind in UNKNOWN_KEY:
        return f"unknown key{did_you_mean(str(detail['loc'][-1]), known)}"
    if kind in MISSING:
        return SENTENCES[kind]
    if kind in ("value_error", "assertion_error"):
        return str(detail.get("ctx", {}).get("error", message))
    what = SENTENCES.get(kind, re.sub(r"^\w+ should", "should", message))
    if isinstance(given, str | int | float) and repr(given) not in what:
        what += f", not {quoted(given) if isinstance(given, str) else given}"
    if kind in ("literal_error", "enum") and isinstance(given, str):
        names = re.findall(r"'([^']*)'", message)
        return what + (did_you_mean(given, names) if nearest(given, names) else "")
    return what


def _known_keys(model: type, path: Sequence[Step]) -> set[str]:
    """The keys that ``model`` takes at ``path``; list indexes and keys of open mappings lead to what they hold."""
    models = [model]
    for step in path:
        fields = [fields[step] for fields in map(_fields, models) if step in fields]
        models = [inner for annotation in fields for inner in _models_in(annotation)] or models
    return {str(name) for fields in map(_fields, models) for name in fields}


def _fields(model: type) -> dict[Step, Any]:
    fields = getattr(model, "__pydantic_fields__", {})
    return {field.alias or name: field.annotation for name, field in fields.items()}


def _models_in(annotation: Any) -> list[type]:
    if hasattr(annotation, "__pydantic_fields__"):
        return [annotation]
    return [inner for argument in get_args(annotation) for inner in _models_in(argument)]
