"""People answer: what they agreed on, whether they come, what their calendars hold, and whether mails reach them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("commitments", sa.Column("appointed_on", sa.Date(), nullable=True))
    op.add_column("commitments", sa.Column("appointed_at", sa.Text(), nullable=False, server_default=""))
    op.add_column("commitments", sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "attendances",
        sa.Column("cohort_id", sa.Text(), sa.ForeignKey("cohorts.id", name="fk_attendances_cohort_id"), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), sa.ForeignKey("persons.id", name="fk_attendances_person_id"), nullable=False),
        sa.Column("coming", sa.Boolean(), nullable=False),
        sa.Column("noted_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("cohort_id", "milestone", "person_id", name="pk_attendances"),
    )
    person = sa.ForeignKey("persons.id", name="fk_calendar_entries_person_id")
    op.create_table(
        "calendar_entries",
        sa.Column("person_id", sa.Text(), person, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "uid", name="pk_calendar_entries"),
    )
    op.create_index("ix_calendar_entries_mail_id", "calendar_entries", ["mail_id"])
    op.create_table(
        "delivery_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_events"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_delivery_events_mail_id", "delivery_events", ["mail_id"])
    op.create_table(
        "unreachable",
        sa.Column("person_id", sa.Text(), sa.ForeignKey("persons.id", name="fk_unreachable_person_id"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_unreachable"),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("unreachable", "delivery_events", "calendar_entries", "attendances"):
        op.drop_table(table)
    for column in ("quiet", "appointed_at", "appointed_on"):
        op.drop_column("commitments", column)
