"""What goes through a channel: the last word in and out, what waits, what failed lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.channel import VendorStatus
from conversations.tables import conversations, outbox, remote_files, unreadable

LATELY = timedelta(days=1)


@dataclass(frozen=True)
class Traffic:
    """`due` counts sendings that wait, `failed` and `unreadable` those of the last day; `error` is the newest fault."""

    last_in: datetime | None
    last_out: datetime | None
    due: int
    failed: int
    unreadable: int
    files_due: int
    error: str | None


@dataclass(frozen=True)
class ChannelReport:
    """A channel as people see it: what the vendor says (or why it says nothing), and what goes through it."""

    name: str
    people_only: bool
    traffic: Traffic
    vendor: VendorStatus | None = None
    fault: str | None = None


async def of_channel(db: AsyncConnection, community: str, channel: str, now: datetime) -> Traffic:
    """The traffic of one channel of a community."""
    mine = (outbox.c.community_id == community, outbox.c.channel == channel)
    heard = await db.execute(
        select(func.max(conversations.c.last_incoming_at)).where(
            conversations.c.community_id == community, conversations.c.channel == channel
        )
    )
    said = await db.execute(
        select(func.max(outbox.c.sent_at)).where(*mine, outbox.c.state.in_(("sent", "delivered", "seen")))
    )
    states = await db.execute(
        select(outbox.c.state, func.count().label("rows"))
        .where(*mine, outbox.c.state.in_(("due", "failed")), outbox.c.created_at > now - LATELY)
        .group_by(outbox.c.state)
    )
    counted: dict[str, int] = {row.state: row.rows for row in states}
    error = await db.execute(
        select(outbox.c.error)
        .where(*mine, outbox.c.error.is_not(None), outbox.c.created_at > now - LATELY)
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    raw = await db.execute(
        select(func.count())
        .select_from(unreadable)
        .where(
            unreadable.c.community_id == community,
            unreadable.c.channel == channel,
            unreadable.c.at > now - LATELY,
        )
    )
    files = await db.execute(
        select(func.count())
        .select_from(remote_files)
        .where(
            remote_files.c.community_id == community,
            remote_files.c.channel == channel,
            remote_files.c.state != "failed",
        )
    )
    return Traffic(
        last_in=heard.scalar_one_or_none(),
        last_out=said.scalar_one_or_none(),
        due=counted.get("due", 0),
        failed=counted.get("failed", 0),
        unreadable=raw.scalar_one(),
        files_due=files.scalar_one(),
        error=error.scalar_one_or_none(),
    )
