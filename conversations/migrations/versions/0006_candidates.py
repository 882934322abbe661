"""Why a question is kept for the editor, and what was chosen from the topics offered for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unanswered", sa.Column("reason", sa.String(16), nullable=False, server_default="unknown"))
    op.add_column("unanswered", sa.Column("chosen", sa.String(80)))


def downgrade() -> None:
    op.drop_column("unanswered", "chosen")
    op.drop_column("unanswered", "reason")
