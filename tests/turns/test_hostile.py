"""A hostile day: poison, floods, others' conversations, a full pool, words in faults, slow vendors, killed workers."""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bots.turns import workers
from bots.turns.deliver import deliver
from bots.turns.feed import LogFeed
from bots.turns.loops import LAST_BATCH, running
from bots.turns.minds import Minds
from bots.turns.think import think
from conversations import inbox, outbox
from conversations.inbox import EVENTS_AT_ONCE, HEAD
from conversations.messages import AuthorKind
from conversations.tables import inbox as inbox_table

from .test_turns import hear, lines, work
from .world import POISON, StubChannel, World, message


async def test_pages_of_a_long_queue_never_wait_for_each_others_connections(reception: World) -> None:
    people = [f"person-{number}" for number in range(40)]
    await hear(reception, *(message("оператор", key=one, address=one) for one in people))
    await work(reception)
    feed = LogFeed(reception.runtime)
    async with asyncio.timeout(20):
        shown = await asyncio.gather(*(feed.after(message("", key="", address=one).ref, 0) for one in people))
    assert sorted(one.ahead for one in shown if one.ahead is not None) == list(range(40))


async def test_what_came_around_a_poison_message_is_answered(reception: World) -> None:
    await hear(
        reception,
        message("субсидія", key="1"),
        message(POISON, key="2"),
        message("дякую", key="3"),
    )
    await work(reception)
    heard = [line.reply.text for line in await lines(reception) if line.author.kind is AuthorKind.CITIZEN]
    assert sorted(heard) == sorted(["субсидія", POISON, "дякую"])
    assert any("Джерело:" in text for text in reception.texts())
    async with reception.runtime.database.read() as db:
        aside = await db.scalar(select(func.count()).where(inbox_table.c.set_aside_reason.is_not(None)))
    assert aside == 1


async def test_a_conversation_that_always_fails_comes_to_rest(reception: World) -> None:
    reception.channel.unrenderable = True
    await hear(reception, message("дякую", key="1"))
    async with asyncio.timeout(20):
        await work(reception)
    assert [line.reply.text for line in await lines(reception) if line.author.kind is AuthorKind.CITIZEN] == [
        "дякую"
    ]


async def test_a_fault_never_writes_a_citizens_words_into_the_log(
    reception: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await hear(reception, message(POISON, key="1"), message("дякую", key="2", address="ivan"))
    reception.channel.answers = [ValueError("секретне слово")]
    await work(reception)
    written = caplog.text
    assert "set aside" in written
    assert "StubUnderstanding" not in written
    assert POISON not in written
    assert "секретне слово" not in written
    assert "world.py" in written, "where it happened must be told"


async def test_conversations_that_others_serve_are_left_to_them(reception: World) -> None:
    await hear(reception, message("дякую", key="1"), message("дякую", key="2", address="ivan"))
    stranger = replace(reception.runtime, worker="stranger", minds=Minds({}))
    assert await think(stranger) == 0
    deaf = replace(reception.runtime, worker="deaf", channels={})
    assert await think(deaf) == 0
    assert await think(reception.runtime) == 2
    assert await deliver(deaf) == 0
    assert await deliver(stranger) == 0
    await work(reception)
    assert reception.texts("anna") == reception.texts("ivan") != []


async def test_a_flood_from_one_person_does_not_hold_up_another(reception: World) -> None:
    for start in range(0, EVENTS_AT_ONCE * (HEAD + 10), 200):
        await hear(reception, *(message("дякую", key=f"f{start + n}", address="flood") for n in range(200)))
    await hear(reception, message("субсидія", key="1"))
    async with reception.runtime.database.write() as db:
        claimed = await inbox.claim(db, "worker-1", reception.clock(), limit=50)
    assert {one.ref.address for one in claimed} == {"flood", "anna"}


async def test_a_slow_vendor_holds_up_only_its_own_messages(reception: World) -> None:
    slow = StubChannel(name="slow", hold=asyncio.Event())
    runtime = replace(reception.runtime, channels={"web": reception.channel, "slow": slow})
    elsewhere = message("дякую", key="1", address="ivan")
    elsewhere = elsewhere.model_copy(update={"ref": elsewhere.ref.model_copy(update={"channel": "slow"})})
    async with running(runtime):
        await hear(reception, elsewhere)
        await runtime.signals.publish("think")
        async with asyncio.timeout(20):
            await slow.asked.wait()
            await hear(reception, message("дякую", key="1"))
            await runtime.signals.publish("think")
            await reception.channel.first_sent.wait()
        assert slow.hold
        slow.hold.set()


async def test_a_stop_does_not_wait_for_a_vendor_that_hangs(reception: World) -> None:
    reception.channel.hold = asyncio.Event()
    async with asyncio.timeout(LAST_BATCH + 10):
        async with running(reception.runtime):
            await hear(reception, message("дякую", key="1"))
            await reception.runtime.signals.publish("think")
            await reception.channel.asked.wait()
    assert reception.channel.sent == []
    reception.channel.hold.set()
    await work(reception)
    first = next(line for line in await lines(reception) if line.author.kind is AuthorKind.BOT)
    assert first.delivery == "unknown", "nobody knows whether it arrived, so it is not repeated"


async def test_what_a_killed_worker_had_in_hand_is_taken_up_at_once(reception: World) -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    me = workers.new_name()
    host, _, _ = me.split(":")
    dead, elsewhere = f"{host}:{ended.pid}:abcdef", f"elsewhere.example:{ended.pid}:abcdef"
    for one, worker in (("anna", dead), ("ivan", elsewhere)):
        await hear(reception, message("дякую", key=f"{one}1", address=one))
        await think(reception.runtime)
        async with reception.runtime.database.write() as db:
            assert await outbox.claim_due(db, worker, reception.clock())
        await hear(reception, message("субсидія", key=f"{one}2", address=one))
        async with reception.runtime.database.write() as db:
            assert await inbox.claim(db, worker, reception.clock())
    async with running(replace(reception.runtime, worker=me)), asyncio.timeout(20):
        while not any("Джерело:" in text for text in reception.texts("anna")):
            await reception.channel.first_sent.wait()
            reception.channel.first_sent.clear()
    assert "unknown" in [line.delivery for line in await lines(reception)]
    assert reception.texts("ivan") == [], "another machine may still be at it"
