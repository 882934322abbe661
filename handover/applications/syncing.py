"""The department's register into ours: what has changed there, page by page, each page whole or not at all.

Where the register is away nothing changes here, and what is known is told as of the last good round.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import Database, upsert
from handover.applications import register
from handover.applications.parsing import parsed
from handover.applications.record import Record
from handover.applications.register import BATCH, REGISTER, Counts
from handover.applications.sources import ApplicationsSource, Cells
from handover.applications.tables import application_sources
from handover.outside import SourceAway

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SourceState:
    """How a source stands: its last good round, its last fault after it, rows it has given and those left out."""

    good_at: datetime | None
    failed_at: datetime | None
    fault: str | None
    rows: int
    wrong: int


@dataclass(frozen=True)
class Synced:
    """What a round came to. `fault`: the register was away, and what came before it did is kept."""

    counts: Counts
    wrong: int = 0
    fault: str | None = None


async def state(db: AsyncConnection, community: str, source: str) -> SourceState | None:
    """How a source stands; None where it never gave anything."""
    found = await db.execute(
        select(application_sources).where(
            application_sources.c.community_id == community, application_sources.c.source == source
        )
    )
    row = found.mappings().first()
    if row is None:
        return None
    return SourceState(row["good_at"], row["failed_at"], row["fault"], row["rows"], row["wrong"])


async def sync(
    database: Database, community: str, source: ApplicationsSource, today: date, now: datetime
) -> Synced:
    """One round: everything that changed since the last. Never raises for a register that is away."""
    counts, wrong, first = Counts(), 0, True
    async with database.read() as db:
        cursor = await _cursor(db, community)
    while True:
        try:
            page = await source.changed_since(cursor, BATCH, first=first)
        except SourceAway as fault:
            log.warning("the register of applications gave no answer: %s", fault)
            async with database.write() as db:
                await _note(db, community, failed_at=now, fault=str(fault)[:200])
            return Synced(counts, wrong, str(fault))
        records, left_out = _records(page.rows, community, today, source)
        async with database.write() as db:
            if records:
                counts += await register.put(db, community, records, REGISTER, now)
            good = {} if page.more else {"good_at": now, "failed_at": None, "fault": None}
            await _note(db, community, cursor=page.cursor, rows=len(page.rows), wrong=left_out, **good)
        wrong += left_out
        if not page.more:
            return Synced(counts, wrong)
        if page.cursor == cursor and not first:
            log.error("the register of applications gives the same page again; its description is wrong")
            return Synced(counts, wrong, "SamePage")
        cursor, first = page.cursor, False


def _records(
    rows: list[Cells] | Any, community: str, today: date, source: ApplicationsSource
) -> tuple[list[Record], int]:
    """The rows that are right, each number once, the last state of it; and how many are not."""
    records: dict[str, Record] = {}
    wrong = 0
    for place, cells in enumerate(rows, 1):
        one = parsed(place, cells, community, today, source.states)
        if isinstance(one, Record):
            records[one.number] = one
        else:
            wrong += 1
    return list(records.values()), wrong


async def _cursor(db: AsyncConnection, community: str) -> Any:
    return await db.scalar(
        select(application_sources.c.cursor).where(
            application_sources.c.community_id == community, application_sources.c.source == REGISTER
        )
    )


async def _note(db: AsyncConnection, community: str, *, rows: int = 0, wrong: int = 0, **values: Any) -> None:
    noted = upsert(db, application_sources).values(
        community_id=community, source=REGISTER, rows=rows, wrong=wrong, **values
    )
    await db.execute(
        noted.on_conflict_do_update(
            index_elements=[application_sources.c.community_id, application_sources.c.source],
            set_={
                "rows": application_sources.c.rows + rows,
                "wrong": application_sources.c.wrong + wrong,
                **values,
            },
        )
    )
