"""A conversation handed back to the bot while the person writes: answered by one of them, never by both or by none."""

from __future__ import annotations

import asyncio

import pytest

from bots.turns.think import think
from conversations import inbox, transcript
from conversations.messages import AuthorKind
from handover.tickets import leading, tickets
from tests.handover.handover_world import account

from .world import COMMUNITY, World, message


async def thought(world: World) -> None:
    while await think(world.runtime):
        pass


async def writes(world: World, text: str) -> str:
    async with world.runtime.database.write() as db:
        accepted = await inbox.accept(db, [message(text, key=text, at=world.clock())], world.clock())
    (conversation_id,) = accepted.conversations
    return conversation_id


@pytest.mark.parametrize("first", ["citizen", "specialist", "both"])
async def test_words_that_meet_the_hand_over_are_answered_once(reception: World, first: str) -> None:
    database, clock = reception.runtime.database, reception.clock
    chat = await writes(reception, "оператор")
    await thought(reception)
    iryna = await account(database, "iryna", community=COMMUNITY)
    async with database.write() as db:
        ticket = (await tickets.open_of(db, [chat]))[chat]
        await leading.take(db, COMMUNITY, ticket.id, iryna, clock())
    await thought(reception)
    async with database.read() as db:
        seen = (await transcript.heads(db, [chat]))[chat].last_position

    async def hand_back() -> bool:
        try:
            async with database.write() as db:
                await leading.return_to_bot(
                    db, COMMUNITY, ticket.id, iryna, "Бот відповість", clock(), seen=seen
                )
        except leading.Unread:
            return False
        return True

    if first == "citizen":
        await writes(reception, "субсидія")
        await thought(reception)
        returned = await hand_back()
        assert not returned
    elif first == "specialist":
        returned = await hand_back()
        assert returned
        await writes(reception, "субсидія")
    else:
        await writes(reception, "субсидія")
        returned, _ = await asyncio.gather(hand_back(), thought(reception))
    await thought(reception)

    async with database.read() as db:
        lines = await transcript.lines(db, chat, after=seen)
        open_ticket = (await tickets.open_of(db, [chat])).get(chat)
    answered = [line.reply.text for line in lines if line.author.kind is AuthorKind.BOT]
    assert sum(line.author.kind is AuthorKind.CITIZEN for line in lines) == 1
    if returned:
        assert open_ticket is None
        assert sum("Далі знову відповідає бот" in text for text in answered) == 1
        assert sum("Джерело:" in text for text in answered) == 1
    else:
        assert open_ticket is not None
        assert open_ticket.assigned_to == iryna.id
        assert answered == []
