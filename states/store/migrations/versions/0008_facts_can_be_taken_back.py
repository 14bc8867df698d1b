"""Facts can be taken back: each keeps how what it changed stood before, and a correcting fact which one it corrects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("facts", sa.Column("before", sa.JSON(), nullable=True))
    op.add_column("facts", sa.Column("corrects", sa.Text(), nullable=True))
    op.create_index("ix_facts_corrects", "facts", ["corrects"], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_facts_corrects", "facts")
    op.drop_column("facts", "corrects")
    op.drop_column("facts", "before")
