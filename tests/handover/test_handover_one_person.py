"""Two conversations of one person: asked in both, joined by both, declined, expired, parted, audited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from conversations import inbox
from conversations.messages import InternalEvent
from handover import tables
from handover.accounts.permissions import Role
from handover.contacts import same_person
from handover.tickets import tickets
from tests.handover.browsing import Served, sideways, taken, violations
from tests.handover.handover_world import COMMUNITY, account, actions, transcript_of, waiting

PHONE = "+380670001122"


async def told(database, now):
    """What waits for the engine, by conversation: names of the house's events."""
    async with database.write() as db:
        claimed = await inbox.claim(db, "test", now)
    return {one.id: [event for _, event in one.events if isinstance(event, InternalEvent)] for one in claimed}


async def two(database, now, **more):
    """Two conversations with different questions."""
    here = await waiting(database, now, "Перша справа", phone=PHONE, **more)
    there = await waiting(database, now, "Друга справа", "viber", phone=PHONE)
    return here, there


async def says(database, chat, question, yes, now):
    async with database.write() as db:
        return await same_person.answer(db, COMMUNITY, chat, question, yes, now)


async def the_question(database):
    async with database.read() as db:
        return (await db.execute(select(tables.same_people.c.id))).scalars().one()


async def test_nothing_is_seen_of_the_other_conversation_before_both_say_yes(reception, now):
    iryna = await reception.signed_in("iryna")
    here, there = await two(reception.database, now)
    chat, other = here.conversation_id, there.conversation_id
    not_led = await iryna.act(chat, "same-person", number=there.number)
    assert not_led.status_code == 409
    page = (await iryna.act(chat, "take")).text
    assert f'name="with" value="{other}"' in page, "the same phone"
    asked = await iryna.act(chat, "same-person", **{"with": other})
    assert asked.status_code == 200
    assert "чекаємо на обидві розмови" in asked.text
    assert "Друга справа" not in asked.text
    again = await iryna.act(chat, "same-person", **{"with": other})
    assert again.status_code == 409
    assert "Уже запитано" in again.text or "вже запитано" in again.text

    events = await told(reception.database, now)
    facts = [
        event.facts for one in (chat, other) for event in events[one] if event.name == "same_person_asked"
    ]
    assert len(facts) == 2
    assert facts[0] == facts[1]
    assert set(facts[0]) == {"question", "code", "until"}

    question = await the_question(reception.database)
    await says(reception.database, chat, question, True, now)
    half = (await iryna.get(f"/workplace/conversations/{chat}/live")).text
    assert "тут підтверджено, чекаємо на іншу розмову" in half
    assert "Друга справа" not in half
    joined = await says(reception.database, other, question, True, now)
    assert joined.state == "confirmed"
    page = (await iryna.get(f"/workplace/conversations/{chat}/live")).text
    assert "Друга справа" in page
    assert f'href="/workplace/conversations/{other}"' in page
    assert "Перша справа" in (await iryna.get(f"/workplace/conversations/{other}/live")).text
    reception.wall.now += timedelta(minutes=1)
    late = await told(reception.database, reception.wall.now)
    assert [event.name for event in late[chat]][-1:] == ["same_person_confirmed"]

    done = await actions(reception.database, other)
    assert done[:2] == ["same_person_asked", "same_person_confirmed"]
    assert "conversation_read" in done, "what stands on the other page is read there too"

    parted = await iryna.act(chat, "part", question=question)
    assert parted.status_code == 200
    assert "Друга справа" not in parted.text
    assert (await iryna.act(chat, "part", question=question)).status_code == 409
    assert (await actions(reception.database, other))[-1] == "same_person_parted"


async def test_a_no_ends_it_and_what_is_over_is_not_answered(database, now):
    here, there = await two(database, now)
    iryna = await account(database, "iryna")
    chat, other = here.conversation_id, there.conversation_id

    async def ask(at):
        async with database.write() as db:
            return await same_person.ask(db, COMMUNITY, chat, other, iryna, at)

    first = await ask(now)
    assert (await says(database, chat, first.id, True, now)).state == "asked"
    assert (await says(database, other, first.id, False, now)).state == "declined"
    assert await says(database, other, first.id, True, now) is None
    assert await says(database, chat, first.id, True, now) is None

    second = await ask(now)
    late = now + same_person.LASTS
    assert await says(database, chat, second.id, True, late) is None
    third = await ask(late)
    assert third.id != second.id
    stranger = (await waiting(database, now)).conversation_id
    assert await says(database, stranger, third.id, True, late) is None, "not one of the two"
    async with database.write() as db:
        assert await same_person.answer(db, "another", chat, third.id, True, late) is None
    await says(database, chat, third.id, True, late)
    await says(database, other, third.id, True, late)
    async with database.read() as db:
        assert sorted(await same_person.person_of(db, chat)) == sorted([chat, other])
    assert (await says(database, other, third.id, False, late)).state == "parted"
    async with database.read() as db:
        assert await same_person.person_of(db, chat) == [chat]
        states = (await db.execute(select(tables.same_people.c.state))).scalars()
        assert sorted(states) == ["declined", "expired", "parted"]
    lines = [line.reply.text for line in await transcript_of(database, other)]
    assert "Розмови роз’єднано: на прохання людини, 10:30" in lines


