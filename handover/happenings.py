"""What happened to a community's consultations, numbered one by one: a page goes on where it stopped listening.

`happened` writes into the transaction of the change itself, still without a number: numbers in the order of writing
would let a later one be read before an earlier one whose transaction is not kept yet. `number` gives them afterwards,
under one lock, to whatever is kept by then; whoever reads numbered rows only never misses one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.tables import counters, happenings

KEPT = timedelta(days=2)
"""Longer than anybody's computer sleeps between two shifts."""

_COUNTER = "happenings"


@dataclass(frozen=True)
class Happening:
    """One change. `conversation` is None where the queue as a whole changed."""

    number: int
    conversation: str | None


class Forgotten(LookupError):
    """What came after this number is not kept any more, or never was: look at everything anew."""


async def happened(
    db: AsyncConnection, community: str, conversations: Collection[str | None], now: datetime
) -> None:
    """These conversations changed (None: the queue as a whole). Number it once the transaction is kept."""
    if conversations:
        await db.execute(
            insert(happenings),
            [{"community_id": community, "conversation_id": one, "at": now} for one in conversations],
        )


async def unnumbered(db: AsyncConnection, community: str) -> bool:
    """Whether something kept has no number yet."""
    found = await db.execute(
        select(happenings.c.id)
        .where(happenings.c.community_id == community, happenings.c.number.is_(None))
        .limit(1)
    )
    return found.first() is not None


async def number(db: AsyncConnection, community: str) -> int:
    """Number everything kept so far, in a transaction of its own; returns the newest number."""
    counter = upsert(db, counters).values(community_id=community, name=_COUNTER, value=0)
    # Writing the counter first is the lock: what another process numbered is seen by the query after it.
    locked = await db.execute(
        counter.on_conflict_do_update(
            index_elements=[counters.c.community_id, counters.c.name], set_={"value": counters.c.value}
        ).returning(counters.c.value)
    )
    newest = int(locked.scalar_one())
    rows = await db.execute(
        select(happenings.c.id)
        .where(happenings.c.community_id == community, happenings.c.number.is_(None))
        .order_by(happenings.c.id)
    )
    ids = [row.id for row in rows]
    if not ids:
        return newest
    await db.execute(
        update(happenings).where(happenings.c.id == bindparam("row")).values(number=bindparam("given")),
        [{"row": row, "given": newest + place} for place, row in enumerate(ids, 1)],
    )
    newest += len(ids)
    await db.execute(
        update(counters)
        .where(counters.c.community_id == community, counters.c.name == _COUNTER)
        .values(value=newest)
    )
    return newest


async def newest(db: AsyncConnection, community: str) -> int:
    """The number of the last happening; 0 before the first."""
    found = await db.execute(
        select(counters.c.value).where(counters.c.community_id == community, counters.c.name == _COUNTER)
    )
    return int(found.scalar() or 0)


async def since(
    db: AsyncConnection, community: str, after: int, until: int | None = None, limit: int = 1000
) -> Sequence[Happening]:
    """What happened after this number, in order, up to and with `until`.

    Raises Forgotten where the next one is not kept any more, where there are more than `limit`, and for a number
    nobody has given yet.
    """
    if until is None:
        until = await newest(db, community)
    if after == until:
        return ()
    if after > until:
        raise Forgotten(after)
    numbered = happenings.c.number
    kept = await db.execute(
        select(func.count()).where(
            happenings.c.community_id == community, numbered > after, numbered <= until
        )
    )
    if kept.scalar_one() != until - after or until - after > limit:
        raise Forgotten(after)
    rows = await db.execute(
        select(numbered, happenings.c.conversation_id)
        .where(happenings.c.community_id == community, numbered > after, numbered <= until)
        .order_by(numbered)
    )
    return [Happening(row.number, row.conversation_id) for row in rows]
