"""A visit as it is kept, and how it is found. Connection first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments.tables import appointments

State = Literal["booked", "arrived", "called", "done", "no_show", "cancelled"]
CITIZEN = "citizen"
"""Who cancelled, where it was the person."""


@dataclass(frozen=True)
class Visit:
    """A visit to an office: `number` is what its person is told («запис № 214»), `day` the local date.

    `starts_at` and `ends_at` (UTC) are None for a walk-in. `hall` is the number on the board, «С 41». `sequence` grows
    with every move. `priority` is the id of the ground on which the law lets the person go first.
    """

    id: str
    community: str
    number: int
    office: str
    receiver: str
    room: str | None
    place: int | None
    matter: str | None
    kind: Literal["booked", "walk_in"]
    state: State
    day: date
    starts_at: datetime | None
    ends_at: datetime | None
    hall_letter: str | None
    hall_number: int | None
    conversation_id: str | None
    name: str
    phone: str | None
    for_other: bool
    booked_by: str | None
    priority: str | None
    sequence: int
    created_at: datetime
    moved_at: datetime | None
    confirmed_at: datetime | None
    reminded_day_at: datetime | None
    reminded_hours_at: datetime | None
    arrived_at: datetime | None
    called_at: datetime | None
    called_room: str | None
    called_by: str | None
    done_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str | None

    @property
    def hall(self) -> str:
        """`С 41`; nothing where there is no number."""
        return f"{self.hall_letter} {self.hall_number}" if self.hall_letter else ""


_KEPT = {"community": "community_id"}


def visit_of(row: RowMapping) -> Visit:
    """The visit of a row of the table."""
    values = {one.name: row[_KEPT.get(one.name, one.name)] for one in fields(Visit)}
    return Visit(**values | {"day": date.fromisoformat(row["day"])})


async def find(db: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Visit]:
    """The visits that meet all conditions, by their time, walk-ins by when they were made."""
    rows = await db.execute(
        select(appointments)
        .where(*conditions)
        .order_by(appointments.c.day, appointments.c.starts_at, appointments.c.number)
    )
    return [visit_of(row) for row in rows.mappings()]


async def get(db: AsyncConnection, community: str, visit_id: str) -> Visit | None:
    """The visit of this id; None where the community has none."""
    found = await find(db, appointments.c.community_id == community, appointments.c.id == visit_id)
    return found[0] if found else None


async def of_conversation(
    db: AsyncConnection, conversation_id: str, now: datetime, states: Sequence[State] = ("booked",)
) -> list[Visit]:
    """The visits of a conversation that are yet to be, earliest first."""
    return await find(
        db,
        appointments.c.conversation_id == conversation_id,
        appointments.c.state.in_(states),
        appointments.c.ends_at > now,
    )
