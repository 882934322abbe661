"""The outbox: in order within a conversation, side by side across them, and never twice by itself."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from conversations import outbox, ownership, transcript
from conversations.channel import Sent
from conversations.database import Database
from conversations.messages import DeliveryState
from conversations.outbox import Arrived, Failed, Retry, Unknown
from conversations.ownership import Owner
from tests.conversations.words import BOT, PAYLOAD, SPECIALIST, answer, begun, place, receipt

SECOND = timedelta(seconds=1)


async def say(database: Database, conversation: str, now: datetime, *parts: str) -> int:
    payloads = [{"text": part} for part in parts]
    async with database.write() as db:
        return await transcript.say(db, conversation, BOT, answer(), now, epoch=0, payloads=payloads)


async def delivery(database: Database, conversation: str) -> list[str | None]:
    async with database.read() as db:
        return [line.delivery for line in await transcript.lines(db, conversation)]


async def claim(database: Database, now: datetime, limit: int = 50) -> list[outbox.Due]:
    async with database.write() as db:
        return await outbox.claim_due(db, "w", now, limit=limit)


async def sent(database: Database, due: outbox.Due, external_id: str, now: datetime) -> None:
    async with database.write() as db:
        await outbox.mark(db, [(due, Arrived(Sent(external_id)))], now)


async def test_in_order_within_a_conversation(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "1a", "1b")
    await say(database, conversation, now, "2")
    told = []
    for _ in range(3):
        (due,) = await claim(database, now)
        assert await claim(database, now) == []
        told.append(due.payload["text"])
        await sent(database, due, f"x{due.id}", now)
    assert told == ["1a", "1b", "2"]
    assert await claim(database, now) == []
    assert await delivery(database, conversation) == ["sent", "sent"]


async def test_side_by_side_across_conversations(database: Database, now: datetime) -> None:
    ids = await begun(database, now, "citizen-1", "citizen-2", "citizen-3")
    for conversation in ids:
        await say(database, conversation, now, "hello")
    claimed = await claim(database, now)
    assert {due.conversation_id for due in claimed} == set(ids)
    assert claimed[0].ref == place("citizen-1")
    assert (claimed[0].author_kind, claimed[0].attempts, claimed[0].created_at) == ("bot", 1, now)


async def test_workers_in_parallel_never_get_the_same_row(
    database: Database, database_url: str, now: datetime
) -> None:
    ids = await begun(database, now, *(f"citizen-{n}" for n in range(40)))
    for conversation in ids:
        await say(database, conversation, now, "hello")
    doors = [Database(database_url) for _ in range(4)]
    taken: list[int] = []

    async def work(door: Database) -> None:
        while len(taken) < len(ids):
            taken.extend(due.id for due in await claim(door, now, limit=3))

    async with asyncio.timeout(30):
        await asyncio.gather(*(work(door) for door in doors))
    for door in doors:
        await door.close()
    assert len(taken) == len(set(taken)) == 40


async def test_a_retry_holds_the_conversation_until_its_time(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "first")
    await say(database, conversation, now, "second")
    (due,) = await claim(database, now)
    async with database.write() as db:
        await outbox.mark(db, [(due, Retry(now + 10 * SECOND, "rate limited"))], now)
    assert await claim(database, now + 9 * SECOND) == []
    (again,) = await claim(database, now + 10 * SECOND)
    assert (again.payload["text"], again.attempts) == ("first", 2)


async def test_a_retry_after_a_take_is_withdrawn_for_the_bot_only(database: Database, now: datetime) -> None:
    of_bot, of_specialist = await begun(database, now, "citizen-1", "citizen-2")
    await say(database, of_bot, now, "bot")
    async with database.write() as db:
        await transcript.say(db, of_specialist, SPECIALIST, answer(), now, epoch=0, payloads=[PAYLOAD])
    claimed = await claim(database, now)
    async with database.write() as db:
        for due in claimed:
            await ownership.change(db, due.conversation_id, 0, Owner("specialist", "a1", "Ірина"))
            await outbox.mark(db, [(due, Retry(now, "away"))], now)
    assert await delivery(database, of_bot) == ["withdrawn"]
    assert await delivery(database, of_specialist) == ["due"]


async def test_what_the_bot_says_about_the_take_itself_is_tried_again(
    database: Database, now: datetime
) -> None:
    (conversation,) = await begun(database, now)
    async with database.write() as db:
        epoch = await ownership.change(db, conversation, 0, Owner("specialist", "a1", "Ірина"))
        await transcript.say(db, conversation, BOT, answer(), now, epoch=epoch, payloads=[PAYLOAD])
        (due,) = await outbox.claim_due(db, "w", now)
        await outbox.mark(db, [(due, Retry(now, "away"))], now)
    assert await delivery(database, conversation) == ["due"]


async def test_a_worker_that_dies_while_sending_leaves_unknown_and_no_jam(
    database: Database, now: datetime
) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "lost?")
    await say(database, conversation, now, "next")
    await claim(database, now)
    async with database.write() as db:
        assert await outbox.recover(db, now + outbox.LEASE - SECOND) == 0
    assert await claim(database, now + outbox.LEASE - SECOND) == []
    async with database.write() as db:
        assert await outbox.recover(db, now + outbox.LEASE) == 1
    (due,) = await claim(database, now + outbox.LEASE)
    assert due.payload["text"] == "next"
    assert await delivery(database, conversation) == ["unknown", "sending"]


async def test_recover_counts_what_it_finds(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "lost?")
    await claim(database, now)
    async with database.write() as db:
        assert await outbox.recover(db, now) == 0
        assert await outbox.recover(db, now + outbox.LEASE) == 1
        assert await outbox.recover(db, now + outbox.LEASE) == 0


async def test_a_slow_sender_still_tells_what_became_of_it(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "slow")
    (due,) = await claim(database, now)
    async with database.write() as db:
        await outbox.recover(db, now + outbox.LEASE)
    await sent(database, due, "x1", now + outbox.LEASE)
    assert await delivery(database, conversation) == ["sent"]


async def test_an_old_attempt_says_nothing_about_a_newer_one(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "twice")
    (old,) = await claim(database, now)
    async with database.write() as db:
        await outbox.mark(db, [(old, Retry(now, "away"))], now)
    await claim(database, now)
    await sent(database, old, "x1", now)
    assert await delivery(database, conversation) == ["sending"]


async def test_a_failure_is_final_and_names_its_reason(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "bad")
    await say(database, conversation, now, "good")
    (due,) = await claim(database, now)
    async with database.write() as db:
        await outbox.mark(db, [(due, Failed("ReplyRejected\0" + "x" * 9000))], now)
        line = (await transcript.lines(db, conversation))[0]
    assert line.delivery == "failed"
    assert line.delivery_error is not None
    assert line.delivery_error.startswith("ReplyRejected")
    assert len(line.delivery_error) == outbox.LONGEST_ERROR
    assert [one.payload["text"] for one in await claim(database, now)] == ["good"]


async def test_who_can_not_be_reached_gets_nothing_more(database: Database, now: datetime) -> None:
    gone, here = await begun(database, now, "citizen-1", "citizen-2")
    await say(database, gone, now, "one")
    await say(database, gone, now, "two")
    await say(database, here, now, "three")
    for due in await claim(database, now):
        async with database.write() as db:
            if due.conversation_id == gone:
                await outbox.mark(db, [(due, Failed("RecipientUnreachable", unreachable=True))], now)
    assert await delivery(database, gone) == ["failed", "failed"]
    assert await delivery(database, here) == ["sending"]


async def test_unknown_is_not_sent_again_by_itself(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "perhaps")
    (due,) = await claim(database, now)
    async with database.write() as db:
        await outbox.mark(db, [(due, Unknown("no answer in time"))], now)
    assert await claim(database, now + timedelta(days=1)) == []
    assert await delivery(database, conversation) == ["unknown"]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (["delivered"], "delivered"),
        (["seen", "delivered"], "seen"),
        (["delivered", "failed"], "delivered"),
        (["failed", "seen"], "failed"),
        (["delivered", "seen"], "seen"),
    ],
)
async def test_receipts_only_move_forwards(
    database: Database, now: datetime, told: list[str], shown: str
) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "hello")
    (due,) = await claim(database, now)
    await sent(database, due, "x1", now)
    async with database.write() as db:
        for n, state in enumerate(told):
            word = receipt(f"r{n}", DeliveryState(state), external_id="x1", reason="why")
            await outbox.record_receipt(db, conversation, word)
    assert await delivery(database, conversation) == [shown]


async def test_a_watermark_speaks_for_everything_before_it(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    for n in range(3):
        await say(database, conversation, now, "hello")
        (due,) = await claim(database, now)
        await sent(database, due, f"x{n}", now + n * SECOND)
    async with database.write() as db:
        word = receipt("r", DeliveryState.SEEN, until=now + SECOND)
        assert await outbox.record_receipt(db, conversation, word) == 2
    assert await delivery(database, conversation) == ["seen", "seen", "sent"]


async def test_a_receipt_for_somebody_elses_message_moves_nothing(database: Database, now: datetime) -> None:
    first, second = await begun(database, now, "citizen-1", "citizen-2")
    await say(database, first, now, "hello")
    (due,) = await claim(database, now)
    await sent(database, due, "x1", now)
    async with database.write() as db:
        word = receipt("r", DeliveryState.SEEN, external_id="x1")
        assert await outbox.record_receipt(db, second, word) == 0
        assert await outbox.record_receipt(db, first, receipt("e", DeliveryState.FAILED, until=now)) == 0
    assert await delivery(database, first) == ["sent"]


async def test_a_watermark_says_nothing_of_a_message_that_may_never_have_arrived(
    database: Database, now: datetime
) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "perhaps")
    (due,) = await claim(database, now)
    async with database.write() as db:
        await outbox.mark(db, [(due, Unknown("no answer in time"))], now)
        seen = receipt("r", DeliveryState.SEEN, until=now + SECOND)
        assert await outbox.record_receipt(db, conversation, seen) == 0
        await outbox.record_receipts(db, [(conversation, seen)])
    assert await delivery(database, conversation) == ["unknown"]


@pytest.mark.parametrize(
    ("reason", "ahead", "waits"),
    [
        ("away", timedelta(hours=2), False),
        ("away", timedelta(minutes=10), False),
        ("away", timedelta(), True),
        (outbox.PATIENCE, timedelta(), True),
        (outbox.PATIENCE, timedelta(hours=2), False),
    ],
)
async def test_what_a_clock_that_was_ahead_has_put_off_does_not_wait_for_that_moment(
    database: Database, now: datetime, reason: str, ahead: timedelta, waits: bool
) -> None:
    (conversation,) = await begun(database, now)
    await say(database, conversation, now, "hello")
    (due,) = await claim(database, now)
    wait = timedelta(minutes=50) if reason == outbox.PATIENCE else timedelta(minutes=5)
    async with database.write() as db:
        await outbox.mark(db, [(due, Retry(now + ahead + wait, reason))], now + ahead)
    async with database.write() as db:
        assert await outbox.bring_forward(db, now) == (0 if waits else 1)
    assert len(await claim(database, now)) == (0 if waits else 1)
