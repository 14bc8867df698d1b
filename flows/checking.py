"""What is looked at before a cohort is used: its files, and the whole machine that its programme gives.

``check`` shows it; ``import``, ``rehearse`` and ``demo`` take nothing that ``check`` refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from config.checks.all import check_all
from config.errors import DefinitionError, Problem
from config.library import Library, LoadedCohort
from notifications.fitting import misplaced_messages
from notifications.messages import messages_of
from states.exploration.explore import Exploration, explore


class Checked(NamedTuple):
    """What is wrong, what is odd (warnings), and by programme what walking its machine has found."""

    errors: list[Problem]
    warnings: list[Problem]
    explored: dict[str, Exploration]


def check_cohorts(library: Library, cohort_ids: Sequence[str]) -> Checked:
    """Check cohorts with their programmes and people; where the files are right, try messages and walk programmes."""
    problems = check_all(library, cohort_ids, messages_of(library))
    errors = [problem for problem in problems if not problem.warning]
    explored: dict[str, Exploration] = {}
    if not errors:
        for programme in dict.fromkeys(library.cohort(ident).cohort.programme for ident in cohort_ids):
            loaded = library.programme(programme)
            errors += misplaced_messages(loaded.definition, loaded.source, library.root)
            explored[programme] = explore(loaded.definition)
            file = str(library.programme_file(programme))
            errors += [Problem(file, None, stuck.machine, str(stuck)) for stuck in explored[programme].problems]
    return Checked(errors, [problem for problem in problems if problem.warning], explored)


def checked_cohort(library: Library, ident: str) -> LoadedCohort:
    """Return a cohort that ``check`` finds nothing wrong with; raises ``DefinitionError`` with every error."""
    if errors := check_cohorts(library, [ident]).errors:
        raise DefinitionError(errors)
    return library.cohort(ident)
