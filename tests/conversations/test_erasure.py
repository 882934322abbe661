"""«Мої дані» and «стерти»: what is kept is counted, what is erased is nowhere, what others need stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from conversations import erasure, inbox, outbox, transcript
from conversations.database import Database, metadata
from conversations.messages import Attachment, AttachmentKind, MessageKind, Reply
from conversations.ownership import UnknownConversation
from tests.conversations.words import BOT, SPECIALIST, answer, place, wrote

SECRET = "мене звати Оксана"
MINE = Attachment(
    kind=AttachmentKind.PHOTO, content_hash="a" * 64, media_type="image/jpeg", size=3, name="я.jpg"
)
SHARED = Attachment(kind=AttachmentKind.DOCUMENT, content_hash="b" * 64, media_type="application/pdf", size=3)


async def told(database: Database, now: datetime) -> str:
    """A conversation with words, files, an answer that waits to be sent, and one event set aside."""
    async with database.write() as db:
        events = [
            wrote("words", SECRET, author_name="Оксана"),
            wrote("photo", "", kind=MessageKind.PHOTO, attachments=(MINE,)),
            wrote("paper", SECRET, kind=MessageKind.DOCUMENT, attachments=(SHARED,)),
            wrote("poison", SECRET),
        ]
        await inbox.accept(db, events, now)
        await inbox.accept(db, [wrote("other", ref=place("other"), attachments=(SHARED,))], now)
        for claimed in await inbox.claim(db, "w", now):
            for row, event in claimed.events:
                if event.event_key == "poison":  # type: ignore[union-attr]  # only messages here
                    await inbox.set_aside(db, row, "ValueError", now)
                else:
                    await transcript.hear(db, claimed.id, event, now)  # type: ignore[arg-type]
            await inbox.finish(
                db,
                claimed,
                "w",
                [row for row, _ in claimed.events],
                {"facts": SECRET if claimed.ref == place() else None},
                now,
            )
        conversation = await inbox.find(db, place())
        assert conversation
        await transcript.say(
            db, conversation, BOT, answer(SECRET), now, epoch=0, payloads=[{"text": SECRET}], topic="subsidy"
        )
        await transcript.say(db, conversation, SPECIALIST, answer(SECRET), now, epoch=0)
    return conversation


async def everything(database: Database) -> str:
    """All that the database holds, as one text."""
    async with database.read() as db:
        rows = [row for table in metadata.sorted_tables for row in await db.execute(select(table))]
    return "\n".join(str(tuple(row)) for row in rows)


async def test_what_is_stored_is_counted(database: Database, now: datetime) -> None:
    conversation = await told(database, now)
    async with database.read() as db:
        kept = await erasure.stored(db, conversation)
    assert (kept.messages, kept.files, kept.since) == (3, 2, now)


async def test_everything_is_gone_and_the_skeleton_stays(database: Database, now: datetime) -> None:
    conversation = await told(database, now)
    later = now + timedelta(hours=1)
    async with database.write() as db:
        erased = await erasure.erase(db, conversation, "all", later)
    assert (erased.messages, erased.files, erased.orphans) == (5, 2, (MINE.content_hash,))
    left = await everything(database)
    assert "Оксана" not in left
    assert MINE.content_hash not in left
    async with database.read() as db:
        lines = await transcript.lines(db, conversation)
        head = (await transcript.heads(db, [conversation]))[conversation]
        assert await erasure.stored(db, conversation) == erasure.Stored(0, 0, None)
    assert [(line.author.kind, line.erased, line.reply) for line in lines] == [
        (kind, True, transcript.ERASED) for kind in ("citizen", "citizen", "citizen", "bot", "specialist")
    ]
    assert (head.author_name, head.erased_at) == (None, later)
    async with database.write() as db:
        assert await outbox.claim_due(db, "w", later) == []


async def test_the_word_about_it_and_what_comes_next_are_kept(database: Database, now: datetime) -> None:
    conversation = await told(database, now)
    async with database.write() as db:
        await inbox.accept(db, [wrote("after", "ще питання", attachments=(MINE,))], now)
        erased = await erasure.erase(db, conversation, "all", now)
        await transcript.say(
            db, conversation, BOT, answer("Стерто о 10:30"), now, epoch=0, payloads=[{"t": 1}]
        )
        (claimed,) = await inbox.claim(db, "w", now)
        (due,) = await outbox.claim_due(db, "w", now)
    assert erased.orphans == ()
    assert claimed.state is None
    assert claimed.events[0][1] == wrote("after", "ще питання", attachments=(MINE,))
    assert due.payload == {"t": 1}


async def test_only_the_files(database: Database, now: datetime) -> None:
    conversation = await told(database, now)
    async with database.write() as db:
        erased = await erasure.erase(db, conversation, "files", now)
        lines = await transcript.lines(db, conversation)
    assert (erased.messages, erased.files, erased.orphans) == (0, 2, (MINE.content_hash,))
    assert [line.reply.text for line in lines] == [SECRET, "Фото", SECRET, SECRET, SECRET]
    assert all(line.reply.attachments == () for line in lines)
    assert not any(line.erased for line in lines)


async def test_a_file_goes_with_its_last_conversation(database: Database, now: datetime) -> None:
    conversation = await told(database, now)
    async with database.write() as db:
        other = await inbox.find(db, place("other"))
        assert other
        assert (await erasure.erase(db, other, "all", now)).orphans == ()
        assert SHARED.content_hash in (await erasure.erase(db, conversation, "all", now)).orphans


async def test_a_file_of_ours_counts_too(database: Database, now: datetime) -> None:
    conversation = await told(database, now)
    leaflet = MINE.model_copy(update={"content_hash": "c" * 64})
    async with database.write() as db:
        await transcript.say(
            db, conversation, SPECIALIST, Reply(text="Зразок", attachments=(leaflet,)), now, epoch=0
        )
        assert (await erasure.stored(db, conversation)).files == 3
        assert leaflet.content_hash in (await erasure.erase(db, conversation, "files", now)).orphans


async def test_erasing_twice_and_erasing_nobody(database: Database, now: datetime) -> None:
    conversation = await told(database, now)
    async with database.write() as db:
        await erasure.erase(db, conversation, "all", now)
        assert await erasure.erase(db, conversation, "all", now) == erasure.Erased(0, 0, ())
        with pytest.raises(UnknownConversation):
            await erasure.erase(db, "nobody", "all", now)
