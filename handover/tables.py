"""The tables of the handover.

Accounts and their sessions, tickets, counters, the audit log, unanswered questions, visits for the reports.

They register on the one metadata of the house, `conversations.database.metadata`. Every row that belongs to
a community carries `community_id`, first in its indexes.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from conversations.database import UtcDateTime, metadata
from conversations.tables import RowId

OPEN = text("status IN ('waiting', 'taken')")

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("login", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("position", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("senior", Boolean, nullable=False, server_default=false()),
    Column("password_hash", Text, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("login"),
    CheckConstraint("role IN ('specialist', 'head', 'editor', 'administrator')", name="role"),
    Index("ix_accounts_community", "community_id", "name"),
)

account_sessions = Table(
    "account_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Index("ix_account_sessions_account", "account_id"),
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("login", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("locked_until", UtcDateTime),
    Index("ix_login_attempts_last", "last_at"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("number", String(16), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("status", String(8), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("danger", String(16)),
    Column("danger_at", UtcDateTime),
    Column("danger_answered_at", UtcDateTime),
    Column("topic", String(80)),
    Column("reason", String(16), nullable=False),
    Column("question", Text, nullable=False),
    Column("phone", String(32)),
    Column("call_at", String(200)),
    Column("unreached", Text),
    Column("told", JSON(none_as_null=True)),
    Column("assigned_to", String(32)),
    Column("assigned_name", String(200)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("promised_at", UtcDateTime),
    Column("taken_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("late_told_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("summary", Text),
    Column("rating", String(8)),
    Column("rating_comment", Text),
    UniqueConstraint("community_id", "number"),
    CheckConstraint("status IN ('waiting', 'taken', 'resolved')", name="status"),
    # A conversation has at most one open ticket; whoever comes second adds to the first.
    Index("uq_tickets_open", "conversation_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_tickets_queue", "community_id", "status", "priority", "created_at"),
    Index("ix_tickets_assigned", "community_id", "assigned_to", "status"),
    Index("ix_tickets_taken", "community_id", "taken_at"),
    Index("ix_tickets_created", "community_id", "created_at"),
    Index("ix_tickets_conversation", "conversation_id", "created_at"),
)

counters = Table(
    "counters",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("account_id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_submissions_at", "at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("community_id", String(64), nullable=False),
    Column("account_id", String(32)),
    Column("action", String(40), nullable=False),
    Column("subject", String(80)),
    Column("facts", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_audit_community", "community_id", "at"),
    Index("ix_audit_subject", "community_id", "subject", "account_id", "action", "at"),
)

# A person in a channel on a day, for the reports: made of the log by `reports/visits.py`, and can be made again.
visits = Table(
    "visits",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("topic", String(80)),
    Column("person", Boolean, nullable=False),
    # Everything a report counts: it reads the index alone.
    Index(
        "ix_visits_started",
        "community_id",
        "started_at",
        "day",
        "hour",
        "channel",
        "topic",
        "person",
    ),
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("community_id", String(64), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id")),
    Column("question", Text, nullable=False),
    Column("ranked", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", String(16), nullable=False, server_default="unknown"),
    Column("chosen", String(80)),
    Index("ix_unanswered_community", "community_id", "at"),
    Index("ix_unanswered_conversation", "conversation_id"),
)
