"""What is told of the people around the talents, by what it is called: each is a fact about the cohort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from config.errors import UnknownTriggerError
from states.moves.changes import Changes
from states.moves.firing import Firing
from states.moves.offices import END_STAND_IN, REPLACE, STAND_IN, end_stand_in, replace_holder, stand_in
from states.moves.people import CORRECT, correct_person
from states.running_cohort import RunningCohort

ARRANGED: Mapping[str, Callable[[Firing], None]] = {
    CORRECT: correct_person,
    REPLACE: replace_holder,
    STAND_IN: stand_in,
    END_STAND_IN: end_stand_in,
}


def arrange(
    trigger: str, details: Mapping[str, Any], connection: Connection, cohort: RunningCohort, changes: Changes
) -> None:
    """Collect what a fact about people changes.

    Raises:
        UnknownTriggerError: there is no such fact.
    """
    if trigger not in ARRANGED:
        raise UnknownTriggerError(trigger, tuple(ARRANGED))
    ARRANGED[trigger](Firing(connection, cohort, changes, details, strict=True))
