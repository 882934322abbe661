"""One person in two chats, through the loops: both are asked, answer and are told; nothing else is shown."""

from __future__ import annotations

import itertools

from bots.turns.deliver import deliver
from bots.turns.think import think
from conversations import inbox, transcript
from conversations.messages import AuthorKind, IncomingMessage, MessageKind
from handover.contacts import same_person
from handover.tickets import leading, tickets
from tests.handover.handover_world import account

from .world import COMMUNITY, World, message

_keys = itertools.count(1)


async def hears(world: World, address: str, text: str = "", press: str | None = None) -> str:
    """What a person writes or presses is thought about and answered."""
    said: IncomingMessage = message(text, key=f"{next(_keys)}", address=address, at=world.clock())
    if press is not None:
        said = said.model_copy(update={"kind": MessageKind.PRESS, "choice_id": press})
    async with world.runtime.database.write() as db:
        (conversation_id,) = (await inbox.accept(db, [said], world.clock())).conversations
    await work(world)
    return conversation_id


async def work(world: World) -> None:
    while await think(world.runtime) + await deliver(world.runtime):
        pass


async def bot_lines(world: World, chat: str) -> list[str]:
    async with world.runtime.database.read() as db:
        lines = await transcript.lines(db, chat)
    return [line.reply.text for line in lines if line.author.kind is AuthorKind.BOT]


async def test_both_are_asked_and_told_also_while_a_specialist_leads_one(reception: World) -> None:
    database, clock = reception.runtime.database, reception.clock
    here, there = await hears(reception, "anna", "оператор"), await hears(reception, "anna-2", "субсидія")
    iryna = await account(database, "iryna", community=COMMUNITY)
    async with database.write() as db:
        ticket = (await tickets.open_of(db, [here]))[here]
        await leading.take(db, COMMUNITY, ticket.id, iryna, clock())
        asked = await same_person.ask(db, COMMUNITY, here, there, iryna, clock())
    await work(reception)
    for address in ("anna", "anna-2"):
        assert f"той самий код {asked.code}" in reception.texts(address)[-1]
        assert "субсид" not in reception.texts("anna")[-1]

    await hears(reception, "anna", press=f"u:yes:{asked.id}")
    assert "Тепер підтвердьте в другому чаті" in reception.texts("anna")[-1]
    await hears(reception, "anna", "а коли відповідь?")
    assert "Тепер підтвердьте в другому чаті" in reception.texts("anna")[-1], (
        "a specialist leads: the bot is silent"
    )
    await hears(reception, "anna-2", press=f"u:yes:{asked.id}")
    assert "розмови поєднано" in reception.texts("anna-2")[-1]
    assert "розмови поєднано" in reception.texts("anna")[-1]
    async with database.read() as db:
        assert set(await same_person.person_of(db, here)) == {here, there}
    for chat in (here, there):
        assert sum("розмови поєднано" in text for text in await bot_lines(reception, chat)) == 1

    await hears(reception, "anna-2", press=f"u:no:{asked.id}")
    assert "розмови роз’єднано" in reception.texts("anna-2")[-1]
    async with database.read() as db:
        assert await same_person.person_of(db, here) == [here]
    await hears(reception, "anna", press=f"u:yes:{asked.id}")
    assert "вже закрите" in reception.texts("anna")[-1]
