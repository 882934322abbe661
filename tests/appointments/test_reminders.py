"""Reminders: the evening before and two hours before, once whoever looks, never late, never where nobody may write."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from conversations.database import Database
from conversations.tables import inbox
from handover.appointments import booking, reminders
from handover.appointments.visits import Visit
from tests.appointments.offices import COMMUNITY, KYIV, NOW, OFFICE, at, wish
from tests.conversations.words import begun


def everywhere(channel: str, heard_at: datetime | None) -> bool:
    return True


async def tell(database: Database, now: datetime, reaches: reminders.Reaches = everywhere) -> int:
    async with database.write() as db:
        return await reminders.tell_due(db, COMMUNITY, now, KYIV, reaches)


async def told(database: Database) -> list[dict[str, Any]]:
    """What events of visits wait for the engine, in order."""
    async with database.read() as db:
        rows = await db.execute(select(inbox.c.event).order_by(inbox.c.id))
    return [row.event["facts"] for row in rows if row.event and row.event.get("name") == "visit_reminder"]


async def one_visit(database: Database, starts_at: datetime, made_at: datetime = NOW) -> Visit:
    (person,) = await begun(database, made_at)
    async with database.write() as db:
        made = await booking.book(db, wish(starts_at, conversation_id=person), made_at, KYIV)
    assert isinstance(made, Visit)
    return made


async def test_the_evening_before_and_two_hours_before(database: Database) -> None:
    visit = await one_visit(database, at(26, 10))
    for now, expected in (
        (at(25, 16, 59), []),
        (at(25, 17), ["day"]),
        (at(25, 17, 1), ["day"]),
        (at(26, 7, 59), ["day"]),
        (at(26, 8), ["day", "hours"]),
        (at(26, 8, 1), ["day", "hours"]),
    ):
        await tell(database, now)
        assert [one["which"] for one in await told(database)] == expected, now
    facts = (await told(database))[0]["visit"]
    assert (facts["number"], facts["office"], facts["starts_at"]) == (
        visit.number,
        "main",
        at(26, 10).isoformat(),
    )


async def test_several_workers_remind_once(database: Database) -> None:
    await one_visit(database, at(26, 10))
    assert sorted(await asyncio.gather(*(tell(database, at(25, 17)) for _ in range(4)))) == [0, 0, 0, 1]


async def test_after_a_long_silence_nothing_is_told_late(database: Database) -> None:
    """The reception was down from the evening until the visit is about to begin."""
    await one_visit(database, at(26, 10))
    for now in (at(25, 20, 30), at(26, 6), at(26, 9, 30), at(26, 9, 45), at(26, 11)):
        assert await tell(database, now) == 0, now


async def test_a_restart_within_the_evening_still_reminds(database: Database) -> None:
    await one_visit(database, at(26, 10))
    assert await tell(database, at(25, 20)) == 1


async def test_whoever_has_just_booked_is_not_reminded_at_once(database: Database) -> None:
    await one_visit(database, at(26, 10), at(25, 18))
    assert await tell(database, at(25, 18, 5)) == 0
    assert await tell(database, at(26, 8, 5)) == 1


async def test_a_moved_visit_is_reminded_of_anew_and_a_cancelled_one_never(database: Database) -> None:
    visit = await one_visit(database, at(26, 10))
    assert await tell(database, at(25, 17)) == 1
    async with database.write() as db:
        moved = await booking.move(db, visit, OFFICE, ("",), at(30, 10), at(25, 17, 30), KYIV)
        assert isinstance(moved, Visit)
    assert await tell(database, at(26, 8)) == 0
    assert await tell(database, at(29, 17)) == 1
    async with database.write() as db:
        await booking.cancel(db, moved, at(29, 18))
    assert await tell(database, at(30, 8)) == 0


async def test_where_the_window_is_closed_nothing_is_said_and_later_neither(database: Database) -> None:
    await one_visit(database, at(26, 10))
    heard: list[datetime | None] = []

    def nowhere(channel: str, heard_at: datetime | None) -> bool:
        heard.append(heard_at)
        return False

    assert await tell(database, at(25, 17), nowhere) == 0
    assert heard == [NOW]
    assert await tell(database, at(25, 17) + timedelta(minutes=5)) == 0
    assert await told(database) == []


async def test_a_visit_at_nine_is_reminded_of_at_seven(database: Database) -> None:
    await one_visit(database, at(26, 9))
    assert await tell(database, at(26, 6, 59)) == 0
    assert await tell(database, at(26, 7)) == 1


def test_the_next_reminder_is_what_is_promised() -> None:
    assert reminders.next_reminder(at(26, 10), NOW, KYIV) == at(25, 17)
    assert reminders.next_reminder(at(26, 10), at(25, 18), KYIV) == at(26, 8)
    assert reminders.next_reminder(at(26, 10), at(26, 8), KYIV) is None
