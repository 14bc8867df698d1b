"""Checks of a programme's roles: each means something of its own, none is missing; columns and levels too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from config.definition import Definition
from config.errors import Problem
from config.files.yaml_file import Source
from config.roles import INDISPENSABLE
from config.suggest import did_you_mean


def roles(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each role that means what another does, and for each that no programme goes without."""
    programme = definition.programme
    first: dict[str, str] = {}
    for name, role in programme.roles.items():
        other = first.setdefault(role.means, name)
        if other != name:
            yield source.problem(("roles", name, "is"), f"{role.means!r} is what {other!r} means already")
    for meaning in INDISPENSABLE if programme.roles else ():
        if meaning not in first:
            yield source.problem(("roles",), f"should have one role with 'is: {meaning}': no programme goes without")


def columns(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each heading that two columns of the list would have, and for letters of no level."""
    programme = definition.programme
    often = Counter(programme.list_form.columns)
    for name, role in programme.roles.items():
        for column, heading in role.columns.items():
            if often[heading.lower()] > 1:
                what = f"{heading!r} is the heading of another column too; a list has each once"
                yield source.problem(("roles", name, "columns", column), what)
    for letters, level in programme.level_letters.items():
        if level not in programme.levels:
            what = f"unknown level {level!r}{did_you_mean(level, programme.levels)}"
            yield source.problem(("level_letters", letters), what)
