"""The new day that somebody asks for, in a form or at the command line: what is not said stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection

from config.cohort import Day
from config.errors import FactIncompleteError, UnknownRecordError
from config.grammar import MOVE, Trigger
from flows.services import Services
from states.moves.consequences import Consequences
from states.running_cohort import read_cohort
from states.store.days import read_days
from states.views.new_days import NewDaysPage, new_days_page


class Asked(NamedTuple):
    """What is to be other about a day; empty parts stay. ``material`` are lines ``title = address``."""

    to: date | str | None = None
    start: str = ""
    end: str = ""
    place: str = ""
    staff: Sequence[str] = ()
    material: Sequence[str] = ()
    because: str = ""
    off: bool = False


def asked_day(connection: Connection, cohort_id: str, milestone: str, asked: Asked) -> Day | None:
    """Return the day that a milestone is to have; ``None`` to call it off.

    Raises:
        UnknownRecordError: no such cohort or milestone.
        FactIncompleteError: a part is missing or cannot be meant.
    """
    definition = read_cohort(connection, cohort_id).definition
    if milestone not in definition.milestones:
        raise UnknownRecordError("milestone", milestone)
    trigger = str(Trigger(milestone, MOVE))
    if asked.off:
        if any(asked[:-2]):
            raise FactIncompleteError(trigger, "off", "a day that is called off has no date, time or place")
        return None
    now = read_days(connection, cohort_id, definition)[milestone].day
    parts: dict[str, Any] = {} if now is None else now.model_dump(mode="json")
    parts["reason"] = asked.because
    given = {"date": asked.to, "start": asked.start, "end": asked.end, "place": asked.place}
    parts |= {name: value for name, value in given.items() if value}
    if asked.staff:
        parts["staff"] = [name for name in map(str.strip, asked.staff) if name]
    if asked.material:
        parts["material"] = dict(_pair(trigger, line) for line in asked.material)
    try:
        return Day.model_validate(parts)
    except ValidationError as error:
        first = error.errors()[0]
        what = "is missing" if first["type"] == "missing" else str(first["msg"]).removeprefix("Value error, ")
        raise FactIncompleteError(trigger, str(first["loc"][0]), what) from None


def _pair(trigger: str, line: str) -> tuple[str, str]:
    title, equals, address = line.partition("=")
    if not equals:
        raise FactIncompleteError(trigger, "material", "write a title, '=' and an address")
    return title.strip(), address.strip()


def shown(services: Services, cohort_id: str, milestone: str, asked: Asked) -> tuple[Consequences, NewDaysPage]:
    """Return what would follow from what is asked, and the same as people read it; raises as ``asked_day`` does."""
    with services.database.read() as connection:
        day = asked_day(connection, cohort_id, milestone, asked)
    found = services.engine.preview(cohort_id, milestone, day)
    with services.database.read() as connection:
        return found, new_days_page(connection, found)
