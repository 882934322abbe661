"""Who waits for a time that becomes free: offered to one after another, held for each a while. Connection first."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox
from conversations.messages import InternalEvent
from conversations.tables import conversations
from handover.appointments import booking, slots, units
from handover.appointments.booking import Refusal, Wish
from handover.appointments.reminders import Reaches
from handover.appointments.slots import Slot
from handover.appointments.tables import waiting_list
from handover.appointments.visits import Visit
from knowledge_base.answers import HALL, Office

OFFER_LASTS = timedelta(hours=1)
"""How long a time is held for whoever it is offered to: enough to see a message, short enough for the next."""
OFFERED_FROM, OFFERED_TILL = time(8), time(20)
"""Local hours in which times are offered: an offer at night would be over by the morning."""


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for a time of an office within these days; `receiver` is HALL where anybody will do."""

    id: str
    community: str
    conversation_id: str
    office: str
    receiver: str
    matter: str | None
    from_day: date
    till_day: date
    state: str
    offered_receiver: str | None
    offered_starts_at: datetime | None
    offered_until: datetime | None


def _waiting(row: RowMapping) -> Waiting:
    return Waiting(
        id=row["id"],
        community=row["community_id"],
        conversation_id=row["conversation_id"],
        office=row["office"],
        receiver=row["receiver"],
        matter=row["matter"],
        from_day=date.fromisoformat(row["from_day"]),
        till_day=date.fromisoformat(row["till_day"]),
        state=row["state"],
        offered_receiver=row["offered_receiver"],
        offered_starts_at=row["offered_starts_at"],
        offered_until=row["offered_until"],
    )


async def join(
    db: AsyncConnection,
    community: str,
    conversation_id: str,
    office: str,
    receiver: str,
    matter: str | None,
    days: tuple[date, date],
    now: datetime,
) -> str:
    """Wait for a time within these days, both included; another wish for the office takes the place of the one before.

    Returns the id.
    """
    await booking.hold_calendar(db, community)
    await _leave(db, community, conversation_id, office)
    waiting_id = uuid.uuid4().hex
    await db.execute(
        insert(waiting_list).values(
            id=waiting_id,
            community_id=community,
            conversation_id=conversation_id,
            office=office,
            receiver=receiver,
            matter=matter,
            from_day=days[0].isoformat(),
            till_day=days[1].isoformat(),
            state="waiting",
            created_at=now,
        )
    )
    return waiting_id


async def leave(db: AsyncConnection, community: str, conversation_id: str) -> bool:
    """Wait no longer, for any office; a time that is held is free at once. Whether the person waited."""
    await booking.hold_calendar(db, community)
    return await _leave(db, community, conversation_id)


async def _leave(
    db: AsyncConnection, community: str, conversation_id: str, office: str | None = None
) -> bool:
    statement = update(waiting_list).where(
        waiting_list.c.community_id == community,
        waiting_list.c.conversation_id == conversation_id,
        waiting_list.c.state.in_(("waiting", "offered")),
    )
    if office is not None:
        statement = statement.where(waiting_list.c.office == office)
    left = await db.execute(statement.values(state="left").returning(waiting_list.c.id))
    ids = [row.id for row in left]
    for one in ids:
        await units.let_go(db, one)
    return bool(ids)


async def accept(
    db: AsyncConnection, waiting_id: str, wish: Wish, now: datetime, zone: ZoneInfo
) -> Visit | Refusal:
    """Book the time that was offered. Once the offer is over it is a wish as any other: the time may still be free."""
    await booking.hold_calendar(db, wish.community)
    won = await db.execute(
        update(waiting_list)
        .where(
            waiting_list.c.id == waiting_id,
            waiting_list.c.conversation_id == wish.conversation_id,
            waiting_list.c.state == "offered",
            waiting_list.c.offered_until > now,
            waiting_list.c.offered_starts_at == wish.starts_at,
        )
        .values(state="booked")
        .returning(waiting_list)
    )
    row = won.mappings().first()
    if row is None:
        return await booking.book(db, wish, now, zone)
    await units.let_go(db, waiting_id)
    booked = await booking.book(
        db, replace(wish, receivers=(row["offered_receiver"],), starts_at=row["offered_starts_at"]), now, zone
    )
    if isinstance(booked, Refusal):
        await db.execute(update(waiting_list).where(waiting_list.c.id == waiting_id).values(state="passed"))
    return booked


