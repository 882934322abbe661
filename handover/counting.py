"""Numbers that grow by one, and keys that are used once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.tables import counters, submissions

KEYS_KEPT = timedelta(days=7)


async def next_value(db: AsyncConnection, community: str, name: str) -> int:
    """One more than the last value of this counter, 1 at first; two callers never get the same."""
    statement = upsert(db, counters).values(community_id=community, name=name, value=1)
    result = await db.execute(
        statement.on_conflict_do_update(
            index_elements=[counters.c.community_id, counters.c.name],
            set_={"value": counters.c.value + 1},
        ).returning(counters.c.value)
    )
    value: int = result.scalar_one()
    return value


async def first_use(db: AsyncConnection, key: str, account_id: str, now: datetime) -> bool:
    """Whether this form is sent for the first time; a second click or a retry after a lost answer is not."""
    await db.execute(delete(submissions).where(submissions.c.at < now - KEYS_KEPT))
    result = await db.execute(
        upsert(db, submissions)
        .values(key=key, account_id=account_id, at=now)
        .on_conflict_do_nothing(index_elements=[submissions.c.key])
        .returning(submissions.c.key)
    )
    return result.first() is not None
