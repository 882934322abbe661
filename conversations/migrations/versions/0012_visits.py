"""Visits: a person in a channel on a day, for the reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hour", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(80)),
        sa.Column("person", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_visits_conversation_id"),
        sa.PrimaryKeyConstraint("community_id", "conversation_id", "day", name="pk_visits"),
    )
    op.create_index(
        "ix_visits_started",
        "visits",
        ["community_id", "started_at", "day", "hour", "channel", "topic", "person"],
    )
    op.create_index("ix_tickets_created", "tickets", ["community_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_created", "tickets")
    op.drop_table("visits")
