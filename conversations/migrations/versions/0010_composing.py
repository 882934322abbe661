"""What specialists write with: drafts, ready answers, and who is here."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "composer_drafts",
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("mode", sa.String(8), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", _moment(), nullable=False),
        sa.CheckConstraint("mode IN ('reply', 'note')", name="mode"),
    )
    op.create_index("ix_composer_drafts_conversation", "composer_drafts", ["conversation_id"])
    op.create_index("ix_composer_drafts_saved", "composer_drafts", ["saved_at"])
    op.create_table(
        "viewers",
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("doing", sa.String(8), nullable=False),
        sa.Column("until", _moment(), nullable=False),
        sa.CheckConstraint("doing IN ('looks', 'reply', 'note')", name="doing"),
    )
    op.create_index("ix_viewers_until", "viewers", ["until"])
    op.create_table(
        "ready_answers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("owner_id", sa.String(32), nullable=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("topic", sa.String(80), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
    )
    op.create_index("ix_ready_answers_community", "ready_answers", ["community_id", "owner_id", "place"])


def downgrade() -> None:
    for table in ("ready_answers", "viewers", "composer_drafts"):
        op.drop_table(table)


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
