"""Offices change hands: who holds a coordinator's or consultant's for good, and who acts for them for some days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "holders",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("cohort_id", sa.Text(), sa.ForeignKey("cohorts.id", name="fk_holders_cohort_id"), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), sa.ForeignKey("persons.id", name="fk_holders_person_id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
    )
    op.create_index("ix_holders_cohort_id", "holders", ["cohort_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_holders_cohort_id", "holders")
    op.drop_table("holders")
