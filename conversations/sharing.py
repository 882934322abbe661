"""Sharing: which of several workers thinks about a conversation and sends its messages.

Workers that all reach for the head of the same queue wait for each other's rows. So each takes the conversations whose
id ends in its part of the digits; what a worker leaves waiting (it may have died) is anybody's. A share only parts the
work: that nobody gets a conversation twice is the lease's business.

Who works stands in the table `workers`, where each says now and then that it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from conversations.tables import workers

ENDINGS = 256
"""The last two digits of a conversation's id are chance."""

ENDING_AT, ENDING_LENGTH = 31, 2
"""Where they stand, counted from one."""

LEFT_WAITING = timedelta(seconds=2)
"""After this anybody takes it."""

SILENT = timedelta(seconds=20)
"""A worker that was not heard for so long has no share; each says that it is there several times in this time."""


@dataclass(frozen=True)
class Share:
    """The endings from `first` on and before `end`."""

    first: int = 0
    end: int = ENDINGS

    def holds(
        self, conversation_id: ColumnElement[str], since: ColumnElement[datetime], now: datetime
    ) -> ColumnElement[bool]:
        """The condition for rows of this share, and for those that have been left waiting."""
        if (self.first, self.end) == (0, ENDINGS):
            return true()
        ending = func.substr(conversation_id, ENDING_AT, ENDING_LENGTH)
        mine = [ending >= f"{self.first:02x}"]
        if self.end < ENDINGS:
            mine.append(ending < f"{self.end:02x}")
        return or_(and_(*mine), since <= now - LEFT_WAITING)


def share_of(worker: str, present: Sequence[str]) -> Share:
    """The share of one of these workers; the shares of all cover everything once."""
    place, count = sorted(present).index(worker), len(present)
    return Share(place * ENDINGS // count, (place + 1) * ENDINGS // count)


async def be_present(db: AsyncConnection, worker: str, now: datetime) -> Share:
    """Say that a worker is there, and learn its share of the work among all that are."""
    statement = upsert(db, workers).values(name=worker, seen_at=now)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[workers.c.name], set_={"seen_at": statement.excluded.seen_at}
        )
    )
    # One from the future was left by a clock that went wrong.
    await db.execute(
        delete(workers).where(or_(workers.c.seen_at <= now - SILENT, workers.c.seen_at > now + SILENT))
    )
    present = await db.execute(select(workers.c.name))
    return share_of(worker, present.scalars().all())


async def leave(db: AsyncConnection, worker: str) -> None:
    """A worker goes: the others take its share at their next look."""
    await db.execute(delete(workers).where(workers.c.name == worker))