async def offer(
    db: AsyncConnection,
    community: str,
    offices: Mapping[str, Office],
    now: datetime,
    zone: ZoneInfo,
    reaches: Reaches,
) -> int:
    """Take back offers that are over, and offer what is free to those who wait, the longest first.

    Returns how many were told. `offices` are those of the community by id, with the department's own hours.
    """
    if not await _anybody(db, community):
        return 0
    await booking.hold_calendar(db, community)
    await _expire(db, community, now, zone)
    if not OFFERED_FROM <= now.astimezone(zone).time() < OFFERED_TILL:
        return 0
    rows = await db.execute(
        select(waiting_list, conversations.c.channel, conversations.c.last_incoming_at)
        .join(conversations, conversations.c.id == waiting_list.c.conversation_id)
        .where(waiting_list.c.community_id == community, waiting_list.c.state == "waiting")
        .order_by(waiting_list.c.created_at, waiting_list.c.id)
    )
    told = 0
    for row in rows.mappings().all():
        office = offices.get(row["office"])
        if office is None or not reaches(row["channel"], row["last_incoming_at"]):
            continue
        told += await _offer_to(db, _waiting(row), office, now, zone)
    return told


async def _anybody(db: AsyncConnection, community: str) -> bool:
    found = await db.execute(
        select(waiting_list.c.id)
        .where(waiting_list.c.community_id == community, waiting_list.c.state.in_(("waiting", "offered")))
        .limit(1)
    )
    return found.first() is not None


async def _expire(db: AsyncConnection, community: str, now: datetime, zone: ZoneInfo) -> None:
    """Offers that are over, and wishes whose days are past."""
    over = await db.execute(
        update(waiting_list)
        .where(
            waiting_list.c.community_id == community,
            waiting_list.c.state == "offered",
            waiting_list.c.offered_until <= now,
        )
        .values(state="passed")
        .returning(waiting_list.c.id)
    )
    for row in over.all():
        await units.let_go(db, row.id)
    await db.execute(
        update(waiting_list)
        .where(
            waiting_list.c.community_id == community,
            waiting_list.c.state == "waiting",
            waiting_list.c.till_day < now.astimezone(zone).date().isoformat(),
        )
        .values(state="passed")
    )


async def _offer_to(
    db: AsyncConnection, waiting: Waiting, office: Office, now: datetime, zone: ZoneInfo
) -> int:
    receivers = (waiting.receiver,) if waiting.receiver != HALL else office.takers(waiting.matter)
    for slot in await slots.free(db, waiting.community, office, receivers, waiting.matter, now, zone):
        day = slot.starts_at.astimezone(zone).date()
        if not waiting.from_day <= day <= waiting.till_day or slot.starts_at < now + OFFER_LASTS:
            continue
        place = await _held(db, waiting, office, slot)
        if place is None:
            continue
        until = now + OFFER_LASTS
        await db.execute(
            update(waiting_list)
            .where(waiting_list.c.id == waiting.id)
            .values(
                state="offered",
                offered_receiver=slot.receiver,
                offered_place=place,
                offered_starts_at=slot.starts_at,
                offered_until=until,
            )
        )
        facts = {
            "waiting": waiting.id,
            "office": office.id,
            "receiver": slot.receiver,
            "matter": waiting.matter,
            "starts_at": slot.starts_at.isoformat(),
            "until": until.isoformat(),
        }
        event = InternalEvent(name="visit_offered", facts=facts, at=now)
        await inbox.tell(db, waiting.conversation_id, event)
        return 1
    return 0


async def _held(db: AsyncConnection, waiting: Waiting, office: Office, slot: Slot) -> int | None:
    for place in range(1, slots.places_of(office, slot.receiver) + 1):
        if await units.take(db, waiting.community, office.id, slot, place, waiting.id):
            return place
    return None


async def erase(db: AsyncConnection, conversation_id: str) -> None:
    """A person is forgotten: they wait for nothing, and what was held for them is free."""
    gone = await db.execute(
        delete(waiting_list)
        .where(waiting_list.c.conversation_id == conversation_id)
        .returning(waiting_list.c.id)
    )
    for row in gone.all():
        await units.let_go(db, row.id)
