"""Signals: the same in memory and over Redis, and a Redis that goes away and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest

from conversations.signals import MemorySignals, RedisSignals, Signals
from tests.conftest import RedisServer

PATIENCE = 20


async def heard(ear: AsyncIterator[str], topic: str) -> None:
    """Wait until this topic is heard, whatever else comes before."""
    async with asyncio.timeout(PATIENCE):
        async for one in ear:
            if one == topic:
                return


async def settled(ear: AsyncIterator[str], signals: Signals, mark: str) -> None:
    """Let the wake-ups of the beginning pass: after this mark only new signals come."""
    await heard(ear, mark)
    await signals.publish(mark)
    await heard(ear, mark)


async def test_a_subscriber_is_woken_at_the_start(signals: Signals) -> None:
    async with signals.subscribe("think") as ear:
        await heard(ear, "think")


async def test_a_signal_reaches_everybody_who_waits_for_it(signals: Signals) -> None:
    async with signals.subscribe("think") as one, signals.subscribe("think", "deliver") as two:
        await settled(one, signals, "think")
        await settled(two, signals, "deliver")
        await signals.publish("think")
        await heard(one, "think")
        await heard(two, "think")


async def test_others_topics_are_not_heard(signals: Signals) -> None:
    async with signals.subscribe("conversation:1", "mark") as ear:
        await settled(ear, signals, "mark")
        await signals.publish("conversation:2")
        await signals.publish("mark")
        async with asyncio.timeout(PATIENCE):
            topics = {await anext(ear)}
            while "mark" not in topics:
                topics.add(await anext(ear))
    assert "conversation:2" not in topics


async def test_many_signals_nobody_looked_at_are_one(signals: Signals) -> None:
    async with signals.subscribe("think", "mark") as ear:
        await settled(ear, signals, "mark")
        for _ in range(50):
            await signals.publish("think")
        await signals.publish("mark")
        heard_topics = []
        async with asyncio.timeout(PATIENCE):
            while "mark" not in heard_topics:
                heard_topics.append(await anext(ear))
    assert heard_topics.count("think") <= 50
    if isinstance(signals, MemorySignals):
        assert heard_topics == ["think", "mark"]


async def test_waiting_may_be_cancelled_and_resumed(signals: Signals) -> None:
    async with signals.subscribe("think") as ear:
        await settled(ear, signals, "think")
        waiting = asyncio.ensure_future(anext(ear))
        await asyncio.sleep(0)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        await signals.publish("think")
        await heard(ear, "think")


async def test_who_left_and_came_back_hears_again(signals: Signals) -> None:
    async with signals.subscribe("think") as ear:
        await settled(ear, signals, "think")
    async with signals.subscribe("think") as ear:
        await settled(ear, signals, "think")


async def test_two_processes_hear_each_other(redis_url: str) -> None:
    here, there = RedisSignals(redis_url, prefix="two:"), RedisSignals(redis_url, prefix="two:")
    async with here.subscribe("queue:sample") as ear:
        await settled(ear, there, "queue:sample")
    await here.close()
    await there.close()


async def test_publishing_without_redis_is_said_once_and_never_raises(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    signals = RedisSignals(own_redis.url)
    with caplog.at_level(logging.WARNING, "conversations.signals"):
        for _ in range(5):
            await signals.publish("think")
        async with signals.subscribe("think") as ear:
            await heard(ear, "think")
            await signals.publish("think")
    await signals.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


async def test_a_subscriber_survives_a_restart_of_redis(own_redis: RedisServer) -> None:
    own_redis.start()
    signals = RedisSignals(own_redis.url)
    async with signals.subscribe("think") as ear:
        await settled(ear, signals, "think")
        own_redis.stop()
        await signals.publish("think")
        own_redis.start()
        # Woken by the reconnection itself: something may have been missed.
        await heard(ear, "think")
        await signals.publish("think")
        await heard(ear, "think")
    await signals.close()


async def test_a_subscriber_from_before_redis_hears_once_it_is_there(own_redis: RedisServer) -> None:
    signals = RedisSignals(own_redis.url)
    async with signals.subscribe("think") as ear:
        await heard(ear, "think")
        own_redis.start()
        await heard(ear, "think")
    await signals.close()


async def test_who_subscribes_while_redis_is_being_reached_is_not_forgotten(redis_url: str) -> None:
    there = RedisSignals(redis_url, prefix="reaching:")
    for steps in range(40):
        here = RedisSignals(redis_url, prefix="reaching:")
        async with here.subscribe("early"):
            for _ in range(steps):
                await asyncio.sleep(0)
            async with here.subscribe("late") as ear:
                await heard(ear, "late")
                await there.publish("late")
                await heard(ear, "late")
        await here.close()
    await there.close()


async def test_while_redis_is_away_everybody_looks_by_itself(own_redis: RedisServer) -> None:
    signals = RedisSignals(own_redis.url)
    async with signals.subscribe("conversation:1") as ear:
        for _ in range(3):
            await heard(ear, "conversation:1")
    await signals.close()
