"""Coordinators are asked in the morning: on which day each cohort last was looked through for what to ask."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mornings",
        sa.Column("cohort_id", sa.Text(), sa.ForeignKey("cohorts.id", name="fk_mornings_cohort_id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("cohort_id", name="pk_mornings"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("mornings")
