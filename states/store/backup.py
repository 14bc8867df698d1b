"""Copies of an SQLite database while it runs, whole and checked, of their owner only."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from config.errors import BackupError
from states.store.address import Address
from states.store.trouble import driver_error


def stamp(now: datetime) -> str:
    """Return an instant as it stands in a file's name: ``20270311T150000Z``."""
    return f"{now:%Y%m%dT%H%M%SZ}"


def back_up(address: Address, target: Path) -> Path:
    """Copy an SQLite database as it stands into ``target``, and write it to disk; writers go on meanwhile.

    Raises:
        BackupError: it is no SQLite database, there is a file already, or the copy cannot be written.
        DatabaseUnavailableError: the database's file was removed or replaced.
    """
    source = address.path
    if source is None:
        raise BackupError("this database is PostgreSQL's, which has a tool of its own: pg_dump")
    address.check_file()
    # Under its name it is whole: what breaks off midway leaves nothing behind, or a part that nobody takes for one.
    part = target.with_name(f".{target.name}.part")
    try:
        _see_that_it_is_free(target)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(source, part)
        _to_disk(part)
        _name(part, target)
        _to_disk(target.parent)
    except FileExistsError:
        raise BackupError("there is a file of this name already, and it was left as it is", target) from None
    except sqlite3.Error as error:
        raise BackupError(str(driver_error(error, address.where)), target) from None
    except OSError as error:
        raise BackupError(str(error.strerror), target) from None
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                part.with_name(f"{part.name}{end}").unlink()
    return target


def _see_that_it_is_free(target: Path) -> None:
    if target.exists():
        raise FileExistsError


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        if [row[0] for row in new.execute("PRAGMA quick_check")] != ["ok"]:
            raise BackupError(f"the database {source} is damaged", target)


def _name(part: Path, target: Path) -> None:
    try:
        os.link(part, target)  # Unlike a renaming, it replaces no file that came there meanwhile.
    except FileExistsError:
        raise
    except OSError:
        part.rename(target)  # Not every file system has links.


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
