"""What a database's errors mean, in one sentence that shows neither a password nor what rows hold.

Drivers show rows: PostgreSQL's DETAIL says "Failing row contains (…)". So no text of theirs is passed on where it may
hold values, and their errors are not chained to ours.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DBAPIError

from config.errors import ConflictError, DatabaseError, DatabaseRefusedError, DatabaseUnavailableError, TalentNordError

_CONFLICTS = frozenset({"40001", "40P01", "23505"})
_LOCKED = "is held by another process for too long; try again, and end that process if it hangs"
_FULL = "has no room left on its disk; make room, then go on: nothing was written"
_READ_ONLY = "is read-only for this account; give it the right to write"
_DAMAGED = "is damaged; stop everything and put back a backup (docs/operating.md, Back up)"

_SQLITE = {
    "SQLITE_BUSY": (DatabaseUnavailableError, _LOCKED),
    "SQLITE_LOCKED": (DatabaseUnavailableError, _LOCKED),
    "SQLITE_FULL": (DatabaseUnavailableError, _FULL),
    "SQLITE_READONLY": (DatabaseUnavailableError, _READ_ONLY),
    "SQLITE_CANTOPEN": (DatabaseUnavailableError, "cannot be opened; look at its folder and who may write there"),
    "SQLITE_PERM": (DatabaseUnavailableError, _READ_ONLY),
    "SQLITE_IOERR": (DatabaseUnavailableError, "cannot be read or written: its disk fails"),
    "SQLITE_NOTADB": (DatabaseError, "is not an SQLite database; check TALENTNORD_DATABASE_URL"),
    "SQLITE_CORRUPT": (DatabaseError, _DAMAGED),
}
_POSTGRESQL = {
    "25006": (DatabaseUnavailableError, _READ_ONLY),
    "28": (DatabaseUnavailableError, "refuses this name or password; check TALENTNORD_DATABASE_URL"),
    "3D000": (DatabaseUnavailableError, "does not exist on its server; make it, or put it back"),
    "42501": (DatabaseUnavailableError, "does not let this name do it; give it the right to"),
    "53100": (DatabaseUnavailableError, _FULL),
    "53": (DatabaseUnavailableError, "has no connection or memory left for us; try again later"),
    "55P03": (DatabaseUnavailableError, _LOCKED),
    "57": (DatabaseUnavailableError, "is stopping or starting, or ended the connection; try again later"),
    "XX001": (DatabaseError, _DAMAGED),
    "XX002": (DatabaseError, _DAMAGED),
}
_SAYS_NO_VALUES = ("0A", "42", "P0001")
"""Classes of PostgreSQL's errors whose first line is about our statements; ``P0001`` are our own triggers."""


def is_conflict(error: DBAPIError) -> bool:
    """Whether the database says that another writer was first, so that trying again makes sense."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _CONFLICTS or "UNIQUE constraint failed: history.id" in str(error.orig)


def is_duplicate(error: DBAPIError) -> bool:
    """Whether a row's key was there already."""
    name = getattr(error.orig, "sqlite_errorname", None)
    return getattr(error.orig, "sqlstate", None) == "23505" or name in {
        "SQLITE_CONSTRAINT_PRIMARYKEY",
        "SQLITE_CONSTRAINT_UNIQUE",
    }


def in_plain_words(error: DBAPIError, where: str) -> TalentNordError:
    """Return our own error for one of the database at ``where``."""
    if is_conflict(error):
        return ConflictError("what was to be written")
    return driver_error(error.orig, where)


def driver_error(error: BaseException | None, where: str) -> DatabaseError:
    """Return our own error for one that a driver raised by itself, or that hangs on SQLAlchemy's."""
    sqlite = getattr(error, "sqlite_errorname", None)
    if sqlite is not None:
        return _of_sqlite(sqlite, str(error), where)
    if hasattr(error, "sqlstate"):
        return _of_postgresql(error, where)
    return DatabaseRefusedError(where, f"cannot take this: {type(error).__name__}")


def _of_sqlite(name: str, said: str, where: str) -> DatabaseError:
    for known, (kind, why) in _SQLITE.items():
        if name.startswith(known):
            return kind(where, why)
    return DatabaseRefusedError(where, f"refuses: {_line(said)}")  # SQLite names tables and columns, and no values.


def _of_postgresql(error: Any, where: str) -> DatabaseError:
    state, diagnosis = error.sqlstate or "", error.diag
    for known, (kind, why) in _POSTGRESQL.items():
        if state.startswith(known):
            return kind(where, why)
    if not state and type(error).__name__ in {"OperationalError", "ConnectionTimeout"}:
        return _unreachable(str(error), where)
    if state.startswith("08"):
        return DatabaseUnavailableError(where, "has lost the connection; try again later")
    if state.startswith(_SAYS_NO_VALUES):
        return DatabaseRefusedError(where, f"refuses: {_line(diagnosis.message_primary or state)}")
    if not state and "connection option" in str(error):
        return DatabaseError(where, "cannot be asked with these options; check TALENTNORD_DATABASE_URL after its '?'")
    parts = (diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name)
    place = ", ".join(part for part in parts if part)
    return DatabaseRefusedError(where, f"refuses what was to be written: {type(error).__name__}, {place or state}")


def _unreachable(said: str, where: str) -> DatabaseError:
    """Before there is a connection PostgreSQL gives no code, but a text; it names hosts and users, never a password."""
    fatal = said.rpartition("FATAL:")[2] if "FATAL:" in said else said
    if "does not exist" in fatal and "database" in fatal:
        return DatabaseUnavailableError(where, _POSTGRESQL["3D000"][1])
    if any(words in fatal for words in ("authentication failed", "no password supplied", "pg_hba.conf", "role ")):
        return DatabaseUnavailableError(where, _POSTGRESQL["28"][1])
    return DatabaseUnavailableError(where, f"cannot be reached: {_line(fatal)}")


def _line(text: str) -> str:
    return " ".join(text.split())
