"""People have organisations, which coordinators sign with; who was written to before is found by their mails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("persons", sa.Column("organisation", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_mails_recipient_id", "mails", ["recipient_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_mails_recipient_id", table_name="mails")
    op.drop_column("persons", "organisation")
