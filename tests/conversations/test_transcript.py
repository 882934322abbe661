"""The transcript and its owner: positions follow commits, stale speakers are refused, a take silences the bot."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from conversations import inbox, outbox, ownership, tables, transcript
from conversations.channel import Sent
from conversations.database import Database
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Author,
    AuthorKind,
    Choice,
    Location,
    MessageKind,
    Reply,
)
from conversations.outbox import Arrived, Failed
from conversations.ownership import Owner, StaleEpoch, UnknownConversation
from tests.conversations.words import BOT, PAYLOAD, SPECIALIST, answer, begun, place, wrote

TAKER = Owner("specialist", "a1", "Ірина")
PHOTO = Attachment(kind=AttachmentKind.PHOTO, content_hash="a" * 64, media_type="image/jpeg", size=3)
RACES = 200


async def test_lines_come_back_as_they_were_said(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    reply = Reply(text="Оберіть", choices=(Choice(id="menu", label="Меню"),), attachments=(PHOTO,))
    later = now + timedelta(seconds=5)
    async with database.write() as db:
        heard = await transcript.hear(db, conversation, wrote("q", "Скільки?", author_name="Оксана"), now)
        said = await transcript.say(
            db,
            conversation,
            BOT,
            reply,
            later,
            epoch=0,
            payloads=[PAYLOAD],
            topic="housing-subsidy",
            facet="amount",
            knowledge_version="v1",
        )
        noted = await transcript.say(
            db, conversation, Author(kind=AuthorKind.NOTE, id="a1"), answer("нотатка"), later, epoch=None
        )
    assert (heard, said, noted) == (1, 2, 3)
    async with database.read() as db:
        citizen, bot, note = await transcript.lines(db, conversation)
    assert (citizen.author.kind, citizen.author.name, citizen.reply.text) == ("citizen", "Оксана", "Скільки?")
    assert (citizen.event_key, citizen.kind, citizen.at, citizen.delivery) == ("q", "text", now, None)
    assert (bot.reply, bot.at, bot.delivery) == (reply, later, "due")
    assert (bot.topic, bot.facet, bot.knowledge_version) == ("housing-subsidy", "amount", "v1")
    assert (note.author.kind, note.author.id, note.delivery) == ("note", "a1", None)


async def test_pages_of_a_long_conversation(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    async with database.write() as db:
        for _ in range(9):
            await transcript.say(db, conversation, BOT, answer(), now, epoch=0)

        async def positions(**page: int) -> list[int]:
            return [line.position for line in await transcript.lines(db, conversation, **page)]

        assert await positions(after=7) == [8, 9]
        assert await positions(limit=3) == [1, 2, 3]
        assert await positions(before=7, limit=3) == [4, 5, 6]
        assert await positions(before=2) == [1]
        assert await positions(after=9) == []


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"kind": MessageKind.PHOTO, "text": " "}, "Фото"),
        ({"kind": MessageKind.VOICE, "text": ""}, "Голосове повідомлення"),
        ({"kind": MessageKind.STICKER, "text": ""}, "Наліпка"),
        ({"kind": MessageKind.OTHER, "text": ""}, "Повідомлення без тексту"),
        (
            {
                "kind": MessageKind.LOCATION,
                "text": "",
                "location": Location(latitude=50.45, longitude=30.5234),
            },
            "Місце на карті: 50.45000, 30.52340",
        ),
        ({"kind": MessageKind.CONTACT, "text": "", "phone": "+380441234567"}, "+380441234567"),
        ({"kind": MessageKind.PRESS, "text": "", "choice_id": "docs"}, "Документи"),
        ({"kind": MessageKind.PRESS, "text": "", "choice_id": "unknown"}, "Кнопка"),
    ],
)
async def test_what_has_no_words_is_named(
    database: Database, now: datetime, sent: dict[str, object], shown: str
) -> None:
    (conversation,) = await begun(database, now)
    offered = Reply(text="Оберіть", choices=(Choice(id="docs", label="Документи"),))
    async with database.write() as db:
        await transcript.say(db, conversation, BOT, offered, now, epoch=0)
        await transcript.hear(db, conversation, wrote("k", **sent), now)  # type: ignore[arg-type]  # by parameter
        line = (await transcript.lines(db, conversation))[-1]
    assert line.reply.text == shown


async def test_positions_follow_commits_and_have_no_gaps(
    database: Database, database_url: str, now: datetime
) -> None:
    (conversation,) = await begun(database, now)
    doors = [Database(database_url) for _ in range(4)]
    committed: list[int] = []

    async def speak(door: Database) -> None:
        for _ in range(15):
            async with door.write() as db:
                position = await transcript.say(db, conversation, BOT, answer(), now, epoch=0)
                # Whoever has the position has the lock: nobody else's is visible or newer.
                seen = await transcript.lines(db, conversation, after=position - 1)
                assert [line.position for line in seen] == [position]
                committed.append(position)

    await asyncio.gather(*(speak(door) for door in doors))
    for door in doors:
        await door.close()
    assert committed == list(range(1, 61))


async def test_a_stale_speaker_is_refused_and_leaves_nothing(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    async with database.write() as db:
        assert await ownership.change(db, conversation, 0, TAKER) == 1
        with pytest.raises(StaleEpoch):
            await transcript.say(db, conversation, BOT, answer(), now, epoch=0, payloads=[PAYLOAD])
        with pytest.raises(StaleEpoch):
            await ownership.change(db, conversation, 0, Owner("bot"))
        assert await ownership.current(db, conversation) == (TAKER, 1)
        assert await transcript.lines(db, conversation) == []
        assert await transcript.say(db, conversation, SPECIALIST, answer(), now, epoch=1) == 1


async def test_nobody_speaks_in_a_conversation_that_is_not_there(database: Database, now: datetime) -> None:
    async with database.write() as db:
        with pytest.raises(UnknownConversation):
            await ownership.current(db, "nobody")
        with pytest.raises(UnknownConversation):
            await transcript.say(db, "nobody", BOT, answer(), now, epoch=None)
        with pytest.raises(UnknownConversation):
            await transcript.hear(db, "nobody", wrote("k"), now)
        with pytest.raises(StaleEpoch):
            await ownership.change(db, "nobody", 0, TAKER)


async def test_the_bot_never_speaks_after_a_take(
    database: Database, database_url: str, now: datetime
) -> None:
    people = [f"citizen-{n}" for n in range(RACES)]
    ids = await begun(database, now, *people)
    other = Database(database_url)
    taken_at: dict[str, int] = {}
    speaking = asyncio.Event()

    async def bot() -> None:
        for conversation in ids:
            for _ in range(2):
                try:
                    async with database.write() as db:
                        await transcript.say(
                            db, conversation, BOT, answer(), now, epoch=0, payloads=[PAYLOAD]
                        )
                    speaking.set()
                except StaleEpoch:
                    break

    async def specialist() -> None:
        await speaking.wait()
        for conversation in ids:
            async with other.write() as db:
                await ownership.change(db, conversation, 0, TAKER)
                lines = await transcript.lines(db, conversation)
                taken_at[conversation] = lines[-1].position if lines else 0

    async def deliver() -> None:
        for _ in range(20):
            async with other.write() as db:
                for due in await outbox.claim_due(db, "w", now, limit=10):
                    await outbox.mark(db, [(due, Arrived(Sent(f"x{due.id}")))], now)

    await asyncio.gather(bot(), specialist(), deliver())
    async with other.write() as db:
        assert await outbox.claim_due(db, "w", now + timedelta(days=1)) == []
    async with database.read() as db:
        rows = (await db.execute(select(tables.messages))).all()
        states = set((await db.execute(select(tables.outbox.c.state))).scalars())
    await other.close()
    assert all(row.position <= taken_at[row.conversation_id] for row in rows)
    assert len(taken_at) == RACES
    assert rows
    assert states <= {"sent", "withdrawn"}


async def test_a_take_withdraws_the_bots_words_and_nobody_elses(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    async with database.write() as db:
        await transcript.say(db, conversation, BOT, answer(), now, epoch=0, payloads=[PAYLOAD])
        await transcript.say(db, conversation, SPECIALIST, answer(), now, epoch=0, payloads=[PAYLOAD])
        queued = await ownership.change(db, conversation, 0, Owner("queue"))
        assert [line.delivery for line in await transcript.lines(db, conversation)] == ["due", "due"]
        await ownership.change(db, conversation, queued, TAKER)
        assert [line.delivery for line in await transcript.lines(db, conversation)] == ["withdrawn", "due"]


async def test_heads_say_what_a_list_shows(database: Database, now: datetime) -> None:
    first, second = await begun(database, now, "citizen-1", "citizen-2")
    later = now + timedelta(minutes=1)
    async with database.write() as db:
        await transcript.hear(db, first, wrote("a", "перше", author_name="Оксана"), now)
        await transcript.mark_seen(db, first, 1)
        await transcript.mark_seen(db, first, 0)
        await transcript.hear(db, first, wrote("b", "друге"), later)
        await transcript.say(db, first, Author(kind=AuthorKind.SYSTEM), answer("передано"), later, epoch=None)
        heads = await transcript.heads(db, [first, second, "nobody"])
        assert await transcript.heads(db, []) == {}
    assert set(heads) == {first, second}
    head = heads[first]
    assert (head.ref, head.author_name, head.unread) == (place("citizen-1"), "Оксана", 1)
    assert (head.last_position, head.seen_position, head.last_incoming_at) == (3, 1, later)
    assert head.last is not None
    assert head.last.reply.text == "друге"
    assert (heads[second].last, heads[second].unread) == (None, 0)


async def test_who_writes_again_is_reachable_again(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    async with database.write() as db:
        await transcript.say(db, conversation, BOT, answer(), now, epoch=0, payloads=[PAYLOAD])
        (due,) = await outbox.claim_due(db, "w", now)
        await outbox.mark(db, [(due, Failed("blocked", unreachable=True))], now)
        assert (await transcript.heads(db, [conversation]))[conversation].unreachable_at == now
        await inbox.accept(db, [wrote("back")], now)
        await transcript.hear(db, conversation, wrote("back"), now)
        assert (await transcript.heads(db, [conversation]))[conversation].unreachable_at is None
