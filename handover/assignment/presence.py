"""Who is on shift: what each says of themselves, and when their page was last heard of. Connection first.

It stands in the database, not in a memory that may be flushed: who is away decides where people's questions go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import Database, upsert
from handover.accounts.accounts import Account
from handover.tables import presence

Shift = Literal["on", "away", "off"]
SHIFTS: tuple[Shift, ...] = get_args(Shift)

STEP = timedelta(minutes=1)
"""How exactly it is known when a page was last heard of."""


@dataclass(frozen=True)
class Standing:
    """What a person said last, since when, and when their page was last heard of."""

    shift: Shift
    since: datetime
    seen_at: datetime

    def is_there(self, silent: timedelta, now: datetime) -> bool:
        """Whether they are on shift with a page that is alive."""
        return self.shift == "on" and now - self.seen_at <= silent

    def gone_since(self, silent: timedelta) -> datetime:
        """Since when they are not there, of one who is not."""
        return self.since if self.shift != "on" else self.seen_at + silent


async def of(db: AsyncConnection, account_id: str) -> Shift:
    """What this person said last; whoever never said anything is not on shift."""
    found: Shift | None = await db.scalar(select(presence.c.state).where(presence.c.account_id == account_id))
    return found or "off"


async def all_of(db: AsyncConnection, community: str) -> Mapping[str, Standing]:
    """Everybody of a community who ever said something, by account."""
    rows = await db.execute(select(presence).where(presence.c.community_id == community))
    return {
        row["account_id"]: Standing(row["state"], row["since"], row["seen_at"]) for row in rows.mappings()
    }


async def say(db: AsyncConnection, account: Account, shift: Shift, now: datetime) -> bool:
    """A person says where they are; whether that is something new."""
    changed = await of(db, account.id) != shift
    statement = upsert(db, presence).values(
        account_id=account.id, community_id=account.community, state=shift, since=now, seen_at=now
    )
    again = {"seen_at": now} | ({"state": shift, "since": now} if changed else {})
    await db.execute(statement.on_conflict_do_update(index_elements=[presence.c.account_id], set_=again))
    return changed


async def heard(database: Database, account_id: str, now: datetime) -> None:
    """A page of this person is open. Written once a minute."""
    async with database.read() as db:
        seen_at: datetime | None = await db.scalar(
            select(presence.c.seen_at).where(presence.c.account_id == account_id)
        )
    if seen_at is None or now - seen_at < STEP:
        return
    async with database.write() as db:
        await db.execute(
            update(presence)
            .where(presence.c.account_id == account_id, presence.c.seen_at < now)
            .values(seen_at=now)
        )
