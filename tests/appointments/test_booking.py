"""Bookings: the times there are, one person a time, limits, moves and cancellations; on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import Database
from handover.appointments import absences, booking, slots, visits
from handover.appointments.booking import CHANGES_A_DAY, Refusal
from handover.appointments.tables import appointment_units, appointments
from handover.appointments.visits import Visit
from knowledge_base.answers import HALL
from tests.appointments.offices import COMMUNITY, KYIV, NOW, OFFICE, PENSION, SUBSIDY, at, wish
from tests.conversations.words import begun

WEDNESDAY, THURSDAY, FRIDAY = 25, 26, 27


async def free(
    db: AsyncConnection, receiver: str = HALL, matter: str | None = None, now: datetime = NOW
) -> list[datetime]:
    return [one.starts_at for one in await slots.free(db, COMMUNITY, OFFICE, (receiver,), matter, now, KYIV)]


async def booked(db: AsyncConnection, *args: object, **more: object) -> Visit:
    made = await booking.book(db, wish(*args, **more), NOW, KYIV)  # type: ignore[arg-type]
    assert isinstance(made, Visit)
    return made


async def units(db: AsyncConnection) -> dict[str, int]:
    """How many units each holder has."""
    found: dict[str, int] = {}
    for holder in (await db.execute(select(appointment_units.c.held_by))).scalars():
        found[holder] = found.get(holder, 0) + 1
    return found


async def test_free_times_are_the_receivers_hours_within_the_offices(database: Database) -> None:
    async with database.read() as db:
        subsidies = await free(db, "subsidies", SUBSIDY)
        assert [one for one in subsidies if one < at(26, 0)] == [
            at(WEDNESDAY, 9) + timedelta(minutes=20 * number) for number in range(9)
        ]
        # On Thursday they receive from 11 to 14 and the office has its dinner from 12 to 13.
        assert [one for one in subsidies if at(26, 0) < one < at(27, 0)] == [
            at(THURSDAY, hour, minute) for hour in (11, 13) for minute in (0, 20, 40)
        ]
        hall = await free(db)
        assert min(hall) == at(24, 11, 40)  # an hour from half past ten, on the grid
        assert not [one for one in hall if at(FRIDAY, 0) < one < at(28, 0)]  # closed that very day
        assert max(hall) == at(1, 0).replace(month=12, day=8, hour=14, minute=40)


async def test_a_longer_visit_ends_before_the_hours_do(database: Database) -> None:
    async with database.read() as db:
        debt = [one for one in await free(db, "subsidies", "debt") if one < at(26, 0)]
    assert (debt[0], debt[-1]) == (at(WEDNESDAY, 9), at(WEDNESDAY, 11, 20))


async def test_a_time_is_given_as_often_as_there_are_places(database: Database) -> None:
    async with database.write() as db:
        first = await booked(db, at(WEDNESDAY, 9), "pensions", matter=PENSION)
        second = await booked(db, at(WEDNESDAY, 9), "pensions", matter=PENSION)
        third = await booking.book(db, wish(at(WEDNESDAY, 9), "pensions", matter=PENSION), NOW, KYIV)
        assert ({first.place, second.place}, third) == ({1, 2}, Refusal.TAKEN)
        assert (first.number, first.hall, second.number, second.hall) == (1, "З 1", 2, "З 2")
        assert at(WEDNESDAY, 9) not in await free(db, "pensions", PENSION)
        assert await units(db) == {first.id: 6, second.id: 6}


async def test_a_longer_visit_takes_the_times_it_lies_over(database: Database) -> None:
    async with database.write() as db:
        await booked(db, at(WEDNESDAY, 9, 20), "subsidies", matter="debt")
        there = await free(db, "subsidies", SUBSIDY)
        assert at(WEDNESDAY, 9) in there
        assert not {at(WEDNESDAY, 9, 20), at(WEDNESDAY, 9, 40)} & set(there)
        assert at(WEDNESDAY, 9) not in await free(db, "subsidies", "debt")


@pytest.mark.parametrize(
    "starts_at",
    [
        at(24, 9),  # past
        at(24, 11),  # too soon
        at(WEDNESDAY, 9, 5),  # not on the grid
        at(WEDNESDAY, 12),  # dinner
        at(FRIDAY, 9),  # closed
        at(28, 10),  # a Saturday
        at(24, 9) + timedelta(days=21),  # too far
    ],
)
async def test_what_is_no_free_time_is_not_given(database: Database, starts_at: datetime) -> None:
    async with database.write() as db:
        assert await booking.book(db, wish(starts_at), NOW, KYIV) is Refusal.NOT_OPEN
        assert await units(db) == {}


async def test_the_desk_books_without_time_ahead(database: Database) -> None:
    async with database.write() as db:
        made = await booking.book(db, wish(at(24, 11), booked_by="account"), NOW, KYIV)
    assert isinstance(made, Visit)


async def test_a_conversation_and_a_phone_have_two_visits_to_come(database: Database) -> None:
    (person,) = await begun(database, NOW)
    async with database.write() as db:
        for minute in (0, 20):
            await booked(db, at(WEDNESDAY, 9, minute), conversation_id=person)
        third = wish(at(WEDNESDAY, 10), conversation_id=person)
        assert await booking.book(db, third, NOW, KYIV) is Refusal.TOO_MANY
        for hour in (10, 11):
            await booked(db, at(WEDNESDAY, hour), phone="+380671234567")
        again = wish(at(THURSDAY, 10), phone="+380671234567")
        assert await booking.book(db, again, NOW, KYIV) is Refusal.TOO_MANY
        # Those that were, and were missed, forbid nothing.
        later = NOW + timedelta(days=2)
        assert isinstance(
            await booking.book(db, wish(at(30, 10), conversation_id=person), later, KYIV), Visit
        )


async def test_the_same_wish_twice_is_one_visit(database: Database) -> None:
    (person,) = await begun(database, NOW)
    async with database.write() as db:
        first = await booked(db, at(WEDNESDAY, 9), conversation_id=person)
        assert await booked(db, at(WEDNESDAY, 9), conversation_id=person) == first


async def test_a_move_frees_the_old_time_and_keeps_the_number(database: Database) -> None:
    async with database.write() as db:
        visit = await booked(db, at(WEDNESDAY, 9), "subsidies", matter=SUBSIDY)
        moved = await booking.move(db, visit, OFFICE, ("subsidies",), at(THURSDAY, 11), NOW, KYIV)
        assert isinstance(moved, Visit)
        assert (moved.number, moved.sequence, moved.day) == (visit.number, 1, date(2026, 11, THURSDAY))
        assert (visit.hall, moved.hall) == ("С 1", "С 1")  # the first of another day
        assert at(WEDNESDAY, 9) in await free(db, "subsidies", SUBSIDY)
        assert await units(db) == {visit.id: 4}


async def test_a_visit_may_move_over_its_own_time(database: Database) -> None:
    async with database.write() as db:
        visit = await booked(db, at(WEDNESDAY, 9), "subsidies", matter="debt")
        moved = await booking.move(db, visit, OFFICE, ("subsidies",), at(WEDNESDAY, 9, 20), NOW, KYIV)
        assert isinstance(moved, Visit)
        assert await units(db) == {visit.id: 8}


async def test_a_move_to_a_taken_time_leaves_everything(database: Database) -> None:
    async with database.write() as db:
        visit = await booked(db, at(WEDNESDAY, 9), "subsidies", matter=SUBSIDY)
        await booked(db, at(WEDNESDAY, 10), "subsidies", matter=SUBSIDY)
        refused = await booking.move(db, visit, OFFICE, ("subsidies",), at(WEDNESDAY, 10), NOW, KYIV)
        assert refused is Refusal.TAKEN
        assert await visits.get(db, COMMUNITY, visit.id) == visit
        assert (await units(db))[visit.id] == 4


async def test_nobody_moves_all_day(database: Database) -> None:
    (person,) = await begun(database, NOW)
    async with database.write() as db:
        visit = await booked(db, at(WEDNESDAY, 9), conversation_id=person)
        times = [at(WEDNESDAY, 10), at(WEDNESDAY, 11)]
        for number in range(CHANGES_A_DAY):
            assert isinstance(
                await booking.move(db, visit, OFFICE, (HALL,), times[number % 2], NOW, KYIV), Visit
            )
        assert await booking.move(db, visit, OFFICE, (HALL,), at(THURSDAY, 9), NOW, KYIV) is Refusal.TOO_OFTEN
        assert await booking.book(db, wish(at(30, 9), conversation_id=person), NOW, KYIV) is Refusal.TOO_OFTEN
        # The desk may, and so may everybody tomorrow.
        assert isinstance(
            await booking.move(db, visit, OFFICE, (HALL,), at(THURSDAY, 9), NOW, KYIV, by="account"), Visit
        )
        tomorrow = NOW + timedelta(days=1)
        assert isinstance(await booking.move(db, visit, OFFICE, (HALL,), at(30, 9), tomorrow, KYIV), Visit)


async def test_a_cancelled_visit_frees_its_time_once(database: Database) -> None:
    async with database.write() as db:
        visit = await booked(db, at(WEDNESDAY, 9), "subsidies", matter=SUBSIDY)
        gone = await booking.cancel(db, visit, NOW)
        assert isinstance(gone, Visit)
        assert (gone.state, gone.sequence, await units(db)) == ("cancelled", 1, {})
        other = await booked(db, at(WEDNESDAY, 9), "subsidies", matter=SUBSIDY)
        again = await booking.cancel(db, visit, NOW)
        assert isinstance(again, Visit)
        assert await units(db) == {other.id: 4}
        assert (
            await booking.move(db, visit, OFFICE, ("subsidies",), at(THURSDAY, 11), NOW, KYIV) is Refusal.GONE
        )
        assert await booking.confirm(db, visit, NOW) is Refusal.GONE


async def test_nobody_is_booked_with_somebody_who_is_away(database: Database) -> None:
    async with database.write() as db:
        visit = await booked(db, at(WEDNESDAY, 9), "subsidies", matter=SUBSIDY)
        await booked(db, at(WEDNESDAY, 11), "subsidies", matter=SUBSIDY)
        day = date(2026, 11, WEDNESDAY)
        concerned = await absences.put(
            db, COMMUNITY, "main", "subsidies", day, (9 * 60, 10 * 60), "навчання", "account", NOW, KYIV
        )
        assert [one.id for one in concerned] == [visit.id]
        there = await free(db, "subsidies", SUBSIDY)
        assert min(there) == at(WEDNESDAY, 10)
        refused = await booking.book(db, wish(at(WEDNESDAY, 9, 20), "subsidies", matter=SUBSIDY), NOW, KYIV)
        assert refused is Refusal.NOT_OPEN
        assert await absences.drop(db, COMMUNITY, "main", "subsidies", day, 9 * 60)
        assert min(await free(db, "subsidies", SUBSIDY)) == at(WEDNESDAY, 9, 20)
        with pytest.raises(absences.BadMinutes):
            await absences.put(db, COMMUNITY, "main", "subsidies", day, (600, 600), "", "account", NOW, KYIV)


async def test_the_day_summer_time_ends_has_its_times_by_the_wall_clock(database: Database) -> None:
    """On Monday after the change of 25 October the office opens at 9:00 as ever: an hour later by UTC."""
    before = datetime.fromisoformat("2026-10-23T10:00:00+03:00")
    async with database.read() as db:
        there = await free(db, HALL, None, before)
    opens = {slot.astimezone(KYIV).time() for slot in there}
    assert min(opens).isoformat() == "09:00:00"
    mondays = [one for one in there if one.astimezone(KYIV).date() == date(2026, 10, 26)]
    assert mondays[0] == datetime.fromisoformat("2026-10-26T09:00:00+02:00")


async def test_a_person_who_is_forgotten_frees_their_time(database: Database) -> None:
    (person,) = await begun(database, NOW)
    async with database.write() as db:
        visit = await booked(
            db, at(WEDNESDAY, 9), conversation_id=person, phone="+380671234567", priority="veteran"
        )
        await booking.erase(db, person, NOW)
        kept = await visits.get(db, COMMUNITY, visit.id)
        assert kept is not None
        assert (kept.state, kept.name, kept.phone, kept.priority) == ("cancelled", "", None, None)
        assert await units(db) == {}
        assert (await db.execute(select(appointments.c.number))).scalar_one() == visit.number


async def test_late_people_are_counted_once_there_are_enough(database: Database) -> None:
    async with database.write() as db:
        assert await visits.usual_delay(db, COMMUNITY, NOW) is None
        for number in range(12):
            made = await booked(
                db, at(WEDNESDAY, 9 + number // 6 * 4, number % 3 * 20), phone=f"+3806700000{number:02d}"
            )
            await db.execute(
                appointments.update()
                .where(appointments.c.id == made.id)
                .values(called_at=made.starts_at + timedelta(minutes=number))
            )
        assert await visits.usual_delay(db, COMMUNITY, NOW + timedelta(days=2)) == 6
