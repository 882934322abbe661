"""The absences that the desk sets, laid over those who receive: what the bot tells is what may be booked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments.tables import receiver_absences
from knowledge_base.answers import Absence, Office

Away = Mapping[str, Mapping[str, tuple[Absence, ...]]]
"""By office and receiver, in order."""


async def of_every_office(db: AsyncConnection, community: str, since: date) -> Away:
    """The absences from a local day on; one query."""
    rows = await db.execute(
        select(receiver_absences)
        .where(receiver_absences.c.community_id == community, receiver_absences.c.day >= since.isoformat())
        .order_by(receiver_absences.c.day, receiver_absences.c.from_minute)
    )
    found: dict[str, dict[str, tuple[Absence, ...]]] = {}
    for row in rows:
        absence = Absence(date.fromisoformat(row.day), _clock(row.from_minute), _clock(row.till_minute))
        of_office = found.setdefault(row.office, {})
        of_office[row.receiver] = (*of_office.get(row.receiver, ()), absence)
    return found


def laid_over(office: Office, away: Away) -> Office:
    """The office with its receivers away when the desk says so."""
    mine = away.get(office.id)
    if not mine:
        return office
    receivers = tuple(replace(one, away=mine.get(one.id, one.away)) for one in office.receivers)
    return replace(office, receivers=receivers)


def _clock(minute: int) -> time:
    """The time of day; the midnight at its end is 0:00."""
    hour, left = divmod(minute, 60)
    return time(hour % 24, left)
