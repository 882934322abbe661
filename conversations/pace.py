"""How fast a channel may send, over all workers: each sending takes its turn and learns how long to wait for it.

The generic cell rate algorithm: one moment a channel, the next free turn. A short burst is let through at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

BURST = 1.0
"""Seconds' worth of turns that may be taken at once after a silence."""

PATIENCE = 1.0
"""Seconds one Redis command may take."""

# Redis' own clock counts, so that workers whose clocks differ still take their turns one after another.
_TURNS = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local taken, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
if free < now then free = now end
local kept = math.ceil((free + taken - now + burst) * 1000) + 1000
redis.call('SET', KEYS[1], string.format('%.6f', free + taken), 'PX', kept)
return tostring(free - now - burst)
"""


class Pace(Protocol):
    """Turns at sending."""

    async def turns(self, name: str, per_second: float, count: int) -> list[float]:
        """Take the next turns of `name`; returns the seconds to wait for each, 0 for at once. Never raises."""
        ...


def _waits(first: float, per_second: float, count: int) -> list[float]:
    return [max(0.0, first + place / per_second) for place in range(count)]


class MemoryPace:
    """Turns within one process."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._free: dict[str, float] = {}

    async def turns(self, name: str, per_second: float, count: int) -> list[float]:
        """The next turns of this process."""
        now = self._clock()
        free = max(self._free.get(name, now), now)
        self._free[name] = free + count / per_second
        return _waits(free - now - BURST, per_second, count)

    async def close(self) -> None:
        """Nothing to give back."""


class RedisPace:
    """Turns over all processes. While Redis is away each counts for itself; vendors say when that is too much."""

    def __init__(self, url: str, *, prefix: str = "pryimalnia:pace:") -> None:
        self._prefix = prefix
        self._alone = MemoryPace()
        self._client: Redis = Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
        )
        self._script = self._client.register_script(_TURNS)

    async def turns(self, name: str, per_second: float, count: int) -> list[float]:
        """The next turns of all processes together."""
        try:
            first = await self._script(keys=[self._prefix + name], args=[count / per_second, BURST])
        except (RedisError, OSError, TimeoutError):
            return await self._alone.turns(name, per_second, count)
        return _waits(float(first), per_second, count)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()
