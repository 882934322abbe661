"""Promises of an answer: told of when they are late, moved when working time stops or begins again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox
from conversations.messages import InternalEvent
from conversations.tables import conversations
from handover import happenings
from handover.calendars import calendars
from handover.calendars.hours import Calendar, is_open, moved, promise
from handover.tables import tickets
from handover.tickets import wording
from handover.tickets.due import dues, earliest
from handover.tickets.tickets import say_system
from knowledge_base.answers import Office

AT_ONCE = 50


async def tell_late(
    db: AsyncConnection, community: str, reception: Office, minutes: int, now: datetime
) -> int:
    """Tell everyone whose promise has passed unanswered; returns how many. Only in working hours: nobody is woken.

    `minutes` is the promise in working time, from which the new time is counted.
    """
    calendar = await calendars.current(db, community, reception, now)
    if not is_open(calendar, now):
        return 0
    missed = await db.execute(
        select(tickets.c.id, tickets.c.conversation_id, tickets.c.promised_at)
        .where(
            tickets.c.community_id == community,
            tickets.c.status.in_(("waiting", "taken")),
            tickets.c.answered_at.is_(None),
            tickets.c.late_told_at.is_(None),
            tickets.c.promised_at < now,
        )
        .order_by(tickets.c.conversation_id)
        .limit(AT_ONCE)
    )
    until = promise(calendar, now, minutes)
    told = 0
    for ticket in missed.all():
        # The conversation's row first, as everybody does; then the ticket, unless another process was quicker.
        # NO KEY UPDATE (key_share): `accept` may go on storing events of these conversations, in whatever order.
        await db.execute(
            select(conversations.c.id)
            .where(conversations.c.id == ticket.conversation_id)
            .with_for_update(key_share=True)
        )
        still = await db.execute(
            update(tickets)
            .where(
                tickets.c.id == ticket.id, tickets.c.late_told_at.is_(None), tickets.c.answered_at.is_(None)
            )
            .values(late_told_at=now, promised_at=until, due_at=earliest(dues(until, None)))
            .returning(tickets.c.id)
        )
        if still.first() is None:
            continue
        overdue = int((now - ticket.promised_at).total_seconds() // 60)
        await say_system(db, ticket.conversation_id, wording.promise_missed(now, overdue), now)
        event = InternalEvent(name="promise_late", facts={"until": until.isoformat()}, at=now)
        await inbox.tell(db, ticket.conversation_id, event)
        await happenings.happened(db, community, [ticket.conversation_id], now)
        told += 1
    return told


async def move(
    db: AsyncConnection, community: str, before: Calendar, after: Calendar, since: datetime
) -> int:
    """Count the promises that still run anew: the same working time is left of each. Returns how many were moved.

    Tickets are changed in the order of their conversations, as everybody does.
    """
    running = await db.execute(
        select(tickets.c.id, tickets.c.promised_at)
        .where(
            tickets.c.community_id == community,
            tickets.c.status.in_(("waiting", "taken")),
            tickets.c.answered_at.is_(None),
            tickets.c.promised_at > since,
        )
        .order_by(tickets.c.conversation_id)
        .with_for_update()
    )
    # Many promises fall on the same minutes.
    anew: dict[datetime, datetime] = {}
    changed = []
    for ticket in running.all():
        at = ticket.promised_at
        if at not in anew:
            anew[at] = moved(before, after, since, at)
        if anew[at] != at:
            changed.append({"of": ticket.id, "at": anew[at], "by": earliest(dues(anew[at], None))})
    if changed:
        await db.execute(
            update(tickets)
            .where(tickets.c.id == bindparam("of"))
            .values(promised_at=bindparam("at"), due_at=bindparam("by")),
            changed,
        )
    return len(changed)
