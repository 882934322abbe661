"""Promised calls: when they are due, who makes them, what came of each, and who is told of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from conversations.tables import inbox
from handover import tables
from handover.accounts.permissions import Role
from handover.calendars.hours import Calendar, openings
from handover.calls import calls
from handover.calls.when import due
from handover.tickets import promises, tickets
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import (
    COMMUNITY,
    TUESDAY,
    account,
    actions,
    kyiv,
    office,
    transcript_of,
    waiting,
)

PAGE = "/workplace/desk/calls"
PLAIN = Calendar(office())
PROMISED = kyiv(2026, 11, 24, 11, 30)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("у будь-який час", PROMISED),
        ("до обіду", kyiv(2026, 11, 24, 12)),
        ("завтра до обіду", kyiv(2026, 11, 25, 12)),
        ("після обіду", kyiv(2026, 11, 24, 17, 15)),
        ("завтра ввечері", kyiv(2026, 11, 25, 17, 15)),
        ("о 15:30", kyiv(2026, 11, 24, 15, 30)),
        ("завтра о 9", kyiv(2026, 11, 25, 9)),
        ("після 14", kyiv(2026, 11, 24, 15)),
        ("після 17 год", kyiv(2026, 11, 24, 17, 15)),
        ("о третій", PROMISED),
        ("о 3", kyiv(2026, 11, 24, 15)),
        ("у четвер об 11", kyiv(2026, 11, 26, 11)),
        ("в п'ятницю", kyiv(2026, 11, 27, 17, 15)),
        ("о 8 ранку", kyiv(2026, 11, 25, 8)),
        ("о 19:00", kyiv(2026, 11, 25, 8)),
        ("о 12:30", kyiv(2026, 11, 24, 13)),
        ("у суботу", PROMISED),
        ("коли зможете, але не 5 разів", PROMISED),
    ],
)
def test_words_name_a_time_to_call(words, expected):
    assert due(words, PLAIN, TUESDAY, PROMISED) == expected


@given(
    words=st.lists(
        st.sampled_from(
            ["о", "після", "до", "обіду", "завтра", "ввечері", "у середу", "9", "15:30", "25", "зранку"]
        ),
        max_size=5,
    ).map(" ".join),
    minutes=st.integers(0, 14 * 24 * 60),
)
def test_a_call_is_always_due_ahead_and_in_working_time(words, minutes):
    now = TUESDAY + timedelta(minutes=minutes)
    otherwise = next(opens for opens, _ in openings(PLAIN, now + timedelta(days=1)))
    at = due(words, PLAIN, now, otherwise)
    assert at > now
    assert any(opens <= at <= closes for opens, closes in openings(PLAIN, now))


async def promised(reception, now, **more):
    """A conversation whose person waits for a call at 12:00."""
    ticket = await waiting(reception.database, now, reason="call_back", promised_at=now + timedelta(hours=1))
    async with reception.database.write() as db:
        at = now + timedelta(minutes=90)
        await calls.promise(db, ticket, "+380671234567", at, "до обіду", "12:00", now, **more)
        ((call, _),) = await calls.promised(db, COMMUNITY)
    return ticket, call


async def do(person, call, what, key="one", **fields):
    fields = {"csrf": await person.csrf(), "key": key, **fields}
    return await person.client.post(f"{PAGE}/{call.id}/{what}", data=fields, headers={"Origin": ORIGIN})


async def told(reception):
    async with reception.database.read() as db:
        rows = await db.execute(select(inbox.c.event).where(inbox.c.event_key.is_(None)))
        return [event["name"] for event in rows.scalars()]


async def ticket_now(reception, ticket):
    async with reception.database.read() as db:
        return await tickets.by_id(db, COMMUNITY, ticket.id)


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ").split())


async def test_a_promised_call_stands_in_the_list_and_in_the_queue(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket, _ = await promised(reception, now)
    page = words((await iryna.get(PAGE)).text)
    assert "12:00 · Галина Дячук" in page
    assert "час: до обіду" in page
    assert "+380671234567 Написати: Telegram : Галина Дячук" in page
    assert "дзвінок 12:00" in words((await iryna.get("/workplace")).text)
    reception.wall.now = now + timedelta(minutes=110)
    async with reception.database.write() as db:
        late = await promises.tell_late(db, COMMUNITY, office(), 60, now + timedelta(minutes=80))
    assert late == 0, "an answer is promised by the call's time, not before"
    assert "дзвінок прострочено 20 хв" in words((await iryna.get("/workplace")).text)
    assert "дзвінок прострочено 20 хв" in words((await iryna.get(PAGE)).text)
    chat = words((await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")).text)
    assert "Дзвінок призначено: 12:00" in chat
    assert "Призначити дзвінок" in chat


async def test_exactly_one_makes_the_call_and_the_other_sees_who(reception, now):
    iryna, oleh = await reception.signed_in("iryna"), await reception.signed_in("oleh", name="Олег Дудка")
    _, call = await promised(reception, now)
    assert (await do(iryna, call, "take")).status_code == 303
    lost = await do(oleh, call, "take")
    assert lost.status_code == 409
    assert "Цей дзвінок робить Ірина Мельник." in lost.text
    assert (await do(oleh, call, "wrong")).status_code == 409
    assert "Дзвонить Ірина Мельник" in words((await oleh.get(PAGE)).text)
    assert "Додзвонилися" not in (await oleh.get(PAGE)).text
    senior = await reception.signed_in("senior", Role.SENIOR, "Наталія Гук")
    assert (await do(senior, call, "return")).status_code == 303
    assert (await do(oleh, call, "take")).status_code == 303
    assert await told(reception) == []


@pytest.mark.parametrize(
    ("end", "status", "says"),
    [("resolved", "resolved", "ticket_resolved"), ("mine", "taken", "ticket_taken")],
)
async def test_whoever_was_reached_is_answered_and_hears_once_what_is_so(reception, now, end, status, says):
    iryna = await reception.signed_in("iryna")
    ticket, call = await promised(reception, now)
    await do(iryna, call, "take")
    for _ in range(2):
        await do(iryna, call, "reached", key="two", summary="Домовилися на вівторок", end=end)
    after = await ticket_now(reception, ticket)
    assert (after.status, after.assigned_name, after.answered_at) == (status, "Ірина Мельник", now)
    assert await told(reception) == [says]
    lines = [line.reply.text for line in await transcript_of(reception.database, ticket.conversation_id)]
    assert "Телефонна розмова: Ірина Мельник, 10:30" in lines
    assert any("Домовилися на вівторок" in line for line in lines)
    assert "Дзвонити нікому не треба" in (await iryna.get(PAGE)).text
    assert (await do(iryna, call, "missed", key="three", next_at="2026-11-24T15:00")).status_code == 409
    assert (await actions(reception.database, ticket.conversation_id)).count("call_made") == 1


async def test_nobody_answers_and_the_call_is_promised_anew(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket, call = await promised(reception, now)
    await do(iryna, call, "take")
    assert (await do(iryna, call, "missed", key="a", next_at="2026-11-24T10:00")).status_code == 422
    await do(iryna, call, "missed", key="b", next_at="2026-11-24T15:00")
    page = words((await iryna.get(PAGE)).text)
    assert "15:00 · Галина Дячук" in page
    assert "без відповіді: 1" in page
    after = await ticket_now(reception, ticket)
    assert (after.status, after.promised_at) == ("waiting", kyiv(2026, 11, 24, 15))
    assert await told(reception) == []
    lines = [line.reply.text for line in await transcript_of(reception.database, ticket.conversation_id)]
    assert lines[-1] == "Дзвінок без відповіді, 10:30, спроба 1. Наступний: 15:00"


async def test_a_wrong_number_is_forgotten_and_the_person_still_waits(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket, call = await promised(reception, now)
    await do(iryna, call, "take")
    await do(iryna, call, "wrong", key="two")
    after = await ticket_now(reception, ticket)
    assert (after.status, after.phone, after.call_at) == ("waiting", None, None)
    assert "+380671234567" not in (await iryna.get(PAGE)).text
    assert await told(reception) == []
    async with reception.database.read() as db:
        assert (await db.execute(select(tables.calls.c.phone))).scalar_one() == ""


async def test_a_call_is_booked_from_a_conversation_and_another_time_takes_its_place(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now, promised_at=now + timedelta(hours=1))
    chat = ticket.conversation_id
    form = (await iryna.get(f"/workplace/desk/book?conversation={chat}")).text
    assert 'value="2026-11-24T11:30"' in form

    async def book(**fields):
        fields = {"csrf": await iryna.csrf(), "conversation": chat, **fields}
        return await iryna.client.post("/workplace/desk/book", data=fields, headers={"Origin": ORIGIN})

    for fields, said in (
        ({"phone": "", "at": "2026-11-24T15:00"}, "Запишіть номер телефону."),
        ({"phone": "дім", "at": "2026-11-24T15:00"}, "Перевірте номер"),
        ({"phone": "0671234567", "at": "2026-11-24T09:00"}, "ще попереду"),
        ({"phone": "0671234567", "at": ""}, "ще попереду"),
    ):
        refused = await book(**fields)
        assert refused.status_code == 422
        assert said in refused.text
    for at in ("2026-11-24T15:00", "2026-11-25T09:00"):
        assert (await book(phone="0671234567", at=at, words="удень")).status_code == 303
    async with reception.database.read() as db:
        ((call, found),) = await calls.promised(db, COMMUNITY)
    assert (call.due_at, call.words, found.phone) == (kyiv(2026, 11, 25, 9), "удень", "+380671234567")
    assert found.promised_at == kyiv(2026, 11, 25, 9)
    assert await told(reception) == []
    other = (await iryna.get("/workplace/desk/book?conversation=nothing")).status_code
    assert other == 404


async def test_whoever_erases_their_data_is_not_called(reception, now):
    ticket, _ = await promised(reception, now)
    async with reception.database.write() as db:
        await calls.erase(db, ticket.conversation_id, now)
        assert await calls.promised(db, COMMUNITY) == []
        row = (await db.execute(select(tables.calls.c.phone, tables.calls.c.words))).one()
    assert tuple(row) == ("", "")


async def test_calls_are_of_one_community(reception, now):
    _, call = await promised(reception, now)
    stranger = replace(await account(reception.database, "other"), community="another")
    async with reception.database.write() as db:
        with pytest.raises(calls.UnknownCall):
            await calls.take(db, "another", call.id, stranger)
        assert await calls.promised(db, "another") == []
