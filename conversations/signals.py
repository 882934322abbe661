"""Wake-up signals: "look again", never what changed. Losing one costs a slow poll, nothing else.

A topic is a plain word ("think", "deliver", "conversation:{id}", "queue:{community}"). A subscriber is woken once at
the start, each second while Redis is away and once it is back, since something may have been missed; several signals
of one topic that nobody has looked at yet are one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds one Redis command may take; a signal is not worth more."""

REST = 1.0
"""Seconds before a Redis that failed is tried again."""

_AWAY = (RedisError, OSError, TimeoutError)


class Signals(Protocol):
    """What the loops and live pages know of signals."""

    async def publish(self, *topics: str) -> None:
        """Wake everybody who waits for these topics. Never raises because of a signal that can't be sent."""
        ...

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Inside, an iterator of topics that were signalled; it never ends by itself and bears cancellation."""
        ...


class _Ear:
    """One subscriber's topics that wait to be looked at, each at most once, the oldest first."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self._heard: dict[str, None] = {}
        self._something = asyncio.Event()

    def hear(self, topic: str) -> None:
        self._heard[topic] = None
        self._something.set()

    def hear_all(self) -> None:
        for topic in sorted(self.topics):
            self.hear(topic)

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        while not self._heard:
            self._something.clear()
            await self._something.wait()
        topic = next(iter(self._heard))
        del self._heard[topic]
        return topic


class _Ears:
    """Everybody in this process who listens, by topic."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[_Ear]] = {}

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(self._by_topic)

    def add(self, ear: _Ear) -> list[str]:
        """Returns the topics nobody listened to before."""
        fresh = [topic for topic in ear.topics if topic not in self._by_topic]
        for topic in ear.topics:
            self._by_topic.setdefault(topic, set()).add(ear)
        return fresh

    def remove(self, ear: _Ear) -> list[str]:
        """Returns the topics nobody listens to any more."""
        for topic in ear.topics:
            self._by_topic[topic].discard(ear)
        silent = [topic for topic in ear.topics if not self._by_topic[topic]]
        for topic in silent:
            del self._by_topic[topic]
        return silent

    def hear(self, topic: str) -> None:
        for ear in self._by_topic.get(topic, ()):
            ear.hear(topic)

    def hear_all(self) -> None:
        for topic in self._by_topic:
            self.hear(topic)


class MemorySignals:
    """Signals within one process."""

    def __init__(self) -> None:
        self._ears = _Ears()

    async def publish(self, *topics: str) -> None:
        """Wake everybody in this process who waits for these topics."""
        for topic in topics:
            self._ears.hear(topic)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncGenerator[AsyncIterator[str]]:
        """Listen to these topics."""
        ear = _Ear(topics)
        self._ears.add(ear)
        ear.hear_all()
        try:
            yield ear
        finally:
            self._ears.remove(ear)

    async def close(self) -> None:
        """Nothing to give back."""


class RedisSignals:
    """Signals between processes over Redis' publish and subscribe; one connection listens for all subscribers.

    Redis may be away, restarted or flushed at any time: publishing then does nothing (said once in the log), and
    listening goes on by itself when Redis is back.
    """

    def __init__(self, url: str, *, prefix: str = "pryimalnia:") -> None:
        self._prefix = prefix
        self._client: Redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            # One more try finds the broken connection that a restarted Redis left in the pool.
            retry=Retry(NoBackoff(), 1),
        )
        self._ears = _Ears()
        self._listener: asyncio.Task[None] | None = None
        self._subscription: PubSub | None = None
        self._resting_until = 0.0
        self._away = False

    async def publish(self, *topics: str) -> None:
        """Wake everybody who waits for these topics, in every process; gives up quietly when Redis is away."""
        clock = asyncio.get_running_loop().time
        if not topics or clock() < self._resting_until:
            return
        try:
            async with self._client.pipeline(transaction=False) as together:
                for topic in topics:
                    together.publish(self._prefix + topic, b"")
                await together.execute()
        except _AWAY as fault:
            self._resting_until = clock() + REST
            self._note_away(fault)
        else:
            self._note_back()

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncGenerator[AsyncIterator[str]]:
        """Listen to these topics."""
        ear = _Ear(topics)
        fresh = self._ears.add(ear)
        ear.hear_all()
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(), name="signals")
        await self._tell_redis(fresh, listen=True)
        try:
            yield ear
        finally:
            await self._tell_redis(self._ears.remove(ear), listen=False)

    async def close(self) -> None:
        """Stop listening and give the connections back."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
            self._listener = None
        await self._client.aclose()

    async def _tell_redis(self, topics: Iterable[str], *, listen: bool) -> None:
        names = [self._prefix + topic for topic in topics]
        if self._subscription is None or not names:
            return  # the listener subscribes to everything wanted when it connects
        try:
            if listen:
                await self._subscription.subscribe(*names)
            else:
                await self._subscription.unsubscribe(*names)
        except _AWAY as fault:
            self._note_away(fault)  # the listener notices too, and starts anew with all topics

    async def _listen(self) -> None:
        while True:
            subscription = self._client.pubsub()
            try:
                # A channel of its own keeps the connection subscribed, and so alive, while nobody listens.
                await subscription.subscribe(self._prefix)
                # From here on whoever subscribes tells Redis; of whoever did so before, it is told now.
                self._subscription = subscription
                await self._tell_redis(self._ears.topics, listen=True)
                self._note_back()
                while True:
                    await self._hear_one(subscription)
            except _AWAY as fault:
                self._note_away(fault)
            finally:
                self._subscription = None
                with contextlib.suppress(*_AWAY):
                    await subscription.aclose()  # type: ignore[no-untyped-call]  # redis leaves it untyped
            await asyncio.sleep(REST)
            self._ears.hear_all()  # nobody can call us meanwhile, so each looks by itself

    async def _hear_one(self, subscription: PubSub) -> None:
        message = await subscription.get_message(timeout=None)
        if message is None:
            return
        self._note_back()  # the client may have reconnected by itself
        # Both a message and Redis' word that it now listens mean: look again, there may be something.
        if message["type"] in ("message", "subscribe"):
            name: str = message["channel"].decode()
            self._ears.hear(name.removeprefix(self._prefix))

    def _note_away(self, fault: BaseException) -> None:
        if not self._away:
            self._away = True
            log.warning("Redis is away (%s); wake-ups wait for the slow poll", type(fault).__name__)

    def _note_back(self) -> None:
        self._resting_until = 0.0
        if self._away:
            self._away = False
            log.info("Redis is back")
