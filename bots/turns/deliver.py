"""Deliver: claim due outbox rows, send them outside any transaction, write down what became of each.

In order within a conversation, side by side across conversations and channels. A row whose sending may or may not
have arrived is *unknown*: it is not repeated by itself, a specialist sees it and decides.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from time import perf_counter

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.turns import measures
from bots.turns.backoff import backoff
from bots.turns.faults import described
from bots.turns.runtime import Runtime
from bots.turns.telling import about
from bots.turns.topics import conversation_topic, queue_topic
from conversations import outbox
from conversations.channel import (
    ChannelUnavailable,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    ReplyWindowClosed,
)
from conversations.messages import AuthorKind
from conversations.outbox import PATIENCE, Arrived, Due, Failed, Outcome, Retry, Unknown
from handover.tickets import reach

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Sendings of one channel on their way at the same time."""

SEND_TIMEOUT = 30.0
"""Seconds for one sending; a vendor that takes longer is as good as away, and the message may have arrived."""

GATHERS = 0.01
"""Seconds that an outcome waits for company before it is written down."""

GIVE_UP = timedelta(hours=24)
"""After a day without the vendor the message fails and its specialist sees it."""


async def deliver(runtime: Runtime, channels: Collection[str] | None = None) -> int:
    """One batch of these channels, or of all. Returns how many rows were tried; 0 means nothing is due.

    A batch holds one row of a conversation at most, so that they stay in order. Raises what the database raised, once
    every sending has ended.
    """
    courier = Courier(runtime, runtime.channels.keys() if channels is None else channels)
    tried = await courier.turn()
    await courier.finish()
    return tried


