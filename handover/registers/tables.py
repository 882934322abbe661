"""What registers answered instead of papers: which, for whose conversation, who asked and why. Never whom by."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table

from conversations.database import UtcDateTime, metadata

register_checks = Table(
    "register_checks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("document", String(80), nullable=False),
    Column("register", String(64), nullable=False),
    Column("title", String(200), nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("account_id", String(32), nullable=False),
    Column("account_name", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("outcome IN ('found', 'not_found', 'unknown')", name="outcome"),
    Index("ix_register_checks_conversation", "community_id", "conversation_id", "at"),
    Index("ix_register_checks_at", "at"),
)
