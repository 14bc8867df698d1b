"""The days of a cohort as they are held now: what its file said, and what was moved since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from config.cohort import Day
from config.definition import Definition
from states.store.tables import MilestoneRow

_ROWS = select(MilestoneRow.__table__).where(MilestoneRow.cohort_id == bindparam("cohort"))


class HeldDay(NamedTuple):
    """A milestone as it stands: its day (``None``: no date), how often it was changed, and whether it was held."""

    day: Day | None
    sequence: int
    held: bool


def read_days(connection: Connection, cohort_id: str, definition: Definition) -> Mapping[str, HeldDay]:
    """Return a cohort's milestones by id."""
    found = {}
    for row in connection.execute(_ROWS, {"cohort": cohort_id}):
        found[row.id] = HeldDay(_day(row, definition), row.sequence, row.held_at is not None)
    return found


def day_details(day: Day) -> dict[str, Any]:
    """Return what a milestone keeps beside its time and place."""
    reason = {"reason": day.reason} if day.reason else {}
    return {"staff": list(day.staff), "material": dict(day.material), **reason}


def _day(row: Any, definition: Definition) -> Day | None:
    if row.day is None or row.starts_at is None or row.ends_at is None:
        return None
    start, end = (definition.working_time.local(at).time() for at in (row.starts_at, row.ends_at))
    # What is in the database was checked when it was written, perhaps by rules of an earlier version.
    return Day.model_construct(
        date=row.day,
        start=start,
        end=end,
        place=row.place,
        staff=tuple(row.details.get("staff", ())),
        material=dict(row.details.get("material", {})),
        reason=row.details.get("reason", ""),
    )
