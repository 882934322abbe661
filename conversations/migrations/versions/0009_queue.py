"""What lists show stands on conversation and ticket; snooze, offers, teams, skills, presence, views, leases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LISTED = "status IN ('waiting', 'taken') AND snoozed_until IS NULL"
NO_DUE = "9999-12-31 00:00:00.000000"

INDEXES = (
    ("all", ("priority", "due_at", "created_at", "id"), LISTED),
    ("status", ("status", "priority", "due_at", "created_at", "id"), LISTED),
    ("team", ("team_id", "priority", "due_at", "created_at", "id"), LISTED),
    ("snoozed", ("snoozed_until", "id"), "snoozed_until IS NOT NULL"),
    ("offered", ("offered_until",), "offered_until IS NOT NULL"),
    ("resolved", ("resolved_at", "id"), "status = 'resolved'"),
)

CONVERSATION: tuple[Callable[[], sa.Column[Any]], ...] = (
    lambda: sa.Column("name_key", sa.String(200)),
    lambda: sa.Column("said_at", _moment()),
    lambda: sa.Column("said_by", sa.String(16)),
    lambda: sa.Column("said", sa.String(120)),
    lambda: sa.Column("said_file", sa.String(16)),
    lambda: sa.Column("unread", sa.Integer(), nullable=False, server_default="0"),
)
TICKET: tuple[Callable[[], sa.Column[Any]], ...] = (
    lambda: sa.Column("due_at", _moment(), nullable=False, server_default=NO_DUE),
    lambda: sa.Column("language", sa.String(8)),
    lambda: sa.Column("office", sa.String(80)),
    lambda: sa.Column("team_id", sa.String(32)),
    lambda: sa.Column("follows", sa.String(32)),
    lambda: sa.Column("wanted_by", sa.String(32)),
    lambda: sa.Column("offered_to", sa.String(32)),
    lambda: sa.Column("offered_until", _moment()),
    lambda: sa.Column("passed_by", sa.JSON()),
    lambda: sa.Column("snoozed_until", _moment()),
    lambda: sa.Column("snooze_reason", sa.Text()),
)


def upgrade() -> None:
    for make in CONVERSATION:
        op.add_column("conversations", make())
    for make in TICKET:
        op.add_column("tickets", make())
    _fill()
    for name, columns, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(
            f"ix_tickets_{name}",
            "tickets",
            ["community_id", *columns],
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_index(
        "ix_conversations_named", "conversations", ["community_id", "created_at", "name_key", "id"]
    )
    _tables()


def _fill() -> None:
    """Last lines and counts out of the transcript, and what is due out of the promises."""
    postgres = op.get_context().dialect.name == "postgresql"
    words = "reply ->> 'text'" if postgres else "json_extract(reply, '$.text')"
    file = (
        "reply -> 'attachments' -> 0 ->> 'kind'"
        if postgres
        else "json_extract(reply, '$.attachments[0].kind')"
    )
    last = (
        "FROM messages WHERE messages.conversation_id = conversations.id"
        " AND author_kind IN ('citizen', 'bot', 'specialist') ORDER BY position DESC LIMIT 1"
    )
    op.execute(
        f"""
        UPDATE conversations SET
            name_key = lower(author_name),
            said_at = (SELECT at {last}),
            said_by = (SELECT author_kind {last}),
            said = (SELECT substr({words}, 1, 120) {last}),
            said_file = (SELECT {file} {last}),
            unread = (
                SELECT count(*) FROM messages WHERE messages.conversation_id = conversations.id
                AND position > conversations.seen_position AND author_kind = 'citizen'
            )
        """  # noqa: S608  # all of it is written here
    )
    op.execute(
        "UPDATE tickets SET due_at = promised_at"
        " WHERE status <> 'resolved' AND answered_at IS NULL AND promised_at IS NOT NULL"
    )


def _tables() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("until", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("life_events", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("offers", sa.Boolean(), nullable=False),
        sa.Column("accept_minutes", sa.Integer(), nullable=False),
        sa.Column("return_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("community_id", "name", name="uq_teams_community_id"),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "account_id", name="pk_team_members"),
        _of("team_members", "team_id", "teams"),
        _of("team_members", "account_id", "accounts"),
    )
    op.create_index("ix_team_members_account", "team_members", ["community_id", "account_id"])
    op.create_table(
        "skills",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.PrimaryKeyConstraint("account_id", name="pk_skills"),
        _of("skills", "account_id", "accounts"),
    )
    op.create_index("ix_skills_community", "skills", ["community_id"])
    op.create_table(
        "presence",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("seen_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_presence"),
        _of("presence", "account_id", "accounts"),
        sa.CheckConstraint("state IN ('on', 'away', 'off')", name="ck_presence_state"),
    )
    op.create_index("ix_presence_community", "presence", ["community_id", "state"])
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("team_id", sa.String(32)),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("list", sa.String(16), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        _of("saved_views", "account_id", "accounts"),
        _of("saved_views", "team_id", "teams"),
    )
    op.create_index("ix_saved_views_account", "saved_views", ["community_id", "account_id"])
    op.create_index("ix_saved_views_team", "saved_views", ["community_id", "team_id"])


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for name in ("saved_views", "presence", "skills", "team_members", "teams", "leases"):
        op.drop_table(name)
    for name, _, _ in INDEXES:
        op.drop_index(f"ix_tickets_{name}", "tickets")
    op.drop_index("ix_conversations_named", "conversations")
    for table, columns in (("tickets", TICKET), ("conversations", CONVERSATION)):
        for make in columns:
            op.drop_column(table, make().name)


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
