"""Requests are stored in groups: none is answered before its group is kept, and none falls with another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from bots.turns import intake
from bots.turns.intake import Intake, Overloaded
from bots.turns.measures import Measures
from conversations.database import Database
from conversations.messages import ChannelEvent
from conversations.signals import MemorySignals
from conversations.tables import inbox
from tests.turns.world import NOON, message


async def stored(database: Database) -> int:
    async with database.read() as db:
        return (await db.execute(select(func.count()).select_from(inbox))).scalar_one()


async def bring(queue: Intake, database: Database, events: Sequence[ChannelEvent]) -> None:
    await queue.store(database, MemorySignals(), Measures(), events, NOON)


async def test_many_requests_are_few_transactions_and_keep_their_order(database: Database) -> None:
    queue, measures = Intake(), Measures()
    requests = [[message(f"{n}", key=f"k{n}")] for n in range(60)]
    await asyncio.gather(
        *(queue.store(database, MemorySignals(), measures, request, NOON) for request in requests)
    )
    async with database.read() as db:
        kept = await db.execute(select(inbox.c.event_key).order_by(inbox.c.id))
        assert list(kept.scalars()) == [f"k{n}" for n in range(60)]
    groups = measures.registry.get_sample_value("pryimalnia_batch_items_count", {"loop": "accept"})
    assert groups is not None
    assert groups <= 3


async def test_beyond_the_room_a_request_is_turned_away_and_may_come_again(database: Database) -> None:
    queue = Intake()
    many = [message("a", key=f"m{n}") for n in range(intake.ROOM)]
    first = asyncio.create_task(bring(queue, database, many))
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await bring(queue, database, [message("b", key="late")])
    await first
    await bring(queue, database, [message("b", key="late")])
    assert await stored(database) == intake.ROOM + 1


async def test_a_request_that_cannot_be_stored_does_not_take_the_others_with_it(database: Database) -> None:
    queue = Intake()
    bad = message("x", key="bad").model_copy(update={"kind": object()})
    outcomes = await asyncio.gather(
        bring(queue, database, [message("a", key="one")]),
        bring(queue, database, [bad]),
        bring(queue, database, [message("b", key="two")]),
        return_exceptions=True,
    )
    assert [isinstance(one, Exception) for one in outcomes] == [False, True, False]
    assert await stored(database) == 2


async def test_who_no_longer_waits_for_the_answer_is_stored_all_the_same(database: Database) -> None:
    queue = Intake()
    gone = asyncio.create_task(bring(queue, database, [message("a", key="gone")]))
    await asyncio.sleep(0)
    gone.cancel()
    await bring(queue, database, [message("b", key="here")])
    assert await stored(database) == 2


async def test_a_database_that_is_away_refuses_the_whole_group(database: Database) -> None:
    queue = Intake()
    await database.close()
    away = Database("postgresql+asyncpg://postgres@127.0.0.1:1/none")
    outcomes = await asyncio.gather(
        bring(queue, away, [message("a", key="one")]),
        bring(queue, away, [message("b", key="two")]),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [ConnectionRefusedError, ConnectionRefusedError]
    await away.close()
