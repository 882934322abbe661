"""What the loops do about who answers: a sleeper is woken by words, who calls again gets the same specialist."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bots.turns.loops import running
from bots.turns.think import think
from bots.turns.topics import queue_topic
from conversations import inbox, transcript
from handover.assignment import presence
from handover.tickets import leading, tickets
from handover.tickets.tickets import Ticket
from tests.handover.handover_world import account

from .world import COMMUNITY, World, message


async def hear(world: World, *words: str) -> str:
    """Think about what a person writes, all of it in one batch; returns the conversation."""
    now = world.clock()
    said = [message(one, key=f"{one}-{now}", at=now) for one in words]
    async with world.runtime.database.write() as db:
        (conversation_id,) = (await inbox.accept(db, said, now)).conversations
    while await think(world.runtime):
        pass
    return conversation_id


async def newest(world: World, conversation_id: str) -> Ticket:
    async with world.runtime.database.read() as db:
        found = await tickets.latest_of(db, COMMUNITY, conversation_id)
    assert found is not None
    return found


async def test_a_sleeper_is_woken_once_by_words_and_a_new_call_goes_to_the_same_specialist(
    reception: World,
) -> None:
    database, clock = reception.runtime.database, reception.clock
    iryna = await account(database, "iryna", community=COMMUNITY)
    chat = await hear(reception, "оператор")
    ticket = await newest(reception, chat)
    async with database.write() as db:
        await presence.say(db, iryna, "on", clock())
        await leading.take(db, COMMUNITY, ticket.id, iryna, clock())
        later = clock() + timedelta(days=3)
        await leading.snooze(db, COMMUNITY, ticket.id, iryna, later, "чекаю довідку", clock())
    await hear(reception, "ось довідка", "і ще одна")
    assert (await newest(reception, chat)).snoozed_until is None
    async with database.read() as db:
        lines = [line.reply.text for line in await transcript.lines(db, chat)]
    assert lines.count("Відкладене знову в роботі: нове повідомлення, 12:00") == 1
    assert lines.index("ось довідка") < lines.index("і ще одна")

    async with database.write() as db:
        await leading.resolve(db, COMMUNITY, ticket.id, iryna, "прийнято", clock())
    clock.move(timedelta(minutes=5))
    await hear(reception, "оператор")
    again = await newest(reception, chat)
    assert (again.follows, again.wanted_by, again.language) == (ticket.id, iryna.id, None)
    signals = reception.runtime.signals
    async with (
        signals.subscribe(queue_topic(COMMUNITY)) as changes,
        running(reception.runtime),
        asyncio.timeout(20),
    ):
        async for _ in changes:
            again = await newest(reception, chat)
            if again.offered_to is not None:
                break
    assert again.offered_to == iryna.id
