"""Visits that stand where nobody receives any more, and who of them was told of it. Connection first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments import slots, visits
from handover.appointments.slots import Absence
from handover.appointments.tables import appointments
from handover.appointments.visits import Visit
from handover.audit import Action
from handover.tables import audit


@dataclass(frozen=True)
class Stopped:
    """A visit still booked within an absence; `told_at` is when its person was told, None where nobody was."""

    visit: Visit
    absence: Absence
    told_at: datetime | None


async def stopped(
    db: AsyncConnection, community: str, office: str, first: date, last: date, zone: ZoneInfo
) -> list[Stopped]:
    """The visits booked within absences of these days, both included, by their time; three queries."""
    gone = await slots.absences(db, community, office, first, last)
    if not gone:
        return []
    booked = await visits.find(
        db,
        appointments.c.community_id == community,
        appointments.c.office == office,
        appointments.c.state == "booked",
        appointments.c.day >= first.isoformat(),
        appointments.c.day <= last.isoformat(),
    )
    inside = [
        (visit, absence)
        for visit in booked
        if (absence := next((one for one in gone if within(visit, one, zone)), None)) is not None
    ]
    told = await _told(db, community, [visit.id for visit, _ in inside])
    return [Stopped(visit, absence, told.get(visit.id)) for visit, absence in inside]


def within(visit: Visit, absence: Absence, zone: ZoneInfo) -> bool:
    """Whether some of the visit's time falls into the absence of its receiver."""
    if visit.receiver != absence.receiver or visit.starts_at is None or visit.ends_at is None:
        return False
    begins, ends = (slots.moment(absence.day, minute, zone) for minute in absence.minutes)
    return visit.starts_at < ends and visit.ends_at > begins


async def _told(db: AsyncConnection, community: str, ids: Sequence[str]) -> dict[str, datetime]:
    """When each was told since it was last moved. What was done stands in the audit log."""
    if not ids:
        return {}
    rows = await db.execute(
        select(audit.c.subject, func.max(audit.c.at).label("at"))
        .join(appointments, appointments.c.id == audit.c.subject)
        .where(
            audit.c.community_id == community,
            audit.c.subject.in_(ids),
            audit.c.action == Action.VISIT_TOLD.value,
            audit.c.at >= func.coalesce(appointments.c.moved_at, appointments.c.created_at),
        )
        .group_by(audit.c.subject)
    )
    return {row.subject: row.at for row in rows}
