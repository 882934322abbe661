"""A visit as it is kept, and how it is found. Connection first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from statistics import median
from typing import Literal

from sqlalchemy import ColumnElement, RowMapping, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments.tables import appointments

State = Literal["booked", "arrived", "called", "done", "no_show", "cancelled"]
LATELY = timedelta(days=30)
CALLED_AT_LEAST, CALLED_AT_MOST = 10, 200
"""Visits that a usual delay is counted from."""
CITIZEN = "citizen"
"""Who cancelled, where it was the person."""


@dataclass(frozen=True)
class Visit:
    """A visit to an office: `number` is what its person is told («запис № 214»), `day` the local date.

    `starts_at` and `ends_at` (UTC) are None for a walk-in. `hall` is the number on the board, «С 41». `sequence` grows
    with every move. `priority` is the id of the ground on which the law lets the person go first. `called_at` is the
    first call, `recalled_at` the last repeated one; `done_at` is when it was over, also where nobody came.
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
    recalled_at: datetime | None
    called_room: str | None
    called_by: str | None
    done_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str | None

    @property
    def hall(self) -> str:
        """`С 41`; nothing where there is no number."""
        return f"{self.hall_letter} {self.hall_number}" if self.hall_letter else ""

    @property
    def last_called_at(self) -> datetime | None:
        """When the person was called for the last time."""
        return self.recalled_at or self.called_at


class UnknownVisit(LookupError):
    """The community has no visit with this id."""


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


async def by_id(db: AsyncConnection, community: str, visit_id: str) -> Visit:
    """The visit of this id. Raises UnknownVisit."""
    found = await get(db, community, visit_id)
    if found is None:
        raise UnknownVisit(visit_id)
    return found


async def of_day(db: AsyncConnection, community: str, office: str, day: date) -> list[Visit]:
    """Every visit of an office's day, cancelled ones too."""
    return await find(
        db,
        appointments.c.community_id == community,
        appointments.c.office == office,
        appointments.c.day == day.isoformat(),
    )


async def newcomers(db: AsyncConnection, found: Sequence[Visit]) -> frozenset[str]:
    """Ids of those whose conversation or phone was never received before; of whom nothing is known, none. One query."""
    chats = {visit.conversation_id for visit in found if visit.conversation_id}
    phones = {visit.phone for visit in found if visit.phone}
    if not chats and not phones:
        return frozenset()
    rows = await db.execute(
        select(appointments.c.conversation_id, appointments.c.phone).where(
            appointments.c.community_id == found[0].community,
            appointments.c.state == "done",
            appointments.c.day < min(visit.day for visit in found).isoformat(),
            or_(appointments.c.conversation_id.in_(chats), appointments.c.phone.in_(phones)),
        )
    )
    known = {one for row in rows for one in (row.conversation_id, row.phone) if one}
    return frozenset(
        visit.id
        for visit in found
        if (visit.conversation_id or visit.phone) and not {visit.conversation_id, visit.phone} & known
    )


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


async def numbered(db: AsyncConnection, conversation_id: str, number: int) -> Visit | None:
    """The visit of this number, if it is this conversation's."""
    found = await find(db, appointments.c.conversation_id == conversation_id, appointments.c.number == number)
    return found[0] if found else None


async def usual_delay(db: AsyncConnection, community: str, now: datetime) -> int | None:
    """How many minutes after their time people with a booking were called of late, half of them sooner.

    None where too few were called to tell.
    """
    rows = await db.execute(
        select(appointments.c.starts_at, appointments.c.called_at)
        .where(
            appointments.c.community_id == community,
            appointments.c.kind == "booked",
            appointments.c.called_at.is_not(None),
            appointments.c.day >= (now - LATELY).date().isoformat(),
        )
        .order_by(appointments.c.called_at.desc())
        .limit(CALLED_AT_MOST)
    )
    late = [max(timedelta(), row.called_at - row.starts_at) for row in rows]
    return round(median(late) / timedelta(minutes=1)) if len(late) >= CALLED_AT_LEAST else None
