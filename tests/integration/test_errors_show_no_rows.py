"""Whatever the database refuses: no name and no address of the rows shows in an error, its repr or its traceback."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import insert, text

from config.errors import ConflictError, DatabaseRefusedError, TickFailedError
from states.facts import Fact
from states.moves.journeys import JourneyMover
from states.records import Journey
from states.store.database import Database
from states.store.fact_log import log_fact
from states.store.reach_tables import AbsenceRow, AttendanceRow
from states.store.tables import PersonRow
from tests.support.driver import Driver

PRIVATE = ("Hemmelig", "hemmelig")
PERSON = {"id": "hold-3-01", "name": "Hemmelig Leder", "email": "hemmelig@example.org", "title": ""}


def assert_nothing_shows(error: BaseException) -> None:
    shown = [str(error), repr(error), *traceback.format_exception(error)]
    assert not [said for said in shown if any(word in said for word in PRIVATE)], shown


@pytest.fixture
def driven(database: Database) -> Driver:
    return Driver(database, people=2).enrol()


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (PersonRow, PERSON),  # PostgreSQL: DETAIL: Key (id)=(…) already exists.
        (PersonRow, PERSON | {"id": "hemmelig"}),
        (PersonRow, PERSON | {"id": "new", "email": None}),  # DETAIL: Failing row contains (…).
        (AbsenceRow, {"journey_id": "Hemmelig Leder", "milestone": "m1d1", "noted_at": None}),
        (AttendanceRow, {"cohort_id": "hold-3", "milestone": "kickoff", "person_id": "Hemmelig Leder", "coming": None}),
        (PersonRow, PERSON | {"id": "new", "name": "Hemmelig\udcff Leder"}),
        (PersonRow, PERSON | {"id": "new", "title": {"no": "text"}}),
    ],
)
def test_what_a_statement_was_to_write(driven: Driver, table: Any, row: dict[str, Any]) -> None:
    with pytest.raises((DatabaseRefusedError, ConflictError)) as refused, driven.database.write() as connection:
        connection.execute(insert(table), [row, row])
    assert_nothing_shows(refused.value)


@pytest.mark.postgres
def test_a_zero_byte_that_postgresql_does_not_take(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with pytest.raises(DatabaseRefusedError) as refused, database.write() as connection:
        connection.execute(insert(PersonRow), PERSON | {"id": "new", "name": "Hemmelig\0 Leder"})
    database.close()
    assert_nothing_shows(refused.value)


@pytest.mark.postgres
def test_a_text_that_postgresql_cannot_turn_into_a_number(postgresql_url: str) -> None:
    query = text("SELECT CAST(:given AS INTEGER)")
    database = Database(postgresql_url)
    with pytest.raises(DatabaseRefusedError) as refused, database.write() as connection:
        connection.execute(query, {"given": "Hemmelig"})
    database.close()
    assert_nothing_shows(refused.value)


def test_what_a_fact_held_that_could_not_be_written(driven: Driver) -> None:
    fact = Fact("told", None, {"new_mentor": PERSON})  # type: ignore[arg-type]
    with pytest.raises(DatabaseRefusedError) as refused, driven.database.write() as connection:
        log_fact(connection, fact, "change_mentor", ["hold-3-01"], driven.now)
    assert_nothing_shows(refused.value)


def test_what_a_timer_was_to_write(driven: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JourneyMover, "move", _writing([PERSON | {"id": "new", "email": None}]))
    with pytest.raises(TickFailedError) as failed:
        driven.oversleep("2027-03-16")
    for error in (failed.value, *failed.value.failures):
        assert_nothing_shows(error)
    assert "persons" in str(failed.value), "where it failed is said"


def _writing(rows: Sequence[dict[str, Any]]) -> Callable[[JourneyMover, str, Sequence[Journey]], None]:
    def move(self: JourneyMover, trigger: str, journeys: Sequence[Journey]) -> None:
        self._firing.connection.execute(insert(PersonRow), rows)

    return move
