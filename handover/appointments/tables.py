"""The tables of visits: who comes when, the time that is taken, who waits for a time, who is away.

They register on the one metadata of the house, `conversations.database.metadata`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from conversations.database import UtcDateTime, metadata

EXPECTED = text("state = 'booked'")
WAITS = text("state IN ('waiting', 'offered')")
"""Conditions of partial indexes: a query says the same words, or the index is not used for it."""

HALL = ""
"""The receiver of a visit that anybody in the hall takes."""

# A visit: booked ahead, or a walk-in of the day. `day` is the local date, 2026-12-24; a walk-in has no `starts_at`.
# `receiver` is an id of the office's reception in offices.yaml, HALL for anybody; `place` is which of those who are
# received at once, from 1. `sequence` grows with every move. `priority` is the id of the ground on which the law lets a
# person go first.
appointments = Table(
    "appointments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("office", String(64), nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("room", String(40)),
    Column("place", Integer),
    Column("matter", String(80)),
    Column("kind", String(8), nullable=False),
    Column("state", String(10), nullable=False),
    Column("day", String(10), nullable=False),
    Column("starts_at", UtcDateTime),
    Column("ends_at", UtcDateTime),
    Column("hall_letter", String(2)),
    Column("hall_number", Integer),
    Column("conversation_id", String(32), ForeignKey("conversations.id")),
    Column("name", String(80), nullable=False),
    Column("phone", String(32)),
    Column("for_other", Boolean, nullable=False, server_default=false()),
    Column("booked_by", String(32)),
    Column("priority", String(40)),
    Column("sequence", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("moved_at", UtcDateTime),
    Column("confirmed_at", UtcDateTime),
    Column("reminded_day_at", UtcDateTime),
    Column("reminded_hours_at", UtcDateTime),
    Column("arrived_at", UtcDateTime),
    Column("called_at", UtcDateTime),
    Column("called_room", String(40)),
    Column("called_by", String(32)),
    Column("done_at", UtcDateTime),
    Column("cancelled_at", UtcDateTime),
    Column("cancelled_by", String(32)),
    UniqueConstraint("community_id", "number"),
    UniqueConstraint(
        "community_id", "office", "day", "hall_letter", "hall_number", name="uq_appointments_hall"
    ),
    CheckConstraint("kind IN ('booked', 'walk_in')", name="kind"),
    CheckConstraint("state IN ('booked', 'arrived', 'called', 'done', 'no_show', 'cancelled')", name="state"),
    Index("ix_appointments_day", "community_id", "office", "day", "state"),
    Index("ix_appointments_conversation", "conversation_id", "starts_at"),
    Index("ix_appointments_phone", "community_id", "phone"),
    Index("ix_appointments_receiver", "community_id", "office", "receiver", "day"),
    # Whom to remind, and who did not come.
    Index(
        "ix_appointments_expected",
        "community_id",
        "starts_at",
        sqlite_where=EXPECTED,
        postgresql_where=EXPECTED,
    ),
)

# The time of a receiver, in units of five minutes: the key lets nobody have what somebody has. `held_by` is a visit, or
# somebody on the waiting list to whom the time is offered.
appointment_units = Table(
    "appointment_units",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("office", String(64), primary_key=True),
    Column("receiver", String(64), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, primary_key=True),
    Column("held_by", String(32), nullable=False),
    Index("ix_appointment_units_held", "held_by"),
)

# Who wants to know of a time that becomes free. `receiver` is HALL where anybody will do; `offered_*` is the time that
# is held for them until `offered_until`.
waiting_list = Table(
    "waiting_list",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("community_id", String(64), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("office", String(64), nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("matter", String(80)),
    Column("from_day", String(10), nullable=False),
    Column("till_day", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("offered_receiver", String(64)),
    Column("offered_place", Integer),
    Column("offered_starts_at", UtcDateTime),
    Column("offered_until", UtcDateTime),
    CheckConstraint("state IN ('waiting', 'offered', 'booked', 'passed', 'left')", name="state"),
    Index("ix_waiting_list_office", "community_id", "office", "state", "created_at"),
    # A conversation waits once for an office; another wish takes its place.
    Index(
        "uq_waiting_list_waits",
        "community_id",
        "conversation_id",
        "office",
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    ),
)

# When a receiver does not receive: minutes of the local day, 0 to 1440 for the whole of it.
receiver_absences = Table(
    "receiver_absences",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("office", String(64), primary_key=True),
    Column("receiver", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("from_minute", Integer, primary_key=True, autoincrement=False),
    Column("till_minute", Integer, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("set_by", String(32), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)

# The last number of the hall for a letter on a day.
hall_numbers = Table(
    "hall_numbers",
    metadata,
    Column("community_id", String(64), primary_key=True),
    Column("office", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("letter", String(2), primary_key=True),
    Column("value", Integer, nullable=False),
    Index("ix_hall_numbers_day", "day"),
)
