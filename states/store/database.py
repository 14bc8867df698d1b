"""Connections: SQLite (WAL, one writer) and PostgreSQL, with read and write transactions and migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError

from states.store.prepared import execute

MIGRATIONS = Path(__file__).parent / "migrations"

_MIGRATING = 7_211_987
"""The advisory lock of migrations; any number that nobody else uses."""

Synchronous = Literal["FULL", "NORMAL", "OFF"]


class Database:
    """The domain's database; ``url`` as SQLAlchemy writes it.

    ``synchronous`` is SQLite's: FULL survives a loss of power, which "never sent twice" asks for; NORMAL and OFF are
    for measuring and for rehearsals.
    """

    def __init__(self, url: str, synchronous: Synchronous = "FULL") -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.url.get_backend_name() == "postgresql" and self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        if self.is_sqlite and self.url.database:
            # It holds personal data: nobody else on the machine may read it (nor what SQLite lays beside it).
            path = Path(self.url.database).absolute()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
        self.engine: Engine = create_engine(self.url)
        if self.is_sqlite:
            _prepare_sqlite(self.engine, synchronous)
        self._turn = RLock()
        self._writer: Connection | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; committed at the end, rolled back on any error."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        # SQLite lets one write at a time. Here threads wait in line for one connection that stays open; each with one
        # of its own, they would ask again and again whether it is their turn.
        with self._turn:
            if self._writer is None:
                self._writer = self.engine.connect()
            with self._writer.begin():
                execute(self._writer, "BEGIN IMMEDIATE")
                yield self._writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database."""
        with self.engine.begin() as connection:
            if self.is_sqlite:
                execute(connection, "BEGIN")
            yield connection

    def migrate(self) -> None:
        """Bring the tables to the newest form; safe to call at every start."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.write() as connection:
            if not self.is_sqlite:
                # Of several processes that start at once, one migrates and the others find it done.
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Close all connections."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()


def is_conflict(error: DBAPIError) -> bool:
    """Whether the database says that another writer was first, so that trying again makes sense."""
    state = getattr(error.orig, "sqlstate", None)
    return state in {"40001", "40P01", "23505"} or "UNIQUE constraint failed: history.id" in str(error.orig)


def _prepare_sqlite(engine: Engine, synchronous: Synchronous) -> None:
    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        # The driver's own transactions begin too late for BEGIN IMMEDIATE; we begin them ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=30000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