class Courier:
    """Sends for some channels: what is due is claimed while earlier sendings are still on their way."""

    def __init__(self, runtime: Runtime, channels: Collection[str]) -> None:
        self._runtime = runtime
        self._channels = channels
        self._on_their_way: set[asyncio.Task[None]] = set()
        self._ended: list[tuple[Due, Outcome]] = []
        self._something_ended = asyncio.Event()

    async def turn(self) -> int:
        """One transaction: write down what has ended and claim what is due. Then begin to send; returns how many.

        Raises what the database raised; what has ended is then written down the next time.
        """
        began = perf_counter()
        runtime, ended = self._runtime, self._ended
        self._ended = []
        self._something_ended.clear()
        try:
            async with runtime.database.write() as db:
                await self._write_down(db, ended)
                batch = await self._claim(db)
        except BaseException:
            self._ended = ended + self._ended
            raise
        for due, wait in zip(batch, await self._waits(batch), strict=True):
            task = asyncio.create_task(self._send(due, wait))
            self._on_their_way.add(task)
            task.add_done_callback(self._on_their_way.discard)
        await runtime.signals.publish(*_changed(ended))
        if ended or batch:
            runtime.measures.batch("deliver", len(ended) + len(batch), perf_counter() - began)
        return len(batch)

    async def something_ended(self) -> None:
        """Returns once an outcome waits to be written down, with those that ended in the same moment."""
        await self._something_ended.wait()
        await asyncio.sleep(GATHERS)

    async def finish(self) -> None:
        """Write down what is on its way as it ends. Raises what the database raised.

        Whoever stops waiting for the last of it loses nothing that has ended.
        """
        while self._on_their_way or self._ended:
            if self._on_their_way:
                await asyncio.wait(self._on_their_way, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(GATHERS)
            ended, self._ended = self._ended, []
            try:
                async with self._runtime.database.write() as db:
                    await self._write_down(db, ended)
            except BaseException:
                self._ended = ended + self._ended
                raise
            await self._runtime.signals.publish(*_changed(ended))

    def give_up(self) -> None:
        """Wait for nothing any more; what is on its way becomes unknown with its worker's lease."""
        for task in self._on_their_way:
            task.cancel()

    async def _write_down(self, db: AsyncConnection, ended: Sequence[tuple[Due, Outcome]]) -> None:
        now = self._runtime.clock()
        await outbox.mark(db, ended, now)
        for due, outcome in ended:
            # What could not be taken back is no word that did not arrive.
            if isinstance(outcome, Failed) and due.author_kind is not AuthorKind.SYSTEM:
                with about(conversation=due.conversation_id, channel=due.ref.channel):
                    log.warning("a message failed for good: %s", outcome.reason)
                await reach.not_delivered(
                    db, due.ref.community, due.conversation_id, outcome.reason, now, author=due.author_kind
                )

    async def _claim(self, db: AsyncConnection) -> list[Due]:
        runtime = self._runtime
        paces = [runtime.channels[name].capabilities.pace for name in self._channels]
        # What can't go within a second is not claimed yet: claimed and not sent is unknown after a crash.
        soon = [AT_ONCE if pace is None else max(1, int(pace)) for pace in paces]
        room = min(AT_ONCE, max(soon, default=0)) - len(self._on_their_way)
        if room <= 0:
            return []
        return await outbox.claim_due(
            db,
            runtime.worker,
            runtime.clock(),
            limit=room,
            communities=runtime.minds.communities,
            channels=self._channels,
            share=runtime.presence.share,
        )

    async def _waits(self, batch: Sequence[Due]) -> list[float]:
        """Seconds each of them waits for its turn among all workers."""
        by_channel = Counter(due.ref.channel for due in batch)
        waits: dict[str, Iterator[float]] = {}
        for name, count in by_channel.items():
            pace = self._runtime.channels[name].capabilities.pace
            turns = [0.0] * count if pace is None else await self._runtime.pace.turns(name, pace, count)
            waits[name] = iter(turns)
        return [next(waits[due.ref.channel]) for due in batch]

    async def _send(self, due: Due, wait: float) -> None:
        if wait > 0:
            await asyncio.sleep(wait)
        began = perf_counter()
        outcome = await _outcome(self._runtime, due)
        self._runtime.measures.sent(due.ref.channel, _name(outcome), perf_counter() - began)
        self._ended.append((due, outcome))
        self._something_ended.set()


def _name(outcome: Outcome) -> measures.Outcome:
    match outcome:
        case Arrived():
            return "sent"
        case Retry():
            return "rate-limited" if outcome.reason == PATIENCE else "retry"
        case Unknown():
            return "unknown"
        case Failed():
            return "failed"


def _changed(ended: Iterable[tuple[Due, Outcome]]) -> set[str]:
    """Whom to wake about these."""
    topics: set[str] = set()
    for due, outcome in ended:
        topics.add(conversation_topic(due.conversation_id))
        if isinstance(outcome, Failed):
            topics.add(queue_topic(due.ref.community))
    return topics


async def _outcome(runtime: Runtime, due: Due) -> Outcome:
    """Send one and say what became of it."""
    channel = runtime.channels[due.ref.channel]
    closes_at = channel.capabilities.closes_at(due.heard_at, due.author_kind)
    try:
        if closes_at is not None and runtime.clock() >= closes_at:
            raise ReplyWindowClosed("the window for answering had closed")
        async with asyncio.timeout(SEND_TIMEOUT):
            return Arrived(await channel.send(due.ref, due.payload, due.heard_at))
    except RateLimited as patience:
        _count(runtime, due, patience)
        return Retry(runtime.clock() + timedelta(seconds=patience.retry_after), PATIENCE)
    except ChannelUnavailable as away:
        _count(runtime, due, away)
        return Unknown(str(away)) if away.uncertain else _again(runtime, due, str(away))
    except TimeoutError as late:
        _count(runtime, due, late)
        return Unknown("no answer in time")
    except (RecipientUnreachable, ReplyWindowClosed, ReplyRejected) as final:
        _count(runtime, due, final)
        unreachable = isinstance(final, RecipientUnreachable)
        return Failed(str(final) or type(final).__name__, unreachable=unreachable)
    except Exception as fault:
        # A fault of our own adapter: the message may be on its way, so it is not repeated blindly.
        log.error(
            "channel %s failed in a way its contract does not know: %s", due.ref.channel, described(fault)
        )
        _count(runtime, due, fault)
        return Unknown(type(fault).__name__)


def _count(runtime: Runtime, due: Due, fault: Exception) -> None:
    runtime.measures.vendor_error(due.ref.channel, type(fault).__name__)


def _again(runtime: Runtime, due: Due, reason: str) -> Outcome:
    now = runtime.clock()
    return Failed(reason) if now - due.created_at > GIVE_UP else Retry(now + backoff(due.attempts), reason)
