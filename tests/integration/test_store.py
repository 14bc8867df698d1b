"""The store keeps its promises on both databases: append-only history, migrations, settings, indexes, instants."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import event, insert, inspect, select, text
from sqlalchemy.exc import StatementError

from config.errors import ConflictError, DatabaseRefusedError, DatabaseUnavailableError
from states.store.columns import Base
from states.store.conditions import of_cohort
from states.store.database import Database
from states.store.queries import calendar_version
from states.store.tables import HistoryRow, PersonRow
from states.store.upgrade import _MIGRATING, MIGRATIONS
from tests.support.driver import Driver, day

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def empty(request: pytest.FixtureRequest, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database without any table."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path_factory.mktemp('empty') / 'deep' / 'new.db'}"
    else:
        yield request.getfixturevalue("cluster").create()


def _alembic(database: Database, action: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        getattr(command, action)(config, revision)


class TestHistoryIsAppendOnly:
    """Invariant 2: the database itself refuses to change the past."""

    @pytest.mark.parametrize(
        "statement", ["UPDATE history SET dest = 'elsewhere'", "DELETE FROM history", "DELETE FROM history WHERE n = 1"]
    )
    def test_no_update_and_no_delete(self, database: Database, statement: str) -> None:
        driven = Driver(database, people=4).enrol()
        before = driven.history()
        with pytest.raises(DatabaseRefusedError, match="history is append-only"), database.write() as connection:
            connection.execute(text(statement))
        assert driven.history() == before

    def test_no_truncate(self, database: Database) -> None:
        if database.is_sqlite:
            pytest.skip("SQLite has no TRUNCATE")
        Driver(database, people=4).enrol()
        with pytest.raises(DatabaseRefusedError, match="history is append-only"), database.write() as connection:
            connection.execute(text("TRUNCATE history"))

    def test_two_writers_of_one_version_collide(self, database: Database) -> None:
        driven = Driver(database, people=4).enrol()
        row = driven.history()[0]._asdict()
        del row["n"]
        with pytest.raises(ConflictError), database.write() as connection:
            connection.execute(insert(HistoryRow), row)


class TestMigrations:
    def test_tables_are_what_the_models_say(self, database: Database) -> None:
        with database.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []

    def test_migrating_again_is_harmless(self, database: Database) -> None:
        driven = Driver(database, people=4).enrol()
        before = driven.dump()
        database.migrate()
        assert driven.dump() == before

    def test_up_down_and_up_again(self, empty: str) -> None:
        database = Database(empty)
        database.migrate()
        _alembic(database, "downgrade", "base")
        assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
        database.migrate()
        assert set(Base.metadata.tables) <= set(inspect(database.engine).get_table_names())
        database.close()

    def test_two_processes_that_start_together_may_both_migrate(self, empty: str) -> None:
        migrate = f"from states.store.database import Database; Database({empty!r}).migrate()"
        started = [
            subprocess.Popen([sys.executable, "-c", migrate], stderr=subprocess.PIPE, text=True) for _ in range(2)
        ]
        said = [process.communicate(timeout=60)[1] for process in started]
        assert [process.returncode for process in started] == [0, 0], said

    def test_who_migrates_a_server_waits_for_who_does_so_already(self, postgresql_url: str) -> None:
        with closing(Database(postgresql_url, patience=0.2)) as database, database.engine.begin() as other:
            other.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
            with pytest.raises(DatabaseUnavailableError, match="is held by another process for too long"):
                database.migrate()


class TestSqlite:
    def test_it_is_durable_and_checked(self, sqlite_url: str) -> None:
        database = Database(sqlite_url)
        with database.read() as connection:
            found = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
        database.close()
        assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 30000}

    def test_readers_are_not_held_up_by_the_writer(self, sqlite: Database) -> None:
        driven = Driver(sqlite, people=4).enrol()
        with sqlite.write() as writer:
            writer.execute(text("UPDATE journeys SET unit = 'elsewhere'"))
            with sqlite.read() as reader:
                units = set(reader.scalars(text("SELECT unit FROM journeys")))
        assert "elsewhere" not in units
        assert driven.journey(1).unit == "elsewhere"

    def test_a_reader_sees_one_state_however_long_it_reads(self, sqlite: Database) -> None:
        Driver(sqlite, people=4).enrol()
        read = text("SELECT count(*) FROM journeys WHERE unit = 'elsewhere'")
        with sqlite.read() as reader:
            before = reader.scalar(read)
            with sqlite.write() as writer:
                writer.execute(text("UPDATE journeys SET unit = 'elsewhere'"))
            assert (before, reader.scalar(read)) == (0, 0)


class TestBoth:
    def test_ids_of_a_cohort_are_told_from_those_of_one_named_alike(self, database: Database) -> None:
        ids = ("hold_3/a", "hold_3-01", "holdX3/a", "holdX3-01", "hold_31/a")
        rows = [{"id": one, "name": "Ida", "email": "ida@example.org"} for one in ids]
        with database.write() as connection:
            connection.execute(insert(PersonRow), rows)
            found = set(connection.scalars(select(PersonRow.id).where(of_cohort(PersonRow.id, "hold_3"))))
        assert found == {"hold_3/a", "hold_3-01"}

    def test_each_cohort_has_a_version_of_its_calendar(self, database: Database) -> None:
        driven = Driver(database, people=1).enrol()
        Driver(database, people=1, cohort=driven.cohort.model_copy(update={"id": "hold-4"})).enrol()
        driven.move("m1d2", day("2027-04-02"))
        with database.read() as connection:
            found = [calendar_version(connection, cohort) for cohort in ("hold-3", "hold-4", "hold-5")]
        assert found == [1, 0, None]

    def test_foreign_keys_are_checked(self, database: Database) -> None:
        with pytest.raises(DatabaseRefusedError, match=r"(?i)foreign.?key"), database.write() as connection:
            connection.execute(
                text("INSERT INTO absences (journey_id, milestone, noted_at) VALUES ('nobody', 'm1d1', :now)"),
                {"now": "2027-01-01 12:00:00"},
            )

    def test_an_error_takes_everything_back(self, database: Database) -> None:
        driven = Driver(database, people=4).enrol()
        before = driven.dump()

        def break_off() -> None:
            with database.write() as connection:
                connection.execute(text("UPDATE journeys SET state = 'nowhere'"))
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            break_off()
        assert driven.dump() == before

    def test_naive_instants_are_refused(self, database: Database) -> None:
        with pytest.raises(StatementError, match="has no time zone"), database.read() as connection:
            connection.execute(select(HistoryRow.n).where(HistoryRow.at == NOW.replace(tzinfo=None))).all()

    def test_instants_come_back_aware_and_in_utc(self, database: Database) -> None:
        driven = Driver(database, people=4).enrol()
        assert {(row.at, row.at.tzinfo) for row in driven.history()} == {(driven.now, UTC)}

    def test_what_is_due_is_read_through_the_partial_index(self, database: Database) -> None:
        """Invariant 7: a tick costs what is due, however much is past."""
        driven = Driver(database, people=4).enrol().until("2027-05-01")
        statement, parameters = _look_for_what_is_due(database, driven)
        with database.write() as connection:
            if not database.is_sqlite:
                # So few rows would be read from end to end by any planner; it is asked for its other plan.
                connection.execute(text("SET LOCAL enable_seqscan = off"))
                connection.execute(text("SET LOCAL enable_bitmapscan = off"))
            explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
            rows = connection.exec_driver_sql(explain + statement, parameters)
            plan = "\n".join(str(row[-1]) for row in rows)
        assert "ix_timers_due_at" in plan
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan


def _look_for_what_is_due(database: Database, driven: Driver) -> tuple[str, Any]:
    """The statement by which a tick that finds nothing has looked, as it went to the database."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "FROM timers" in statement:
            seen.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    driven.engine.tick()
    event.remove(database.engine, "before_cursor_execute", note)
    return seen[0]
