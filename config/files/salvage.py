"""What can still be used of a file with faults, so that the faults behind the first ones are found as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from config.errors import MOST_FAULTS, Problem
from config.files.yaml_file import MISSING, UNKNOWN_KEY, Source, Step, only_follows, path_in, problems_of

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[Step, ...]

BEHIND_ALL = "roles"
"""The section that says what is meant in all others: with a fault in it nothing else can be read as it is meant."""


class Salvaged(NamedTuple, Generic[Model]):
    """The typed form of what is usable (``None`` if nothing is), its source, and the faults of the rest."""

    model: Model | None
    source: Source
    problems: list[Problem]


def salvage(model: type[Model], source: Source) -> Salvaged[Model]:
    """Read ``source`` as ``model``, dropping entries that have not the right form; never raises for them."""
    rest, problems = source, list[Problem]()
    while True:
        try:
            return Salvaged(model.model_validate(rest.data), rest, problems)
        except ValidationError as error:
            problems += [one for one in problems_of(error, rest, model=model) if not _follows(one, rest)]
            if error.error_count() > MOST_FAULTS:
                return Salvaged(None, rest, problems)
            faults = error.errors(include_url=False)
            # A day is not to go with its shape because its one list is short of what was wrong in it.
            faults = [one for one in faults if not only_follows(rest.data, path_in(rest.data, one), one)]
            units = {_unit(rest, detail) for detail in faults}
        dropped = rest.dropped | units
        if () in units or any(unit[0] == BEHIND_ALL for unit in units) or dropped == rest.dropped:
            return Salvaged(None, rest, problems)
        rest = replace(source, data=_without(source.data, dropped, ()), dropped=dropped)


def _follows(problem: Problem, source: Source) -> bool:
    """Whether a fault only comes from an entry that was dropped before."""
    dropped = (".".join(map(str, path)) for path in source.dropped)
    return any(not problem.field or f"{path}.".startswith(f"{problem.field}.") for path in dropped)


def _unit(source: Source, detail: Any) -> Path:
    """What to drop for a fault: the innermost item of a list around it, else the entry or section it stands in."""
    path = path_in(source.data, detail)
    if detail["type"] in UNKNOWN_KEY:
        return source.written(path)
    if detail["type"] in MISSING:
        path = path[:-1]
    items = [index for index, step in enumerate(path, start=1) if isinstance(step, int)]
    return source.written(path[: items[-1] if items else 2])


def _without(data: Any, dropped: frozenset[Path], here: Sequence[Step]) -> Any:
    if isinstance(data, dict):
        return {key: _without(part, dropped, (*here, key)) for key, part in data.items() if (*here, key) not in dropped}
    if isinstance(data, list):
        parts = enumerate(data)
        return [_without(part, dropped, (*here, index)) for index, part in parts if (*here, index) not in dropped]
    return data
