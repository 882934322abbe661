"""The loops that never stop by themselves: do a batch, and when there is nothing left, sleep until woken."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from bots.turns import workers
from bots.turns.deliver import deliver
from bots.turns.faults import described
from bots.turns.fetch import fetch
from bots.turns.pull import pull
from bots.turns.runtime import DELIVER, FETCH, THINK, Runtime
from bots.turns.think import think
from conversations import inbox, outbox
from conversations.channel import FetchesFiles, Pulls
from handover.tickets import promises

log = logging.getLogger(__name__)

SLOW_POLL = 1.0
"""Seconds between looks without a wake-up: a signal may be lost, work may not. A retry's due time also needs it."""

TEND_EVERY = 15.0
"""Seconds."""

AFTER_FAILURE = 1.0
"""Seconds to breathe after a batch failed as a whole (a database that is away)."""

LAST_BATCH = 4.0
"""Seconds the batch in hand gets at a stop. A sending that takes longer is given up; its row becomes unknown."""


@asynccontextmanager
async def running(runtime: Runtime) -> AsyncIterator[None]:
    """Think and deliver in the background; at the end finish the batch in hand and give back what is held.

    Each channel is delivered by a loop of its own: a vendor that is slow holds up only its own messages.
    """
    stopping = asyncio.Event()
    loops = [
        _tend(runtime, stopping),
        _loop(THINK, partial(think, runtime), runtime, stopping),
        *(_loop(DELIVER, partial(deliver, runtime, {name}), runtime, stopping) for name in runtime.channels),
        *(
            _loop(FETCH, partial(fetch, runtime, name, channel), runtime, stopping)
            for name, channel in runtime.channels.items()
            if isinstance(channel, FetchesFiles)
        ),
        *(
            pull(runtime, community, name, channel, stopping)
            for name, channel in runtime.channels.items()
            if isinstance(channel, Pulls) and channel.pulling
            for community in runtime.minds.communities
        ),
    ]
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield
    finally:
        stopping.set()
        _, late = await asyncio.wait(tasks, timeout=LAST_BATCH)
        for task in late:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("a loop had ended by itself: %s", described(outcome))
        async with runtime.database.write() as db:
            await inbox.release(db, runtime.worker)
            await outbox.give_up(db, runtime.worker, runtime.clock())


async def _tend(runtime: Runtime, stopping: asyncio.Event) -> None:
    """At the start, take over from the dead; now and then, drop old keys and tell those whose promise has passed.

    Each in a transaction of its own, so that nothing is locked against the order of the house.
    """
    await _tried(_take_over(runtime))
    while not stopping.is_set():
        await _tried(_forget_keys(runtime))
        await _tried(_tell_late(runtime))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TEND_EVERY):
                await stopping.wait()


async def _tried(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as fault:
        log.error("tending failed and will be tried again: %s", described(fault))


async def _forget_keys(runtime: Runtime) -> None:
    async with runtime.database.write() as db:
        await inbox.forget_keys(db, runtime.clock())


async def _take_over(runtime: Runtime) -> None:
    """What workers killed on this machine had in hand is taken up at once; other machines' leases run out."""
    async with runtime.database.read() as db:
        holders = await inbox.holders(db) | await outbox.holders(db)
    for dead in sorted(one for one in holders if workers.is_dead(one, runtime.worker)):
        async with runtime.database.write() as db:
            await inbox.release(db, dead)
        async with runtime.database.write() as db:
            unknown = await outbox.give_up(db, dead, runtime.clock())
        log.warning("worker %s ended without a word; %d of its messages may have arrived", dead, unknown)
        await runtime.signals.publish(THINK)
        await runtime.signals.publish(DELIVER)


async def _tell_late(runtime: Runtime) -> None:
    """Who was promised an answer by now and has none is told so, once, with a new time."""
    for community in runtime.minds.communities:
        reception = runtime.minds[community].knowledge.community.reception
        async with runtime.database.write() as db:
            late = await promises.tell_late(db, community, reception, runtime.answer_minutes, runtime.clock())
        if late:
            await runtime.signals.publish(THINK)


async def _loop(
    topic: str, batch: Callable[[], Awaitable[int]], runtime: Runtime, stopping: asyncio.Event
) -> None:
    stop = asyncio.create_task(stopping.wait())
    async with runtime.signals.subscribe(topic) as woken:
        wake = asyncio.create_task(_next(woken))
        while not stopping.is_set():
            try:
                done = await batch()
            except Exception as fault:
                log.error("%s: a batch failed and will be tried again: %s", topic, described(fault))
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
