"""Own hours and pauses through their pages: who may, what it does to promises, and what it says when it is wrong."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from conversations.tables import inbox
from handover.accounts.permissions import Role
from handover.calendars import calendars, pauses
from handover.calendars.own import write_hours
from handover.tickets import pausing, promises, queue, tickets
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, account, actions, kyiv, office, waiting

PAGE = "/workplace/hours"


async def send(person, address, **fields):
    fields = {"csrf": await person.csrf(), **fields}
    return await person.client.post(address, data=fields, headers={"Origin": ORIGIN})


async def begin(person, kind="alarm", lasts="2", key="one", **more):
    return await send(person, "/workplace/pause/begin", kind=kind, lasts=lasts, key=key, **more)


async def told(reception):
    async with reception.database.read() as db:
        events = (await db.execute(select(inbox.c.event).where(inbox.c.event_key.is_(None)))).scalars()
        return [event["name"] for event in events if event["name"] == "pause_began"]


async def promised(reception, ticket):
    async with reception.database.read() as db:
        return (await tickets.by_id(db, COMMUNITY, ticket.id)).promised_at


@pytest.mark.parametrize(
    ("role", "sees", "pauses_"), [("specialist", 0, 0), ("senior", 0, 1), ("head", 1, 1)]
)
async def test_the_head_sets_hours_and_the_senior_too_makes_a_pause(reception, role, sees, pauses_):
    person = await reception.signed_in("person", Role(role))
    assert (await person.get(PAGE)).status_code == (200 if sees else 403)
    queue_page = (await person.get("/workplace")).text
    assert ("pause-dialog" in queue_page) == bool(pauses_)
    assert (f'href="{PAGE}"' in queue_page) == bool(sees)
    assert (await begin(person)).status_code == (303 if pauses_ else 403)
    assert (await send(person, f"{PAGE}/day", day="2026-11-25")).status_code == (303 if sees else 403)


async def test_a_pause_tells_whoever_waits_once_and_gives_them_their_time_back(reception, now):
    head = await reception.signed_in("head", Role.HEAD)
    ticket = await waiting(reception.database, now, promised_at=now + timedelta(minutes=30))
    await begin(head, reason="сирена")
    await begin(head, key="again")
    assert await told(reception) == ["pause_began"]
    assert await promised(reception, ticket) == kyiv(2026, 11, 24, 13, 30), "the break is not counted"
    page = unescape((await head.get("/workplace")).text)
    assert "тривога, пауза" in page
    assert "Пауза з 10:30, тривога: сирена. Закінчиться сама: 12:30." in page
    async with reception.database.read() as db:
        seen = await queue.numbers(db, COMMUNITY, office(), 60, now)
    assert (seen.open_now, seen.pause, seen.opens_at) == (False, "alarm", kyiv(2026, 11, 24, 13))

    reception.wall.now = now + timedelta(minutes=20)
    await send(head, "/workplace/pause/end")
    await send(head, "/workplace/pause/end")
    assert await promised(reception, ticket) == kyiv(2026, 11, 24, 11, 20)
    assert await told(reception) == ["pause_began"]
    assert "приймаємо до 17:15" in (await head.get("/workplace")).text
    assert (await actions(reception.database)).count("pause_ended") == 1


async def test_a_pause_out_of_hours_tells_nobody(reception, now):
    await waiting(reception.database, now)
    reception.wall.now = kyiv(2026, 11, 24, 22)
    head = await reception.signed_in("head", Role.HEAD)
    await begin(head)
    assert await told(reception) == []


async def test_nobody_is_told_of_lateness_while_a_pause_lasts(database, now):
    head = await account(database, "head", Role.HEAD)
    await waiting(database, now, promised_at=now + timedelta(minutes=10))
    at = now + timedelta(minutes=20)
    async with database.write() as db:
        await pausing.begin(db, COMMUNITY, office(), "power", "", timedelta(hours=1), head, at)
        assert await promises.tell_late(db, COMMUNITY, office(), 60, at) == 0
        await pausing.end(db, COMMUNITY, office(), head, at + timedelta(minutes=5))
        assert await promises.tell_late(db, COMMUNITY, office(), 60, at + timedelta(minutes=5)) == 1


async def test_a_forgotten_pause_ends_by_itself_and_the_head_hears_of_it(reception, now):
    head = await reception.signed_in("head", Role.HEAD)
    senior = await reception.signed_in("senior", Role.SENIOR)
    await begin(senior, lasts="1")
    reception.wall.now = now + timedelta(minutes=50)
    async with reception.database.write() as db:
        assert await pausing.end(db, COMMUNITY, office(), None, reception.wall.now) is None
    reception.wall.now = now + timedelta(minutes=75)
    assert "приймаємо" in (await head.get("/workplace")).text, "it ends whether or not anybody looks"
    async with reception.database.write() as db:
        ended = await pausing.end(db, COMMUNITY, office(), None, reception.wall.now)
        assert await pausing.end(db, COMMUNITY, office(), None, reception.wall.now) is None
    assert ended is not None
    assert ended.ended_at == now + timedelta(hours=1)
    assert "ніхто не вимкнув" in (await head.get("/workplace")).text
    assert "ніхто не вимкнув" not in (await senior.get("/workplace")).text
    await send(head, "/workplace/pause/notice")
    assert "ніхто не вимкнув" not in (await head.get("/workplace")).text
    assert "закінчилася сама" in (await head.get(PAGE)).text


@pytest.mark.parametrize("wrong", [{"kind": "coffee"}, {"lasts": "99"}, {"lasts": ""}, {"reason": "ї" * 201}])
async def test_a_senseless_pause_is_refused(reception, wrong):
    head = await reception.signed_in("head", Role.HEAD)
    assert (await begin(head, **wrong)).status_code == 422
    async with reception.database.read() as db:
        assert await pauses.running(db, COMMUNITY) is None


async def test_own_days_and_weekdays_move_promises_and_are_let_go_again(reception, now):
    head = await reception.signed_in("head", Role.HEAD)
    await send(head, f"{PAGE}/day", day="2026-11-25", hours="", reason="день міста")
    await send(head, f"{PAGE}/week", thu="10-12, 12:30-15", fri="зачинено")
    page = unescape((await head.get(PAGE)).text).replace("\u00a0", " ")
    assert "25 листопада 2026 року, середа" in page
    assert "зачинено, день міста" in page
    assert 'value="10:00–12:00, 12:30–15:00"' in page
    assert "У базі: 8:00–12:00, 13:00–17:15" in page
    async with reception.database.read() as db:
        kept = await calendars.own_hours(db, COMMUNITY, now)
        late = await queue.numbers(db, COMMUNITY, office(), 60, kyiv(2026, 11, 24, 17))
        friday = await queue.numbers(db, COMMUNITY, office(), 60, kyiv(2026, 11, 26, 14, 30))
    assert [(one.place, write_hours(one.hours)) for one in kept] == [
        ("thu", "10:00–12:00, 12:30–15:00"),
        ("fri", ""),
        ("2026-11-25", ""),
    ]
    assert late.promised_at == kyiv(2026, 11, 26, 10, 45)
    assert friday.promised_at == kyiv(2026, 11, 30, 8, 30)
    await send(head, f"{PAGE}/day/drop", day="2026-11-25")
    await send(head, f"{PAGE}/week", thu="", fri="")
    async with reception.database.read() as db:
        assert await calendars.own_hours(db, COMMUNITY, now) == []
    assert (await actions(reception.database, "reception")) == ["hours_changed"] * 4


@pytest.mark.parametrize(
    ("part", "fields", "said"),
    [
        ("week", {"mon": "зранку", "tue": "9-18"}, 'value="зранку"'),
        ("day", {"day": "2026-11-25", "hours": "18-9", "reason": "збори"}, 'value="збори"'),
        ("day", {"day": "", "hours": "9-18"}, "Виберіть день."),
        ("day", {"day": "2026-11-23", "hours": "9-18"}, "від сьогодні"),
    ],
)
async def test_what_is_wrong_is_said_beside_what_was_typed_and_nothing_is_kept(
    reception, now, part, fields, said
):
    head = await reception.signed_in("head", Role.HEAD)
    answer = await send(head, f"{PAGE}/{part}", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    async with reception.database.read() as db:
        assert await calendars.own_hours(db, COMMUNITY, now) == []
    assert (await send(head, f"{PAGE}/{part}", office="castle")).status_code == 404
