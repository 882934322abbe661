"""Visits to the offices: booked times and walk-ins, the time that is taken, who waits for one, who is away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from conversations.database import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

EXPECTED = sa.text("state = 'booked'")
WAITS = sa.text("state IN ('waiting', 'offered')")


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("receiver", sa.String(64), nullable=False),
        sa.Column("room", sa.String(40)),
        sa.Column("place", sa.Integer()),
        sa.Column("matter", sa.String(80)),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("starts_at", UtcDateTime()),
        sa.Column("ends_at", UtcDateTime()),
        sa.Column("hall_letter", sa.String(2)),
        sa.Column("hall_number", sa.Integer()),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("phone", sa.String(32)),
        sa.Column("for_other", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("booked_by", sa.String(32)),
        sa.Column("priority", sa.String(40)),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime()),
        sa.Column("confirmed_at", UtcDateTime()),
        sa.Column("reminded_day_at", UtcDateTime()),
        sa.Column("reminded_hours_at", UtcDateTime()),
        sa.Column("arrived_at", UtcDateTime()),
        sa.Column("called_at", UtcDateTime()),
        sa.Column("called_room", sa.String(40)),
        sa.Column("called_by", sa.String(32)),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("cancelled_at", UtcDateTime()),
        sa.Column("cancelled_by", sa.String(32)),
        sa.CheckConstraint("kind IN ('booked', 'walk_in')", name=op.f("ck_appointments_kind")),
        sa.CheckConstraint(
            "state IN ('booked', 'arrived', 'called', 'done', 'no_show', 'cancelled')",
            name=op.f("ck_appointments_state"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_appointments_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_appointments_community_id")),
        sa.UniqueConstraint(
            "community_id", "office", "day", "hall_letter", "hall_number", name="uq_appointments_hall"
        ),
    )
    for name, columns in (
        ("day", ["community_id", "office", "day", "state"]),
        ("conversation", ["conversation_id", "starts_at"]),
        ("phone", ["community_id", "phone"]),
        ("receiver", ["community_id", "office", "receiver", "day"]),
    ):
        op.create_index(f"ix_appointments_{name}", "appointments", columns)
    op.create_index(
        "ix_appointments_expected",
        "appointments",
        ["community_id", "starts_at"],
        sqlite_where=EXPECTED,
        postgresql_where=EXPECTED,
    )
    op.create_table(
        "appointment_units",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("receiver", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("held_by", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint(
            "community_id", "office", "receiver", "place", "at", name=op.f("pk_appointment_units")
        ),
    )
    op.create_index("ix_appointment_units_held", "appointment_units", ["held_by"])
    op.create_table(
        "waiting_list",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("receiver", sa.String(64), nullable=False),
        sa.Column("matter", sa.String(80)),
        sa.Column("from_day", sa.String(10), nullable=False),
        sa.Column("till_day", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("offered_receiver", sa.String(64)),
        sa.Column("offered_place", sa.Integer()),
        sa.Column("offered_starts_at", UtcDateTime()),
        sa.Column("offered_until", UtcDateTime()),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'booked', 'passed', 'left')", name=op.f("ck_waiting_list_state")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_waiting_list_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list")),
    )
    op.create_index(
        "ix_waiting_list_office", "waiting_list", ["community_id", "office", "state", "created_at"]
    )
    op.create_index(
        "uq_waiting_list_waits",
        "waiting_list",
        ["community_id", "conversation_id", "office"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_table(
        "receiver_absences",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("receiver", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("till_minute", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("set_by", sa.String(32), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "community_id", "office", "receiver", "day", "from_minute", name=op.f("pk_receiver_absences")
        ),
    )
    op.create_table(
        "hall_numbers",
        sa.Column("community_id", sa.String(64), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("letter", sa.String(2), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "office", "day", "letter", name=op.f("pk_hall_numbers")),
    )
    op.create_index("ix_hall_numbers_day", "hall_numbers", ["day"])


def downgrade() -> None:
    for table in (
        "hall_numbers",
        "receiver_absences",
        "waiting_list",
        "appointment_units",
        "appointments",
    ):
        op.drop_table(table)
