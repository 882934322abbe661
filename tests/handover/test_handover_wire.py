"""Live events: every change has a number, and whoever comes back hears each one once."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import aclosing
from datetime import timedelta

import anyio
import pytest
from fastapi import Request
from playwright.sync_api import Page, expect

from conversations.typing import TOGETHER, typing_topic
from handover import happenings
from handover.accounts import sessions
from handover.happenings import Forgotten, Happening
from handover.tables import happenings as table
from handover.workplace import events
from handover.workplace.guard import Visitor
from handover.workplace.wire import Wire
from tests.handover.browsing import Served, taken, violations
from tests.handover.handover_world import COMMUNITY, waiting


async def happen(reception, *conversations, now):
    async with reception.database.write() as db:
        await happenings.happened(db, COMMUNITY, conversations, now)
    await reception.house.signals.publish(f"queue:{COMMUNITY}")


async def test_what_is_kept_later_gets_a_later_number_and_is_never_passed_over(database, now):
    """An earlier row of a transaction that is still open must not be jumped by a reader of numbers."""
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writing transaction at a time")
    async with database.write() as slow:
        await happenings.happened(slow, COMMUNITY, ["slow"], now)
        async with database.write() as quick:
            await happenings.happened(quick, COMMUNITY, ["quick"], now)
        async with database.write() as db:
            assert await happenings.number(db, COMMUNITY) == 1
        async with database.read() as db:
            assert await happenings.since(db, COMMUNITY, 0) == [Happening(1, "quick")]
    async with database.write() as db:
        assert await happenings.number(db, COMMUNITY) == 2
    async with database.read() as db:
        assert await happenings.since(db, COMMUNITY, 1) == [Happening(2, "slow")]


async def test_several_processes_number_together_without_a_gap(database, now):
    async def process(name: str) -> None:
        for _ in range(10):
            async with database.write() as db:
                await happenings.happened(db, COMMUNITY, [name, None], now)
            async with database.write() as db:
                await happenings.number(db, COMMUNITY)

    await asyncio.gather(*(process(name) for name in "abcd"))
    async with database.read() as db:
        seen = await happenings.since(db, COMMUNITY, 0)
        assert await happenings.since(db, "another", 0) == ()
    assert [one.number for one in seen] == list(range(1, 81))


async def test_what_is_not_kept_any_more_is_said_to_be_forgotten(database, now):
    async with database.write() as db:
        await happenings.happened(db, COMMUNITY, ["a", "b", "c"], now)
        await happenings.number(db, COMMUNITY)
        await db.execute(table.delete().where(table.c.number == 2))
    async with database.read() as db:
        assert len(await happenings.since(db, COMMUNITY, 2)) == 1
        for after in (0, 1, 4):
            with pytest.raises(Forgotten):
                await happenings.since(db, COMMUNITY, after)


async def test_pages_that_come_and_go_hear_every_change_once_and_in_order(reception, now):
    wire = Wire(reception.house)
    dice = random.Random(7)
    heard: dict[int, list[int]] = {page: [] for page in range(8)}
    total = 120

    async def page(mine: list[int]) -> None:
        after = 0
        while after < total:
            async with wire.listen(COMMUNITY, after) as (missed, ear):
                mine += range(missed.after + 1, missed.newest + 1)
                assert not missed.whole
                for _ in range(dice.randint(0, 3)):
                    if ear.heard == total:
                        break
                    news = await ear.next()
                    mine += range(news.after + 1, news.newest + 1)
                after = ear.heard
            await asyncio.sleep(dice.random() / 50)

    async def world() -> None:
        for number in range(total // 2):
            await happen(reception, str(number), None, now=now)
            await asyncio.sleep(dice.random() / 100)

    async with asyncio.timeout(60):
        await asyncio.gather(world(), *(page(mine) for mine in heard.values()))
    assert all(mine == list(range(1, total + 1)) for mine in heard.values())
    assert not wire._lines


async def listening(reception, now, conversation=None, login="iryna", **more):
    """A signed-in visitor's events, with the token to revoke."""
    iryna = await reception.signed_in(login)
    token = iryna.client.cookies["pryimalnia_workplace"]
    async with reception.database.read() as db:
        session = await sessions.current(db, token, now)
    visitor = Visitor(iryna.account, session)
    wire = Wire(reception.house)
    return events.listening(wire, reception.house, visitor, token, conversation, anyio.Event(), **more), token


def told(event):
    return event.event, int(event.id), json.loads(event.data) if event.data else None


