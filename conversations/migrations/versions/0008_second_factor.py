"""A second factor at sign-in, its recovery codes, who has to have one, and from which browser a session came."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.String(32), _account(), primary_key=True),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("confirmed_at", _moment()),
        sa.Column("last_step", sa.BigInteger),
    )
    op.create_index("ix_second_factors_community", "second_factors", ["community_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.String(32), _account(), primary_key=True),
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("used_at", _moment()),
    )
    op.create_table(
        "half_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(32), _account(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
    )
    op.create_index("ix_half_sessions_expires", "half_sessions", ["expires_at"])
    op.create_index("ix_half_sessions_account", "half_sessions", ["account_id"])
    op.create_table(
        "sign_in_rules",
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("second_factor", sa.Boolean, nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
    )
    op.add_column("account_sessions", sa.Column("browser", sa.String(80)))


def downgrade() -> None:
    op.drop_column("account_sessions", "browser")
    for table in ("sign_in_rules", "half_sessions", "recovery_codes", "second_factors"):
        op.drop_table(table)


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)


def _account() -> sa.ForeignKey:
    return sa.ForeignKey("accounts.id", ondelete="CASCADE")
