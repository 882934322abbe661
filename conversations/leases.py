"""Leases: of several processes one does a piece of work, and another goes on where that one fell silent.

A lease saves work from being done twice at once; that a piece of it is done exactly once is the business of its own
statement, for a process may sleep through the end of its lease. Connection first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import Database, upsert
from conversations.tables import leases

LASTS = timedelta(seconds=20)


@dataclass
class Lease:
    """One process's claim to a piece of work by name."""

    name: str
    holder: str
    _until: datetime | None = field(default=None, init=False)

    async def held(self, database: Database, now: datetime) -> bool:
        """Whether this process does the work now. Written only when half of the time is over, or another's is."""
        if self._until is not None and now < self._until - LASTS / 2 and now > self._until - LASTS:
            return True
        async with database.read() as db:
            row = (await db.execute(select(leases).where(leases.c.name == self.name))).mappings().first()
        if row is not None and row["holder"] != self.holder and now < row["until"] <= now + LASTS:
            self._until = None
            return False
        async with database.write() as db:
            took = await take(db, self.name, self.holder, now)
        self._until = now + LASTS if took else None
        return took

    async def release(self, database: Database) -> None:
        """Let another have it at once."""
        if self._until is None:
            return
        self._until = None
        async with database.write() as db:
            await db.execute(delete(leases).where(leases.c.name == self.name, leases.c.holder == self.holder))


async def take(db: AsyncConnection, name: str, holder: str, now: datetime) -> bool:
    """Take or renew a lease; False while another holds it. One from the future was left by a clock that went wrong."""
    statement = upsert(db, leases).values(name=name, holder=holder, until=now + LASTS)
    taken = await db.execute(
        statement.on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={"holder": holder, "until": now + LASTS},
            where=or_(leases.c.holder == holder, leases.c.until <= now, leases.c.until > now + LASTS),
        ).returning(leases.c.holder)
    )
    return taken.first() is not None
