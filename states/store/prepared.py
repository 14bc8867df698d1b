"""Statements that run for every fact: compiled once, then handed to the driver as they are.

What SQLAlchemy does with a statement on its way to the driver costs four times what SQLite needs to run it, and a
fact needs four. Values go through the types of their columns all the same, and errors come back as SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from states.store.columns import Instant

Row = Mapping[str, Any]


class Prepared:
    """A statement with a name for every parameter.

    Rows come back as the driver gives them, so a query should ask for text and numbers only. An insert names the
    ``columns`` it fills; defaults of other columns are not applied.
    """

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._forms: dict[str, _Form] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> DBAPICursor:
        """Run once for each of ``rows``, which hold a value for every parameter.

        Raises:
            sqlalchemy.exc.DBAPIError: the driver's error, in SQLAlchemy's class for it.
        """
        dialect = connection.dialect
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._statement, self._columns, dialect)
        return execute(connection, form.text, form.arguments(rows))


def execute(connection: Connection, text: str, arguments: Sequence[Any] = ()) -> DBAPICursor:
    """Let the driver run ``text``, once for each of ``arguments`` (once if there are none), in the transaction that
    ``connection`` is in.

    Raises:
        sqlalchemy.exc.DBAPIError: the driver's error, in SQLAlchemy's class for it.
    """
    cursor = connection.connection.cursor()
    try:
        if len(arguments) > 1:
            cursor.executemany(text, arguments)
        else:
            cursor.execute(text, *arguments)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(text, None, error, connection.dialect.loaded_dbapi.Error) from error
    return cursor


class _Form:
    """A statement as one kind of database takes it."""

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect, column_keys=columns))
        names = compiled.positiontup if compiled.positiontup is not None else list(compiled.binds)
        self.text = str(compiled)
        self._names = None if compiled.positiontup is not None else names
        self._given = [(name, _conversion(compiled.binds[name].type, dialect)) for name in names]

    def arguments(self, rows: Sequence[Row]) -> list[Any]:
        """Return the rows as the driver takes them: by position or by name."""
        given = [
            tuple([row[name] if convert is None else convert(row[name]) for name, convert in self._given])
            for row in rows
        ]
        return given if self._names is None else [dict(zip(self._names, values, strict=True)) for values in given]


def _conversion(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what a type does to a value before the driver gets it."""
    found: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    # All that a trigger writes carries the same instant, and to format it costs more than to insert a row.
    return lru_cache(maxsize=16)(found) if found is not None and isinstance(kind, Instant) else found
