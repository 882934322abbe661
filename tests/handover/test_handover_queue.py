"""The queue: order, lists, filters, pages, places, honest times, and a number of queries that does not grow."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import event

from conversations import erasure, transcript
from conversations.database import Database
from handover.assignment import teams
from handover.assignment.teams import Terms
from handover.calendars.hours import Calendar
from handover.tickets import leading, lists, queue, tickets
from handover.tickets.lists import EVERYTHING, Counts, Filters, Reader
from handover.workplace.queue_view import Asked, queue_pane
from tests.handover.handover_world import (
    COMMUNITY,
    FakeKnowledge,
    account,
    bot_says,
    kyiv,
    office,
    said,
    waiting,
)


async def listed(database, which, account_id="nobody", teams=(), filters=EVERYTHING, **more):
    async with database.read() as db:
        page = await lists.page(db, COMMUNITY, which, Reader(account_id, teams), filters, **more)
    return [one.ticket.id for one in page.rows], page.further


async def test_danger_first_then_what_is_due_first_then_who_waits_longest(database, now):
    unpromised = await waiting(database, now)
    second = await waiting(database, now + timedelta(minutes=1), promised_at=now + timedelta(hours=2))
    danger = await waiting(database, now + timedelta(minutes=2), danger="hunger", reason="danger")
    first = await waiting(database, now + timedelta(minutes=3), promised_at=now + timedelta(hours=1))
    last = await waiting(database, now + timedelta(minutes=4))
    wanted = [danger.id, first.id, second.id, unpromised.id, last.id]
    async with database.read() as db:
        urgent = await lists.urgent(db, COMMUNITY)
        places = await queue.places(db, COMMUNITY, wanted)
    assert await listed(database, "waiting") == (wanted, None)
    assert urgent is not None
    assert urgent.ticket.id == danger.id
    assert places == {ticket: place for place, ticket in enumerate(wanted)}


async def test_lists_and_counts_are_of_one_community_and_one_person(database, now):
    iryna, oleh = await account(database, "iryna"), await account(database, "oleh", name="Олег Дудка")
    made = [await waiting(database, now + timedelta(seconds=index)) for index in range(6)]
    async with database.write() as db:
        team = await teams.create(db, COMMUNITY, Terms("Субсидії"), now)
        for ticket, person in ((made[0], iryna), (made[1], oleh), (made[4], iryna), (made[5], oleh)):
            await leading.take(db, COMMUNITY, ticket.id, person, now)
        later = now + timedelta(hours=1)
        await leading.snooze(db, COMMUNITY, made[4].id, iryna, later, "чекаю довідку", now)
        await leading.resolve(db, COMMUNITY, made[5].id, oleh, "пояснив", now)
        await leading.transfer_to_team(db, COMMUNITY, made[1].id, oleh, team.id, team.name, now)
        alone, together = Reader(iryna.id), Reader(iryna.id, (team.id,))
        assert await lists.counts(db, COMMUNITY, alone) == Counts(
            waiting=3, mine=1, team=1, all=4, snoozed=1, mentioned=0
        )
        assert (await lists.counts(db, COMMUNITY, together)).team == 1
        assert await lists.counts(db, "another", alone) == Counts(0, 0, 0, 0, 0, 0)
    taken, _ = await listed(database, "team", iryna.id)
    of_team, _ = await listed(database, "team", iryna.id, (team.id,))
    everything, _ = await listed(database, "all")
    assert (taken, of_team) == ([made[0].id], [made[1].id])
    assert everything == [ticket.id for ticket in made[:4]]
    assert await listed(database, "mine", iryna.id) == ([made[0].id], None)
    assert await listed(database, "snoozed") == ([made[4].id], None)
    assert await listed(database, "resolved") == ([made[5].id], None)


@pytest.mark.parametrize("which", ["waiting", "all", "resolved", "snoozed", "found"])
async def test_pages_follow_on_whatever_comes_and_goes_meanwhile(database, now, which):
    iryna = await account(database, "iryna")
    filters = Filters(search="дячук") if which == "found" else EVERYTHING
    made = []
    for index in range(7):
        danger = {"danger": "hunger"} if index in (1, 5) else {}
        # Two of every moment, so that the id decides.
        ticket = await waiting(database, now + timedelta(seconds=index // 2), **danger)
        made.append(ticket.id)
        if which in ("resolved", "snoozed"):
            async with database.write() as db:
                await leading.take(db, COMMUNITY, ticket.id, iryna, now)
                if which == "resolved":
                    at = now + timedelta(seconds=index // 2)
                    await leading.resolve(db, COMMUNITY, ticket.id, iryna, "так", at)
                else:
                    until = now + timedelta(hours=1 + index // 2)
                    await leading.snooze(db, COMMUNITY, ticket.id, iryna, until, "", now)
    whole, _ = await listed(database, which, filters=filters)
    seen, after = [], None
    while True:
        rows, after = await listed(database, which, filters=filters, after=after, limit=2)
        seen += rows
        if after is None:
            break
        if which == "waiting" and len(seen) == 2:
            # What was shown is taken by somebody: nothing further back is left out for it.
            async with database.write() as db:
                await leading.take(db, COMMUNITY, seen[0], iryna, now)
    assert seen == whole
    assert sorted(seen) == sorted(made)
    assert (await listed(database, which, filters=filters, after="1.x.0"))[0][:1] == (
        [seen[1]] if which == "waiting" else [seen[0]]
    )


async def test_filters_narrow_and_a_search_finds_names_and_numbers_everywhere(database, now):
    iryna = await account(database, "iryna")
    viber = await waiting(database, now, "Где взять справку? Объясните", "viber", topic="housing-subsidy")
    other = await waiting(database, now + timedelta(seconds=1), "Чи є їжа?", office="reception")
    async with database.write() as db:
        await leading.take(db, COMMUNITY, other.id, iryna, now)
        await leading.resolve(db, COMMUNITY, other.id, iryna, "так", now)

    async def found(which="waiting", **filters):
        return (await listed(database, which, filters=Filters(**filters)))[0]

    assert await found(channel="viber") == await found(language="ru") == await found(topic="housing-subsidy")
    assert await found(channel="viber") == [viber.id]
    assert (
        await found(channel="telegram") == await found(language="uk") == await found(office="reception") == []
    )
    assert await found("resolved", office="reception", language="uk") == [other.id]
    assert await found("found", search="ДЯЧУК") == [other.id, viber.id]
    assert await found("found", search=viber.number) == [viber.id]
    assert await found("found", search=viber.number.partition("-")[2].lstrip("0")) == [viber.id]
    assert await found("found", search="%") == []


async def test_a_row_shows_what_the_transcript_says(database, now):
    iryna = await account(database, "iryna")
    ticket = await waiting(database, now, "Чи приймуть договір?")
    chat = ticket.conversation_id

    async def same():
        async with database.read() as db:
            (one,) = (await lists.page(db, COMMUNITY, "all", Reader(iryna.id))).rows
            head = (await transcript.heads(db, [chat]))[chat]
        assert head.last is not None
        assert (one.said, one.said_by, one.said_at) == (
            head.last.reply.text,
            head.last.author.kind.value,
            head.last.at,
        )
        assert (one.unread, one.channel, one.author_name) == (
            head.unread,
            head.ref.channel,
            head.author_name,
        )
        return one

    assert (await same()).unread == 1
    await bot_says(database, chat, "Передаю людині", now, epoch=1)
    assert (await same()).said_by == "bot"
    async with database.write() as db:
        await leading.take(db, COMMUNITY, ticket.id, iryna, now)
        position = await transcript.hear(db, chat, said("x", "Ви тут?", now), now)
        await transcript.hear(db, chat, said("x", "Де ви?", now), now)
        await leading.note(db, chat, iryna, "не відповідає", now)
        await transcript.mark_seen(db, chat, position)
    shown = await same()
    assert (shown.unread, shown.said, shown.citizen_spoke_last) == (1, "Де ви?", True)
    async with database.write() as db:
        await erasure.erase(db, chat, "all", now)
    async with database.read() as db:
        (one,) = (await lists.page(db, COMMUNITY, "all", Reader(iryna.id))).rows
    assert (one.said, one.author_name) == ("", None)
    assert await listed(database, "found", filters=Filters(search="дячук")) == ([], None)


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
            pane = await queue_pane(db, iryna, Asked(view), FakeKnowledge(), now)
        assert sum(len(group.rows) for group in pane.groups) == total
        return len(asked)

    total = 5
    await grow(5)
    few = await questions()
    total = 50
    await grow(45)
    assert await questions() == few <= 14


async def test_a_long_queue_shows_its_beginning_and_goes_on(database, now):
    iryna = await account(database, "iryna")
    for index in range(lists.SHOWN + 3):
        await waiting(database, now + timedelta(seconds=index))
    async with database.read() as db:
        pane = await queue_pane(db, iryna, Asked("waiting"), FakeKnowledge(), now)
        assert pane.further is not None
        rest = await queue_pane(db, iryna, Asked.read(dict(parse_qsl(pane.further))), FakeKnowledge(), now)
        grown = await queue_pane(db, iryna, Asked("waiting", rows=200), FakeKnowledge(), now)
        empty = await queue_pane(db, iryna, Asked("mine"), FakeKnowledge(), now)
    shown = [[row.conversation for group in one.groups for row in group.rows] for one in (pane, rest, grown)]
    assert [len(rows) for rows in shown] == [lists.SHOWN, 3, lists.SHOWN + 3]
    assert shown[0] + shown[1] == shown[2]
    assert (rest.further, grown.further) == (None, None)
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
