"""Takes time and lets it go, in units of five minutes whose key nobody can have twice. Connection first."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.appointments.slots import Slot, units_of
from handover.appointments.tables import appointment_units


async def take(db: AsyncConnection, community: str, office: str, slot: Slot, place: int, holder: str) -> bool:
    """Take all units of a time for a visit, or none of them."""
    units = units_of(slot.starts_at, slot.ends_at)
    rows = [
        {
            "community_id": community,
            "office": office,
            "receiver": slot.receiver,
            "place": place,
            "at": at,
            "held_by": holder,
        }
        for at in units
    ]
    taken = await db.execute(
        upsert(db, appointment_units)
        .values(rows)
        .on_conflict_do_nothing(index_elements=list(appointment_units.primary_key.columns))
        .returning(appointment_units.c.at)
    )
    ours = [row.at for row in taken]
    if len(ours) == len(units):
        return True
    if ours:
        await db.execute(
            delete(appointment_units).where(
                appointment_units.c.community_id == community,
                appointment_units.c.office == office,
                appointment_units.c.receiver == slot.receiver,
                appointment_units.c.place == place,
                appointment_units.c.held_by == holder,
                appointment_units.c.at.in_(ours),
            )
        )
    return False


async def of(db: AsyncConnection, holder: str) -> list[dict[str, object]]:
    """The rows of all time that is held by a visit, to be put back."""
    rows = await db.execute(select(appointment_units).where(appointment_units.c.held_by == holder))
    return [dict(row) for row in rows.mappings()]


async def let_go(db: AsyncConnection, holder: str) -> None:
    """Free all the time that is held by a visit, or by an offer."""
    await db.execute(delete(appointment_units).where(appointment_units.c.held_by == holder))
