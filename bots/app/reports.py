"""How channels stand: what the log has seen go through them, and what their vendors say."""

from __future__ import annotations

import asyncio

from bots.turns.runtime import Runtime
from conversations import switches, traffic
from conversations.channel import Channel, ConnectFault, Connects, VendorStatus
from conversations.traffic import ChannelReport

CONSOLE = "console"
"""A terminal is nobody's channel but its own user's."""


async def report(runtime: Runtime, community: str, name: str) -> ChannelReport:
    """One channel as its vendor and the log see it. A vendor that gives no answer is a fault in words."""
    vendor, fault = await _vendor(runtime.channels[name])
    async with runtime.database.read() as db:
        return ChannelReport(
            name=name,
            people_only=await switches.people_only(db, community, name),
            traffic=await traffic.of_channel(db, community, name, runtime.clock()),
            vendor=vendor,
            fault=fault,
        )


async def reports(runtime: Runtime, community: str) -> list[ChannelReport]:
    """Every channel people write in."""
    wanted = [name for name in runtime.channels if name != CONSOLE]
    # Side by side: vendors that give no answer are waited for together.
    return list(await asyncio.gather(*(report(runtime, community, name) for name in wanted)))


async def _vendor(channel: Channel) -> tuple[VendorStatus | None, str | None]:
    if not isinstance(channel, Connects):
        return None, None
    try:
        return await channel.status(), None
    except ConnectFault as fault:
        return None, str(fault)


async def connect(runtime: Runtime, name: str) -> str | None:
    """Set a channel up at its vendor; why that failed, None where it did not."""
    channel = runtime.channels[name]
    if not isinstance(channel, Connects):
        return None
    try:
        await channel.connect()
    except ConnectFault as fault:
        return str(fault)
    return None
