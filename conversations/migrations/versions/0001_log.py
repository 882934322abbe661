"""The log: conversations, keys of events, inbox, transcript, outbox, references to files."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Moment = sa.DateTime(timezone=True)
RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("bot", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("author_name", sa.String(length=200)),
        sa.Column("state", sa.JSON()),
        sa.Column("owner_kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.String(length=32)),
        sa.Column("owner_name", sa.String(length=200)),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("seen_position", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("last_incoming_at", Moment),
        sa.Column("unreachable_at", Moment),
        sa.Column("erased_at", Moment),
        sa.Column("lease_by", sa.String(length=200)),
        sa.Column("lease_until", Moment),
        sa.CheckConstraint(
            "owner_kind IN ('bot', 'queue', 'specialist')", name=op.f("ck_conversations_owner_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "community_id",
            "channel",
            "bot",
            "address",
            name=op.f("uq_conversations_community_id"),
        ),
    )
    op.create_table(
        "inbound_keys",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("bot", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("community_id", "channel", "bot", "event_key", name=op.f("pk_inbound_keys")),
    )
    op.create_index("ix_inbound_keys_seen", "inbound_keys", ["seen_at"])
    op.create_table(
        "unreadable",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unreadable")),
    )
    op.create_index("ix_unreadable_community", "unreadable", ["community_id", "at"])
    op.create_table(
        "attachments",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_attachments_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "event_key", "content_hash", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_content", "attachments", ["content_hash"])
    op.create_table(
        "inbox",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("event_key", sa.String(length=200)),
        sa.Column("event", sa.JSON()),
        sa.Column("accepted_at", Moment, nullable=False),
        sa.Column("processed_at", Moment),
        sa.Column("set_aside_reason", sa.String(length=200)),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_inbox_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_pending", "inbox", ["id"], **_where("processed_at IS NULL"))
    op.create_index(
        "ix_inbox_pending_conversation", "inbox", ["conversation_id", "id"], **_where("processed_at IS NULL")
    )
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("author_kind", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.String(length=32)),
        sa.Column("author_name", sa.String(length=200)),
        sa.Column("reply", sa.JSON()),
        sa.Column("kind", sa.String(length=16)),
        sa.Column("event_key", sa.String(length=200)),
        sa.Column("at", Moment, nullable=False),
        sa.Column("topic", sa.String(length=80)),
        sa.Column("facet", sa.String(length=16)),
        sa.Column("knowledge_version", sa.String(length=80)),
        sa.CheckConstraint(
            "author_kind IN ('citizen', 'bot', 'specialist', 'system', 'note')",
            name=op.f("ck_messages_author_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "position", name=op.f("pk_messages")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.JSON()),
        sa.Column("author_kind", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("claimed_by", sa.String(length=200)),
        sa.Column("claimed_until", Moment),
        sa.Column("external_id", sa.String(length=200)),
        sa.Column("error", sa.Text()),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("sent_at", Moment),
        sa.CheckConstraint(
            "state IN ('due', 'sending', 'sent', 'delivered', 'seen', 'failed', 'unknown', 'withdrawn')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outbox_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("conversation_id", "position", "part", name=op.f("uq_outbox_conversation_id")),
    )
    op.create_index("ix_outbox_due", "outbox", ["due_at", "id"], **_where("state = 'due'"))
    op.create_index("ix_outbox_external", "outbox", ["conversation_id", "external_id"])
    op.create_index("ix_outbox_sending", "outbox", ["claimed_until"], **_where("state = 'sending'"))
    op.create_index(
        "ix_outbox_unfinished",
        "outbox",
        ["conversation_id", "id"],
        sqlite_where=sa.text("state IN ('due', 'sending')"),
        postgresql_where=sa.text("state IN ('due', 'sending')"),
    )
