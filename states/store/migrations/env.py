"""Runs migrations on the connection that ``Database.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from states.store.tables import CohortRow

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=CohortRow.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
