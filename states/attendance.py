"""Takes what people say of their coming, on the pages of the site: who may, what it is, told to the engine (R61, R67).

The fact's actor is the person in their role. Its key is the page that they sent, so that the same page twice is one
fact, and a changed mind another.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from config.errors import AnswerOverError, FactIncompleteError, TransitionRefusedError
from config.grammar import COME, DECLINE, Trigger
from states.engine import Engine
from states.facts import Fact, Outcome
from states.moves.attendance import ROLE, WHOM, said_by
from states.running_cohort import RunningCohort
from states.store.fact_log import transitions_of
from states.store.reach_tables import AbsenceRow
from states.store.tables import FactRow
from states.views.attendance_matters import Asked, asked_to, matters_of, who_is


def answer_attendance(engine: Engine, cohort_id: str, person: str, subject: str, option: str, version: int) -> Outcome:
    """Take that a person comes, or does not; ``version`` is that of the page on which they said so.

    The same page sent again returns the first outcome.

    Raises:
        AnswerOverError: they are not asked, or no longer, or something was said of it since the page was shown.
    """
    key = f"answer:{person}:{subject}:{option}:{version}"
    with engine.database.read() as connection:
        told = connection.scalar(select(FactRow.trigger).where(FactRow.key == key))
        if told is not None:
            return Outcome(cohort_id, told, transitions_of(connection, key))
        cohort = engine.cohort(connection, cohort_id)
        who = who_is(connection, cohort, person, engine.now())
        asked = asked_to(cohort, who, [subject.rpartition("@")[2]])
        mine = [one for one in asked if one.subject == subject]
        matter = next(matters_of(connection, cohort, who, mine, engine.now()), None)
        if matter is None or option not in {one.id for one in matter.options}:
            raise AnswerOverError(subject, f"{option!r} is nothing that they can say of it now")
        if matter.version != version:
            raise AnswerOverError(subject, "somebody has told of it since the page was shown")
        saying = _saying(connection, cohort, asked[0], option)
    details = {WHOM: person, ROLE: matter.role} if saying.is_noted else {"milestone": asked[0].milestone}
    fact = Fact(key, f"{matter.role}:{person}", details)
    try:
        if saying.is_noted:
            return engine.arrange(cohort_id, saying.trigger, fact, [saying.about])
        return engine.fire(saying.trigger, [saying.about], fact)
    except (TransitionRefusedError, FactIncompleteError) as refused:
        raise AnswerOverError(subject, "it was told of meanwhile, or is over") from refused


class _Saying(NamedTuple):
    """What is told to the engine: a trigger, about a journey or the cohort; and whether that is no journey's event."""

    trigger: str
    about: str
    is_noted: bool


def _saying(connection: Connection, cohort: RunningCohort, asked: Asked, option: str) -> _Saying:
    """Return what somebody tells: a talent's absence, and that it is taken back, are events of the journey."""
    asks, journey = cohort.definition.programme.attendance, asked.part.journey.id
    assert asks is not None
    noted = str(Trigger(asked.milestone, option))
    if asked.part.role != "talent":
        return _Saying(noted, cohort.cohort_id, is_noted=True)
    mine = (AbsenceRow.journey_id == journey) & (AbsenceRow.milestone == asked.milestone)
    absent = connection.scalar(select(AbsenceRow.milestone).where(mine)) is not None
    if option == DECLINE or (option == COME and absent):
        return _Saying(said_by(asks, option).event, journey, is_noted=False)
    return _Saying(noted, journey, is_noted=True)
