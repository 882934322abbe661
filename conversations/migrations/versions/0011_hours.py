"""Own hours and pauses; a caller who is on the line, and calls that were promised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
RUNNING = sa.text("ended_at IS NULL")
PROMISED = sa.text("state IN ('due', 'taken')")


def upgrade() -> None:
    op.create_table(
        "calendar_hours",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("place", sa.String(10), nullable=False),
        sa.Column("hours", sa.JSON, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("community_id", "office", "place", name="pk_calendar_hours"),
    )
    op.create_table(
        "pauses",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("began_by", sa.String(32), nullable=False),
        sa.Column("began_name", sa.String(200), nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.String(32)),
        sa.Column("noticed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_pauses"),
        sa.CheckConstraint("kind IN ('alarm', 'power', 'other')", name="ck_pauses_kind"),
    )
    op.create_index(
        "uq_pauses_running",
        "pauses",
        ["community_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.create_index("ix_pauses_community", "pauses", ["community_id", "began_at"])
    op.create_table(
        "callers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("topic", sa.String(80)),
        sa.Column("situations", sa.JSON, nullable=False),
        sa.Column("told", sa.JSON, nullable=False),
        sa.Column("skipped", sa.JSON, nullable=False),
        sa.Column("page", sa.JSON, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callers"),
        sa.UniqueConstraint("account_id", name="uq_callers_account_id"),
    )
    op.create_index("ix_callers_began", "callers", ["began_at"])
    op.create_table(
        "calls",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("ticket_id", sa.String(32), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("taken_by", sa.String(32)),
        sa.Column("taken_name", sa.String(200)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_calls_conversation_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_calls_ticket_id"),
        sa.CheckConstraint("state IN ('due', 'taken', 'reached', 'wrong', 'dropped')", name="ck_calls_state"),
    )
    op.create_index(
        "uq_calls_promised",
        "calls",
        ["conversation_id"],
        unique=True,
        sqlite_where=PROMISED,
        postgresql_where=PROMISED,
    )
    op.create_index("ix_calls_due", "calls", ["community_id", "state", "due_at"])
    op.create_index("ix_calls_ticket", "calls", ["ticket_id"])
    op.create_index("ix_tickets_phone", "tickets", ["community_id", "phone"])


def downgrade() -> None:
    op.drop_index("ix_tickets_phone", "tickets")
    op.drop_table("calls")
    op.drop_table("callers")
    op.drop_table("pauses")
    op.drop_table("calendar_hours")