@pytest.mark.parametrize("second", [True, False])
async def test_answers_that_meet_come_to_one_end(database, now, second):
    iryna = await account(database, "iryna")
    for _ in range(4):
        here, there = await two(database, now)
        async with database.write() as db:
            asked = await same_person.ask(
                db, COMMUNITY, here.conversation_id, there.conversation_id, iryna, now
            )
        await asyncio.gather(
            says(database, here.conversation_id, asked.id, True, now),
            says(database, there.conversation_id, asked.id, second, now),
        )
        async with database.read() as db:
            found = await same_person.newest(db, here.conversation_id)
        assert found.state == ("confirmed" if second else "declined")
        events = await told(database, now)
        names = [event.name for one in events.values() for event in one]
        assert names.count("same_person_confirmed") == int(second)


async def test_questions_that_are_asked_at_once_are_one(database, now):
    iryna = await account(database, "iryna")
    here, there = await two(database, now)
    pairs = [(here.conversation_id, there.conversation_id), (there.conversation_id, here.conversation_id)] * 3

    async def ask(first, second):
        async with database.write() as db:
            return await same_person.ask(db, COMMUNITY, first, second, iryna, now)

    results = await asyncio.gather(*(ask(*pair) for pair in pairs), return_exceptions=True)
    assert sum(isinstance(one, same_person.Question) for one in results) == 1
    assert sum(isinstance(one, same_person.Standing) for one in results) == 5


async def test_a_person_of_three_chats_is_seen_whole_and_erasing_one_leaves_the_others(database, now):
    iryna = await account(database, "iryna")
    chats = [(await waiting(database, now)).conversation_id for _ in range(3)]
    for first, second in ((chats[0], chats[1]), (chats[1], chats[2])):
        async with database.write() as db:
            asked = await same_person.ask(db, COMMUNITY, first, second, iryna, now)
        for chat in (first, second):
            await says(database, chat, asked.id, True, now)
    async with database.read() as db:
        assert set(await same_person.person_of(db, chats[0])) == set(chats)
    async with database.write() as db:
        await tickets.erase(db, chats[1], now)
    async with database.read() as db:
        assert await same_person.person_of(db, chats[0]) == [chats[0]]


async def test_only_who_can_be_asked_is_asked(reception, now):
    iryna = await reception.signed_in("iryna")
    here, there = await two(reception.database, now)
    chat = here.conversation_id
    await iryna.act(chat, "take")
    phone = await waiting(reception.database, now, channel="phone")
    shut = await waiting(reception.database, now - timedelta(days=3), channel="messenger")
    gone = await waiting(reception.database, now, channel="signal")
    for fields in (
        {},
        {"number": "26-9999"},
        {"number": "сорок"},
        {"number": here.number},
        {"with": "nobody"},
    ):
        assert (await iryna.act(chat, "same-person", **fields)).status_code == 422, fields
    for ticket, said in ((phone, "зараз не пропустить"), (shut, "зараз не пропустить"), (gone, "зараз не")):
        refused = await iryna.act(chat, "same-person", number=ticket.number)
        assert refused.status_code == 409
        assert said in refused.text
    stranger = await reception.signed_in("stranger", community="another")
    assert (await stranger.act(chat, "same-person", number=there.number)).status_code == 404
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    assert (await oleh.act(chat, "same-person", number=there.number)).status_code == 409
    head = await reception.signed_in("head", Role.HEAD, name="Ольга Керівна")
    assert (await head.act(chat, "same-person", number=f"№ {there.number}")).status_code == 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_question_is_put_by_keyboard_and_its_end_is_seen_live(
    served: Served, open_page: Callable[..., Page], scheme: str
) -> None:
    page = open_page(bypass_csp=True, color_scheme=scheme)
    other = served.run(
        waiting(served.database, served.wall.now, "Друга справа", "viber", phone="067 000 11 22")
    )
    chat = taken(page, served, hours=1)
    page.get_by_role("button", name="Схоже, це та сама людина").press("Enter")
    dialog = page.get_by_role("dialog", name="Схоже, це та сама людина")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    assert sideways(page) == 0
    dialog.get_by_role("button", name="Viber: Галина Дячук").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#packet")).to_contain_text("чекаємо на обидві розмови")

    async def confirm() -> None:
        question = await the_question(served.database)
        for one in (chat, other.conversation_id):
            await says(served.database, one, question, True, served.wall.now)
        await served.house.signals.publish(f"queue:{COMMUNITY}")

    served.run(confirm())
    expect(page.locator("#packet")).to_contain_text("Viber: Галина Дячук")
    page.get_by_role("tab", name="Історія").click()
    expect(page.locator("#history")).to_contain_text("Друга справа")
    page.get_by_role("tab", name="Зведення").click()
    assert violations(page) == []
    page.get_by_role("button", name="Роз’єднати: Viber: Галина Дячук").click()
    expect(page.locator("#packet")).not_to_contain_text("Viber: Галина Дячук")
