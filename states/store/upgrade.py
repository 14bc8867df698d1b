"""Brings the tables to the newest form; before anything is changed, an SQLite database is backed up beside itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from config.errors import DatabaseError
from states.store.address import HOW_TO_BEGIN, Address
from states.store.backup import back_up, stamp

MIGRATIONS = Path(__file__).parent / "migrations"

_MIGRATING = 7_211_987
"""The advisory lock of migrations; any number that nobody else uses."""


def upgrade(connection: Connection, address: Address, now: datetime | None, create: bool) -> Path | None:
    """Bring the tables to the newest form in the transaction of ``connection``; see ``Database.migrate``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    newest = str(script.get_current_head())
    if not address.is_sqlite:
        # Of several processes that start at once, one migrates and the others find it done.
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision == newest:
        return None
    if revision is None and not create:
        raise DatabaseError(address.where, f"holds nothing of Talent Nord yet; {HOW_TO_BEGIN}")
    if revision is not None and revision not in {one.revision for one in script.walk_revisions()}:
        raise DatabaseError(
            address.where,
            f"is of a version that this program does not know ({revision}; it knows {newest}): upgrade the program, or"
            " put back the backup of before",
        )
    backup = None
    if revision is not None and address.path is not None:
        # Nobody writes meanwhile: this transaction holds the database.
        when = f".{stamp(now)}" if now else ""
        backup = back_up(address, address.path.with_name(f"{address.path.name}.before-{newest}{when}"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return backup
