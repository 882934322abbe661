"""The hall's screen without a browser: the contract of its state, who is on it, and how rarely it asks the database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from handover.accounts.permissions import Role
from handover.appointments import absences, hall
from handover.appointments.waiting import Desk
from handover.calendars import calendars, pauses
from handover.calendars.own import OwnHours
from handover.public_board.announcements import LINE_AT_MOST, announcements
from handover.public_board.routes import BoardHouse, routes
from handover.public_board.state import TITLE_AT_MOST
from knowledge_base.answers import Notice
from tests.dialogue.real_knowledge import real_knowledge
from tests.handover.handover_world import COMMUNITY, KYIV, TUESDAY, FakeKnowledge, Wall, account, kyiv, office
from tests.handover.test_handover_hall import DAY, OFFICE, booked, came

STATE = f"/board/{OFFICE}/state"


@dataclass
class Screens:
    """The screens of an invented office, the clock on the wall and the seconds that pass."""

    client: httpx.AsyncClient
    wall: Wall
    seconds: list[float] = field(default_factory=lambda: [0.0])

    async def state(self) -> dict[str, Any]:
        """What the screen is told; its hard spaces are plain here."""
        self.seconds[0] += 2
        answer = await self.client.get(STATE)
        assert answer.status_code == 200
        read: dict[str, Any] = json.loads(answer.text.replace("\u00a0", " "))
        return read


@asynccontextmanager
async def shown(database, knowledge) -> AsyncIterator[Screens]:
    wall, seconds = Wall(TUESDAY), [0.0]
    app = FastAPI()
    app.include_router(routes(BoardHouse(database, lambda: knowledge, wall, lambda: seconds[0])))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall.test") as client:
        yield Screens(client, wall, seconds)


@pytest.fixture
async def screens(database):
    pinned = (
        Notice(
            "all", "Хлібні картки видаємо у кабінеті 7 щоранку, черги там зазвичай немає, беріть паспорт", 5
        ),
        Notice("other", "Не звідси", 4, offices=frozenset({"elsewhere"})),
        Notice("matter", "Не про всіх", 3, entries=frozenset({"housing-subsidy"})),
    )
    async with shown(database, FakeKnowledge(pinned=pinned)) as one:
        yield one


def shape(value: Any) -> Any:
    """The types of a JSON answer; a list by its first element."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


async def test_the_state_has_exactly_these_fields_of_these_types(screens, database, now):
    async with database.write() as db:
        await came(db, name="Галина")
        await came(db)
        await hall.call_next(db, COMMUNITY, OFFICE, DAY, Desk(), "вікно 2", "iryna", now)
    state = await screens.state()
    assert shape(state) == {
        "version": "str",
        "office": "str",
        "at": "str",
        "offset_minutes": "int",
        "day": "str",
        "clock": "str",
        "state": "str",
        "calls": [{"number": "str", "place": "str", "room": "str", "called_at": "str"}],
        "waits": [{"letter": "str", "name": "str", "people": "int", "minutes": "int"}],
        "announcements": [{"title": "str", "lines": ["str"]}],
        "message": "NoneType",
    }
    assert state["at"] == "2026-11-24T10:30:00.000+02:00"
    assert (state["offset_minutes"], state["day"], state["clock"]) == (120, "вт, 24 листопада", "10:30")
    assert state["office"] == "Приймальня, вул. Садова, 1"
    assert state["calls"] == [
        {"number": "С 1", "place": "вікно", "room": "2", "called_at": "2026-11-24T10:30:00+02:00"}
    ]
    assert state["waits"] == [{"letter": "С", "name": "Субсидії", "people": 1, "minutes": 25}]
    assert state["announcements"] == [
        {
            "title": "Оголошення",
            "lines": [
                "Хлібні картки видаємо у кабінеті 7 щоранку,",
                "черги там зазвичай немає, беріть паспорт",
            ],
        }
    ]


async def test_the_newest_call_comes_first_and_whoever_is_done_goes(screens, database, now):
    async with database.write() as db:
        ids = [(await came(db)).id for _ in range(6)]
        for minute, one in enumerate(ids):
            at = now + timedelta(minutes=minute)
            await hall.call(db, COMMUNITY, one, f"кабінет {minute}", "iryna", at)
        await hall.done(db, COMMUNITY, ids[4], now)
        await hall.call_again(db, COMMUNITY, ids[1], now + timedelta(minutes=9))
    calls = (await screens.state())["calls"]
    assert [call["room"] for call in calls] == ["1", "5", "3", "2"]


async def test_nobodys_name_phone_or_matter_reaches_the_screen(screens, database, now):
    async with database.write() as db:
        visit = await booked(
            db, now, "Секретна", matter="housing-subsidy", phone="+380671112233", priority="veteran"
        )
        await hall.arrive(db, COMMUNITY, visit, "С", now)
        await hall.call(db, COMMUNITY, visit, "кабінет 3", "iryna", now)
    screens.seconds[0] += 2
    for address in (STATE, f"/board/{OFFICE}"):
        text = (await screens.client.get(address)).text
        assert not any(
            word in text for word in ("Секретна", "380671112233", "housing-subsidy", "veteran", visit)
        )


