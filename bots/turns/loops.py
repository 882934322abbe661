"""The loops that never stop by themselves: do a batch, and when there is nothing left, sleep until woken."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bots.turns import presence, registers, workers
from bots.turns import visits as visiting
from bots.turns.deliver import Courier
from bots.turns.faults import described
from bots.turns.fetch import fetch
from bots.turns.measures import Loop
from bots.turns.pull import pull
from bots.turns.runtime import Runtime
from bots.turns.think import BATCH, think
from bots.turns.topics import DELIVER, FETCH, THINK, conversation_topic, deliver_topic, queue_topic
from conversations import inbox, outbox
from conversations.channel import FetchesFiles, Pulls
from conversations.leases import Lease
from conversations.messages import AuthorKind
from handover.applications import follows, syncing
from handover.assignment.offering import Tender
from handover.calendars import pauses
from handover.reports import visits
from handover.tickets import pausing, promises

log = logging.getLogger(__name__)

SLOW_POLL = 1.0
"""Seconds between looks without a wake-up: a signal may be lost, work may not. A retry's due time also needs it."""

TEND_EVERY = 15.0
"""Seconds."""

COUNT_EVERY = 60.0
"""Seconds between counts of what has come, for the reports: a report itself counts the rest."""

COUNT_AT_ONCE, COUNT_BREATH = 2000, 1.0
"""A log that was never counted is counted by so many conversations, with so many seconds between for all others."""

ASSIGN_EVERY = 2.0
"""Seconds a person who was called may wait to be offered to somebody."""

