"""Visits know the office, for the reports of one place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KNOWN = sa.text("office IS NOT NULL")


def upgrade() -> None:
    op.add_column("visits", sa.Column("office", sa.String(80)))
    op.create_index(
        "ix_visits_office",
        "visits",
        ["community_id", "office", "started_at"],
        sqlite_where=KNOWN,
        postgresql_where=KNOWN,
    )


def downgrade() -> None:
    op.drop_index("ix_visits_office", "visits")
    op.drop_column("visits", "office")
