"""Saved views: a list and its filters under a name, for oneself or for a team. Connection first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.tables import saved_views
from handover.tickets.lists import LISTS, Filters, List, Reader

MOST = 20
"""Views one person may save."""

LONGEST_NAME = 40


@dataclass(frozen=True)
class SavedView:
    """`own`: this person saved it and may remove it."""

    id: str
    name: str
    list: List
    filters: Filters
    own: bool


class TooMany(Exception):
    """The person has saved as many views as one may."""


async def of(db: AsyncConnection, community: str, reader: Reader) -> Sequence[SavedView]:
    """Those of a person and of their teams, by name."""
    rows = await db.execute(
        select(saved_views)
        .where(
            saved_views.c.community_id == community,
            or_(
                saved_views.c.account_id == reader.account,
                and_(saved_views.c.team_id.is_not(None), saved_views.c.team_id.in_(reader.teams)),
            ),
        )
        .order_by(saved_views.c.name, saved_views.c.id)
    )
    return [
        SavedView(
            row["id"],
            row["name"],
            row["list"],
            Filters.read(row["filters"]),
            row["account_id"] == reader.account,
        )
        for row in rows.mappings()
        if row["list"] in LISTS
    ]


async def save(
    db: AsyncConnection,
    community: str,
    account_id: str,
    name: str,
    which: List,
    filters: Filters,
    team_id: str | None,
    now: datetime,
) -> str:
    """Keep a view; a search, which is about one person, is not kept. Returns its id. Raises TooMany."""
    own = await db.execute(
        select(func.count())
        .select_from(saved_views)
        .where(saved_views.c.community_id == community, saved_views.c.account_id == account_id)
    )
    if own.scalar_one() >= MOST:
        raise TooMany
    view_id = uuid.uuid4().hex
    await db.execute(
        insert(saved_views).values(
            id=view_id,
            community_id=community,
            account_id=account_id,
            team_id=team_id,
            name=name[:LONGEST_NAME],
            list=which,
            filters=replace(filters, search="").set(),
            created_at=now,
        )
    )
    return view_id


async def forget(db: AsyncConnection, community: str, account_id: str, view_id: str) -> bool:
    """Remove one's own view. False: there is none."""
    gone = await db.execute(
        delete(saved_views)
        .where(
            saved_views.c.community_id == community,
            saved_views.c.account_id == account_id,
            saved_views.c.id == view_id,
        )
        .returning(saved_views.c.id)
    )
    return gone.first() is not None
