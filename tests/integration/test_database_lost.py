"""A database that goes away, is held, or is full while something runs: whole or not at all, and on it goes after."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text

from config.errors import DatabaseError, DatabaseUnavailableError
from states.moves.journeys import JourneyMover
from states.store.database import Database
from tests.support.driver import Driver

KEEP = "mentor_meeting_m1:keep"


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    """A database that waits for nobody's lock."""
    opened = Database(database_url, synchronous="OFF", patience=0.05)
    yield opened
    opened.close()


@pytest.fixture
def enrolled(sqlite: Database) -> Driver:
    return Driver(sqlite, people=3).enrol()


def _file(driven: Driver) -> Path:
    path = driven.database.address.path
    assert path is not None
    return path


class TestAFileThatIsRemoved:
    """SQLite would go on writing into a file that nobody finds any more."""

    def test_nothing_is_reported_as_done(self, enrolled: Driver) -> None:
        _file(enrolled).unlink()
        for deed in (lambda: enrolled.fire("leave", 1), lambda: enrolled.oversleep("2027-03-16"), enrolled.history):
            with pytest.raises(DatabaseUnavailableError, match="was removed while this ran"):
                deed()
        assert not _file(enrolled).exists()

    def test_back_in_its_place_it_is_used_again(self, enrolled: Driver) -> None:
        away = _file(enrolled).rename(_file(enrolled).with_name("away.db"))
        with pytest.raises(DatabaseUnavailableError):
            enrolled.fire("leave", 1, key="told")
        away.rename(_file(enrolled))
        enrolled.fire("leave", 1, key="told")
        assert enrolled.state(1) == "on_leave"

    def test_another_in_its_place_is_not_written_to(self, enrolled: Driver, sqlite_template: Path) -> None:
        _file(enrolled).rename(_file(enrolled).with_name("away.db"))
        _file(enrolled).write_bytes(sqlite_template.read_bytes())
        with pytest.raises(DatabaseUnavailableError, match="was replaced while this ran"):
            enrolled.fire("leave", 1)
        assert _file(enrolled).read_bytes() == sqlite_template.read_bytes()

    def test_who_comes_later_makes_no_new_one(self, enrolled: Driver) -> None:
        _file(enrolled).unlink()
        with pytest.raises(DatabaseError, match="put it back"):
            Database(str(enrolled.database.url), create=False)


def test_a_lock_that_is_never_given_back_is_not_waited_for_without_end(impatient: Database) -> None:
    driven = Driver(impatient, people=3).enrol()
    with closing(Database(str(impatient.url))) as other:
        with other.write() as holder:
            holder.execute(text("UPDATE cohorts SET name = name"))
            with pytest.raises(DatabaseUnavailableError, match="is held by another process for too long"):
                driven.fire("leave", 1, key="told")
        driven.fire("leave", 1, key="told")
    assert driven.state(1) == "on_leave"


def test_a_full_disk_stops_a_fact_whole_and_it_is_taken_once_there_is_room(sqlite_url: str) -> None:
    """SQLite's own limit on pages ends a write as a full disk does."""
    limit = {"pages": 1_000_000}
    database = Database(sqlite_url)

    @event.listens_for(database.engine, "connect")
    def _limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={limit['pages']}")

    driven = Driver(database, people=3).enrol()
    with closing(sqlite3.connect(_file(driven))) as other:
        [limit["pages"]] = other.execute("PRAGMA page_count").fetchone()
    database.close()
    before = driven.dump()
    with pytest.raises(DatabaseUnavailableError, match="has no room left on its disk"):
        _change_leaders(driven, 200)
    told = len(driven.dump()["facts"])
    assert len(driven.dump()["history"]) == len(before["history"]) + told, "whole or not at all"
    limit["pages"] = 1_000_000
    database.close()
    _change_leaders(driven, told + 1)
    assert len(driven.dump()["facts"]) == told + 1
    database.close()


def _change_leaders(driven: Driver, count: int) -> None:
    for number in range(count):
        leader = {"name": "Bo Hansen", "email": f"bo{number}@a.example.org"}
        driven.fire("change_mentor", 1, key=f"told-{number}", new_mentor=leader, note="x" * 400)


@pytest.mark.postgres
class TestAServerThatGoesAway:
    def test_connections_that_it_has_ended_cost_nobody_a_fact(self, postgresql_url: str) -> None:
        with closing(Database(postgresql_url)) as database:
            driven = Driver(database, people=3).enrol()
            _end_connections(postgresql_url)
            driven.fire("leave", 1)
            assert driven.state(1) == "on_leave"

    def test_a_timer_that_it_interrupts_is_not_to_blame(
        self, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with closing(Database(postgresql_url)) as database:
            driven = Driver(database, people=3).enrol()
            really = JourneyMover.move

            def interrupted(self: JourneyMover, trigger: str, journeys: Any) -> None:
                _end_connections(postgresql_url)
                really(self, trigger, journeys)

            monkeypatch.setattr(JourneyMover, "move", interrupted)
            with pytest.raises(
                DatabaseUnavailableError, match=r"stopping or starting|lost the connection|connection is lost"
            ):
                driven.oversleep("2027-03-16")
            monkeypatch.undo()
            assert driven.engine.tick()
            assert driven.state(1) == "active.m1.sprint"

    def test_a_database_that_is_dropped_is_one_sentence(self, postgresql_url: str) -> None:
        with closing(Database(postgresql_url)) as database:
            driven = Driver(database, people=3).enrol()
            name = postgresql_url.rsplit("/", 1)[1]
            with psycopg.connect(postgresql_url.replace(name, "postgres"), autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
            with pytest.raises(DatabaseUnavailableError, match="does not exist on its server"):
                driven.fire("leave", 1)


def _end_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
