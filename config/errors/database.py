"""Errors of the database: it is not there, refuses, or cannot be backed up."""

from __future__ import annotations

from pathlib import Path

from config.errors.root import TalentNordError


class DatabaseError(TalentNordError):
    """The database cannot be used; ``where`` is its address without a password. No sentence shows what rows hold."""

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        self.why = why
        super().__init__(f"the database {where} {why}")


class DatabaseUnavailableError(DatabaseError):
    """The database is not there now, or not for us: the same may well succeed later. Nothing was written."""


class DatabaseRefusedError(DatabaseError):
    """The database refuses these very rows, or this very statement. Nothing was written."""


class BackupError(TalentNordError):
    """The database was not backed up; what was to follow the backup was not done."""

    def __init__(self, why: str, target: Path | None = None) -> None:
        self.target = target
        self.why = why
        super().__init__(f"no backup was made{f' at {target}' if target else ''}: {why}")