REGISTER_LOOKED_AT = 5.0
"""Seconds between looks whether it is time to read the register: a lease has to be renewed meanwhile."""

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
        _be_present(runtime, stopping),
        _assign(runtime, stopping),
        _count(runtime, stopping),
        *([_read_register(runtime, stopping)] if runtime.registers.applications is not None else []),
        _loop("think", [THINK], partial(_think, runtime), runtime, stopping),
        *(_delivering(runtime, name, stopping) for name in runtime.channels),
        *(
            _loop("fetch", [FETCH], partial(fetch, runtime, name, channel), runtime, stopping, channel=name)
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
        await runtime.presence.leave(runtime.database, runtime.worker)


async def _tend(runtime: Runtime, stopping: asyncio.Event) -> None:
    """At the start, take over from the dead; now and then, look after what no loop looks after.

    Each in a transaction of its own, so that nothing is locked against the order of the house.
    """
    await _tried(_take_over(runtime))
    while not stopping.is_set():
        runtime.measures.beat("tend")
        await tend_once(runtime)
        await _rest(stopping, TEND_EVERY)
    runtime.measures.ended("tend")


async def tend_once(runtime: Runtime) -> None:
    """Everything that is due at this moment and that no other loop looks after."""
    for work in (_give_up_late, _forget_keys, _end_pauses, _tell_late, _tell_changes, _tend_visits):
        await _tried(work(runtime))
    if runtime.nightly is not None:
        await _tried(runtime.nightly(runtime.clock()))


async def _be_present(runtime: Runtime, stopping: asyncio.Event) -> None:
    """Say again and again that this worker is there."""
    while not stopping.is_set():
        await _tried(runtime.presence.say(runtime.database, runtime.worker, runtime.clock()))
        await _rest(stopping, presence.SAID_EVERY)


async def _assign(runtime: Runtime, stopping: asyncio.Event) -> None:
    """Look after who gets what waits; one process does, another goes on where that one ends."""
    duties = [
        (
            community,
            Lease(f"assign:{community}", runtime.worker),
            Tender(runtime.database, community, runtime.policy),
        )
        for community in runtime.minds.communities
    ]
    while not stopping.is_set():
        runtime.measures.beat("assign")
        for community, lease, tender in duties:
            await _tried(_tend_queue(runtime, community, lease, tender))
        await _rest(stopping, ASSIGN_EVERY)
    for _, lease, _ in duties:
        await _tried(lease.release(runtime.database))
    runtime.measures.ended("assign")


async def _tend_queue(runtime: Runtime, community: str, lease: Lease, tender: Tender) -> None:
    if not await lease.held(runtime.database, runtime.clock()):
        return
    reception = runtime.minds[community].knowledge.community.reception
    done = await tender.tend(reception, runtime.clock())
    if done.conversations:
        topics = [conversation_topic(one) for one in sorted(done.conversations)]
        await runtime.signals.publish(queue_topic(community), *topics, *([THINK] if done.told else []))


async def _rest(stopping: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()


async def _tried(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as fault:
        log.error("tending failed and will be tried again: %s", described(fault))


async def _give_up_late(runtime: Runtime) -> None:
    """Sendings whose worker did not come back, and moments that a wrong clock has left in the future."""
    async with runtime.database.write() as db:
        unknown = await outbox.recover(db, runtime.clock())
    async with runtime.database.write() as db:
        moved = await outbox.bring_forward(db, runtime.clock())
    if unknown or moved:
        log.warning("%d messages may have arrived, %d were put off too far", unknown, moved)
        await runtime.signals.publish(DELIVER)


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
        await runtime.signals.publish(THINK, DELIVER)


async def _end_pauses(runtime: Runtime) -> None:
    """A pause that was forgotten ends by itself."""
    for community in runtime.minds.communities:
        reception = runtime.minds[community].knowledge.community.reception
        async with runtime.database.read() as db:
            found = await pauses.running(db, community)
        if found is None or runtime.clock() < found.until:
            continue
        async with runtime.database.write() as db:
            ended = await pausing.end(db, community, reception, None, runtime.clock())
        if ended is not None:
            log.warning("a pause has ended by itself")
            await runtime.signals.publish(queue_topic(community))


async def _tell_late(runtime: Runtime) -> None:
    """Who was promised an answer by now and has none is told so, once, with a new time."""
    for community in runtime.minds.communities:
        reception = runtime.minds[community].knowledge.community.reception
        async with runtime.database.write() as db:
            late = await promises.tell_late(db, community, reception, runtime.answer_minutes, runtime.clock())
        if late:
            await runtime.signals.publish(THINK, queue_topic(community))


async def _tend_visits(runtime: Runtime) -> None:
    """Who comes tomorrow or soon is reminded, and who waits for a time is offered one."""
    for community in runtime.minds.communities:
        if await visiting.tend(runtime, community):
            await runtime.signals.publish(THINK)


async def _tell_changes(runtime: Runtime) -> None:
    """Who follows an application is told what changed, once; who can't be reached now, when they write again."""

    def reaches(channel: str, heard_at: datetime | None) -> bool:
        if channel not in runtime.channels:
            return False
        closes_at = runtime.channels[channel].capabilities.closes_at(heard_at, AuthorKind.BOT)
        return closes_at is None or runtime.clock() < closes_at

    for community in runtime.minds.communities:
        told = await follows.tell_changes(
            runtime.database, community, reaches, registers.facts, runtime.clock()
        )
        if told:
            await runtime.signals.publish(THINK)


async def _read_register(runtime: Runtime, stopping: asyncio.Event) -> None:
    """What changed in the department's register of applications: one process reads it, every so often."""
    source = runtime.registers.applications
    assert source is not None
    due = dict.fromkeys(runtime.minds.communities, runtime.clock())
    held = {community: Lease(f"register:{community}", runtime.worker) for community in due}

    async def read(community: str) -> None:
        if not await held[community].held(runtime.database, runtime.clock()):
            return
        now = runtime.clock()
        if now < due[community]:
            return
        due[community] = now + runtime.registers.every
        zone = ZoneInfo(runtime.minds[community].knowledge.community.timezone)
        await syncing.sync(runtime.database, community, source, now.astimezone(zone).date(), now)

    while not stopping.is_set():
        runtime.measures.beat("register")
        for community in due:
            await _tried(read(community))
        await _rest(stopping, REGISTER_LOOKED_AT)
    for lease in held.values():
        await _tried(lease.release(runtime.database))
    runtime.measures.ended("register")


async def _count(runtime: Runtime, stopping: asyncio.Event) -> None:
    """Count what people have written since the last time, by days, for the reports."""
    behind: set[str] = set()

    async def counted(community: str) -> None:
        behind.discard(community)
        zone = ZoneInfo(runtime.minds[community].knowledge.community.timezone)
        if not await visits.catch_up(runtime.database, community, zone, COUNT_AT_ONCE):
            behind.add(community)

    while not stopping.is_set():
        runtime.measures.beat("count")
        for community in sorted(behind) or runtime.minds.communities:
            await _tried(counted(community))
        await _rest(stopping, COUNT_BREATH if behind else COUNT_EVERY)
    runtime.measures.ended("count")


async def _loop(
    loop: Loop,
    topics: Sequence[str],
    batch: Callable[[], Awaitable[int]],
    runtime: Runtime,
    stopping: asyncio.Event,
    *,
    channel: str = "",
    also: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Do batches until one finds nothing; then sleep until a signal, `also`, or the slow poll."""
    async with runtime.signals.subscribe(*topics) as woken:
        sleep = _Sleep(stopping.wait, woken.__anext__, *([also] if also else []))
        try:
            while not stopping.is_set():
                runtime.measures.beat(loop, channel)
                try:
                    done = await batch()
                except Exception as fault:
                    runtime.measures.failed(loop, channel)
                    log.error("%s: a batch failed and will be tried again: %s", loop, described(fault))
                    await sleep.through(AFTER_FAILURE)
                    continue
                if not done:
                    await sleep.until_woken(SLOW_POLL)
        finally:
            await sleep.end()
    runtime.measures.ended(loop, channel)


async def _think(runtime: Runtime) -> int:
    """A batch; what is not full has emptied the queue, and what has come meanwhile has rung."""
    thought = await think(runtime)
    return thought if thought >= BATCH else 0


async def _delivering(runtime: Runtime, name: str, stopping: asyncio.Event) -> None:
    """Send for one channel: woken by what is due and by what has ended."""
    courier = Courier(runtime, {name})

    async def turn() -> int:
        await courier.turn()
        return 0  # where more is due than there is room for, an end makes room

    try:
        woken_by = [DELIVER, deliver_topic(name)]
        await _loop("deliver", woken_by, turn, runtime, stopping, channel=name, also=courier.something_ended)
        await courier.finish()
    finally:
        courier.give_up()


class _Sleep:
    """The sleep of a loop: the first of its wakers ends every sleep, the others only some."""

    def __init__(self, *wakers: Callable[[], Awaitable[object]]) -> None:
        self._wakers = wakers
        self._tasks = [_task(waker) for waker in wakers]

    async def through(self, seconds: float) -> None:
        """Until the first waker, or so long."""
        await asyncio.wait(self._tasks[:1], timeout=seconds)

    async def until_woken(self, seconds: float) -> None:
        """Until any waker, or so long."""
        await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        self._tasks = [
            _task(waker) if place and task.done() else task
            for place, (waker, task) in enumerate(zip(self._wakers, self._tasks, strict=True))
        ]

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _task(waker: Callable[[], Awaitable[object]]) -> asyncio.Task[object]:
    async def wait() -> object:
        return await waker()

    return asyncio.create_task(wait())
