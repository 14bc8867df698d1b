"""Checks of what a programme and its cohorts tell: each topic is of something that there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config.content import Topic
from config.definition import Definition
from config.errors import Problem
from config.files.yaml_file import Source
from config.suggest import did_you_mean


def topics(told: Mapping[str, Topic], definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each topic of no milestone, module or commitment."""
    written = (spec.id for spec in definition.programme.commitments)
    known = {*definition.milestones, *definition.modules, *definition.commitments, *written}
    for name in told:
        if name not in known:
            what = f"no milestone, module or commitment is called {name!r}{did_you_mean(name, known)}"
            yield source.problem(("content", name), what)
