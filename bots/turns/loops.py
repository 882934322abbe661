"""The loops that never stop by themselves: do a batch, and when there is nothing left, sleep until woken."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.turns.deliver import deliver
from bots.turns.runtime import DELIVER, THINK, Runtime
from bots.turns.think import think
from conversations import inbox, outbox
from handover.tickets import promises

log = logging.getLogger(__name__)

SLOW_POLL = 1.0
"""Seconds between looks without a wake-up: a signal may be lost, work may not. A retry's due time also needs it."""

TEND_EVERY = 15.0
"""Seconds."""

AFTER_FAILURE = 1.0
"""Seconds to breathe after a batch failed as a whole (a database that is away)."""


@asynccontextmanager
async def running(runtime: Runtime) -> AsyncIterator[None]:
    """Think and deliver in the background; at the end finish the batch in hand and give back the leases."""
    stopping = asyncio.Event()
    tasks = [
        asyncio.create_task(_tend(runtime, stopping), name="tend"),
        asyncio.create_task(_loop(runtime, THINK, think, stopping), name="think"),
        asyncio.create_task(_loop(runtime, DELIVER, deliver, stopping), name="deliver"),
    ]
    try:
        yield
    finally:
        stopping.set()
        await asyncio.gather(*tasks)
        async with runtime.database.write() as db:
            await inbox.release(db, runtime.worker)


async def _tend(runtime: Runtime, stopping: asyncio.Event) -> None:
    """Now and then: what a dead process was sending becomes *unknown*, keys nobody repeats any more are dropped."""
    while not stopping.is_set():
        try:
            async with runtime.database.write() as db:
                recovered = await outbox.recover(db, runtime.clock())
                await inbox.forget_keys(db, runtime.clock())
                late = await _tell_late(db, runtime)
            if late:
                await runtime.signals.publish(THINK)
            if recovered:
                log.warning("%d messages were being sent when their process stopped; now unknown", recovered)
                await runtime.signals.publish(DELIVER)
        except Exception:
            log.exception("tending failed and will be tried again")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TEND_EVERY):
                await stopping.wait()


async def _tell_late(db: AsyncConnection, runtime: Runtime) -> int:
    """Who was promised an answer by now and has none is told so, once, with a new time."""
    now = runtime.clock()
    told = 0
    for community in runtime.minds.communities:
        reception = runtime.minds[community].knowledge.community.reception
        told += await promises.tell_late(db, community, reception, runtime.answer_minutes, now)
    return told


async def _loop(
    runtime: Runtime, topic: str, batch: Callable[[Runtime], Awaitable[int]], stopping: asyncio.Event
) -> None:
    stop = asyncio.create_task(stopping.wait())
    async with runtime.signals.subscribe(topic) as woken:
        wake = asyncio.create_task(_next(woken))
        while not stopping.is_set():
            try:
                done = await batch(runtime)
            except Exception:
                log.exception("%s: a batch failed and will be tried again", topic)
                await asyncio.wait({stop}, timeout=AFTER_FAILURE)
                continue
            if done:
                continue
            await asyncio.wait({wake, stop}, timeout=SLOW_POLL, return_when=asyncio.FIRST_COMPLETED)
            if wake.done():
                wake = asyncio.create_task(_next(woken))
        for task in (wake, stop):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await task


async def _next(woken: AsyncIterator[str]) -> None:
    await anext(woken)
