"""The morning's question: once a working day each coordinator is asked for what waits for a decision, if anything does.

Of no programme: whoever watches over a cohort is asked in each of them, also in those that began before there was such
a mail (docs/adr/0044).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from config.effects import EffectSpec
from states.facts import Outcome, Transition
from states.moves.changes import Changes
from states.moves.writing import write
from states.plan.effects import Cause, effect_row
from states.running_cohort import RunningCohort, read_cohort
from states.store.conditions import UNTOLD
from states.store.database import Database
from states.store.queries import lock_cohort_of
from states.store.reach_tables import MorningRow
from states.store.tables import CohortRow, EffectRow
from states.views.to_decide import MORNING, who_decides
from states.views.undelivered import MAIL

_COHORTS = select(CohortRow.id, MorningRow.day).outerjoin(MorningRow, MorningRow.cohort_id == CohortRow.id)


def ask_in_the_morning(database: Database, now: datetime) -> list[Outcome]:
    """Let coordinators be asked for what waits for them, once a working day, from the time that people are at work.

    A commit for each cohort: that it was looked through today, and one mail for each coordinator for whom something
    waits. What they were not told yesterday is dropped, since today's says it anew. A cohort that cannot be read asks
    nothing; its own runs say why.
    """
    with database.read() as connection:
        asked = dict(connection.execute(_COHORTS.order_by(CohortRow.id)).tuples().all())
        due = [cohort for cohort, day in asked.items() if _is_due(connection, cohort, day, now)]
    outcomes = [_ask(database, cohort, now) for cohort in due]
    return [outcome for outcome in outcomes if outcome.transitions]


def _is_due(connection: Connection, cohort_id: str, asked: object, now: datetime) -> bool:
    """Whether people are at work, and were not asked today."""
    try:
        calendar = read_cohort(connection, cohort_id).calendar
    except ValueError:
        return False
    return asked != calendar.local_day(now) and calendar.definition.working_time.next_open(now) <= now


def _ask(database: Database, cohort_id: str, now: datetime) -> Outcome:
    with database.write() as connection:
        lock_cohort_of(connection, [cohort_id])
        cohort = read_cohort(connection, cohort_id)
        today, mine = cohort.calendar.local_day(now), MorningRow.cohort_id == cohort_id
        # Looked up again now that the cohort is held: another tick may have been here.
        if connection.scalar(select(MorningRow.day).where(mine)) == today:
            return Outcome(cohort_id, MORNING)
        connection.execute(delete(MorningRow).where(mine))
        connection.execute(insert(MorningRow), {"cohort_id": cohort_id, "day": today})
        changes = Changes(now, f"timer {MORNING} {now:%Y-%m-%dT%H:%MZ}")
        before = UNTOLD & (EffectRow.cohort_id == cohort_id) & (EffectRow.message == MORNING)
        changes.dropped += connection.scalars(select(EffectRow.id).where(before).order_by(EffectRow.id))
        people = who_decides(connection, cohort, now)
        if people:
            _say(changes, cohort, people)
        write(changes, connection)
    return Outcome(cohort_id, MORNING, tuple(changes.transitions))


def _say(changes: Changes, cohort: RunningCohort, people: Sequence[str]) -> None:
    """Collect the day's transition, and a mail for each of those who are asked: what it says is read when it goes."""
    subject, now = f"{cohort.cohort_id}/{MORNING}", changes.now
    ident = f"{subject}#{cohort.calendar.local_day(now).isoformat()}"
    changes.transitions.append(
        Transition(ident, cohort.cohort_id, None, MAIL, MORNING, "", "pending", now, changes.cause)
    )
    mail = EffectSpec(mail=MORNING, to=("coordinator",))
    cause = Cause(cohort.cohort_id, subject, ident, MORNING, now, None)
    changes.effects += [effect_row(mail, cause, cohort.calendar, "coordinator", person) for person in people]
