"""Connections: SQLite (WAL, one writer) and PostgreSQL, with read and write transactions, and migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from config.errors import DatabaseRefusedError
from states.store.address import Address
from states.store.prepared import execute
from states.store.trouble import in_plain_words
from states.store.upgrade import upgrade

Synchronous = Literal["FULL", "NORMAL", "OFF"]


class Database:
    """The domain's database; ``url`` as SQLAlchemy writes it.

    ``synchronous`` is SQLite's: FULL survives a loss of power, which "never sent twice" asks for; NORMAL and OFF are
    for measuring and for rehearsals. ``create`` makes the file of an SQLite database that is not there. ``patience``
    is for how many seconds a lock that others hold is waited for.

    Raises:
        SettingsError: the address is none.
        DatabaseError: there is no file.
    """

    def __init__(
        self, url: str, synchronous: Synchronous = "FULL", *, create: bool = True, patience: float = 30.0
    ) -> None:
        self.address = Address(url)
        self.url = self.address.url
        self.is_sqlite = self.address.is_sqlite
        self.address.open_file(create)
        # Errors would show the rows that were to be written, and they hold names and addresses.
        if self.is_sqlite:
            self.engine: Engine = create_engine(self.url, hide_parameters=True)
            _prepare_sqlite(self.engine, synchronous, patience)
        else:
            self.engine = create_engine(
                self.url,
                hide_parameters=True,
                pool_pre_ping=True,  # A server that was started again costs nobody a run.
                connect_args=_postgresql_settings(dict(self.url.query), patience),
            )
        self._turn = RLock()
        self._writer: Connection | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; committed at the end, rolled back on any error.

        Raises:
            ConflictError: another writer was first.
            DatabaseError: the database is not there, or refuses.
        """
        with self._in_plain_words():
            if not self.is_sqlite:
                with self.engine.begin() as connection:
                    yield connection
                return
            # SQLite lets one write at a time. Here threads wait in line for one connection that stays open; each with
            # one of its own, they would ask again and again whether it is their turn.
            with self._turn:
                self.address.check_file()
                if self._writer is None:
                    self._writer = self.engine.connect()
                with self._writer.begin():
                    execute(self._writer, "BEGIN IMMEDIATE")
                    yield self._writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database.

        Raises:
            DatabaseError: the database is not there.
        """
        with self._in_plain_words():
            self.address.check_file()
            with self.engine.begin() as connection:
                if self.is_sqlite:
                    execute(connection, "BEGIN")
                yield connection

    def migrate(self, now: datetime | None = None, *, create: bool = True) -> Path | None:
        """Bring the tables to the newest form; safe to call at every start.

        An SQLite database is backed up beside itself first if it will be changed; ``now`` goes into the backup's name,
        and its path is returned. Without ``create`` a database that holds no tables yet gets none.

        Raises:
            DatabaseError: it is of a newer version than this program, or holds no tables and must not get any.
            BackupError: it could not be backed up; nothing was changed.
        """
        with self.write() as connection:
            return upgrade(connection, self.address, now, create)

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        """Turn the database's errors into ours, which show neither passwords nor rows."""
        try:
            yield
        except DBAPIError as error:
            raise in_plain_words(error, self.address.where) from None
        except UnicodeEncodeError:
            raise DatabaseRefusedError(self.address.where, "refuses a text that is no text: half a character") from None

    def close(self) -> None:
        """Close all connections."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()


def _prepare_sqlite(engine: Engine, synchronous: Synchronous, patience: float) -> None:
    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        # The driver's own transactions begin too late for BEGIN IMMEDIATE; we begin them ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={int(patience * 1000)}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _postgresql_settings(given: dict[str, Any], patience: float) -> dict[str, Any]:
    """Return what a connection is made with, as far as the URL does not say it: nobody is waited for without end."""
    ours = {"options": f"-c lock_timeout={int(patience * 1000)}", "connect_timeout": 10}
    return {name: value for name, value in ours.items() if name not in given}
