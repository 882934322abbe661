"""What of all that changed is news to one specialist: who waits, what is offered, who wrote, who named them.

Nobody's words.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.tables import conversations
from handover.tables import LISTED, mentions, tickets
from handover.tickets.lists import Reader

Kind = Literal["danger", "offered", "waiting", "mine", "mention"]

MOST = 50
"""Of more than so many a person is told of the most urgent and the newest only."""


@dataclass(frozen=True)
class Piece:
    """One thing to look at. `key` stays the same while nothing new happened to it, so that it is told once."""

    kind: Kind
    key: str
    conversation: str
    number: str
    topic: str | None


async def news(
    db: AsyncConnection, community: str, reader: Reader, changed: Collection[str], now: datetime
) -> list[Piece]:
    """What these conversations have for this person, danger first, notes that name them last; two queries.

    A ticket that is offered to a colleague or waits for a team the person is not of is no news to them.
    """
    if not changed:
        return []
    waits = tickets.c.status == "waiting"
    led = and_(tickets.c.status == "taken", tickets.c.assigned_to == reader.account)
    rows = await db.execute(
        select(
            tickets.c.id,
            tickets.c.number,
            tickets.c.conversation_id,
            tickets.c.status,
            tickets.c.topic,
            tickets.c.danger_at,
            tickets.c.danger_answered_at,
            tickets.c.offered_to,
            tickets.c.offered_until,
            tickets.c.team_id,
            conversations.c.said_at,
        )
        .join(conversations, conversations.c.id == tickets.c.conversation_id)
        .where(
            tickets.c.community_id == community,
            tickets.c.conversation_id.in_(changed),
            LISTED,
            or_(waits, and_(led, conversations.c.unread > 0, conversations.c.said_by == "citizen")),
        )
        .order_by(tickets.c.priority.desc(), tickets.c.created_at.desc(), tickets.c.id)
        .limit(MOST)
    )
    found = []
    for row in rows:
        offered = row.offered_to if row.offered_until is not None and row.offered_until > now else None
        kind: Kind
        if row.status == "taken":
            kind, moment = "mine", row.said_at
        elif row.danger_at is not None and (row.danger_answered_at or row.danger_at) <= row.danger_at:
            kind, moment = "danger", row.danger_at
        elif offered == reader.account:
            kind, moment = "offered", row.offered_until
        elif offered is None and (row.team_id is None or not reader.teams or row.team_id in reader.teams):
            kind, moment = "waiting", None
        else:
            continue
        key = f"{kind}:{row.id}" if moment is None else f"{kind}:{row.id}:{moment:%Y%m%d%H%M%S%f}"
        found.append(Piece(kind, key, row.conversation_id, row.number, row.topic))
    return [*found, *await _named(db, community, reader, changed)][:MOST]


async def _named(
    db: AsyncConnection, community: str, reader: Reader, changed: Collection[str]
) -> list[Piece]:
    """The notes that name this person and were not opened yet, each with its conversation's last ticket."""
    every = tickets.alias()
    last = (
        select(func.max(every.c.created_at))
        .where(every.c.community_id == community, every.c.conversation_id == mentions.c.conversation_id)
        .correlate(mentions)
        .scalar_subquery()
    )
    rows = await db.execute(
        select(mentions.c.position, tickets.c.conversation_id, tickets.c.number, tickets.c.topic)
        .join(tickets, tickets.c.conversation_id == mentions.c.conversation_id)
        .where(
            mentions.c.community_id == community,
            mentions.c.account_id == reader.account,
            mentions.c.conversation_id.in_(changed),
            mentions.c.read_at.is_(None),
            tickets.c.created_at == last,
        )
        .order_by(mentions.c.at.desc())
        .limit(MOST)
    )
    return [
        Piece(
            "mention",
            f"mention:{row.conversation_id}:{row.position}",
            row.conversation_id,
            row.number,
            row.topic,
        )
        for row in rows
    ]
