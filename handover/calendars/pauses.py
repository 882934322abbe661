"""Pauses as they are kept: begun by a person, ended by one or by themselves. Connection first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.accounts.accounts import Account
from handover.calendars.hours import Pause
from handover.tables import RUNNING, pauses

Kind = Literal["alarm", "power", "other"]
KINDS: tuple[Kind, ...] = ("alarm", "power", "other")

LASTS_HOURS = (1, 2, 4, 8)
"""After how many hours a pause may be set to end by itself."""

SHOWN = 20


@dataclass(frozen=True)
class PauseRecord:
    """A pause of a community. `until` is when it ends by itself; `ended_by` is None where it has, or still runs.

    `noticed_at` is when somebody was told that it ended by itself.
    """

    id: str
    community: str
    kind: Kind
    reason: str
    began_at: datetime
    began_name: str
    until: datetime
    ended_at: datetime | None
    ended_by: str | None
    noticed_at: datetime | None

    @property
    def stretch(self) -> Pause:
        """What it takes out of working time."""
        return Pause(self.began_at, self.ended_at or self.until, self.kind)


def _record(row: RowMapping) -> PauseRecord:
    return PauseRecord(
        id=row["id"],
        community=row["community_id"],
        kind=row["kind"],
        reason=row["reason"],
        began_at=row["began_at"],
        began_name=row["began_name"],
        until=row["until_at"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
        noticed_at=row["noticed_at"],
    )


async def running(db: AsyncConnection, community: str) -> PauseRecord | None:
    """The pause that nobody has ended yet."""
    rows = await db.execute(
        select(pauses).where(pauses.c.community_id == community, pauses.c.ended_at.is_(None))
    )
    row = rows.mappings().first()
    return None if row is None else _record(row)


async def recent(db: AsyncConnection, community: str) -> list[PauseRecord]:
    """The last pauses, the newest first."""
    rows = await db.execute(
        select(pauses)
        .where(pauses.c.community_id == community)
        .order_by(pauses.c.began_at.desc(), pauses.c.id)
        .limit(SHOWN)
    )
    return [_record(row) for row in rows.mappings()]


async def begin(
    db: AsyncConnection, community: str, kind: Kind, reason: str, lasts: timedelta, by: Account, now: datetime
) -> PauseRecord | None:
    """A new pause; None where one runs already."""
    made = await db.execute(
        upsert(db, pauses)
        .values(
            id=uuid.uuid4().hex,
            community_id=community,
            kind=kind,
            reason=reason,
            began_at=now,
            began_by=by.id,
            began_name=by.name,
            until_at=now + lasts,
        )
        .on_conflict_do_nothing(index_elements=[pauses.c.community_id], index_where=RUNNING)
        .returning(pauses)
    )
    row = made.mappings().first()
    return None if row is None else _record(row)


async def end(db: AsyncConnection, community: str, by: Account | None, now: datetime) -> PauseRecord | None:
    """End the pause that runs, by a person or, once its time is over, by itself. None where somebody was quicker."""
    found = await running(db, community)
    if found is None or (by is None and now < found.until):
        return None
    over = found.until <= now
    ended = await db.execute(
        update(pauses)
        .where(pauses.c.id == found.id, pauses.c.ended_at.is_(None))
        .values(
            ended_at=found.until if over else now,
            ended_by=None if over or by is None else by.id,
            noticed_at=now if by is not None else None,
        )
        .returning(pauses)
    )
    row = ended.mappings().first()
    return None if row is None else _record(row)


async def forgotten(db: AsyncConnection, community: str) -> PauseRecord | None:
    """The last pause that ended by itself and that nobody has been told of."""
    rows = await db.execute(
        select(pauses)
        .where(
            pauses.c.community_id == community,
            pauses.c.ended_at.is_not(None),
            pauses.c.ended_by.is_(None),
            pauses.c.noticed_at.is_(None),
        )
        .order_by(pauses.c.began_at.desc())
        .limit(1)
    )
    row = rows.mappings().first()
    return None if row is None else _record(row)


async def notice(db: AsyncConnection, community: str, now: datetime) -> None:
    """Whoever looks after pauses knows of those that ended by themselves."""
    await db.execute(
        update(pauses)
        .where(
            pauses.c.community_id == community,
            pauses.c.ended_at.is_not(None),
            pauses.c.noticed_at.is_(None),
        )
        .values(noticed_at=now)
    )
