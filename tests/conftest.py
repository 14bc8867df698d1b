"""What all tests share: real databases, SQLite and PostgreSQL, and the programme with its made-up cohort."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from states.store.database import Database
from tests.support import hunspell, postgres
from tests.support.driver import Driver

settings.register_profile("default", deadline=None, print_blob=True)
settings.load_profile("default")

MISSING = postgres.why_not()


@pytest.fixture(autouse=True)
def _own_umask() -> Iterator[None]:
    """The command makes files its owner's only, for the whole process; the next test begins as before."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server for the whole run."""
    if MISSING is not None:
        pytest.skip(MISSING)
    # Not below pytest's own directory, which only we may enter: the server runs as another account.
    directory = Path(tempfile.mkdtemp(prefix="talentnord-postgres-"))
    try:
        server = postgres.Cluster(directory)
        yield server
        server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(cluster: postgres.Cluster) -> str:
    """The name of a PostgreSQL database with all tables, to be copied."""
    url = cluster.create()
    database = Database(url)
    database.migrate()
    database.close()
    return url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A SQLite database with all tables, for one test."""
    path = tmp_path / "domain.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(cluster: postgres.Cluster, postgresql_template: str) -> str:
    """A PostgreSQL database with all tables, for one test."""
    return cluster.create(postgresql_template)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with all tables: each test that asks for it runs on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, opened."""
    opened = Database(database_url, synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    """A SQLite database with all tables, for what does not depend on the kind of database."""
    opened = Database(sqlite_url, synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def calm(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """Another SQLite database, to come to the same in peace."""
    path = tmp_path / "calm.db"
    shutil.copy(sqlite_template, path)
    opened = Database(f"sqlite:///{path}", synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    """The whole of hold-3, enrolled ten weeks before its kick-off."""
    return Driver(sqlite).enrol()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line each that nothing was tried on PostgreSQL, and that no word was looked up."""
    if MISSING is not None:
        terminalreporter.write_line(f"PostgreSQL was skipped: {MISSING}")
    if (unspelled := hunspell.why_not()) is not None:
        terminalreporter.write_line(f"spelling was skipped: {unspelled}")
