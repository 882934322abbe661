"""A thousand people want a hundred times at once: a hundred are booked, the rest are told so, nobody twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from conversations.database import Database
from handover.appointments import booking
from handover.appointments.booking import Refusal
from handover.appointments.tables import appointment_units, appointments
from handover.appointments.visits import Visit
from knowledge_base.answers import HALL
from tests.appointments.offices import KYIV, NOW, at, wish

PEOPLE, TIMES, PLACES = 1000, 50, 2
TIMES_ON = [
    at(day, 9) + timedelta(minutes=20 * number)
    for day in (25, 26, 30)
    for number in (*range(9), *range(12, 24))
][:TIMES]


async def test_a_thousand_bookings_for_a_hundred_times(postgres_url: Callable[..., str]) -> None:
    assert len(set(TIMES_ON)) == TIMES
    database = Database(postgres_url())

    async def one(number: int) -> Visit | Refusal:
        wanted = wish(TIMES_ON[number % TIMES], HALL, phone=f"+38067{number:07d}")
        async with database.write() as db:
            return await booking.book(db, wanted, NOW, KYIV)

    came = await asyncio.gather(*(one(number) for number in range(PEOPLE)))
    booked = [visit for visit in came if isinstance(visit, Visit)]
    assert Counter(type(one) for one in came) == {Visit: TIMES * PLACES, Refusal: PEOPLE - TIMES * PLACES}
    assert {one for one in came if isinstance(one, Refusal)} == {Refusal.TAKEN}
    assert len({(one.starts_at, one.place) for one in booked}) == TIMES * PLACES
    assert sorted(one.number for one in booked) == list(range(1, TIMES * PLACES + 1))
    assert len({(one.day, one.hall) for one in booked}) == TIMES * PLACES
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(appointments)) == TIMES * PLACES
        assert await db.scalar(select(func.count()).select_from(appointment_units)) == TIMES * PLACES * 4
    await database.close()
