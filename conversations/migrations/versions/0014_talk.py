"""What a line belongs to and whether it was taken back; files beside a draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("turn", sa.String(16)))
    op.add_column("messages", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("composer_drafts", sa.Column("files", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    op.drop_column("composer_drafts", "files")
    op.drop_column("messages", "withdrawn_at")
    op.drop_column("messages", "turn")
