"""The queue: order, counts, places, honest times, and a number of queries that does not grow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from conversations.database import Database
from handover.calendars.hours import Calendar
from handover.tickets import leading, queue, tickets
from handover.tickets.queue import Counts
from handover.workplace.queue_view import queue_pane
from tests.handover.handover_world import COMMUNITY, FakeKnowledge, account, kyiv, office, waiting


async def test_danger_first_then_who_waits_longest(database, now):
    first = await waiting(database, now)
    second = await waiting(database, now + timedelta(minutes=1))
    danger = await waiting(database, now + timedelta(minutes=2), danger="hunger", reason="danger")
    iryna = await account(database, "iryna")
    async with database.read() as db:
        listed = await queue.listed(db, COMMUNITY, "waiting", iryna.id)
        urgent = await queue.urgent(db, COMMUNITY)
        places = await queue.places(db, COMMUNITY, [second.id, danger.id, first.id])
    assert [ticket.id for ticket in listed] == [danger.id, first.id, second.id]
    assert urgent is not None
    assert urgent.id == danger.id
    assert places == {danger.id: 0, first.id: 1, second.id: 2}


async def test_lists_and_counts_are_of_one_community_and_one_person(database, now):
    iryna, oleh = await account(database, "iryna"), await account(database, "oleh", name="Олег Дудка")
    made = [await waiting(database, now + timedelta(seconds=index)) for index in range(4)]
    async with database.write() as db:
        await leading.take(db, COMMUNITY, made[0].id, iryna, now)
        await leading.take(db, COMMUNITY, made[1].id, oleh, now)
        assert await queue.counts(db, COMMUNITY, iryna.id) == Counts(waiting=2, mine=1, team=2)
        assert await queue.counts(db, "another", iryna.id) == Counts(0, 0, 0)
        mine = await queue.listed(db, COMMUNITY, "mine", iryna.id)
        team = await queue.listed(db, COMMUNITY, "team", iryna.id)
    assert [ticket.id for ticket in mine] == [made[0].id]
    assert [ticket.id for ticket in team] == [made[0].id, made[1].id]


async def test_by_day_the_promise_is_within_the_day_and_at_night_in_the_morning(database, now):
    await waiting(database, now)
    async with database.read() as db:
        by_day = await queue.numbers(db, COMMUNITY, office(), 60, kyiv(2026, 11, 24, 10, 0))
        at_night = await queue.numbers(db, COMMUNITY, office(), 60, kyiv(2026, 11, 24, 22, 0))
    assert (by_day.ahead, by_day.open_now, by_day.opens_at) == (1, True, None)
    assert by_day.promised_at == kyiv(2026, 11, 24, 11, 0)
    assert (at_night.open_now, at_night.opens_at) == (False, kyiv(2026, 11, 25, 8))
    assert at_night.promised_at == kyiv(2026, 11, 25, 9, 0)


async def taken_after(database: Database, person, asked, minutes: int) -> None:
    ticket = await waiting(database, asked)
    async with database.write() as db:
        await leading.take(db, COMMUNITY, ticket.id, person, asked + timedelta(minutes=minutes))


async def test_the_usual_wait_is_todays_median_in_working_minutes(database):
    iryna = await account(database, "iryna")
    for minutes in (100, 90, 80):
        await taken_after(database, iryna, kyiv(2026, 11, 23, 9), minutes)
    today = kyiv(2026, 11, 24, 8)
    evening = kyiv(2026, 11, 24, 17)
    async with database.read() as db:
        assert await queue.usual_wait(db, COMMUNITY, Calendar(office()), kyiv(2026, 11, 20, 9)) is None
        assert await queue.usual_wait(db, COMMUNITY, Calendar(office()), evening) == 90
    for minutes in (10, 30):
        await taken_after(database, iryna, today, minutes)
    # Through the break: four hours on the clock, three of work.
    await taken_after(database, iryna, kyiv(2026, 11, 24, 11), 120)
    async with database.read() as db:
        assert await queue.usual_wait(db, COMMUNITY, Calendar(office()), evening) == 30


@pytest.mark.parametrize("view", ["waiting", "mine", "team"])
async def test_the_queue_asks_as_many_questions_for_fifty_as_for_five(database, now, view):
    iryna = await account(database, "iryna")

    async def grow(count: int) -> None:
        for index in range(count):
            ticket = await waiting(database, now, danger="hunger" if index == 0 else None)
            if view != "waiting":
                async with database.write() as db:
                    await leading.take(db, COMMUNITY, ticket.id, iryna, now)

    async def questions() -> int:
        asked: list[str] = []
        async with database.read() as db:
            connection = db.sync_connection
            assert connection is not None

            def count(*args: object) -> None:
                asked.append(str(args[2]))

            event.listen(connection, "before_cursor_execute", count)
            pane = await queue_pane(db, iryna, view, FakeKnowledge(), now)
        assert sum(len(group.rows) for group in pane.groups) == total
        return len(asked)

    total = 5
    await grow(5)
    few = await questions()
    total = 50
    await grow(45)
    assert await questions() == few <= 11


async def test_a_long_queue_shows_its_beginning_and_says_how_many_more(database, now):
    iryna = await account(database, "iryna")
    for index in range(queue.SHOWN + 3):
        await waiting(database, now + timedelta(seconds=index))
    async with database.read() as db:
        pane = await queue_pane(db, iryna, "waiting", FakeKnowledge(), now)
        empty = await queue_pane(db, iryna, "mine", FakeKnowledge(), now)
    assert sum(len(group.rows) for group in pane.groups) == queue.SHOWN
    assert pane.further is not None
    assert "3" in pane.further
    assert (empty.groups, empty.empty.title) == ([], "У вас розмов немає")


async def test_open_tickets_of_many_conversations_at_once(database, now):
    one, two = await waiting(database, now), await waiting(database, now)
    async with database.read() as db:
        found = await tickets.open_of(db, [one.conversation_id, two.conversation_id, "none"])
        assert await tickets.open_of(db, []) == {}
        assert await queue.places(db, COMMUNITY, []) == {}
    assert {key: ticket.id for key, ticket in found.items()} == {
        one.conversation_id: one.id,
        two.conversation_id: two.id,
    }
