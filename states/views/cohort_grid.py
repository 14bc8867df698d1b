"""Where each talent stands with each day and each commitment, in the order of time: the read model of a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from config.definition import ACTIVE, Definition
from config.grammar import TAKEN_BACK, without_level
from states.machines.commitment import is_late
from states.plan.calendar import Calendar
from states.running_cohort import RunningCohort, read_cohort
from states.store.attending import who_stays_away
from states.store.conditions import of_cohort
from states.store.queries import beside_of
from states.store.tables import CommitmentRow, JourneyRow, PersonRow

HELD, ABSENT, OFF, NOTHING = "held", "absent", "off", ""
"""How a talent stands with a day that has been held, that they sent their apologies for, or that they will not see."""
PLANNED = "planned"
"""A day or a commitment that is still to come."""


@dataclass(frozen=True)
class GridColumn:
    """A day of the calendar or a commitment; ``day`` is its day or deadline, unknown for what has none yet."""

    id: str
    label: str
    day: date | None
    is_day: bool


@dataclass(frozen=True)
class GridRow:
    """A talent, and how they stand with each column: a commitment's state without its level, or a day's."""

    journey: str
    name: str
    place: str
    group: int | None
    days_late: int
    """How long the oldest of what is late has been so; 0 if nothing is."""
    cells: tuple[str, ...]


@dataclass(frozen=True)
class CohortGrid:
    """All talents of a cohort, those who are behind first; ``made`` is local, ``passed`` columns lie before it."""

    cohort: str
    cohort_id: str
    made: datetime
    columns: tuple[GridColumn, ...]
    passed: int
    rows: tuple[GridRow, ...]

    @property
    def late(self) -> tuple[GridRow, ...]:
        """Return the talents who are behind."""
        return tuple(row for row in self.rows if any(is_late(cell) for cell in self.of(row)))

    def of(self, row: GridRow) -> Iterator[str]:
        """Yield how a talent stands with each commitment that they have."""
        for column, cell in zip(self.columns, row.cells, strict=True):
            if cell and not column.is_day:
                yield cell

    def labels(self, row: GridRow, *states: str) -> list[str]:
        """Return what a talent stands with in one of these ways, in order."""
        return [column.label for column, cell in zip(self.columns, row.cells, strict=True) if cell in states]


def cohort_grid(connection: Connection, cohort_id: str, now: datetime) -> CohortGrid:
    """Return how a cohort's talents stand at ``now``.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    cohort = read_cohort(connection, cohort_id)
    today = cohort.calendar.local_day(now)
    columns = tuple(_columns(cohort.definition, cohort.calendar))
    return CohortGrid(
        cohort=cohort.name,
        cohort_id=cohort_id,
        made=cohort.definition.working_time.local(now),
        columns=columns,
        passed=sum(column.day is not None and column.day < today for column in columns),
        rows=tuple(sorted(_rows(connection, cohort, columns, now), key=lambda row: (-row.days_late, row.journey))),
    )


def _columns(definition: Definition, calendar: Calendar) -> list[GridColumn]:
    """Return the days that move a journey and a talent's commitments, by day; what has none stays by what precedes."""
    found = [
        GridColumn(step.id, step.label, calendar.days[step.id].day if step.id in calendar.days else None, True)
        for step in definition.steps
    ]
    places: dict[str, date] = {one.id: one.day for one in found if one.day is not None}
    before = date.min
    for spec in definition.commitments.values():
        if spec.subject == "cohort":
            continue
        due = calendar.due_of(spec)
        before = places[spec.id] = due or before
        found.append(GridColumn(spec.id, spec.label, due, False))
    return sorted(found, key=lambda one: (places.get(one.id, date.max), not one.is_day))


def _rows(
    connection: Connection, cohort: RunningCohort, columns: Sequence[GridColumn], now: datetime
) -> Iterator[GridRow]:
    names = dict(
        connection.execute(select(PersonRow.id, PersonRow.name).where(of_cohort(PersonRow.id, cohort.cohort_id)))
        .tuples()
        .all()
    )
    mine: dict[str, dict[str, Row[Any]]] = {}
    kept = select(CommitmentRow.__table__).where(
        CommitmentRow.cohort_id == cohort.cohort_id, CommitmentRow.journey_id.is_not(None)
    )
    for row in connection.execute(kept):
        mine.setdefault(row.journey_id, {})[row.name] = row
    absent = {(one.journey, one.milestone) for one in who_stays_away(connection, cohort.cohort_id) if one.journey}
    held = {ident for ident, day in cohort.calendar.days.items() if day.ends_at <= now}
    beside, today = beside_of(connection, cohort.cohort_id), cohort.calendar.local_day(now)
    journeys = select(JourneyRow.__table__).where(
        JourneyRow.cohort_id == cohort.cohort_id, JourneyRow.state != TAKEN_BACK
    )
    for journey in connection.execute(journeys):
        commitments = mine.get(journey.id, {})
        late = [one.due_on for one in commitments.values() if is_late(one.state) and one.due_on]
        yield GridRow(
            journey=journey.id,
            name=names[journey.talent_id],
            place=cohort.definition.whereabouts(journey.state, beside.get(journey.id, {})),
            group=journey.group_number,
            days_late=max(((today - due).days for due in late), default=0),
            cells=tuple(
                _day(column.id, journey, held, absent) if column.is_day else _commitment(commitments.get(column.id))
                for column in columns
            ),
        )


def _day(milestone: str, journey: Row[Any], held: set[str], absent: set[tuple[str, str]]) -> str:
    if (journey.id, milestone) in absent:
        return ABSENT
    if milestone in held:
        return HELD
    return PLANNED if journey.state.startswith(ACTIVE) else OFF


def _commitment(row: Row[Any] | None) -> str:
    return without_level(row.state) if row is not None else NOTHING
