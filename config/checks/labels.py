"""Checks a programme's forms against the others': a label is the name of a deployment, which only one has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from config.definition import Definition
from config.errors import DefinitionError, Problem
from config.files.yaml_file import Source, load_yaml
from config.library import Library


def shared_labels(library: Library, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each label that a form of another programme has too."""
    taken = _taken(library, definition.programme.id)
    for number, form in enumerate(definition.programme.forms):
        if other := taken.get(form.label):
            what = f"{form.label!r} is the label of a form of {other!r} too; give this one a label of its own"
            yield source.problem(("forms", number, "label"), what)


def _taken(library: Library, ident: str) -> Mapping[str, str]:
    """Return which other programme has a label; what is wrong in that one is not told here."""
    return {label: other for other in library.programmes() if other != ident for label in _labels(library, other)}


def _labels(library: Library, ident: str) -> Iterator[str]:
    try:
        data: Any = load_yaml(library.programme_file(ident)).data
    except DefinitionError:
        return
    forms = data.get("forms") if isinstance(data, dict) else None
    for form in forms if isinstance(forms, list) else ():
        if isinstance(form, dict):
            yield str(form.get("label"))
