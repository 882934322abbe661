"""The queue as waiting citizens see it: places and honest times.

Every function makes a fixed number of queries, whatever the length of the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.calendars import calendars
from handover.calendars.hours import KYIV, Calendar, is_open, next_opening, promise, working_minutes
from handover.tables import tickets
from handover.tickets.tickets import STARTED
from knowledge_base.answers import Office

ENOUGH_WAITS = 3
_WAITS_READ = 300
_DAYS_BACK = 14


@dataclass(frozen=True)
class QueueNumbers:
    """What may be promised to a person who calls a specialist now. Times are UTC.

    `wait_minutes` is the usual wait in working minutes: the median of today, or of two weeks where today is
    too young to tell; None when nobody knows yet. `pause`: why nobody works in what is office time.
    """

    ahead: int
    open_now: bool
    promised_at: datetime
    wait_minutes: int | None
    opens_at: datetime | None
    pause: str | None


async def places(db: AsyncConnection, community: str, ticket_ids: Sequence[str]) -> dict[str, int]:
    """How many people wait before each of these waiting tickets; one query."""
    if not ticket_ids:
        return {}
    order = (
        select(
            tickets.c.id,
            func.row_number()
            .over(order_by=(tickets.c.priority.desc(), tickets.c.due_at, tickets.c.created_at, tickets.c.id))
            .label("place"),
        )
        .where(tickets.c.community_id == community, tickets.c.status == "waiting")
        .subquery()
    )
    rows = await db.execute(select(order.c.id, order.c.place).where(order.c.id.in_(ticket_ids)))
    return {ticket_id: place - 1 for ticket_id, place in rows}


async def numbers(
    db: AsyncConnection, community: str, reception: Office, promised_minutes: int, now: datetime
) -> QueueNumbers:
    """What a new ticket may expect.

    `promised_minutes` is the department's promise in working time. Raises NoWorkingTime.
    """
    waiting = await db.execute(
        select(func.count())
        .select_from(tickets)
        .where(tickets.c.community_id == community, tickets.c.status == "waiting")
    )
    calendar = await calendars.current(db, community, reception, now)
    open_now = is_open(calendar, now)
    pause = calendar.pause_at(now)
    return QueueNumbers(
        ahead=int(waiting.scalar_one()),
        open_now=open_now,
        promised_at=promise(calendar, now, promised_minutes),
        wait_minutes=await usual_wait(db, community, calendar, now),
        opens_at=None if open_now else next_opening(calendar, now),
        pause=pause.kind if pause else None,
    )


async def usual_wait(db: AsyncConnection, community: str, calendar: Calendar, now: datetime) -> int | None:
    """The median wait in working minutes.

    Of today's takes when there are enough, else of the last two weeks'.
    """
    rows = (
        await db.execute(
            select(tickets.c.created_at, tickets.c.taken_at)
            .where(
                tickets.c.community_id == community,
                tickets.c.taken_at > now - timedelta(days=_DAYS_BACK),
                tickets.c.taken_at <= now,
                # Whoever rings or is written to first does not wait, and tells nothing of how long the others do.
                tickets.c.reason.not_in(("phone", STARTED)),
            )
            .order_by(tickets.c.taken_at.desc())
            .limit(_WAITS_READ)
        )
    ).all()
    midnight = datetime.combine(now.astimezone(KYIV).date(), time(), KYIV).astimezone(UTC)
    today = [row for row in rows if row.taken_at >= midnight]
    used = today if len(today) >= ENOUGH_WAITS else rows
    if len(used) < ENOUGH_WAITS:
        return None
    return round(median(working_minutes(calendar, row.created_at, row.taken_at) for row in used))
