"""Regions beside the calendar: where a journey stands in each. Cohorts that run keep a definition that has none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "regions",
        sa.Column("journey_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_regions_journey_id")),
        sa.PrimaryKeyConstraint("journey_id", "region", name=op.f("pk_regions")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("regions")
