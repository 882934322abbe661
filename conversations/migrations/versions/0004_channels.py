"""What the messengers need: files at the vendor, albums that gather, prices, switches, who is not reached."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GATHERING = sa.text("processed_at IS NULL AND ready_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("unreached", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("billing", sa.String(100), nullable=True))
    op.add_column("inbox", sa.Column("ready_at", _moment(), nullable=True))
    op.create_index(
        "ix_inbox_gathering",
        "inbox",
        ["conversation_id"],
        sqlite_where=GATHERING,
        postgresql_where=GATHERING,
    )
    op.create_index("ix_outbox_sent", "outbox", ["community_id", "channel", "sent_at"])
    op.create_index(
        "ix_conversations_heard", "conversations", ["community_id", "channel", "last_incoming_at"]
    )
    op.create_table(
        "remote_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _moment(), nullable=False),
        sa.Column("claimed_by", sa.String(200), nullable=True),
        sa.Column("claimed_until", _moment(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", _moment(), nullable=False),
        sa.CheckConstraint("state IN ('due', 'fetching', 'failed')", name="state"),
    )
    op.create_index("ix_remote_files_due", "remote_files", ["due_at", "id"])
    op.create_index("ix_remote_files_line", "remote_files", ["conversation_id", "position"])
    op.create_table(
        "channel_switches",
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("people_only", sa.Boolean(), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("channel_switches")
    op.drop_table("remote_files")
    op.drop_index("ix_conversations_heard", "conversations")
    op.drop_index("ix_outbox_sent", "outbox")
    op.drop_index("ix_inbox_gathering", "inbox")
    with op.batch_alter_table("inbox") as inbox:
        inbox.drop_column("ready_at")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("billing")
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_column("unreached")


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