@pytest.mark.parametrize("kind", ["alarm", "power", "other"])
async def test_a_pause_is_the_whole_screen_and_keeps_the_numbers(screens, database, now, kind):
    head = await account(database, "head", Role.HEAD)
    async with database.write() as db:
        visit = await came(db)
        await hall.call(db, COMMUNITY, visit.id, "кабінет 3", head.id, now)
        await pauses.begin(db, COMMUNITY, kind, "не для всіх", timedelta(hours=1), head, now)
    paused = await screens.state()
    assert (paused["state"], paused["calls"], paused["waits"]) == ("alarm", [], [])
    assert "номер збережено" in paused["message"]["lines"][1]
    assert "не для всіх" not in str(paused)
    async with database.write() as db:
        await pauses.end(db, COMMUNITY, head, now)
    after = await screens.state()
    assert (after["state"], after["message"], len(after["calls"])) == ("normal", None, 1)


async def test_out_of_hours_it_says_when_we_open_unless_somebody_still_waits(screens, database):
    screens.wall.now = kyiv(2026, 11, 24, 7, 45)
    assert (await screens.state())["state"] == "normal"
    screens.wall.now = kyiv(2026, 11, 24, 7)
    assert (await screens.state())["message"] == {
        "title": "Зачинено",
        "lines": ["Відчинимо сьогодні, о 8:00."],
    }
    screens.wall.now = kyiv(2026, 11, 24, 12, 30)
    state = await screens.state()
    assert (state["state"], state["announcements"][0]["lines"]) == ("normal", ["Перерва до 13:00"])
    screens.wall.now = kyiv(2026, 11, 27, 17, 15)
    state = await screens.state()
    assert (state["state"], state["message"]["lines"]) == ("closed", ["Відчинимо 30 листопада, о 8:00."])
    async with database.write() as db:
        await hall.walk_in(db, COMMUNITY, OFFICE, DAY + timedelta(days=3), "С", screens.wall.now)
    assert (await screens.state())["state"] == "normal"


async def test_an_empty_hall_shows_the_letters_that_are_received_today(screens, database, now):
    async with database.write() as db:
        await absences.put(db, COMMUNITY, OFFICE, "subsidy", DAY, (0, 1440), "лікарняний", "head", now, KYIV)
    waits = (await screens.state())["waits"]
    assert [one["letter"] for one in waits] == ["В", "Д", "П", "А", "К"]
    assert {one["minutes"] for one in waits} == {0}


async def test_an_own_day_off_closes_the_screen_too(screens, database, now):
    async with database.write() as db:
        await calendars.put(db, COMMUNITY, OFFICE, [OwnHours(DAY.isoformat(), ())], now)
    assert (await screens.state())["state"] == "closed"


async def test_an_unknown_office_and_one_whose_address_is_hidden_have_no_screen(database):
    hidden = replace(office(), id="crisis", address_hidden=True)
    knowledge = FakeKnowledge()
    knowledge = replace(knowledge, community=replace(knowledge.community, reception=hidden))
    async with shown(database, knowledge) as screens:
        for address in ("/board/nowhere", "/board/nowhere/state", "/board/crisis", "/board/crisis/state"):
            assert (await screens.client.get(address)).status_code == 404
        assert (await screens.client.get("/board/static/../routes.py")).status_code == 404


async def test_however_many_screens_ask_the_database_answers_once_a_second(screens, database):
    asked = []

    def count(connection, cursor, statement, *_):
        if "FROM appointments" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        screens.seconds[0] += 5
        answers = await asyncio.gather(*(screens.client.get(STATE) for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        assert len(asked) == 1
        screens.seconds[0] += 0.9
        await screens.client.get(STATE)
        assert len(asked) == 1
        screens.seconds[0] += 0.2
        await screens.client.get(STATE)
        assert len(asked) == 2
    finally:
        event.remove(Engine, "before_cursor_execute", count)


async def test_a_database_that_is_away_is_asked_once_a_second_too_and_then_it_recovers(screens, database):
    asked = []

    def away(connection, cursor, statement, *_):
        if "FROM appointments" in statement:
            asked.append(statement)
            raise OperationalError(statement, {}, Exception("away"))

    event.listen(Engine, "before_cursor_execute", away)
    screens.seconds[0] += 5
    answers = [await screens.client.get(STATE) for _ in range(5)]
    event.remove(Engine, "before_cursor_execute", away)
    assert {answer.status_code for answer in answers} == {503}
    assert len(asked) == 1
    assert (await screens.state())["state"] == "normal"


async def test_the_page_lets_nothing_foreign_in_and_sets_no_cookie(screens):
    answer = await screens.client.get(f"/board/{OFFICE}")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_what_the_real_base_announces_fits_the_screen():
    knowledge = real_knowledge()
    for one in knowledge.offices():
        pages = announcements(knowledge, one.id, TUESDAY + timedelta(days=7))
        assert all(len(line) <= LINE_AT_MOST for page in pages for line in page.lines)
        assert all(1 <= len(page.lines) <= 2 for page in pages)
        assert pages[-1].title == "Дати виплат"
        assert any("числ" in line for line in pages[-1].lines)
    titles = [page.lines for page in announcements(knowledge, "pfu-centre", TUESDAY + timedelta(days=7))]
    assert ("У Пенсійному фонді зараз не працює", "електронна черга. Талон дають на вході.") in titles
    assert TITLE_AT_MOST
