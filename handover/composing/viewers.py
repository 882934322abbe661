"""Who looks at a conversation now, and who writes in it. A page says so again and again; silence means it is gone.

Connection first. Nothing here outlives its `until`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.tables import accounts, viewers

Doing = Literal["looks", "reply", "note"]

LASTS = timedelta(seconds=50)
"""How long one word of a page counts: two more of its pulses, twenty seconds apart, and some patience."""


@dataclass(frozen=True)
class Viewer:
    """A colleague who has the conversation open. `doing` is the mode they write in, or that they only look."""

    account_id: str
    name: str
    doing: Doing


async def come(
    db: AsyncConnection, community: str, conversation_id: str, account_id: str, doing: Doing, now: datetime
) -> bool:
    """This account looks or writes now. Returns whether that is news to the others."""
    known = await db.execute(
        select(viewers.c.doing).where(
            viewers.c.community_id == community,
            viewers.c.conversation_id == conversation_id,
            viewers.c.account_id == account_id,
            viewers.c.until > now,
        )
    )
    before = known.scalar_one_or_none()
    statement = upsert(db, viewers).values(
        community_id=community,
        conversation_id=conversation_id,
        account_id=account_id,
        doing=doing,
        until=now + LASTS,
    )
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=list(viewers.primary_key.columns),
            set_={"doing": statement.excluded.doing, "until": statement.excluded.until},
        )
    )
    return before != doing


async def leave(db: AsyncConnection, community: str, conversation_id: str, account_id: str) -> bool:
    """This account has gone elsewhere. Returns whether it was here."""
    gone = await db.execute(
        delete(viewers).where(
            viewers.c.community_id == community,
            viewers.c.conversation_id == conversation_id,
            viewers.c.account_id == account_id,
        )
    )
    return bool(gone.rowcount)


async def of(
    db: AsyncConnection, community: str, conversation_ids: Collection[str], but: str, now: datetime
) -> dict[str, list[Viewer]]:
    """The others in these conversations, those who write first, then by name; one query."""
    if not conversation_ids:
        return {}
    rows = await db.execute(
        select(viewers.c.conversation_id, viewers.c.account_id, accounts.c.name, viewers.c.doing)
        .join(accounts, accounts.c.id == viewers.c.account_id)
        .where(
            viewers.c.community_id == community,
            viewers.c.conversation_id.in_(conversation_ids),
            viewers.c.account_id != but,
            viewers.c.until > now,
        )
        .order_by(viewers.c.doing == "looks", accounts.c.name)
    )
    found: dict[str, list[Viewer]] = {}
    for conversation_id, account_id, name, doing in rows:
        found.setdefault(conversation_id, []).append(Viewer(account_id, name, doing))
    return found
