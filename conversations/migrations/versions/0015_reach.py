"""Colleagues mentioned in notes, conversations that are one person's, and replies kept until the person writes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STANDING = sa.text("state IN ('asked', 'confirmed')")


def upgrade() -> None:
    op.create_table(
        "mentions",
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("by_id", sa.String(32), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("read_at", _moment()),
    )
    op.create_index("ix_mentions_conversation", "mentions", ["conversation_id"])
    op.create_index("ix_mentions_at", "mentions", ["at"])
    op.create_table(
        "same_people",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("first_id", sa.String(32), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("second_id", sa.String(32), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("first_said", _moment()),
        sa.Column("second_said", _moment()),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("asked_at", _moment(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        sa.Column("settled_at", _moment()),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'declined', 'expired', 'parted')", name="state"),
    )
    op.create_index("ix_same_people_first", "same_people", ["first_id"])
    op.create_index("ix_same_people_second", "same_people", ["second_id"])
    op.create_index(
        "uq_same_people_pair",
        "same_people",
        ["first_id", "second_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_index("ix_conversations_name", "conversations", ["community_id", "name_key"])
    op.create_table(
        "kept_replies",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("account_name", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("files", sa.JSON(none_as_null=True)),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("kept_at", _moment(), nullable=False),
        sa.Column("settled_at", _moment()),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'withdrawn')", name="state"),
    )
    op.create_index("ix_kept_replies_conversation", "kept_replies", ["conversation_id", "state"])
    op.create_index("ix_kept_replies_kept", "kept_replies", ["kept_at"])


def downgrade() -> None:
    op.drop_index("ix_conversations_name", "conversations")
    for table in ("kept_replies", "same_people", "mentions"):
        op.drop_table(table)


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
