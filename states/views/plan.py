"""When each talent's plan was last written or revised, and who said so; what it says is in no system (R11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, String, func, select

from config.answers import PlanAnswer
from config.plan import PLAN
from states.facts import FACT_CAUSE
from states.running_cohort import RunningCohort
from states.store.conditions import CORRECTED
from states.store.queries import chunks
from states.store.tables import FactRow, HistoryRow, PersonRow
from states.views.actors import role_and_person

_NEWER: frozenset[PlanAnswer] = frozenset({"written", "revised"})
# The key is cut out of the cause, and not the cause put together of the key: facts are found by their key.
_TOLD = (
    select(HistoryRow.journey_id, FactRow.at, FactRow.actor, FactRow.details)
    .join(FactRow, FactRow.key == func.substr(HistoryRow.cause, len(FACT_CAUSE) + 1, type_=String))
    .where(HistoryRow.cause.startswith(FACT_CAUSE), FactRow.key.not_in(CORRECTED))
    .order_by(HistoryRow.n)
)


class Revision(NamedTuple):
    """What was said last of a plan, in the programme's words, the day on which it was so, by whom in which role.

    ``by`` is a name; empty for an office and the operator, whom the role tells already.
    """

    what: str
    day: date
    by: str
    role: str


def plan_revisions(connection: Connection, cohort: RunningCohort, journeys: Iterable[str]) -> Mapping[str, Revision]:
    """Return by journey when plans were last written or revised; facts that were taken back do not count.

    The day is that of the talk or meeting; where none was given, the one on which it was told.
    """
    plan = cohort.definition.programme.plan
    if plan is None:
        return {}
    labels = plan.answers.labels
    found: dict[str, Revision] = {}
    for some in chunks(sorted(journeys)):
        for row in connection.execute(_TOLD.where(HistoryRow.journey_id.in_(some))):
            what = row.details.get(PLAN)
            held = row.details.get("held_on")
            day = date.fromisoformat(held) if held else cohort.calendar.local_day(row.at)
            earlier = found.get(row.journey_id)
            if what in _NEWER and (earlier is None or day >= earlier.day):
                role, person = role_and_person(row.actor)
                found[row.journey_id] = Revision(labels[what], day, person, role)
    return _named(connection, found)


def _named(connection: Connection, found: Mapping[str, Revision]) -> dict[str, Revision]:
    """Return the same with names in the place of people's ids."""
    names: dict[str, str] = {}
    for some in chunks(sorted({one.by for one in found.values()})):
        rows = connection.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(some)))
        names |= dict(rows.tuples().all())
    return {journey: one._replace(by=names.get(one.by, "")) for journey, one in found.items()}
