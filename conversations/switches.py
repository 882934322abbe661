"""Switches of a channel that people turn while the reception runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from conversations.tables import channel_switches


async def people_only(db: AsyncConnection, community: str, channel: str) -> bool:
    """Whether in this channel every question goes to people at once and the bot gives no answers."""
    found = await db.execute(
        select(channel_switches.c.people_only).where(
            channel_switches.c.community_id == community, channel_switches.c.channel == channel
        )
    )
    return bool(found.scalar_one_or_none())


async def set_people_only(db: AsyncConnection, community: str, channel: str, on: bool, now: datetime) -> None:
    """Turn it."""
    row = {"community_id": community, "channel": channel, "people_only": on, "changed_at": now}
    await db.execute(
        upsert(db, channel_switches)
        .values(row)
        .on_conflict_do_update(
            index_elements=[channel_switches.c.community_id, channel_switches.c.channel],
            set_={"people_only": on, "changed_at": now},
        )
    )
