"""The hall on real databases: numbers, order, two desks at once, waits, and what every step refuses."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from conversations.tables import inbox
from handover.appointments import hall, visits
from handover.appointments.hall import NotNow
from handover.appointments.numbers import next_number
from handover.appointments.tables import appointments
from handover.appointments.visits import UnknownVisit
from handover.appointments.waiting import Desk, queue, waits
from tests.handover.handover_world import COMMUNITY, TUESDAY, conversation

OFFICE = "reception"
DAY = date(2026, 11, 24)
ANY = Desk()


async def booked(db, at, name="Галина", letter=None, number=None, **more):
    """A visit booked for this moment; returns its id."""
    values = {
        "id": f"visit-{at:%H%M}-{name}",
        "community_id": COMMUNITY,
        "number": await next_number(db, COMMUNITY),
        "office": OFFICE,
        "receiver": "",
        "kind": "booked",
        "state": "booked",
        "day": DAY.isoformat(),
        "starts_at": at,
        "ends_at": at + timedelta(minutes=20),
        "hall_letter": letter,
        "hall_number": number,
        "name": name,
        "for_other": False,
        "sequence": 0,
        "created_at": TUESDAY - timedelta(days=2),
        **more,
    }
    await db.execute(insert(appointments).values(values))
    return values["id"]


async def came(db, letter="С", now=TUESDAY, **more):
    return await hall.walk_in(db, COMMUNITY, OFFICE, DAY, letter, now, **more)


async def next_(db, now=TUESDAY, desk=ANY, room="кабінет 3", by="iryna"):
    return await hall.call_next(db, COMMUNITY, OFFICE, DAY, desk, room, by, now)


async def test_numbers_of_a_letter_follow_one_another_and_begin_anew_with_the_day(database):
    async with database.write() as db:
        tickets = [(await came(db, letter)).hall for letter in "ССДС"]
        tomorrow = await hall.walk_in(db, COMMUNITY, OFFICE, date(2026, 11, 25), "С", TUESDAY)
        elsewhere = await hall.walk_in(db, COMMUNITY, "branch", DAY, "С", TUESDAY)
    assert tickets == ["С 1", "С 2", "Д 1", "С 3"]
    assert tomorrow.hall_number == elsewhere.hall_number == 1


async def test_the_booked_come_at_their_time_then_whoever_the_law_lets_first_then_by_number(database):
    at = TUESDAY
    async with database.write() as db:
        late = await booked(db, at - timedelta(minutes=30), "Пізня")
        due = await booked(db, at, "Вчасно")
        early = await booked(db, at + timedelta(minutes=40), "Рання")
        first = await came(db, now=at - timedelta(minutes=25), name="Перша")
        await hall.arrive(db, COMMUNITY, late, "С", at - timedelta(minutes=15))
        for one in (due, early):
            await hall.arrive(db, COMMUNITY, one, "С", at - timedelta(minutes=5))
        veteran = await came(db, now=at - timedelta(minutes=1), priority="veteran")
        order = [visit.id for visit in queue(await visits.of_day(db, COMMUNITY, OFFICE, DAY), at)]
        called = [await next_(db, at) for _ in range(6)]
    assert order == [due, veteran.id, first.id, late, early]
    assert [one.id if one else None for one in called] == [*order, None]


async def test_a_desk_calls_its_letters_only(database):
    async with database.write() as db:
        subsidy = await came(db, "С")
        child = await came(db, "Д")
        assert (await next_(db, desk=Desk(frozenset("ДВ")))).id == child.id
        assert await next_(db, desk=Desk(frozenset("ДВ"))) is None
        assert (await next_(db)).id == subsidy.id
        assert await next_(db) is None


async def test_two_desks_that_press_at_once_never_call_the_same_person(database):
    async with database.write() as db:
        everybody = {(await came(db, name=str(one))).id for one in range(20)}

    async def desk(number):
        called = []
        while True:
            async with database.write() as db:
                visit = await next_(db, room=f"кабінет {number}", by=str(number))
            if visit is None:
                return called
            called.append(visit.id)

    called = await asyncio.gather(*(desk(number) for number in range(5)))
    assert Counter(itertools.chain(*called)) == Counter(everybody)
    async with database.read() as db:
        kept = await visits.of_day(db, COMMUNITY, OFFICE, DAY)
    assert {visit.id: visit.called_room for visit in kept} == {
        one: f"кабінет {number}" for number, ids in enumerate(called) for one in ids
    }


async def test_a_lost_race_moves_on_to_the_next_person(database):
    """One desk has called the first and is still writing; the other gets the second."""
    async with database.write() as db:
        first, second = [(await came(db)).id for _ in range(2)]
    taken = asyncio.Event()

    async def slow():
        async with database.write() as db:
            visit = await next_(db, room="кабінет 1")
            taken.set()
            await asyncio.sleep(0.2)
            return visit.id

    async def quick():
        await taken.wait()
        async with database.write() as db:
            return (await next_(db, room="кабінет 2")).id

    assert await asyncio.gather(slow(), quick()) == [first, second]


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("booked", {"arrive", "no_show"}),
        ("arrived", {"call", "no_show"}),
        ("called", {"call_again", "done", "no_show", "back"}),
        ("done", {"back"}),
        ("no_show", {"arrive", "back"}),
        ("cancelled", set()),
    ],
)
async def test_every_step_asks_for_the_state_it_starts_from(database, state, allowed):
    steps = {
        "arrive": lambda db, one: hall.arrive(db, COMMUNITY, one, "С", TUESDAY),
        "call": lambda db, one: hall.call(db, COMMUNITY, one, "кабінет 3", "iryna", TUESDAY),
        "call_again": lambda db, one: hall.call_again(db, COMMUNITY, one, TUESDAY),
        "done": lambda db, one: hall.done(db, COMMUNITY, one, TUESDAY),
        "no_show": lambda db, one: hall.no_show(db, COMMUNITY, one, TUESDAY),
        "back": lambda db, one: hall.back(db, COMMUNITY, one, TUESDAY),
    }
    for name, step in steps.items():
        async with database.write() as db:
            visit = await booked(db, TUESDAY, f"{state}-{name}", state=state)
        if name in allowed:
            async with database.write() as db:
                await step(db, visit)
        else:
            with pytest.raises(NotNow) as refused:
                async with database.write() as db:
                    await step(db, visit)
            assert refused.value.visit.state == state
            async with database.read() as db:
                assert (await visits.by_id(db, COMMUNITY, visit)).state == state
        with pytest.raises(UnknownVisit):
            async with database.write() as db:
                await step(db, "nobody")


async def test_whoever_is_called_by_mistake_keeps_their_place(database):
    async with database.write() as db:
        first = await came(db)
        await came(db, now=TUESDAY + timedelta(minutes=1))
        called = await next_(db)
        assert called.id == first.id
        again = await hall.back(db, COMMUNITY, called.id, TUESDAY + timedelta(minutes=2))
        assert (again.called_room, again.called_at) == (None, None)
        assert (await next_(db, TUESDAY + timedelta(minutes=3))).id == first.id


async def test_a_person_in_a_channel_hears_the_call_and_every_repeat(database, now):
    chat = await conversation(database, now)
    async with database.write() as db:
        visit = await booked(db, now, conversation_id=chat, letter="С", number=41)
        await hall.arrive(db, COMMUNITY, visit, "К", now)
        await next_(db, now)
        await hall.call_again(db, COMMUNITY, visit, now + timedelta(minutes=1))
        await came(db)
        await next_(db, now)
    async with database.read() as db:
        events = (await db.execute(select(inbox.c.event).where(inbox.c.event_key.is_(None)))).scalars().all()
    assert [(event["name"], event["facts"]) for event in events] == [
        ("visit_called", {"ticket": "С 41", "room": "кабінет 3"})
    ] * 2


async def test_waits_are_counted_by_what_visits_take_and_who_is_before(database):
    now = TUESDAY
    async with database.write() as db:
        nobody = waits([], now, "СД")
        for _ in range(3):
            await came(db)
        three = await visits.of_day(db, COMMUNITY, OFFICE, DAY)
        for room in ("кабінет 1", "кабінет 2"):
            await next_(db, now, room=room)
        for visit in await visits.of_day(db, COMMUNITY, OFFICE, DAY):
            if visit.state == "called":
                await hall.done(db, COMMUNITY, visit.id, now + timedelta(minutes=10))
        served = await visits.of_day(db, COMMUNITY, OFFICE, DAY)
    assert {(one.people, one.minutes) for one in nobody} == {(0, 0)}
    # Three by the usual quarter of an hour and one room; one by ten minutes and two rooms.
    assert [(one.people, one.minutes) for one in waits(three, now, "С")] == [(3, 45)]
    assert [(one.people, one.minutes) for one in waits(served, now + timedelta(minutes=10), "СД")] == [
        (1, 5),
        (0, 0),
    ]
    # An hour later nobody works there, and whoever is booked within the wait comes first.
    late = now + timedelta(hours=2)
    soon = replace(three[0], id="b", state="booked", kind="booked", starts_at=late, arrived_at=None)
    assert [(one.people, one.minutes) for one in waits([*served, soon], late, "С")] == [(1, 20)]
