"""Each transition has the run that carried out what it caused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UNTAKEN = sa.text("flow_run_id IS NULL")


def upgrade() -> None:
    """Apply; what is in history already gets no row, so that nobody looks for runs of a year that is past."""
    op.create_table(
        "run_links",
        sa.Column("history_id", sa.Text(), nullable=False),
        sa.Column("flow_run_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("history_id", name="pk_run_links"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_run_links_history_id", "run_links", ["history_id"], sqlite_where=_UNTAKEN, postgresql_where=_UNTAKEN
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("run_links")
