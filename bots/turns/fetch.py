"""Fetch: bring files that lie with a vendor into the store, apart from thinking and sending."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from bots.turns.backoff import backoff
from bots.turns.faults import described
from bots.turns.runtime import Runtime
from bots.turns.topics import conversation_topic
from conversations import remote_files
from conversations.channel import (
    ChannelUnavailable,
    FetchesFiles,
    FileRefused,
    RateLimited,
    SendError,
)
from conversations.remote_files import Wanted

log = logging.getLogger(__name__)

BATCH = 4
"""Files fetched at once: a photo is megabytes, and answers go first."""

PATIENCE = 120.0
"""Seconds for one file."""

GIVE_UP = timedelta(hours=12)
"""Vendors keep what people send for an hour or for days; after this the line says that the file did not come."""


async def fetch(runtime: Runtime, name: str, channel: FetchesFiles) -> int:
    """One batch of a channel. Returns how many files were tried; 0 means nothing is due."""
    async with runtime.database.write() as db:
        batch = await remote_files.claim_due(
            db,
            runtime.worker,
            runtime.clock(),
            channel=name,
            communities=runtime.minds.communities,
            limit=BATCH,
        )
    outcomes = await asyncio.gather(*(_bring(runtime, channel, one) for one in batch), return_exceptions=True)
    for fault in outcomes:
        if fault is not None:
            raise fault
    return len(batch)


async def _bring(runtime: Runtime, channel: FetchesFiles, wanted: Wanted) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            found = await channel.fetch_file(wanted.handle)
        file = await runtime.store.put(found.content, name=wanted.name or found.name)
    except RateLimited as patience:
        await _later(runtime, wanted, timedelta(seconds=patience.retry_after), "rate limited")
    except (ChannelUnavailable, TimeoutError) as away:
        await _later(runtime, wanted, backoff(wanted.attempts), str(away) or "no answer in time")
    except (FileRefused, SendError) as refusal:
        await _failed(runtime, wanted, str(refusal))
    except Exception as fault:
        log.error("a file could not be fetched: %s", described(fault))
        await _later(runtime, wanted, backoff(wanted.attempts), type(fault).__name__)
    else:
        async with runtime.database.write() as db:
            joined = await remote_files.arrived(db, wanted, file)
            orphan = not joined and not await remote_files.refer_to(db, file.content_hash)
        if orphan:
            await runtime.store.drop(file.content_hash)
    await runtime.signals.publish(conversation_topic(wanted.conversation_id))


async def _later(runtime: Runtime, wanted: Wanted, wait: timedelta, reason: str) -> None:
    now = runtime.clock()
    if now - wanted.created_at > GIVE_UP:
        await _failed(runtime, wanted, reason)
        return
    async with runtime.database.write() as db:
        await remote_files.later(db, wanted, now + wait, reason)


async def _failed(runtime: Runtime, wanted: Wanted, reason: str) -> None:
    async with runtime.database.write() as db:
        await remote_files.failed(db, wanted, reason)
