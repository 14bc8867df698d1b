"""People are found by address: what is due to one address goes as one mail, whatever roles it has."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_persons_email", "persons", ["email"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_persons_email", table_name="persons")
