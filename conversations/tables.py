"""The tables of the log: conversations, keys of events, inbox, transcript, outbox, files here and at the vendors.

`community_id` comes first wherever a query knows the community. Rows of one conversation are found by the
conversation's id alone: it is unique everywhere and belongs to one community for ever.
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
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from conversations.database import UtcDateTime, metadata

RowId = BigInteger().with_variant(Integer, "sqlite")
"""A number that grows by itself; SQLite only does that for plain INTEGER."""

OptionalJson = JSON(none_as_null=True)

PENDING = text("processed_at IS NULL")
GATHERING = text("processed_at IS NULL AND ready_at IS NOT NULL")
DUE = text("state = 'due'")
SENDING = text("state = 'sending'")
UNFINISHED = text("state IN ('due', 'sending')")
SET_ASIDE = text("set_aside_reason IS NOT NULL")
UNKNOWN = text("state = 'unknown'")

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("bot", String(64), nullable=False),
    Column("address", String(200), nullable=False),
    Column("author_name", String(200)),
    Column("name_key", String(200)),
    Column("state", OptionalJson),
    Column("owner_kind", String(16), nullable=False),
    Column("owner_id", String(32)),
    Column("owner_name", String(200)),
    Column("epoch", Integer, nullable=False),
    Column("last_position", Integer, nullable=False),
    Column("seen_position", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_incoming_at", UtcDateTime),
    Column("unreachable_at", UtcDateTime),
    Column("erased_at", UtcDateTime),
    Column("lease_by", String(200)),
    Column("lease_until", UtcDateTime),
    # What a list shows of the last line a citizen can see, kept by whoever adds lines (drafts.py).
    Column("said_at", UtcDateTime),
    Column("said_by", String(16)),
    Column("said", String(120)),
    Column("said_file", String(16)),
    Column("unread", Integer, nullable=False, server_default="0"),
    UniqueConstraint("community_id", "channel", "bot", "address"),
    CheckConstraint("owner_kind IN ('bot', 'queue', 'specialist')", name="owner_kind"),
    Index("ix_conversations_heard", "community_id", "channel", "last_incoming_at"),
    Index("ix_conversations_name", "community_id", "name_key"),
    # A part of a name is looked for in it from the newest on, without a look at the table.
    Index("ix_conversations_named", "community_id", "created_at", "name_key", "id"),
)

inbound_keys = Table(
    "inbound_keys",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("bot", String(64), primary_key=True),
    Column("event_key", String(200), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_inbound_keys_seen", "seen_at"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("community_id", String(64), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("event_key", String(200)),
    Column("event", OptionalJson),
    Column("accepted_at", UtcDateTime, nullable=False),
    Column("ready_at", UtcDateTime),
    Column("processed_at", UtcDateTime),
    Column("set_aside_reason", String(200)),
    Index("ix_inbox_set_aside", "processed_at", sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE),
    Index("ix_inbox_pending", "id", sqlite_where=PENDING, postgresql_where=PENDING),
    Index(
        "ix_inbox_gathering",
        "conversation_id",
        sqlite_where=GATHERING,
        postgresql_where=GATHERING,
    ),
    Index(
        "ix_inbox_pending_conversation",
        "conversation_id",
        "id",
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    ),
)

unreadable = Table(
    "unreadable",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("community_id", String(64), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_unreadable_community", "community_id", "at"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation_id", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("community_id", String(64), nullable=False),
    Column("author_kind", String(16), nullable=False),
    Column("author_id", String(32)),
    Column("author_name", String(200)),
    Column("reply", OptionalJson),
    Column("kind", String(16)),
    Column("event_key", String(200)),
    Column("at", UtcDateTime, nullable=False),
    Column("topic", String(80)),
    Column("facet", String(16)),
    Column("knowledge_version", String(80)),
    # What kind of turn of the bot the line belongs to, and when whoever leads took the line back.
    Column("turn", String(16)),
    Column("withdrawn_at", UtcDateTime),
    CheckConstraint("author_kind IN ('citizen', 'bot', 'specialist', 'system', 'note')", name="author_kind"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("community_id", String(64), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("payload", OptionalJson),
    Column("author_kind", String(16), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_by", String(200)),
    Column("claimed_until", UtcDateTime),
    Column("external_id", String(200)),
    Column("billing", String(100)),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    UniqueConstraint("conversation_id", "position", "part"),
    CheckConstraint(
        "state IN ('due', 'sending', 'sent', 'delivered', 'seen', 'failed', 'unknown', 'withdrawn')",
        name="state",
    ),
    Index("ix_outbox_unknown", "channel", "sent_at", sqlite_where=UNKNOWN, postgresql_where=UNKNOWN),
    Index("ix_outbox_due", "due_at", "id", sqlite_where=DUE, postgresql_where=DUE),
    Index("ix_outbox_sending", "claimed_until", sqlite_where=SENDING, postgresql_where=SENDING),
    Index(
        "ix_outbox_unfinished",
        "conversation_id",
        "id",
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    ),
    Index("ix_outbox_external", "conversation_id", "external_id"),
    Index("ix_outbox_sent", "community_id", "channel", "sent_at"),
)

# Who still needs a file: erasing drops the bytes only when the last reference goes. A reference is made when the event
# is accepted (position is null until the line is in the transcript) or when we say a line with a file.
attachments = Table(
    "attachments",
    metadata,
    Column("conversation_id", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("event_key", String(200), primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("position", Integer),
    Index("ix_attachments_content", "content_hash"),
)

# A file of a citizen that still lies with the vendor. It is fetched apart from thinking: a vendor that is slow with a
# photo holds up no answer.
remote_files = Table(
    "remote_files",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("community_id", String(64), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("event_key", String(200), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("handle", Text, nullable=False),
    Column("name", String(200)),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_by", String(200)),
    Column("claimed_until", UtcDateTime),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("state IN ('due', 'fetching', 'failed')", name="state"),
    Index("ix_remote_files_due", "due_at", "id"),
    Index("ix_remote_files_line", "conversation_id", "position"),
)

channel_switches = Table(
    "channel_switches",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("people_only", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
