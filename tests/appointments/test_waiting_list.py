"""The waiting list: a freed time is held for whoever waits longest, then for the next; taking it is honest."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from conversations.database import Database
from conversations.tables import inbox
from handover.appointments import booking, slots, waiting_list
from handover.appointments.booking import Refusal
from handover.appointments.tables import appointment_units
from handover.appointments.visits import Visit
from handover.appointments.waiting_list import OFFER_LASTS
from tests.appointments.offices import COMMUNITY, KYIV, NOW, OFFICE, SUBSIDY, at, wish
from tests.conversations.words import begun

WEDNESDAY = date(2026, 11, 25)
FREED_AT = at(24, 12)


async def offer(database: Database, now: datetime, reaches: bool = True) -> int:
    async with database.write() as db:
        return await waiting_list.offer(
            db, COMMUNITY, {"main": OFFICE}, now, KYIV, lambda channel, heard_at: reaches
        )


async def told(database: Database) -> list[dict[str, Any]]:
    async with database.read() as db:
        rows = await db.execute(select(inbox.c.conversation_id, inbox.c.event).order_by(inbox.c.id))
    return [
        {"to": row.conversation_id, **row.event["facts"]}
        for row in rows
        if row.event and row.event.get("name") == "visit_offered"
    ]


async def full_wednesday(database: Database, *addresses: str) -> tuple[list[Visit], list[str]]:
    """Wednesday of the specialist is full, and these people wait for it in this order."""
    people = await begun(database, NOW, *addresses)
    async with database.write() as db:
        free = await slots.free(db, COMMUNITY, OFFICE, ("subsidies",), SUBSIDY, NOW, KYIV)
        made = []
        for number, slot in enumerate(one for one in free if one.starts_at < at(26, 0)):
            visit = await booking.book(
                db,
                wish(slot.starts_at, "subsidies", matter=SUBSIDY, phone=f"+38067{number:07d}"),
                NOW,
                KYIV,
            )
            assert isinstance(visit, Visit)
            made.append(visit)
        for number, person in enumerate(people):
            await waiting_list.join(
                db,
                COMMUNITY,
                person,
                "main",
                "subsidies",
                SUBSIDY,
                (WEDNESDAY, WEDNESDAY),
                NOW + timedelta(minutes=number),
            )
    return made, people


async def cancel(database: Database, visit: Visit, now: datetime = FREED_AT) -> None:
    async with database.write() as db:
        assert isinstance(await booking.cancel(db, visit, now), Visit)


def taken(person: str, starts_at: datetime) -> Any:
    return wish(starts_at, "subsidies", matter=SUBSIDY, conversation_id=person)


async def test_a_freed_time_is_offered_to_the_first_and_held(database: Database) -> None:
    visits, (first, second) = await full_wednesday(database, "first", "second")
    assert await offer(database, FREED_AT) == 0
    await cancel(database, visits[2])
    assert await offer(database, FREED_AT) == 1
    assert await offer(database, FREED_AT) == 0
    (event,) = await told(database)
    assert (event["to"], event["starts_at"]) == (first, at(25, 9, 40).isoformat())
    async with database.write() as db:
        # Held for the first: nobody else gets it meanwhile.
        assert await booking.book(db, taken(second, at(25, 9, 40)), FREED_AT, KYIV) is Refusal.TAKEN
        booked = await waiting_list.accept(db, event["waiting"], taken(first, at(25, 9, 40)), FREED_AT, KYIV)
        assert isinstance(booked, Visit)
        assert booked.conversation_id == first
    assert await offer(database, FREED_AT + OFFER_LASTS) == 0


async def test_an_offer_that_is_over_goes_to_the_next(database: Database) -> None:
    visits, (first, second) = await full_wednesday(database, "first", "second")
    await cancel(database, visits[2])
    await offer(database, FREED_AT)
    over = FREED_AT + OFFER_LASTS
    assert await offer(database, over) == 1
    ours, theirs = await told(database)
    assert theirs["to"] == second
    async with database.write() as db:
        late = await waiting_list.accept(db, ours["waiting"], taken(first, at(25, 9, 40)), over, KYIV)
        assert late is Refusal.TAKEN
        booked = await waiting_list.accept(db, theirs["waiting"], taken(second, at(25, 9, 40)), over, KYIV)
        assert isinstance(booked, Visit)


async def test_whoever_is_late_still_gets_what_nobody_took(database: Database) -> None:
    visits, (first,) = await full_wednesday(database, "first")
    await cancel(database, visits[2])
    await offer(database, FREED_AT)
    (event,) = await told(database)
    over = FREED_AT + OFFER_LASTS
    assert await offer(database, over) == 0
    async with database.write() as db:
        booked = await waiting_list.accept(db, event["waiting"], taken(first, at(25, 9, 40)), over, KYIV)
    assert isinstance(booked, Visit)


async def test_whoever_waits_no_longer_frees_what_was_held(database: Database) -> None:
    visits, (first, second) = await full_wednesday(database, "first", "second")
    await cancel(database, visits[2])
    await offer(database, FREED_AT)
    async with database.write() as db:
        assert await waiting_list.leave(db, COMMUNITY, first)
        assert not await waiting_list.leave(db, COMMUNITY, first)
    assert await offer(database, FREED_AT) == 1
    assert [one["to"] for one in await told(database)] == [first, second]
    async with database.write() as db:
        await waiting_list.erase(db, second)
        held = await db.scalar(select(func.count()).select_from(appointment_units))
    assert held == 4 * (len(visits) - 1)


async def test_nothing_is_offered_at_night_or_where_nobody_may_write(database: Database) -> None:
    visits, _ = await full_wednesday(database, "first")
    await cancel(database, visits[8])
    assert await offer(database, at(24, 23)) == 0
    assert await offer(database, FREED_AT, reaches=False) == 0
    # Too near to be seen in time.
    assert await offer(database, at(25, 10, 50)) == 0
    assert await offer(database, FREED_AT) == 1


async def test_several_workers_offer_one_time_once(database: Database) -> None:
    visits, _ = await full_wednesday(database, "first", "second")
    await cancel(database, visits[2])
    assert sorted(await asyncio.gather(*(offer(database, FREED_AT) for _ in range(4)))) == [0, 0, 0, 1]


async def test_days_that_are_over_are_waited_for_no_more(database: Database) -> None:
    await full_wednesday(database, "first")
    assert await offer(database, at(26, 10)) == 0
    async with database.read() as db:
        states = (await db.execute(select(waiting_list.waiting_list.c.state))).scalars().all()
    assert states == ["passed"]
