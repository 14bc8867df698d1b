"""Talents are in mixed teams at some modules; of cohorts whose definition has none there are none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "teams",
        sa.Column("journey_id", sa.Text(), sa.ForeignKey("journeys.id", name="fk_teams_journey_id"), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("journey_id", "module", name="pk_teams"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("teams")
