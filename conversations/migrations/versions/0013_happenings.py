"""What happened to a community's consultations, numbered, for pages that come back after a pause."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UNNUMBERED = sa.text("number IS NULL")


def upgrade() -> None:
    op.create_table(
        "happenings",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("at", _moment(), nullable=False),
    )
    op.create_index("ix_happenings_number", "happenings", ["community_id", "number"])
    op.create_index(
        "ix_happenings_unnumbered",
        "happenings",
        ["community_id"],
        sqlite_where=UNNUMBERED,
        postgresql_where=UNNUMBERED,
    )
    op.create_index("ix_happenings_at", "happenings", ["at"])


def downgrade() -> None:
    op.drop_table("happenings")


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
