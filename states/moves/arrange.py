"""What is told of people, by them, of tasks and teams, what is noted, and who joins: facts about the cohort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from config.errors import UnknownTriggerError
from states.machines.journey import ENROL
from states.moves.attendance import saying
from states.moves.changes import Changes
from states.moves.firing import Firing
from states.moves.join import join
from states.moves.note import NOTE, write_note
from states.moves.offices import END_STAND_IN, REPLACE, STAND_IN, end_stand_in, replace_holder, stand_in
from states.moves.own_message import MESSAGE, write_message
from states.moves.people import CORRECT, correct_person
from states.moves.tasks import FINISH, finish_task
from states.moves.teams import TEAM, change_team
from states.running_cohort import RunningCohort

ARRANGED: Mapping[str, Callable[[Firing], None]] = {
    CORRECT: correct_person,
    REPLACE: replace_holder,
    STAND_IN: stand_in,
    END_STAND_IN: end_stand_in,
    FINISH: finish_task,
    MESSAGE: write_message,
    NOTE: write_note,
    TEAM: change_team,
    ENROL: join,
}


def arrange(
    trigger: str, details: Mapping[str, Any], connection: Connection, cohort: RunningCohort, changes: Changes
) -> None:
    """Collect what a fact about people or a task changes.

    Raises:
        UnknownTriggerError: there is no such fact.
    """
    work = ARRANGED.get(trigger) or saying(cohort.definition, trigger)
    if work is None:
        raise UnknownTriggerError(trigger, tuple(ARRANGED))
    work(Firing(connection, cohort, changes, details, strict=True))
