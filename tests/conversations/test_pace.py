"""Turns at sending: a short burst at once, then one after another, over all processes; also while Redis is away."""

from __future__ import annotations

import pytest

from conversations.pace import MemoryPace, RedisPace
from tests.conftest import RedisServer


async def test_a_burst_goes_at_once_and_the_rest_waits_its_turn() -> None:
    now = [1000.0]
    pace = MemoryPace(lambda: now[0])
    waits = [round((await pace.turns("telegram", 2, 1))[0], 3) for _ in range(6)]
    assert waits == [0, 0, 0, 0.5, 1.0, 1.5]
    assert (await pace.turns("viber", 2, 1))[0] == 0
    now[0] += 10
    assert (await pace.turns("telegram", 2, 1))[0] == 0


async def test_two_processes_share_the_turns(redis: RedisServer) -> None:
    one, other = RedisPace(redis.url, prefix="test-pace:"), RedisPace(redis.url, prefix="test-pace:")
    waits = [(await pace.turns("telegram", 1, 1))[0] for _ in range(3) for pace in (one, other)]
    assert waits[0] == 0
    assert waits[-1] == pytest.approx(4, abs=0.5)
    assert waits == sorted(waits)
    await one.close()
    await other.close()


async def test_without_redis_each_counts_for_itself() -> None:
    pace = RedisPace("redis://127.0.0.1:1/0")
    waits = [(await pace.turns("telegram", 1, 1))[0] for _ in range(4)]
    assert waits[-1] > 1
    await pace.close()
