"""Checks of the mixed teams of a shape (R51): they are formed, announced after that, and there for who changes them."""

from __future__ import annotations

from collections.abc import Iterator

from config.checks.places import teams_of_shapes
from config.checks.time import is_later
from config.definition import Definition
from config.errors import Problem
from config.files.yaml_file import Source
from config.suggest import did_you_mean


def teams(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for teams that no notice of the first day forms or announces, or that are announced before."""
    for path, found in teams_of_shapes(definition.programme):
        notices = {one.id: one for one in definition.programme.shapes[str(path[1])].days[0].notices}
        lacking = [key for key in ("formed_with", "announced_with") if getattr(found, key) not in notices]
        for key in lacking:
            name = getattr(found, key)
            what = f"{name!r} is no notice of the shape's first day{did_you_mean(name, notices)}"
            yield source.problem((*path, key), what)
        if lacking:
            continue
        formed, announced = notices[found.formed_with].when, notices[found.announced_with].when
        if is_later(formed, announced, definition):
            what = f"they are announced ({announced}) before they are formed ({formed})"
            yield source.problem((*path, "announced_with"), what)


def forms(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each form that moves somebody to another team where no shape has teams."""
    if any(teams_of_shapes(definition.programme)) or any(path[0] == "shapes" for path in source.dropped):
        return
    for number, form in enumerate(definition.programme.forms):
        if form.teams:
            yield source.problem(("forms", number, "teams"), "no shape has 'teams' to move anybody between; add them")
