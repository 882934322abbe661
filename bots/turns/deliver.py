"""Deliver: claim due outbox rows, send them outside any transaction, write down what became of each.

In order within a conversation, side by side across conversations and channels. A row whose sending may or may not
have arrived is *unknown*: it is not repeated by itself, a specialist sees it and decides.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from bots.turns.backoff import backoff
from bots.turns.faults import described
from bots.turns.runtime import Runtime, conversation_topic, queue_topic
from conversations import outbox
from conversations.channel import (
    ChannelUnavailable,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    ReplyWindowClosed,
)
from conversations.outbox import Due
from handover.tickets import reach

log = logging.getLogger(__name__)

BATCH = 50
SEND_TIMEOUT = 30.0
"""Seconds for one sending; a vendor that takes longer is as good as away, and the message may have arrived."""

GIVE_UP = timedelta(hours=24)
"""After a day without the vendor the message fails and its specialist sees it."""


async def deliver(runtime: Runtime, channels: Collection[str] | None = None) -> int:
    """One batch of these channels, or of all. Returns how many rows were tried; 0 means nothing is due.

    A batch holds one row of a conversation at most, so that they stay in order. Raises what the database raised, once
    every sending has ended.
    """
    async with runtime.database.write() as db:
        batch = await outbox.claim_due(
            db,
            runtime.worker,
            runtime.clock(),
            limit=BATCH,
            communities=runtime.minds.communities,
            channels=runtime.channels.keys() if channels is None else channels,
        )
    outcomes = await asyncio.gather(*(_send_and_tell(runtime, due) for due in batch), return_exceptions=True)
    for fault in outcomes:
        if fault is not None:
            raise fault
    return len(batch)


async def _send_and_tell(runtime: Runtime, due: Due) -> None:
    await _send(runtime, due)
    await runtime.signals.publish(conversation_topic(due.conversation_id))


async def _send(runtime: Runtime, due: Due) -> None:
    channel = runtime.channels[due.ref.channel]
    closes_at = channel.capabilities.closes_at(due.heard_at, due.author_kind)
    if channel.capabilities.pace is not None:
        await asyncio.sleep(await runtime.pace.turn(due.ref.channel, channel.capabilities.pace))
    try:
        if closes_at is not None and runtime.clock() >= closes_at:
            raise ReplyWindowClosed("the window for answering had closed")
        async with asyncio.timeout(SEND_TIMEOUT):
            sent = await channel.send(due.ref, due.payload, due.heard_at)
    except RateLimited as patience:
        await _later(runtime, due, timedelta(seconds=patience.retry_after), "rate limited")
    except ChannelUnavailable as away:
        await _away(runtime, due, str(away), uncertain=away.uncertain)
    except TimeoutError:
        await _away(runtime, due, "no answer in time", uncertain=True)
    except (RecipientUnreachable, ReplyWindowClosed, ReplyRejected) as final:
        await _failed(
            runtime,
            due,
            str(final) or type(final).__name__,
            unreachable=isinstance(final, RecipientUnreachable),
        )
    except Exception as fault:
        # A fault of our own adapter: the message may be on its way, so it is not repeated blindly.
        log.error(
            "channel %s failed in a way its contract does not know: %s", due.ref.channel, described(fault)
        )
        await _away(runtime, due, type(fault).__name__, uncertain=True)
    else:
        async with runtime.database.write() as db:
            await outbox.mark_sent(db, due, sent, runtime.clock())


async def _away(runtime: Runtime, due: Due, reason: str, *, uncertain: bool) -> None:
    now = runtime.clock()
    if uncertain:
        async with runtime.database.write() as db:
            await outbox.mark_unknown(db, due, reason, now)
    elif now - due.created_at > GIVE_UP:
        await _failed(runtime, due, reason, unreachable=False)
    else:
        await _later(runtime, due, backoff(due.attempts), reason)


async def _later(runtime: Runtime, due: Due, wait: timedelta, reason: str) -> None:
    at: datetime = runtime.clock() + wait
    async with runtime.database.write() as db:
        await outbox.mark_retry(db, due, at, reason)


async def _failed(runtime: Runtime, due: Due, reason: str, *, unreachable: bool) -> None:
    log.warning("a message of channel %s failed for good: %s", due.ref.channel, reason)
    async with runtime.database.write() as db:
        await outbox.mark_failed(db, due, reason, runtime.clock(), unreachable=unreachable)
        await reach.not_delivered(
            db, due.ref.community, due.conversation_id, reason, runtime.clock(), author=due.author_kind
        )
    await runtime.signals.publish(queue_topic(due.ref.community))
