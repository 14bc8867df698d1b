"""A mail keeps its words, for coordinators to read; of mails before there are none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("mails", sa.Column("text", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("mails", "text")
