"""A fact keeps whom it was about: its key belongs to its whole content (invariant 4)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; of the facts that are there it is not known whom they were about."""
    op.add_column("facts", sa.Column("subjects", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("facts", "subjects")
