"""The lock order of the house: the conversation's row first, then its ticket, so that nobody waits in a circle."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from conversations import inbox, transcript
from conversations.database import Database
from handover.tickets import leading, promises, tickets
from tests.handover.handover_world import COMMUNITY, account, kyiv, office, said, waiting

WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


async def started(database: Database, task: asyncio.Task[object]) -> None:
    """Let a task come to its end or to a lock somebody else holds. On SQLite it waits before its first statement."""
    if database.dialect == "sqlite":
        return
    async with asyncio.timeout(20):
        while not task.done():
            async with database.read() as db:
                if await db.scalar(text(WAITING)):
                    return
            await asyncio.sleep(0.01)


async def test_the_danger_card_and_a_new_danger_do_not_lock_each_other(database, now):
    ticket = await waiting(database, now, danger="suicide")
    iryna = await account(database, "iryna")
    async with database.write() as db:
        await leading.take(db, COMMUNITY, ticket.id, iryna, now)

    async def card() -> None:
        async with database.write() as db:
            await leading.send_danger_card(db, COMMUNITY, ticket.id, iryna, now)

    async with database.write() as db:
        await transcript.hear(db, ticket.conversation_id, said("address", "Мені страшно", now), now)
        sending = asyncio.create_task(card())
        await started(database, sending)
        assert await tickets.raise_danger(db, ticket.conversation_id, "violence", now)
    await sending


async def test_telling_who_is_late_and_storing_what_comes_do_not_lock_each_other(database):
    asked, late = kyiv(2026, 11, 24, 10), kyiv(2026, 11, 24, 15)
    first, second = sorted(
        [await waiting(database, asked, promised_at=asked) for _ in range(2)],
        key=lambda ticket: ticket.conversation_id,
    )

    async def tell() -> int:
        async with database.write() as db:
            return await promises.tell_late(db, COMMUNITY, office(), 30, late)

    async with database.read() as db:
        heads = await transcript.heads(db, [first.conversation_id, second.conversation_id])
    ours = [heads[one.conversation_id].ref.address for one in (second, first)]
    async with database.write() as db:
        await inbox.accept(db, [said(ours[0], "Ви тут?", late, event_key="k-2")], late)
        telling = asyncio.create_task(tell())
        await started(database, telling)
        await inbox.accept(db, [said(ours[1], "Ви тут?", late, event_key="k-1")], late)
    assert await telling == 2
