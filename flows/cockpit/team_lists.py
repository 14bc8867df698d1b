"""What the form that moves somebody to another team lists: the modules that have teams, and the numbers of these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from states.running_cohort import readable_cohorts
from states.store.teams import seats_of
from states.views.teams import is_over


class TeamLists(NamedTuple):
    """Modules by what they are called, and the numbers of their teams as they are written."""

    modules: Mapping[str, str]
    numbers: Mapping[str, str]


NO_TEAMS = TeamLists({}, {})


def team_lists(connection: Connection, programme_id: str, now: datetime) -> TeamLists:
    """Return what can be chosen, over all cohorts of a programme; what has been held is on no list any more."""
    modules: dict[str, str] = {}
    numbers: set[int] = set()
    for cohort in readable_cohorts(connection):
        if cohort.definition.programme.id != programme_id:
            continue
        for (ident, _), number in seats_of(connection, cohort.cohort_id).items():
            if not is_over(cohort, cohort.definition.modules[ident], now):
                modules[cohort.definition.state_label(ident)] = ident
                numbers.add(number)
    return TeamLists(modules, {str(number): str(number) for number in sorted(numbers)})
