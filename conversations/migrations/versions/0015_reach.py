"""Colleagues who are mentioned in notes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    op.drop_table("mentions")


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
