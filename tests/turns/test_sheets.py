"""A list as a file, on each database: made between transactions, kept, erased and expired as every other file is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bots.turns.deliver import deliver
from bots.turns.think import think
from conversations import erasure, inbox, transcript
from conversations.channel import Capabilities
from conversations.messages import AttachmentKind, ConversationRef, IncomingMessage, MessageKind, Reply
from handover.retention import FILES
from tests.printing.reading import codes, words

from .world import COMMUNITY, NOON, StubChannel, World, message

CARRYING = Capabilities(
    text_limit=4000, choices_limit=12, file_kinds=frozenset(AttachmentKind), file_limit=10_000_000
)
PRESS = "k:housing-subsidy:pdf"


@dataclass
class Linked(StubChannel):
    """A channel that carries files and tells its address, or takes too long to."""

    can: Capabilities = field(default_factory=lambda: CARRYING)
    address: str | None = "https://t.me/zrazkova_bot"
    asked_for: list[str] = field(default_factory=list)

    async def chat_link(self, start: str) -> str | None:
        self.asked_for.append(start)
        return self.address and f"{self.address}?start={start}"


def through(world: World, channel: StubChannel, **changed: str) -> None:
    world.channel = channel
    world.runtime = replace(world.runtime, channels={channel.name: channel}, **changed)


def press(key: str, address: str = "anna") -> IncomingMessage:
    ref = ConversationRef(community=COMMUNITY, channel="web", bot="web", address=address)
    return IncomingMessage(ref=ref, event_key=key, kind=MessageKind.PRESS, choice_id=PRESS, sent_at=NOON)


async def hear(world: World, *events: IncomingMessage) -> None:
    async with world.runtime.database.write() as db:
        await inbox.accept(db, events, world.clock())
    while await think(world.runtime):
        pass


async def conversation(world: World, address: str = "anna") -> str:
    async with world.runtime.database.read() as db:
        found = await inbox.find(db, press("", address).ref)
    assert found
    return found


async def said(world: World, address: str = "anna") -> list[Reply]:
    """What the bot said to somebody."""
    conversation_id = await conversation(world, address)
    async with world.runtime.database.read() as db:
        lines = await transcript.lines(db, conversation_id)
    return [line.reply for line in lines if line.author.kind == "bot" and line.reply]


async def test_the_file_is_in_the_line_and_in_the_store_and_the_line_is_said_once(reception: World) -> None:
    through(reception, Linked())
    await hear(reception, message("які документи на субсидію", key="1"), message("1 3", key="2"), press("3"))
    last = (await said(reception))[-1]
    assert last.text.startswith("Ось перелік у файлі PDF.")
    (file,) = last.attachments
    assert (file.kind, file.media_type, file.name) == (
        AttachmentKind.DOCUMENT,
        "application/pdf",
        "Субсидія, документи.pdf",
    )
    content = await reception.runtime.store.get(file.content_hash)
    assert len(content) == file.size
    assert "Що принести: є 2 з 3" in words(content)
    assert codes(content) == ["https://t.me/zrazkova_bot?start=topic-housing-subsidy"]
    texts = [reply.text for reply in await said(reception)]
    assert len(texts) == len(set(texts))
    assert [one.reply.attachments for one in reception.channel.rendered][-1] == (file,)


async def test_a_batch_of_many_people_makes_each_list_once(reception: World) -> None:
    channel = Linked()
    through(reception, channel)
    people = [f"person-{number}" for number in range(6)]
    await hear(
        reception, *(press(f"k-{who}", who) for who in people), message("привіт", key="x", address="ira")
    )
    files = [(await said(reception, who))[-1].attachments for who in people]
    assert len(set(files)) == 1
    assert channel.asked_for == ["topic-housing-subsidy"]
    assert (await said(reception, "ira"))[-1].attachments == ()


async def test_without_an_address_of_the_chat_the_code_leads_to_ours_and_without_ours_there_is_none(
    reception: World,
) -> None:
    through(reception, Linked(address=None), public_url="https://chat.example")
    await hear(reception, press("1"))
    through(reception, Linked(address=None), public_url="")
    await hear(reception, press("2"))
    first, second = [reply.attachments[0] for reply in await said(reception) if reply.attachments]
    assert codes(await reception.runtime.store.get(first.content_hash)) == ["https://chat.example"]
    assert codes(await reception.runtime.store.get(second.content_hash)) == []


async def test_a_channel_without_files_gets_the_list_in_words(reception: World) -> None:
    await hear(reception, press("1"))
    replies = await said(reception)
    assert all(reply.attachments == () for reply in replies)
    assert any("Файл тут не надіслати." in reply.text for reply in replies)
    assert any("1. Заява" in reply.text for reply in replies)


async def test_a_list_that_cannot_be_made_is_said_in_words(reception: World) -> None:
    through(reception, Linked())
    reception.runtime.store.limit = 10  # type: ignore[attr-defined]  # the folder's own limit
    await hear(reception, press("1"))
    replies = await said(reception)
    assert all(reply.attachments == () for reply in replies)
    assert any("1. Заява" in reply.text for reply in replies)


async def test_the_same_list_asked_for_twice_is_one_file(reception: World) -> None:
    through(reception, Linked())
    await hear(reception, press("1"))
    await hear(reception, press("2"))
    first, second = [reply.attachments[0] for reply in await said(reception) if reply.attachments]
    assert first == second


async def test_erasing_takes_the_file_away(reception: World) -> None:
    through(reception, Linked())
    await hear(reception, press("1"))
    (file,) = (await said(reception))[-1].attachments
    conversation_id = await conversation(reception)
    async with reception.runtime.database.read() as db:
        assert (await erasure.stored(db, conversation_id)).files == 1
    async with reception.runtime.database.write() as db:
        erased = await erasure.erase(db, conversation_id, "files", reception.clock())
    assert erased.orphans == (file.content_hash,)
    assert (await said(reception))[-1].attachments == ()


async def test_a_person_who_erases_their_files_erases_the_list(reception: World) -> None:
    through(reception, Linked())
    await hear(reception, press("1"))
    (file,) = (await said(reception))[-1].attachments
    await hear(reception, message("мої дані", key="2"))
    erase = press("3").model_copy(update={"choice_id": "e:files"})
    await hear(reception, erase)
    assert not await reception.runtime.store.has(file.content_hash)  # type: ignore[attr-defined]  # the folder's own


async def test_it_expires_with_the_files_of_its_age(reception: World) -> None:
    through(reception, Linked())
    await hear(reception, press("1"))
    while await deliver(reception.runtime):
        pass
    (file,) = (await said(reception))[-1].attachments
    async with reception.runtime.database.write() as db:
        before = reception.clock() + timedelta(days=1)
        assert await FILES.count(db, before) == 1
        removed = await FILES.remove(db, before, 10)
    assert removed.orphans == (file.content_hash,)
    last = (await said(reception))[-1]
    assert last.text.startswith("Ось перелік у файлі PDF.")
    assert last.attachments == ()


async def test_a_slow_address_holds_nobody_up(reception: World) -> None:
    class Slow(Linked):
        async def chat_link(self, start: str) -> str | None:
            await asyncio.Event().wait()
            return None

    through(reception, Slow(), public_url="https://chat.example")
    await hear(reception, press("1"))
    (file,) = (await said(reception))[-1].attachments
    assert codes(await reception.runtime.store.get(file.content_hash)) == ["https://chat.example"]
