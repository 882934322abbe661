"""The tables of the handover.

Accounts and their sessions, tickets, counters, the audit log, unanswered questions, what happened, visits for the
reports; teams and shifts; drafts, who looks at what, who is mentioned, who is one person, kept replies, ready
answers; own hours and pauses, callers and promised calls. Features of a folder of their own keep theirs there.

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

import handover.applications.tables
import handover.registers.tables  # noqa: F401  # both register on the same metadata
from conversations.database import UtcDateTime, metadata
from conversations.tables import OptionalJson, RowId

OPEN = text("status IN ('waiting', 'taken')")
LISTED = text("status IN ('waiting', 'taken') AND snoozed_until IS NULL")
SNOOZED = text("snoozed_until IS NOT NULL")
OFFERED = text("offered_until IS NOT NULL")
RESOLVED = text("status = 'resolved'")
OFFICE_KNOWN = text("office IS NOT NULL")
"""Conditions of partial indexes: a query says the same words, or the index is not used for it."""

NO_DUE = "9999-12-31 00:00:00.000000"
"""What stands as the moment of a ticket for which nothing is due: after everything that is."""
RUNNING = text("ended_at IS NULL")
STANDING = text("state IN ('asked', 'confirmed')")
PROMISED = text("state IN ('due', 'taken')")

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
    Column("browser", String(80)),
    Index("ix_account_sessions_account", "account_id"),
)

half_sessions = Table(
    "half_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_half_sessions_expires", "expires_at"),
    Index("ix_half_sessions_account", "account_id"),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("last_step", BigInteger),
    Index("ix_second_factors_community", "community_id"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", UtcDateTime),
)

sign_in_rules = Table(
    "sign_in_rules",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("second_factor", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
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
    Column("due_at", UtcDateTime, nullable=False, server_default=NO_DUE),
    Column("language", String(8)),
    Column("office", String(80)),
    Column("team_id", String(32)),
    Column("follows", String(32)),
    Column("wanted_by", String(32)),
    Column("offered_to", String(32)),
    Column("offered_until", UtcDateTime),
    Column("passed_by", JSON(none_as_null=True)),
    Column("snoozed_until", UtcDateTime),
    Column("snooze_reason", Text),
    UniqueConstraint("community_id", "number"),
    CheckConstraint("status IN ('waiting', 'taken', 'resolved')", name="status"),
    # A conversation has at most one open ticket; whoever comes second adds to the first.
    Index("uq_tickets_open", "conversation_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_tickets_queue", "community_id", "status", "priority", "created_at"),
    Index("ix_tickets_assigned", "community_id", "assigned_to", "status"),
    Index("ix_tickets_taken", "community_id", "taken_at"),
    Index("ix_tickets_created", "community_id", "created_at"),
    Index("ix_tickets_conversation", "conversation_id", "created_at"),
    *(
        Index(
            f"ix_tickets_{name}", "community_id", *columns, sqlite_where=condition, postgresql_where=condition
        )
        for name, columns, condition in (
            ("all", ("priority", "due_at", "created_at", "id"), LISTED),
            ("status", ("status", "priority", "due_at", "created_at", "id"), LISTED),
            ("team", ("team_id", "priority", "due_at", "created_at", "id"), LISTED),
            ("snoozed", ("snoozed_until", "id"), SNOOZED),
            ("offered", ("offered_until",), OFFERED),
            ("resolved", ("resolved_at", "id"), RESOLVED),
        )
    ),
    Index("ix_tickets_phone", "community_id", "phone"),
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
    Column("office", String(80)),
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
    Index(
        "ix_visits_office",
        "community_id",
        "office",
        "started_at",
        sqlite_where=OFFICE_KNOWN,
        postgresql_where=OFFICE_KNOWN,
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

UNNUMBERED = text("number IS NULL")

happenings = Table(
    "happenings",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("community_id", String(64), nullable=False),
    Column("number", BigInteger),
    Column("conversation_id", String(32)),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_happenings_number", "community_id", "number"),
    Index("ix_happenings_unnumbered", "community_id", sqlite_where=UNNUMBERED, postgresql_where=UNNUMBERED),
    Index("ix_happenings_at", "at"),
)

teams = Table(
    "teams",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("life_events", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("offers", Boolean, nullable=False),
    Column("accept_minutes", Integer, nullable=False),
    Column("return_minutes", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("community_id", "name"),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", String(32), ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Index("ix_team_members_account", "community_id", "account_id"),
)

# What a specialist answers about and how much at once; one without a row answers about everything.
skills = Table(
    "skills",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("capacity", Integer),
    Index("ix_skills_community", "community_id"),
)

presence = Table(
    "presence",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    CheckConstraint("state IN ('on', 'away', 'off')", name="state"),
    Index("ix_presence_community", "community_id", "state"),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("team_id", String(32), ForeignKey("teams.id", ondelete="CASCADE")),
    Column("name", String(40), nullable=False),
    Column("list", String(16), nullable=False),
    Column("filters", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_saved_views_account", "community_id", "account_id"),
    Index("ix_saved_views_team", "community_id", "team_id"),
)

composer_drafts = Table(
    "composer_drafts",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("account_id", String(32), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("mode", String(8), primary_key=True),
    Column("text", Text, nullable=False),
    Column("files", OptionalJson),
    Column("saved_at", UtcDateTime, nullable=False),
    CheckConstraint("mode IN ('reply', 'note')", name="mode"),
    Index("ix_composer_drafts_conversation", "conversation_id"),
    Index("ix_composer_drafts_saved", "saved_at"),
)

viewers = Table(
    "viewers",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("account_id", String(32), primary_key=True),
    Column("doing", String(8), nullable=False),
    Column("until", UtcDateTime, nullable=False),
    CheckConstraint("doing IN ('looks', 'reply', 'note')", name="doing"),
    Index("ix_viewers_until", "until"),
)

# Who is named in which note; unread while `read_at` is null.
mentions = Table(
    "mentions",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("account_id", String(32), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("by_id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    Index("ix_mentions_conversation", "conversation_id"),
    Index("ix_mentions_at", "at"),
)

# Two conversations of which their person is asked, in both, whether they are one; `first_id` is the lesser id, and
# `first_said` when it was confirmed there.
same_people = Table(
    "same_people",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("first_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("second_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("code", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("first_said", UtcDateTime),
    Column("second_said", UtcDateTime),
    Column("asked_by", String(32), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    CheckConstraint("state IN ('asked', 'confirmed', 'declined', 'expired', 'parted')", name="state"),
    Index("ix_same_people_first", "first_id"),
    Index("ix_same_people_second", "second_id"),
    Index(
        "uq_same_people_pair",
        "first_id",
        "second_id",
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    ),
)

# A specialist's words for somebody who can't be written to now: they go when the person writes, in the order of
# the lines that tell colleagues of them. Settled ones are empty.
kept_replies = Table(
    "kept_replies",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("account_id", String(32), nullable=False),
    Column("account_name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("files", OptionalJson),
    Column("state", String(10), nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    CheckConstraint("state IN ('waiting', 'sent', 'withdrawn')", name="state"),
    Index("ix_kept_replies_conversation", "conversation_id", "state"),
    Index("ix_kept_replies_kept", "kept_at"),
)

# Of everybody where `owner_id` is null, else of that account alone.
ready_answers = Table(
    "ready_answers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("owner_id", String(32)),
    Column("title", String(80), nullable=False),
    Column("topic", String(80)),
    Column("text", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index("ix_ready_answers_community", "community_id", "owner_id", "place"),
)

calendar_hours = Table(
    "calendar_hours",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("office", String(64), primary_key=True),
    # A weekday (`mon`) or a day (`2026-12-24`).
    Column("place", String(10), primary_key=True),
    Column("hours", JSON, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("began_by", String(32), nullable=False),
    Column("began_name", String(200), nullable=False),
    # When it ends by itself, so that a forgotten one stops nobody for ever.
    Column("until_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(32)),
    Column("noticed_at", UtcDateTime),
    CheckConstraint("kind IN ('alarm', 'power', 'other')", name="kind"),
    Index("uq_pauses_running", "community_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    Index("ix_pauses_community", "community_id", "began_at"),
)

# One a person: whoever picks up the phone has one caller. It is gone once the talk is filed or left.
callers = Table(
    "callers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("account_id", String(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("phone", String(32), nullable=False),
    Column("question", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("topic", String(80)),
    Column("situations", JSON, nullable=False),
    Column("told", JSON, nullable=False),
    Column("skipped", JSON, nullable=False),
    Column("page", JSON, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id"),
    Index("ix_callers_began", "began_at"),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("ticket_id", String(32), ForeignKey("tickets.id"), nullable=False),
    Column("phone", String(32), nullable=False),
    Column("words", String(200), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(12), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("taken_by", String(32)),
    Column("taken_name", String(200)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    CheckConstraint("state IN ('due', 'taken', 'reached', 'wrong', 'dropped')", name="state"),
    # A conversation has at most one promised call; another time takes its place.
    Index(
        "uq_calls_promised", "conversation_id", unique=True, sqlite_where=PROMISED, postgresql_where=PROMISED
    ),
    Index("ix_calls_due", "community_id", "state", "due_at"),
    Index("ix_calls_ticket", "ticket_id"),
)
