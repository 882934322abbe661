"""Which workers there are, since they part the conversations between them; and what an alarm counts, found at once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SET_ASIDE = sa.text("set_aside_reason IS NOT NULL")
UNKNOWN = sa.text("state = 'unknown'")


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("seen_at", _moment(), nullable=False),
    )
    op.create_index(
        "ix_inbox_set_aside", "inbox", ["processed_at"], sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE
    )
    op.create_index(
        "ix_outbox_unknown", "outbox", ["channel", "sent_at"], sqlite_where=UNKNOWN, postgresql_where=UNKNOWN
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_unknown", "outbox")
    op.drop_index("ix_inbox_set_aside", "inbox")
    op.drop_table("workers")


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