async def test_a_page_hears_of_the_queue_and_of_its_conversation_with_numbers(reception, now):
    happened, _ = await listening(reception, now, "abc")
    async with asyncio.timeout(20), aclosing(happened):
        assert told(await anext(happened)) == ("hello", 0, {"after": 0, "count": 0, "whole": True})
        hints = {(await anext(happened)).event for _ in range(2)}
        assert hints == {"queue", "conversation"}
        await happen(reception, "another", None, now=now)
        assert told(await anext(happened)) == ("queue", 2, {"after": 0, "count": 2, "whole": False})
        await happen(reception, "abc", now=now)
        assert told(await anext(happened)) == ("queue", 3, {"after": 2, "count": 1, "whole": False})
        assert told(await anext(happened)) == ("conversation", 3, None)
        await reception.house.signals.publish("conversation:another", "conversation:abc")
        assert told(await anext(happened)) == ("conversation", 3, None)


async def test_a_page_that_comes_back_is_told_how_much_it_missed(reception, now):
    await happen(reception, "a", "b", "c", now=now)
    async with reception.database.write() as db:
        await happenings.number(db, COMMUNITY)
    for after, said in ((1, (1, 2, False)), (3, (3, 0, False)), (99, (3, 0, True))):
        happened, _ = await listening(reception, now, login=f"page-{after}", after=after)
        async with aclosing(happened):
            _, newest, facts = told(await anext(happened))
        assert (newest, facts) == (3, dict(zip(("after", "count", "whole"), said, strict=True)))


@pytest.mark.parametrize(
    ("query", "header", "seen"),
    [
        ("after=4", None, 4),
        ("after=4", "7", 7),
        ("after=x", None, None),
        ("", "9" * 30, None),
        ("", None, None),
    ],
)
def test_the_browsers_last_number_goes_before_the_addresss(query, header, seen):
    headers = [(b"last-event-id", header.encode())] if header else []
    asked = Request({"type": "http", "query_string": query.encode(), "headers": headers})
    assert events.last_seen(asked) == seen


async def test_a_revoked_session_stops_hearing(reception, now):
    happened, token = await listening(reception, now, check_every=timedelta(milliseconds=20))
    assert (await anext(happened)).event == "hello"
    async with reception.database.write() as db:
        await sessions.revoke(db, sessions.hash_token(token), now)
    async with asyncio.timeout(10):
        heard = [event.event async for event in happened]
    assert heard[-1] == "signed-out"


async def test_an_action_of_a_specialist_is_a_happening(reception, now):
    ticket = await waiting(reception.database, now)
    iryna = await reception.signed_in("iryna")
    await iryna.act(ticket.conversation_id, "take")
    async with reception.database.write() as db:
        await happenings.number(db, COMMUNITY)
    async with reception.database.read() as db:
        assert await happenings.since(db, COMMUNITY, 0) == [Happening(1, ticket.conversation_id)]


async def test_a_page_hears_that_its_person_types_and_never_by_a_mere_wake_up(reception, now):
    happened, _ = await listening(reception, now, "abc")
    signals = reception.house.signals
    async with asyncio.timeout(20), aclosing(happened):
        assert {(await anext(happened)).event for _ in range(3)} == {"hello", "queue", "conversation"}
        # Where something may have been missed every topic is woken: nobody typed then.
        await signals.publish("typing:abc", "not-typing:abc")
        await signals.publish("typing:another")
        await asyncio.sleep(2 * TOGETHER)
        await signals.publish("conversation:abc")
        assert (await anext(happened)).event == "conversation"
        await signals.publish(typing_topic("abc"))
        assert (await anext(happened)).event == "typing"
        await signals.publish(typing_topic("abc"))
        assert (await anext(happened)).event == "typing"


def test_the_persons_typing_is_shown_and_ends_by_itself(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(bypass_csp=True)
    chat = taken(page, served, hours=1)
    line = page.locator("#typing")
    expect(line).to_be_empty()
    # The page's stream may still be on its way: typing is said again and again.
    for _ in range(50):
        served.run(served.house.signals.publish(typing_topic(chat)))
        page.wait_for_timeout(100)
        if line.inner_text():
            break
    expect(line).to_have_text("Людина пише…")
    assert violations(page) == []
    page.clock.fast_forward(6_100)
    expect(line).to_be_empty()
    served.run(served.house.signals.publish(typing_topic(chat)))
    expect(line).to_have_text("Людина пише…")
    served.hears(chat, "Ось довідка")
    expect(page.locator("#lines")).to_contain_text("Ось довідка")
    expect(line).to_be_empty()
