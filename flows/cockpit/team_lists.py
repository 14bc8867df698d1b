"""What the form that moves somebody to another team lists: the modules with teams, and the numbers of these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from states.running_cohort import readable_cohorts
from states.store.teams import seats_of


class TeamLists(NamedTuple):
    """Modules by what they are called, and the numbers of the teams that there are by now."""

    modules: Mapping[str, str]
    numbers: tuple[str, ...]


NO_TEAMS = TeamLists({}, ())


def team_lists(connection: Connection, programme_id: str, now: datetime) -> TeamLists:
    """Return what can be chosen, over all cohorts of a programme; what has been held is on no list any more."""
    modules: dict[str, str] = {}
    numbers: set[int] = set()
    for cohort in readable_cohorts(connection):
        if cohort.definition.programme.id != programme_id:
            continue
        mixed = [one for one in cohort.definition.modules.values() if one.teams]
        ahead = [one for one in mixed if not cohort.calendar.is_over(one.days[-1], now)]
        modules |= {cohort.definition.state_label(one.id): one.id for one in ahead}
        seats, ids = seats_of(connection, cohort.cohort_id), {one.id for one in ahead}
        numbers |= {number for (module, _), number in seats.items() if module in ids}
    return TeamLists(modules, tuple(map(str, sorted(numbers))))
