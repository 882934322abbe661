"""When a person was called once more: the hall's screen shows them first, and their wait ends at the first call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from conversations.database import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointments", sa.Column("recalled_at", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("appointments", "recalled_at")
