"""Reminds people of their visits: the day before and two hours before, once, while it still helps. Connection first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox
from conversations.messages import InternalEvent
from conversations.tables import conversations
from handover.appointments import visits
from handover.appointments.tables import appointments
from handover.appointments.visits import Visit

DAY_BEFORE = time(17)
"""When people are home from work and can still plan tomorrow."""
DAY_BEFORE_UNTIL = time(20, 30)
"""After that it is too late to trouble anybody; a reception that was down all evening says nothing."""
HOURS_BEFORE = timedelta(hours=2)
LEAST_BEFORE = timedelta(minutes=30)
"""A reminder nearer than that comes when its reader is on the way, or will not come."""
MORNING = time(7)
AT_ONCE = 100

Which = Literal["day", "hours"]
Reaches = Callable[[str, datetime | None], bool]
"""Whether a channel lets the bot write now to somebody who last wrote at this moment."""

_COLUMNS = {"day": "reminded_day_at", "hours": "reminded_hours_at"}


@dataclass(frozen=True)
class Reminder:
    """A reminder that is due."""

    visit: Visit
    which: Which


def day_before(starts_at: datetime, zone: ZoneInfo) -> datetime:
    """When the first reminder of a visit goes."""
    local = starts_at.astimezone(zone)
    return datetime.combine(local.date() - timedelta(days=1), DAY_BEFORE, zone)


def next_reminder(starts_at: datetime, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the next reminder of a visit at this time goes, if all is well; None where none will."""
    planned = (day_before(starts_at, zone), hours_before(starts_at, zone))
    return next((at for at in planned if now < at), None)


def hours_before(starts_at: datetime, zone: ZoneInfo) -> datetime:
    """When the second reminder of a visit goes: not before the morning."""
    morning = datetime.combine(starts_at.astimezone(zone).date(), MORNING, zone)
    return max(starts_at - HOURS_BEFORE, morning)


def due_of(visit: Visit, now: datetime, zone: ZoneInfo) -> Which | None:
    """Which reminder of a booked visit is due now; None for none."""
    starts_at = visit.starts_at
    if starts_at is None or starts_at - LEAST_BEFORE <= now:
        return None
    made = visit.moved_at or visit.created_at
    hours = hours_before(starts_at, zone)
    if hours <= now:
        return "hours" if visit.reminded_hours_at is None and made < hours else None
    evening = day_before(starts_at, zone)
    until = datetime.combine(evening.date(), DAY_BEFORE_UNTIL, zone)
    if evening <= now < until and visit.reminded_day_at is None and made < evening:
        return "day"
    return None


async def tell_due(
    db: AsyncConnection, community: str, now: datetime, zone: ZoneInfo, reaches: Reaches
) -> int:
    """Tell everybody whose reminder is due; returns how many. Where the channel does not let us, nothing is said.

    Each once, whoever looks: the mark is set by one statement that only one process can win.
    """
    near = await db.execute(
        select(appointments, conversations.c.channel, conversations.c.last_incoming_at)
        .join(conversations, conversations.c.id == appointments.c.conversation_id)
        .where(
            appointments.c.community_id == community,
            appointments.c.state == "booked",
            appointments.c.starts_at > now + LEAST_BEFORE,
            appointments.c.starts_at < now + timedelta(days=2),
        )
        .order_by(appointments.c.conversation_id, appointments.c.starts_at)
    )
    told = 0
    for row in near.mappings().all():
        visit = visits.visit_of(row)
        which = due_of(visit, now, zone)
        if which is None or visit.conversation_id is None or told >= AT_ONCE:
            continue
        # The conversation's row first, as everybody does. One that is busy is told at the next look: whoever waited
        # here, with others' visits in hand, might wait in a circle.
        free = await db.execute(
            select(conversations.c.id)
            .where(conversations.c.id == visit.conversation_id)
            .with_for_update(key_share=True, skip_locked=True)
        )
        if free.first() is None:
            continue
        mark = appointments.c[_COLUMNS[which]]
        won = await db.execute(
            update(appointments)
            .where(
                appointments.c.id == visit.id,
                appointments.c.state == "booked",
                appointments.c.sequence == visit.sequence,
                mark.is_(None),
            )
            .values({mark: now})
            .returning(appointments.c.id)
        )
        if won.first() is None or not reaches(row["channel"], row["last_incoming_at"]):
            continue
        facts = {"which": which, "visit": facts_of(visit)}
        event = InternalEvent(name="visit_reminder", facts=facts, at=now)
        await inbox.tell(db, visit.conversation_id, event)
        told += 1
    return told


def facts_of(visit: Visit) -> dict[str, Any]:
    """A visit as an event of the house carries it: JSON values, moments in ISO 8601; nobody's name."""
    return {
        "id": visit.id,
        "number": visit.number,
        "office": visit.office,
        "receiver": visit.receiver,
        "room": visit.room,
        "matter": visit.matter,
        "starts_at": visit.starts_at.isoformat() if visit.starts_at else None,
        "ends_at": visit.ends_at.isoformat() if visit.ends_at else None,
        "hall": visit.hall,
        "for_other": visit.for_other,
        "state": visit.state,
        "sequence": visit.sequence,
        "priority": visit.priority,
        "confirmed": visit.confirmed_at is not None,
    }
