"""The tables of applications: their state and its history, who follows them, tries to look one up, where it comes from.

No name stands here: a number, what was decided, and the keyed hash of the receipt's code.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from conversations.database import UtcDateTime, metadata
from conversations.tables import OptionalJson, RowId

applications = Table(
    "applications",
    metadata,
    Column("community_id", String(64), primary_key=True),
    # Days are ISO texts. As it is compared: capital Latin letters and digits alone.
    Column("number", String(40), primary_key=True),
    Column("shown", String(60), nullable=False),
    Column("matter", String(120), nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", String(10), nullable=False),
    # In kopiykas.
    Column("amount", BigInteger),
    Column("period_from", String(10)),
    Column("period_to", String(10)),
    Column("reason", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("papers", Text, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("source", String(16), nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("code_hash", String(64)),
    Column("code_at", UtcDateTime),
    CheckConstraint(
        "state IN ('submitted', 'accepted', 'needs_papers', 'approved', 'refused', 'paid', 'stopped', 'closed')",
        name="state",
    ),
    Index("ix_applications_changed", "changed_at"),
)

application_states = Table(
    "application_states",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("community_id", String(64), nullable=False),
    Column("number", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", String(10), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(
        ["community_id", "number"],
        ["applications.community_id", "applications.number"],
        name="fk_application_states_application",
        ondelete="CASCADE",
    ),
    Index("ix_application_states_number", "community_id", "number", "id"),
)

# A conversation that asked to be told of changes; `told` is the digest of what it knows already.
application_follows = Table(
    "application_follows",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("number", String(40), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("told", String(32), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    UniqueConstraint(
        "community_id", "number", "conversation_id", name="uq_application_follows_of_conversation"
    ),
    ForeignKeyConstraint(
        ["community_id", "number"],
        ["applications.community_id", "applications.number"],
        name="fk_application_follows_application",
        ondelete="CASCADE",
    ),
    Index("ix_application_follows_conversation", "conversation_id"),
)

# How often somebody tried on a day: a conversation, or a number that was typed, existing or not, as a keyed hash.
application_tries = Table(
    "application_tries",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("who", String(72), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Index("ix_application_tries_last", "last_at"),
)

# Where applications come from: files, and the department's own register with the place reached in it.
application_sources = Table(
    "application_sources",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("source", String(16), primary_key=True),
    Column("cursor", OptionalJson),
    Column("good_at", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Column("fault", String(200)),
    Column("rows", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
)

# A file given on the page: looked through, then imported, with what is wrong in it.
application_imports = Table(
    "application_imports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("account_id", String(32), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("total", Integer, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("faults", JSON, nullable=False),
    Column("header_fault", Text, nullable=False),
    Column("stop_asked", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcDateTime, nullable=False),
    Column("touched_at", UtcDateTime, nullable=False),
    CheckConstraint(
        "state IN ('looking', 'looked', 'importing', 'done', 'cancelled', 'refused')", name="state"
    ),
    Index("ix_application_imports_community", "community_id", "created_at"),
    Index("ix_application_imports_touched", "touched_at"),
)
