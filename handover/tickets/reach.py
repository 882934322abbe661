"""People our words do not reach: their consultation is marked, or opened so that a specialist looks; never silence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.messages import AuthorKind
from conversations.tables import conversations
from handover import happenings
from handover.tables import tickets
from handover.tickets import wording
from handover.tickets.tickets import next_number, open_of, open_ticket, say_system

LONGEST_REASON = 300


async def not_delivered(
    db: AsyncConnection,
    community: str,
    conversation_id: str,
    reason: str,
    now: datetime,
    *,
    author: AuthorKind,
) -> None:
    """Something of ours will never arrive, for the vendor's `reason`.

    An open consultation is marked. Without one a specialist's words open a new one: what was promised to the person
    is not kept. The bot's own words open none: whoever shut the bot out did not ask for more.
    """
    await db.execute(
        select(conversations.c.id)
        .where(conversations.c.id == conversation_id)
        .with_for_update(key_share=True)
    )
    ticket = (await open_of(db, [conversation_id])).get(conversation_id)
    if ticket is None:
        if author is not AuthorKind.SPECIALIST:
            return
        ticket = await open_ticket(
            db,
            community=community,
            conversation_id=conversation_id,
            number=await next_number(db, community, now),
            reason="unreached",
            question=wording.UNREACHED_QUESTION,
            now=now,
        )
    marked = await db.execute(
        update(tickets)
        .where(tickets.c.id == ticket.id, tickets.c.unreached.is_(None))
        .values(unreached=reason[:LONGEST_REASON])
        .returning(tickets.c.id)
    )
    if marked.first() is not None:
        await say_system(db, conversation_id, wording.not_reached(now), now)
    await happenings.happened(db, community, [conversation_id], now)


async def reached(db: AsyncConnection, conversation_ids: Collection[str]) -> None:
    """These people wrote or came back: the mark goes."""
    if conversation_ids:
        await db.execute(
            update(tickets)
            .where(tickets.c.conversation_id.in_(conversation_ids), tickets.c.unreached.is_not(None))
            .values(unreached=None)
        )
