"""When a receiver does not receive, as the desk sets it. Connection first."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.appointments import booking, slots, visits
from handover.appointments.slots import MIDNIGHT, Minutes
from handover.appointments.tables import appointments, receiver_absences
from handover.appointments.visits import Visit

WHOLE_DAY: Minutes = (0, MIDNIGHT)


class BadMinutes(ValueError):
    """A stretch that does not run forward within a day."""


async def put(
    db: AsyncConnection,
    community: str,
    office: str,
    receiver: str,
    day: date,
    minutes: Minutes,
    reason: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
) -> list[Visit]:
    """A receiver is away on a day in these minutes. Returns the visits that are booked then: somebody must move them.

    Raises BadMinutes.
    """
    begins, ends = minutes
    if not 0 <= begins < ends <= MIDNIGHT:
        raise BadMinutes(minutes)
    await booking.hold_calendar(db, community)
    values = {"till_minute": ends, "reason": reason, "set_by": by, "set_at": now}
    await db.execute(
        upsert(db, receiver_absences)
        .values(
            community_id=community,
            office=office,
            receiver=receiver,
            day=day.isoformat(),
            from_minute=begins,
            **values,
        )
        .on_conflict_do_update(index_elements=list(receiver_absences.primary_key.columns), set_=values)
    )
    return await visits.find(
        db,
        appointments.c.community_id == community,
        appointments.c.office == office,
        appointments.c.receiver == receiver,
        appointments.c.state == "booked",
        appointments.c.starts_at < slots.moment(day, ends, zone),
        appointments.c.ends_at > slots.moment(day, begins, zone),
    )


async def drop(
    db: AsyncConnection, community: str, office: str, receiver: str, day: date, from_minute: int
) -> bool:
    """The receiver is there after all; whether an absence was set."""
    dropped = await db.execute(
        delete(receiver_absences).where(
            receiver_absences.c.community_id == community,
            receiver_absences.c.office == office,
            receiver_absences.c.receiver == receiver,
            receiver_absences.c.day == day.isoformat(),
            receiver_absences.c.from_minute == from_minute,
        )
    )
    return dropped.rowcount > 0
