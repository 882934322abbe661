"""A visit as it is read: booked ahead or a walk-in of the day. Connection first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments.tables import appointments

State = Literal["booked", "arrived", "called", "done", "no_show", "cancelled"]
Kind = Literal["booked", "walk_in"]


class UnknownVisit(LookupError):
    """No visit with this id in this community."""


@dataclass(frozen=True)
class Visit:
    """One visit. Moments are UTC; `day` is the office's own date. `receiver` is empty where anybody receives.

    `called_at` is the first call, `recalled_at` the last repeated one; `done_at` is when it ended, also of a no-show.
    """

    id: str
    community: str
    number: int
    office: str
    receiver: str
    room: str | None
    matter: str | None
    kind: Kind
    state: State
    day: date
    starts_at: datetime | None
    ends_at: datetime | None
    letter: str | None
    hall_number: int | None
    conversation: str | None
    name: str
    phone: str | None
    for_other: bool
    priority: str | None
    created_at: datetime
    moved_at: datetime | None
    confirmed_at: datetime | None
    arrived_at: datetime | None
    called_at: datetime | None
    recalled_at: datetime | None
    called_room: str | None
    called_by: str | None
    done_at: datetime | None

    @property
    def ticket(self) -> str:
        """`С 41`, figures never fewer than two; empty before a number is given."""
        if self.letter is None or self.hall_number is None:
            return ""
        return f"{self.letter}\u00a0{self.hall_number:02}"

    @property
    def last_called_at(self) -> datetime | None:
        """When it was called for the last time."""
        return self.recalled_at or self.called_at


def visit_of(row: RowMapping) -> Visit:
    """The visit of a row of `appointments`."""
    return Visit(
        id=row["id"],
        community=row["community_id"],
        number=row["number"],
        office=row["office"],
        receiver=row["receiver"],
        room=row["room"],
        matter=row["matter"],
        kind=row["kind"],
        state=row["state"],
        day=date.fromisoformat(row["day"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        letter=row["hall_letter"],
        hall_number=row["hall_number"],
        conversation=row["conversation_id"],
        name=row["name"],
        phone=row["phone"],
        for_other=row["for_other"],
        priority=row["priority"],
        created_at=row["created_at"],
        moved_at=row["moved_at"],
        confirmed_at=row["confirmed_at"],
        arrived_at=row["arrived_at"],
        called_at=row["called_at"],
        recalled_at=row["recalled_at"],
        called_room=row["called_room"],
        called_by=row["called_by"],
        done_at=row["done_at"],
    )


async def by_id(db: AsyncConnection, community: str, visit_id: str) -> Visit:
    """The visit. Raises UnknownVisit."""
    rows = await db.execute(
        select(appointments).where(appointments.c.community_id == community, appointments.c.id == visit_id)
    )
    row = rows.mappings().first()
    if row is None:
        raise UnknownVisit(visit_id)
    return visit_of(row)


async def of_day(db: AsyncConnection, community: str, office: str, day: date) -> list[Visit]:
    """Every visit of an office's day, cancelled ones too; the booked by their time, then walk-ins as they came."""
    rows = await db.execute(
        select(appointments)
        .where(
            appointments.c.community_id == community,
            appointments.c.office == office,
            appointments.c.day == day.isoformat(),
        )
        .order_by(
            appointments.c.starts_at.is_(None),
            appointments.c.starts_at,
            appointments.c.arrived_at,
            appointments.c.number,
        )
    )
    return [visit_of(row) for row in rows.mappings()]
