"""Databases of earlier versions, with hold-3 half way: today's program brings them up and they finish their year."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from config.cohort import Cohort
from config.definition import Definition
from config.programme import Programme
from states.machines.commitment import FINAL
from states.store.database import Database
from states.store.upgrade import MIGRATIONS
from tests.support.driver import Driver
from tests.support.half_way import HALF_WAY, first_half, second_half

FIXTURES = sorted((Path(__file__).parents[1] / "data" / "upgrade").glob("*.db.gz"))
NOW = datetime(2027, 8, 10, 12, tzinfo=UTC)
ASKED_FOR_NO_MORE = 3
"""Since this version a challenge that is known is kept from the start; before, all were asked to find it (R22)."""

pytestmark = pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.name.partition(".")[0])


class Year(NamedTuple):
    """What a year came to: the last state of every journey and commitment, and every step on the way."""

    states: dict[str, str]
    steps: list[tuple[str, str, str]]


def _year(driven: Driver) -> Year:
    # Who has done with a visit has been told of another visitor only since then, by a step of its own.
    rows = [row for row in driven.history() if row.trigger != "pair" or row.dest not in FINAL]
    return Year({row.id.partition("#")[0]: row.dest for row in rows}, sorted((r.id, r.trigger, r.dest) for r in rows))


def _unpacked(fixture: Path, target: Path) -> Path:
    target.write_bytes(gzip.decompress(fixture.read_bytes()))
    return target


def _what_it_is_pinned_to(path: Path) -> tuple[Definition, Cohort, str]:
    with closing(sqlite3.connect(path)) as connection:
        [(definition, cohort)] = connection.execute("SELECT definition, cohort FROM cohorts").fetchall()
        [(revision,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return Definition(Programme.model_validate_json(definition)), Cohort.model_validate_json(cohort), revision


@cache
def _undisturbed(fixture: Path) -> Year:
    """The same year, lived by today's code from its first day."""
    with TemporaryDirectory() as folder:
        definition, cohort, _ = _what_it_is_pinned_to(_unpacked(fixture, Path(folder) / "old.db"))
        with closing(Database(f"sqlite:///{folder}/calm.db", synchronous="OFF")) as database:
            database.migrate()
            if definition.programme.version < ASKED_FOR_NO_MORE:
                cohort = cohort.model_copy(update={"challenges": {}})
            driven = Driver(database, definition=definition, cohort=cohort)
            first_half(driven)
            second_half(driven)
            return _year(driven)


def _finish(database: Database, old: Path) -> Year:
    definition, cohort, _ = _what_it_is_pinned_to(old)
    driven = Driver(database, definition=definition, cohort=cohort)
    driven.now = driven.at(HALF_WAY)
    told = driven.fire("leave", 3, 6, key="leave")
    assert len([step for step in told.transitions if step.machine == "journey"]) == 2, "its facts are known"
    second_half(driven)
    return _year(driven)


def test_on_sqlite(fixture: Path, tmp_path: Path) -> None:
    old = _unpacked(fixture, tmp_path / "old.db")
    path = _unpacked(fixture, tmp_path / "talentnord.db")
    with closing(Database(f"sqlite:///{path}", synchronous="OFF", create=False)) as database:
        backup = database.migrate(NOW, create=False)
        if _what_it_is_pinned_to(path)[2] != _what_it_is_pinned_to(old)[2]:
            assert backup is not None
            assert backup.name.startswith("talentnord.db.before-")
            assert backup.name.endswith(".20270810T120000Z")
            assert backup.stat().st_mode & 0o777 == 0o600
            assert _rows(backup) == _rows(old)
        assert database.migrate(NOW) is None, "nothing is left to be changed, and so to be backed up"
        assert _finish(database, old) == _undisturbed(fixture)


@pytest.mark.postgres
def test_on_postgresql(fixture: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    old = _unpacked(fixture, tmp_path / "old.db")
    create: Callable[[], str] = request.getfixturevalue("cluster").create
    url = create()
    with closing(Database(url)) as database:
        _load(database, url, old)
        assert database.migrate(NOW, create=False) is None, "PostgreSQL has tools of its own for backups"
        assert _finish(database, old) == _undisturbed(fixture)


def _rows(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in _tables(connection)}


def _tables(connection: sqlite3.Connection) -> list[str]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in names]


def _truths(target: psycopg.Connection[Any], table: str) -> set[str]:
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND data_type = 'boolean'"
    return {name for (name,) in target.execute(query, [table])}


def _load(database: Database, url: str, old: Path) -> None:
    """Put the rows of an SQLite file into a PostgreSQL database of the same revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, _what_it_is_pinned_to(old)[2])
    with closing(sqlite3.connect(old)) as source, psycopg.connect(url) as target:
        # SQLite keeps instants in UTC without saying so; foreign keys are looked at when the rows are there.
        target.execute("SET TIME ZONE 'UTC'; SET session_replication_role = replica")
        for table in _tables(source):
            if table == "alembic_version":
                continue
            found = source.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in found.description]
            places = ", ".join(["%s"] * len(names))
            truths = [name in _truths(target, table) for name in names]  # SQLite keeps them as numbers.
            rows = [
                [bool(one) if truth else one for one, truth in zip(row, truths, strict=True)]
                for row in found.fetchall()
            ]
            insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
            target.cursor().executemany(insert.encode(), rows)
        for table, number in (("history", "n"), ("timers", "id"), ("effects", "id")):
            target.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{number}'), max({number})) FROM {table}".encode()
            )
