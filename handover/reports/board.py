"""What goes on in the reception now: who waits, who is late, who leads what. No personal words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.tables import conversations
from handover.tables import accounts, tickets

SHOWN = 20
"""Waiting people of the list, the first of the queue."""


@dataclass(frozen=True)
class Now:
    """How the queue stands: waiting and taken consultations, the one that waits longest, dangers nobody answered,
    promises that have passed without an answer."""

    waiting: int
    taken: int
    longest_since: datetime | None
    danger: int
    overdue: int


@dataclass(frozen=True)
class Waiting:
    """One who waits."""

    number: str
    conversation_id: str
    channel: str
    topic: str | None
    reason: str
    danger: str | None
    since: datetime
    promised_at: datetime | None


@dataclass(frozen=True)
class Desk:
    """What one specialist has in hand, and closed since a moment. `unanswered`: taken, nothing written yet."""

    account_id: str
    name: str
    position: str
    leads: int
    unanswered: int
    oldest_since: datetime | None
    resolved: int
    answered_last: datetime | None


_WAITS = tickets.c.status == "waiting"
_TAKEN = tickets.c.status == "taken"


async def stands(db: AsyncConnection, community: str, now: datetime) -> Now:
    """The figures of this moment; one query over open tickets."""
    danger = and_(
        tickets.c.danger.is_not(None),
        or_(tickets.c.danger_answered_at.is_(None), tickets.c.danger_answered_at < tickets.c.danger_at),
    )
    late = and_(
        tickets.c.answered_at.is_(None),
        or_(tickets.c.promised_at < now, tickets.c.late_told_at.is_not(None)),
    )
    row = (
        await db.execute(
            select(
                func.count(case((_WAITS, 1))),
                func.count(case((_TAKEN, 1))),
                func.min(case((_WAITS, tickets.c.created_at))),
                func.count(case((danger, 1))),
                func.count(case((late, 1))),
            ).where(tickets.c.community_id == community, tickets.c.status.in_(("waiting", "taken")))
        )
    ).one()
    return Now(*row)


async def waiting(db: AsyncConnection, community: str) -> list[Waiting]:
    """The first of the queue, in its order."""
    rows = await db.execute(
        select(
            tickets.c.number,
            tickets.c.conversation_id,
            conversations.c.channel,
            tickets.c.topic,
            tickets.c.reason,
            tickets.c.danger,
            tickets.c.created_at,
            tickets.c.promised_at,
        )
        .join(conversations, conversations.c.id == tickets.c.conversation_id)
        .where(tickets.c.community_id == community, _WAITS)
        .order_by(tickets.c.priority.desc(), tickets.c.created_at, tickets.c.id)
        .limit(SHOWN)
    )
    return [Waiting(*row) for row in rows]


async def desks(db: AsyncConnection, community: str, since: datetime) -> list[Desk]:
    """Everybody who has something in hand or has done something since, by name."""
    done = and_(tickets.c.status == "resolved", tickets.c.resolved_at >= since)
    rows = await db.execute(
        select(
            accounts.c.id,
            accounts.c.name,
            accounts.c.position,
            func.count(case((_TAKEN, 1))),
            func.count(case((and_(_TAKEN, tickets.c.answered_at.is_(None)), 1))),
            func.min(case((_TAKEN, tickets.c.taken_at))),
            func.count(case((done, 1))),
            func.max(tickets.c.answered_at),
        )
        .join(tickets, and_(tickets.c.assigned_to == accounts.c.id, tickets.c.community_id == community))
        .where(accounts.c.community_id == community, or_(_TAKEN, done))
        .group_by(accounts.c.id, accounts.c.name, accounts.c.position)
        .order_by(accounts.c.name, accounts.c.id)
    )
    return [Desk(*row) for row in rows]
