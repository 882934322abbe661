"""Which workers there are: they part the conversations between them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("seen_at", _moment(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("workers")


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
