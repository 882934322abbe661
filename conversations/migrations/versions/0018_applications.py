"""Applications with their history, followers and tries; files they come from; what registers answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "applications",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("shown", sa.String(60), nullable=False),
        sa.Column("matter", sa.String(120), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("amount", sa.BigInteger),
        sa.Column("period_from", sa.String(10)),
        sa.Column("period_to", sa.String(10)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("next_step", sa.Text, nullable=False),
        sa.Column("papers", sa.Text, nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_at", MOMENT),
        sa.PrimaryKeyConstraint("community_id", "number", name="pk_applications"),
        sa.CheckConstraint(
            "state IN ('submitted', 'accepted', 'needs_papers', 'approved', 'refused', 'paid', 'stopped', 'closed')",
            name="ck_applications_state",
        ),
    )
    op.create_index("ix_applications_changed", "applications", ["changed_at"])
    op.create_table(
        "application_states",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_application_states"),
        sa.ForeignKeyConstraint(
            ["community_id", "number"],
            ["applications.community_id", "applications.number"],
            name="fk_application_states_application",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_application_states_number", "application_states", ["community_id", "number", "id"])
    op.create_table(
        "application_follows",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("told", sa.String(32), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_application_follows"),
        sa.UniqueConstraint(
            "community_id", "number", "conversation_id", name="uq_application_follows_of_conversation"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_application_follows_conversation_id"
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "number"],
            ["applications.community_id", "applications.number"],
            name="fk_application_follows_application",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_application_follows_conversation", "application_follows", ["conversation_id"])
    op.create_table(
        "application_tries",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("who", sa.String(72), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("community_id", "day", "who", name="pk_application_tries"),
    )
    op.create_index("ix_application_tries_last", "application_tries", ["last_at"])
    op.create_table(
        "application_sources",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("cursor", sa.JSON),
        sa.Column("good_at", MOMENT),
        sa.Column("failed_at", MOMENT),
        sa.Column("fault", sa.String(200)),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("community_id", "source", name="pk_application_sources"),
    )
    op.create_table(
        "application_imports",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("passed", sa.Integer, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("faults", sa.JSON, nullable=False),
        sa.Column("header_fault", sa.Text, nullable=False),
        sa.Column("stop_asked", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_application_imports"),
        sa.CheckConstraint(
            "state IN ('looking', 'looked', 'importing', 'done', 'cancelled', 'refused')",
            name="ck_application_imports_state",
        ),
    )
    op.create_index("ix_application_imports_community", "application_imports", ["community_id", "created_at"])
    op.create_index("ix_application_imports_touched", "application_imports", ["touched_at"])
    op.create_table(
        "register_checks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("document", sa.String(80), nullable=False),
        sa.Column("register", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("account_name", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_register_checks"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_register_checks_conversation_id"
        ),
        sa.CheckConstraint("outcome IN ('found', 'not_found', 'unknown')", name="ck_register_checks_outcome"),
    )
    op.create_index(
        "ix_register_checks_conversation", "register_checks", ["community_id", "conversation_id", "at"]
    )
    op.create_index("ix_register_checks_at", "register_checks", ["at"])


def downgrade() -> None:
    for table in (
        "register_checks",
        "application_imports",
        "application_sources",
        "application_tries",
        "application_follows",
        "application_states",
        "applications",
    ):
        op.drop_table(table)
