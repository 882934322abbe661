"""Replies that wait until the person writes: said first, once, by nobody else's will, and never before a hotline."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import pytest

from bots.turns.deliver import deliver
from bots.turns.think import think
from conversations import inbox, transcript
from conversations.erasure import orphans
from conversations.messages import Attachment, AuthorKind, ConversationRef, OutgoingMessage
from handover.accounts.accounts import Account
from handover.composing import kept_replies
from handover.composing.kept_replies import NothingWaits
from handover.tickets import leading, tickets
from tests.handover.handover_world import account

from .world import COMMUNITY, World, message

_keys = itertools.count(1)


async def writes(world: World, text: str) -> str:
    async with world.runtime.database.write() as db:
        said = message(text, key=f"{next(_keys)}", at=world.clock())
        (conversation_id,) = (await inbox.accept(db, [said], world.clock())).conversations
    return conversation_id


async def work(world: World) -> None:
    while await think(world.runtime) + await deliver(world.runtime):
        pass


def render(ref: ConversationRef, one: OutgoingMessage) -> list[dict[str, str]]:
    return [{"text": one.reply.text}]


async def led(world: World) -> tuple[str, tickets.Ticket, Account]:
    """A conversation that a specialist leads."""
    chat = await writes(world, "оператор")
    await work(world)
    iryna = await account(world.runtime.database, "iryna", community=COMMUNITY)
    async with world.runtime.database.write() as db:
        ticket = (await tickets.open_of(db, [chat]))[chat]
        await leading.take(db, COMMUNITY, ticket.id, iryna, world.clock())
    await work(world)
    return chat, ticket, iryna


async def keep(
    world: World, chat: str, by: Account, text: str, files: Sequence[Attachment] = ()
) -> kept_replies.Kept:
    ref = message("", key="").ref
    async with world.runtime.database.write() as db:
        return await kept_replies.keep(db, COMMUNITY, chat, ref, by, text, render, world.clock(), files)


async def test_what_waited_is_said_first_and_once(reception: World) -> None:
    database, clock = reception.runtime.database, reception.clock
    chat, ticket, iryna = await led(reception)
    await keep(reception, chat, iryna, "Довідка готова.")
    await keep(reception, chat, iryna, "Візьміть паспорт.")
    async with database.write() as db:
        await leading.resolve(db, COMMUNITY, ticket.id, iryna, "Чекає на людину", clock())
    await work(reception)
    before = len(reception.texts())
    assert "Довідка готова." not in reception.texts()
    await writes(reception, "субсидія")
    await work(reception)
    said = reception.texts()[before:]
    assert said[:2] == ["Довідка готова.", "Візьміть паспорт."]
    assert any("Джерело:" in text for text in said[2:])
    await writes(reception, "дякую")
    await work(reception)
    assert reception.texts().count("Довідка готова.") == 1
    async with database.read() as db:
        lines = await transcript.lines(db, chat)
        assert await kept_replies.waiting(db, chat) == []
    (one,) = [line for line in lines if line.reply.text == "Довідка готова."]
    assert (one.author.kind, one.author.id, one.delivery) == (AuthorKind.SPECIALIST, iryna.id, "sent")


async def test_a_file_that_waited_goes_with_its_words_and_is_the_lines_own_from_then_on(
    reception: World,
) -> None:
    database = reception.runtime.database
    chat, _, iryna = await led(reception)
    paper = await reception.runtime.store.put(b"%PDF-1.4\n%%EOF\n", name="перелік.pdf")
    await keep(reception, chat, iryna, "Ось перелік.", [paper])
    await writes(reception, "я тут")
    await work(reception)
    async with database.read() as db:
        (line,) = [one for one in await transcript.lines(db, chat) if one.reply.text == "Ось перелік."]
        assert await orphans(db, {paper.content_hash}) == ()
        assert await kept_replies.attached(db) == set()
    assert line.reply.attachments == (paper,)


async def test_a_hotline_comes_before_what_waited_and_danger_stays_unanswered(reception: World) -> None:
    chat, _, iryna = await led(reception)
    async with reception.runtime.database.write() as db:
        ticket = (await tickets.open_of(db, [chat]))[chat]
        await leading.return_to_queue(db, COMMUNITY, ticket.id, iryna, reception.clock())
        await leading.take(db, COMMUNITY, ticket.id, iryna, reception.clock())
    await keep(reception, chat, iryna, "Довідка готова.")
    async with reception.runtime.database.write() as db:
        await leading.return_to_queue(db, COMMUNITY, ticket.id, iryna, reception.clock())
    await work(reception)
    before = len(reception.texts())
    await writes(reception, "чоловік мене побив")
    await work(reception)
    said = reception.texts()[before:]
    assert "Довідка готова." in said
    assert said.index("Довідка готова.") > 0


async def test_where_a_colleague_leads_by_now_it_is_not_said(reception: World) -> None:
    chat, ticket, iryna = await led(reception)
    oleh = await account(reception.runtime.database, "oleh", name="Олег Дудка", community=COMMUNITY)
    await keep(reception, chat, iryna, "Довідка готова.")
    async with reception.runtime.database.write() as db:
        await leading.transfer(db, COMMUNITY, ticket.id, iryna, oleh, reception.clock())
    await writes(reception, "я тут")
    await work(reception)
    assert "Довідка готова." not in reception.texts()
    async with reception.runtime.database.read() as db:
        lines = [line.reply.text for line in await transcript.lines(db, chat)]
        assert await kept_replies.waiting(db, chat) == []
    assert "Відповідь, що чекала, не надіслано, 12:00: розмову веде Олег Дудка" in lines


@pytest.mark.parametrize("round_", range(4))
async def test_taken_back_as_the_person_writes_it_is_said_or_not_but_never_both(
    reception: World, round_: int
) -> None:
    chat, _, iryna = await led(reception)
    kept = await keep(reception, chat, iryna, "Довідка готова.")
    await writes(reception, "я тут")

    async def withdraw() -> bool:
        try:
            async with reception.runtime.database.write() as db:
                await kept_replies.withdraw(db, chat, kept.id, iryna, reception.clock())
        except NothingWaits:
            return False
        return True

    withdrawn, _ = await asyncio.gather(withdraw(), think(reception.runtime))
    await work(reception)
    assert reception.texts().count("Довідка готова.") == (0 if withdrawn else 1)
