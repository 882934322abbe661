"""The handover.

Accounts, sessions, lock-outs, tickets, counters, forms sent once, the audit log, unanswered questions.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = "status IN ('waiting', 'taken')"


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("position", sa.String(200), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("disabled_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
        sa.CheckConstraint(
            "role IN ('specialist', 'head', 'editor', 'administrator')", name="ck_accounts_role"
        ),
    )
    op.create_index("ix_accounts_community", "accounts", ["community_id", "name"])

    op.create_table(
        "account_sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("csrf_token", sa.String(64), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("last_seen_at", _moment(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        sa.Column("revoked_at", _moment()),
        sa.PrimaryKeyConstraint("token_hash", name="pk_account_sessions"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_account_sessions_account_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_account_sessions_account", "account_sessions", ["account_id"])

    op.create_table(
        "login_attempts",
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", _moment(), nullable=False),
        sa.Column("locked_until", _moment()),
        sa.PrimaryKeyConstraint("login", name="pk_login_attempts"),
    )
    op.create_index("ix_login_attempts_last", "login_attempts", ["last_at"])

    op.create_table(
        "tickets",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("danger", sa.String(16)),
        sa.Column("danger_at", _moment()),
        sa.Column("danger_answered_at", _moment()),
        sa.Column("topic", sa.String(80)),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("phone", sa.String(32)),
        sa.Column("call_at", sa.String(200)),
        sa.Column("assigned_to", sa.String(32)),
        sa.Column("assigned_name", sa.String(200)),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("promised_at", _moment()),
        sa.Column("taken_at", _moment()),
        sa.Column("answered_at", _moment()),
        sa.Column("late_told_at", _moment()),
        sa.Column("resolved_at", _moment()),
        sa.Column("summary", sa.Text),
        sa.Column("rating", sa.String(8)),
        sa.Column("rating_comment", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_tickets_conversation_id"),
        sa.UniqueConstraint("community_id", "number", name="uq_tickets_community_id"),
        sa.CheckConstraint("status IN ('waiting', 'taken', 'resolved')", name="ck_tickets_status"),
    )
    op.create_index(
        "uq_tickets_open",
        "tickets",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_index("ix_tickets_queue", "tickets", ["community_id", "status", "priority", "created_at"])
    op.create_index("ix_tickets_assigned", "tickets", ["community_id", "assigned_to", "status"])
    op.create_index("ix_tickets_taken", "tickets", ["community_id", "taken_at"])
    op.create_index("ix_tickets_conversation", "tickets", ["conversation_id", "created_at"])

    op.create_table(
        "counters",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("community_id", "name", name="pk_counters"),
    )

    op.create_table(
        "submissions",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_submissions"),
    )
    op.create_index("ix_submissions_at", "submissions", ["at"])

    op.create_table(
        "audit",
        sa.Column("id", _row_id(), nullable=False, autoincrement=True),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32)),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(80)),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_community", "audit", ["community_id", "at"])
    op.create_index("ix_audit_subject", "audit", ["community_id", "subject", "account_id", "action", "at"])

    op.create_table(
        "unanswered",
        sa.Column("id", _row_id(), nullable=False, autoincrement=True),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("ranked", sa.JSON, nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unanswered"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_unanswered_conversation_id"
        ),
    )
    op.create_index("ix_unanswered_community", "unanswered", ["community_id", "at"])
    op.create_index("ix_unanswered_conversation", "unanswered", ["conversation_id"])


def downgrade() -> None:
    for table in (
        "unanswered",
        "audit",
        "submissions",
        "counters",
        "tickets",
        "login_attempts",
        "account_sessions",
        "accounts",
    ):
        op.drop_table(table)


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)


def _row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")
