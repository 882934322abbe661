"""Pull: where the vendor cannot call us, a channel asks it for what is new; what comes goes the same way as a call."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from bots.turns.accept import accept
from bots.turns.backoff import backoff
from bots.turns.faults import described
from bots.turns.runtime import Runtime
from conversations.channel import Acknowledgement, ChannelError, Pulls, RateLimited, Request

BEATS = 10.0
"""Seconds between two words that the asking goes on: a vendor may keep us waiting for a minute."""

log = logging.getLogger(__name__)


async def pull(runtime: Runtime, community: str, name: str, channel: Pulls, stopping: asyncio.Event) -> None:
    """Ask for ever. A vendor that is away is asked again, later and later; what was not stored comes again."""

    failures = 0

    async def take(request: Request) -> Acknowledgement:
        nonlocal failures
        answer = await accept(runtime, community, name, request)
        failures = 0
        return answer

    measures = runtime.measures
    while not stopping.is_set():
        measures.beat("pull", name)
        asking = asyncio.create_task(channel.pull(take))
        stop = asyncio.create_task(stopping.wait())
        while not asking.done() and not stop.done():
            await asyncio.wait({asking, stop}, timeout=BEATS, return_when=asyncio.FIRST_COMPLETED)
            measures.beat("pull", name)
        stop.cancel()
        if not asking.done():
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            break
        measures.failed("pull", name)
        failures += 1
        wait = backoff(failures).total_seconds()
        fault = asking.exception()
        if isinstance(fault, RateLimited):
            wait = fault.retry_after
        elif isinstance(fault, ChannelError):
            log.warning("%s can't be asked for messages: %s", name, fault)
        elif fault is not None:
            log.error("asking %s failed and will be tried again: %s", name, described(fault))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await stopping.wait()
    measures.ended("pull", name)
