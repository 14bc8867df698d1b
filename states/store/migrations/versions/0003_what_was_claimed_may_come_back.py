"""What was claimed may come back: what has overtaken it, who is told instead, how often it was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PENDING = sa.text("status = 'pending'")
_UNTOLD = sa.text("status IN ('pending', 'claimed', 'rejected', 'unknown')")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("effects") as batch_op:
        batch_op.add_column(sa.Column("overtaken", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("resent", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("successor_id", sa.Text(), nullable=True))
        batch_op.create_foreign_key("fk_effects_successor_id", "persons", ["successor_id"], ["id"])
    _index_subjects(_UNTOLD)
    op.create_index("ix_mails_claimed_at", "mails", ["claimed_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_mails_claimed_at", table_name="mails")
    _index_subjects(_PENDING)
    with op.batch_alter_table("effects") as batch_op:
        batch_op.drop_constraint("fk_effects_successor_id", type_="foreignkey")
        batch_op.drop_column("successor_id")
        batch_op.drop_column("resent")
        batch_op.drop_column("overtaken")


def _index_subjects(which: sa.TextClause) -> None:
    op.drop_index("ix_effects_subject", table_name="effects")
    op.create_index("ix_effects_subject", "effects", ["subject"], sqlite_where=which, postgresql_where=which)
