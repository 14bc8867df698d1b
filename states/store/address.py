"""Where the database is: its URL read, what errors may show of it, and the file behind it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from config.errors import DatabaseError, DatabaseUnavailableError, SettingsError

_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
_VARIABLE = "TALENTNORD_DATABASE_URL"
_HOW = (
    f"{_VARIABLE}: is not the address of a database; write sqlite:///path/to/file.db or"
    " postgresql://name:password@host/database, and each @ : / # in a password as %40 %3A %2F %23"
)
HOW_TO_BEGIN = (
    "if one was here, put it back (docs/operating.md, Back up); if not, 'talentnord import' makes one. Nothing was made"
)


class Address:
    """A database's address; ``where`` is what may be shown of it, ``path`` the file of an SQLite database."""

    def __init__(self, text: str) -> None:
        """Read a URL as SQLAlchemy writes it.

        Raises:
            SettingsError: it is none, or of a kind of database or a driver that is not supported.
        """
        self.url = _read(text)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(str(self.url.database)).absolute() if self.is_sqlite else None
        # What stands behind "?" may be a password too.
        shown = self.url.set(drivername=self.url.get_backend_name(), password=None, query={})
        self.where = str(self.url.database) if self.is_sqlite else shown.render_as_string()
        self._file: tuple[int, int] | None = None

    def open_file(self, create: bool) -> None:
        """Look for the file of an SQLite database, and remember which one it is; make an empty one if ``create``.

        Raises:
            DatabaseError: it is not there, cannot be made, or is no file.
        """
        if self.path is None:
            return
        try:
            if create and not self.path.exists():
                # It holds personal data: nobody else on the machine may read it (nor what SQLite lays beside it).
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.touch(mode=0o600)
            found = self.path.stat()
        except FileNotFoundError:
            raise DatabaseError(self.where, f"is not there; {HOW_TO_BEGIN}") from None
        except OSError as error:
            raise DatabaseError(self.where, f"cannot be opened: {error.strerror}") from None
        if not self.path.is_file():
            raise DatabaseError(self.where, f"is not a file; name a file in {_VARIABLE}")
        self._file = (found.st_dev, found.st_ino)

    def check_file(self) -> None:
        """See to it that the file is still the one that was opened: what is written into another or a removed one is
        lost to all who come later.

        Raises:
            DatabaseUnavailableError: it was removed, or another is in its place.
        """
        if self.path is None:
            return
        try:
            found = self.path.stat()
        except OSError:
            raise DatabaseUnavailableError(self.where, "was removed while this ran; put the file back") from None
        if (found.st_dev, found.st_ino) != self._file:
            raise DatabaseUnavailableError(
                self.where, "was replaced while this ran; stop everything and start it again"
            )


def _read(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError([_HOW]) from None
    name, _, driver = url.drivername.partition("+")
    if name not in _DRIVERS or driver not in {"", _DRIVERS[name]}:
        raise SettingsError([f"{_VARIABLE}: {url.drivername} is not supported, use sqlite or postgresql"])
    if name == "sqlite":
        is_whole = url.database and not url.host and ":memory:" not in url.database
    else:
        # A password with an @ or a / that is not written as it should be ends up in another part, and would be shown.
        is_whole = "@" not in f"{url.host}{url.database}"
    if not is_whole:
        raise SettingsError([_HOW])
    return url.set(drivername=f"{name}+{_DRIVERS[name]}")
