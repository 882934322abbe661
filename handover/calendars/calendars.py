"""Calendars as they are kept: the department's own hours, read with the pauses and changed. Connection first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.calendars.hours import KYIV, Calendar, Pause
from handover.calendars.own import WEEKDAYS, Hours, OwnHours, laid_over
from handover.tables import calendar_hours, pauses
from knowledge_base.answers import Office

LOOKS_BACK = timedelta(days=60)
"""Days gone by that waits are still counted over."""


async def current(db: AsyncConnection, community: str, office: Office, now: datetime) -> Calendar:
    """The one calendar every promise of this office is counted by; two queries."""
    return await reaching_back(db, community, office, now - LOOKS_BACK)


async def reaching_back(db: AsyncConnection, community: str, office: Office, since: datetime) -> Calendar:
    """The same calendar with all that has been since this moment, for figures of older days."""
    kept = await own_hours(db, community, since + LOOKS_BACK, office.id)
    rows = await db.execute(
        select(pauses.c.began_at, pauses.c.until_at, pauses.c.ended_at, pauses.c.kind)
        .where(
            pauses.c.community_id == community,
            pauses.c.began_at > since,
            or_(pauses.c.ended_at.is_(None), pauses.c.ended_at > pauses.c.began_at),
        )
        .order_by(pauses.c.began_at)
    )
    stopped = tuple(Pause(row.began_at, row.ended_at or row.until_at, row.kind) for row in rows)
    return Calendar(laid_over(office, kept), stopped)


async def own_hours(
    db: AsyncConnection, community: str, now: datetime, office: str | None = None
) -> list[OwnHours]:
    """The own hours of an office that still count, weekdays first, then days in order."""
    statement = _kept(community, now)
    if office is not None:
        statement = statement.where(calendar_hours.c.office == office)
    rows = await db.execute(statement)
    return sorted((_own(row) for row in rows.mappings()), key=_order)


async def of_every_office(db: AsyncConnection, community: str, now: datetime) -> dict[str, list[OwnHours]]:
    """The own hours of every office that has any, by office; one query."""
    found: dict[str, list[OwnHours]] = {}
    for row in (await db.execute(_kept(community, now))).mappings():
        found.setdefault(row["office"], []).append(_own(row))
    return {office: sorted(several, key=_order) for office, several in found.items()}


def _kept(community: str, now: datetime) -> Select[tuple[Any, ...]]:
    since = (now - LOOKS_BACK).astimezone(KYIV).date().isoformat()
    place = calendar_hours.c.place
    return select(calendar_hours).where(
        calendar_hours.c.community_id == community, or_(place.in_(WEEKDAYS), place >= since)
    )


def _own(row: RowMapping) -> OwnHours:
    hours = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in row["hours"])
    return OwnHours(row["place"], hours, row["reason"])


def _order(one: OwnHours) -> tuple[int, str]:
    return (WEEKDAYS.index(one.place), "") if one.day is None else (len(WEEKDAYS), one.place)


async def put(
    db: AsyncConnection, community: str, office: str, own: Sequence[OwnHours], now: datetime
) -> None:
    """Keep these hours, each in place of what was kept of its weekday or day."""
    for one in own:
        values = {"hours": _as_json(one.hours), "reason": one.reason, "changed_at": now}
        await db.execute(
            upsert(db, calendar_hours)
            .values(community_id=community, office=office, place=one.place, **values)
            .on_conflict_do_update(
                index_elements=[
                    calendar_hours.c.community_id,
                    calendar_hours.c.office,
                    calendar_hours.c.place,
                ],
                set_=values,
            )
        )


async def drop(db: AsyncConnection, community: str, office: str, places: Sequence[str]) -> int:
    """Let these weekdays and days stand as the knowledge base says; returns how many were kept."""
    dropped = await db.execute(
        delete(calendar_hours).where(
            calendar_hours.c.community_id == community,
            calendar_hours.c.office == office,
            calendar_hours.c.place.in_(places),
        )
    )
    return dropped.rowcount


def _as_json(hours: Hours) -> list[list[str]]:
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in hours]
