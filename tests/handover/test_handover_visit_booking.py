"""Booking, moving and cancelling at the desk, the week, and when a receiver does not receive, through their pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from conversations.tables import inbox
from handover.accounts.permissions import Role
from handover.appointments import booking, slots, visits
from handover.appointments.booking import Wish
from handover.calls import callers
from handover.calls.callers import Caller
from tests.handover.handover_world import COMMUNITY, KYIV, TUESDAY, actions, conversation, kyiv, office
from tests.handover.test_handover_hall import OFFICE
from tests.handover.test_handover_visits import send, text

PAGE = "/workplace/visits"
BOOK = f"{PAGE}/book"
AWAY = f"{PAGE}/absences"
TEN = kyiv(2026, 11, 25, 10)
CHOSEN = {"matter": "housing-subsidy", "office": OFFICE, "day": "2026-11-25"}


async def book(person, key="1", **fields):
    fields = {"starts_at": TEN.isoformat(), "name": "Галина", "phone": "067 123 45 67", **fields}
    return await send(person, BOOK, key=key, **CHOSEN, **fields)


async def kept(reception):
    async with reception.database.read() as db:
        return await visits.find(db, visits.appointments.c.community_id == COMMUNITY)


async def told(reception):
    """The house's own events of visits: name, number of the visit."""
    async with reception.database.read() as db:
        events = (await db.execute(select(inbox.c.event).where(inbox.c.event_key.is_(None)))).scalars()
        return [(one["name"], one["facts"]["visit"]["number"]) for one in events]


async def in_channel(reception, starts_at=TEN, name="Галина", receiver="subsidy"):
    """A visit that its person has booked in a channel."""
    chat = await conversation(reception.database, TUESDAY)
    async with reception.database.write() as db:
        wish = Wish(
            COMMUNITY, office(), (receiver,), "housing-subsidy", starts_at, name, conversation_id=chat
        )
        made = await booking.book(db, wish, TUESDAY, KYIV)
    assert isinstance(made, visits.Visit)
    return made


async def test_a_caller_is_booked_step_by_step(reception):
    desk = await reception.signed_in("iryna")
    found = await send(desk, BOOK, press="search", look_for="субсидія")
    (address,) = re.findall(r'href="(/workplace/visits/book\?matter=housing-subsidy)"', found.text)
    page = await text(desk, address)
    assert "Житлова субсидія" in page
    assert "Приймальня" in page
    page = await text(desk, f"{address}&day=2026-11-25")
    assert " 10:00 10:20 10:40 " in page
    assert "12:00" not in page, "the break is not offered"
    answer = await book(desk, for_other="on", priority="paper_shown")
    done = await text(desk, answer.headers["location"])
    assert (
        "Записано: Галина, для рідної людини № 1 Завтра, 25 листопада, о 10:00, кабінет 3."
        in done.replace("\u00a0", " ")
    )
    (visit,) = await kept(reception)
    assert (visit.phone, visit.receiver, visit.starts_at) == ("+380671234567", "subsidy", TEN)
    assert (visit.for_other, visit.priority, visit.booked_by) == (True, "paper_shown", desk.account.id)
    assert await actions(reception.database, visit.id) == ["visit_booked"]
    assert "10:00" not in (await text(desk, f"{address}&day=2026-11-25")).split("Час")[1].split("Ім’я")[0]


async def test_today_without_time_ahead_may_be_booked_at_the_desk(reception):
    desk = await reception.signed_in("iryna")
    page = await text(desk, f"{BOOK}?matter=housing-subsidy&day=2026-11-24")
    assert " 10:40 " in page
    assert " 10:20 " not in page


async def test_a_time_taken_meanwhile_is_told_and_what_was_typed_stays(reception):
    one, other = await reception.signed_in("iryna"), await reception.signed_in("oleh", name="Олег Дудка")
    await book(one)
    lost = await book(other, key="2", name="Степан", phone="0671112233")
    assert lost.status_code == 422
    assert "Цей час щойно зайняли. Виберіть інший." in lost.text
    assert 'value="Степан"' in lost.text
    assert len(await kept(reception)) == 1


async def test_one_form_books_once(reception):
    desk = await reception.signed_in("iryna")
    for _ in range(2):
        await book(desk, key="same")
    assert len(await kept(reception)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "Напишіть ім’я"),
        ({"phone": ""}, "Запишіть номер телефону"),
        ({"phone": "немає"}, "Перевірте номер телефону"),
        ({"starts_at": "завтра"}, "Виберіть час"),
        ({"starts_at": "2026-11-25T10:00"}, "Виберіть час"),
        ({"starts_at": kyiv(2026, 11, 23, 10).isoformat()}, "Цього часу вже немає"),
        ({"starts_at": kyiv(2026, 11, 25, 12, 20).isoformat()}, "Цього часу вже немає"),
        ({"starts_at": kyiv(2027, 11, 25, 10).isoformat()}, "Цього часу вже немає"),
    ],
)
async def test_what_is_missing_or_impossible_is_said_and_nothing_is_kept(reception, fields, said):
    desk = await reception.signed_in("iryna")
    answer = await book(desk, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert await kept(reception) == []


async def test_a_third_visit_of_a_phone_is_for_the_senior_to_allow(reception):
    desk = await reception.signed_in("iryna")
    senior = await reception.signed_in("senior", Role.SENIOR, "Марія Левчук")
    times = [TEN + timedelta(minutes=20 * number) for number in range(3)]
    for at in times[:2]:
        assert (await book(desk, key=str(at), starts_at=at.isoformat())).status_code == 303
    third = {"starts_at": times[2].isoformat()}
    refused = await book(desk, key="3", **third)
    assert "вже є два записи" in refused.text
    assert "Дозволити третій запис" not in refused.text
    assert (
        "вже є два записи" in (await book(desk, key="4", over_limit="on", reason="дуже треба", **third)).text
    )
    assert "Дозволити третій запис" in (await book(senior, key="5", **third)).text
    assert "чому дозволено" in (await book(senior, key="6", over_limit="on", **third)).text
    allowed = await book(senior, key="7", over_limit="on", reason="опікун трьох дітей", **third)
    assert allowed.status_code == 303
    last = allowed.headers["location"].partition("=")[2]
    assert await actions(reception.database, last) == ["visit_booked", "visit_over_limit"]


async def test_the_talk_on_the_phone_leads_to_the_booking_and_knows_of_it(reception, now):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        caller = Caller(now, name="Галина", phone="0671234567", summary="Просить прийом.")
        await callers.keep(db, desk.account, caller)
    sent = await send(
        desk, "/workplace/desk", press="book", name="Галина П", phone="0671234567", summary="Просить прийом."
    )
    assert sent.headers["location"] == BOOK
    assert 'value="Галина П"' in (await desk.get(f"{BOOK}?matter=housing-subsidy")).text
    await book(desk)
    async with reception.database.read() as db:
        kept_caller = await callers.on_the_line(db, desk.account, now)
    assert kept_caller.summary.replace("\u00a0", " ") == (
        "Просить прийом. Запис № 1: завтра, 25 листопада, о 10:00."
    )


async def test_a_visit_is_moved_with_a_reason_and_its_person_is_told(reception):
    desk = await reception.signed_in("iryna")
    visit = await in_channel(reception)
    page = await text(desk, f"{PAGE}/{visit.id}/move?day=2026-11-26")
    assert "Людині скажемо в її каналі." in page
    later = kyiv(2026, 11, 26, 9)
    address = f"{PAGE}/{visit.id}/move"
    assert (await send(desk, address, key="1", starts_at=later.isoformat())).status_code == 422
    assert (await send(desk, address, key="2", starts_at=later.isoformat(), reason="away")).status_code == 303
    (moved,) = await kept(reception)
    assert (moved.starts_at, moved.number) == (later, visit.number)
    assert await told(reception) == [("visit_moved", visit.number)]
    taken = await in_channel(reception, kyiv(2026, 11, 26, 9, 20), "Олена")
    lost = await send(desk, address, key="3", starts_at=taken.starts_at.isoformat(), reason="away")
    assert lost.status_code == 422
    assert "щойно зайняли" in lost.text
    assert (await kept(reception))[0].starts_at == later
    assert await told(reception) == [("visit_moved", visit.number)]


async def test_a_visit_is_cancelled_once_and_its_time_is_free(reception):
    desk = await reception.signed_in("iryna")
    visit = await in_channel(reception)
    address = f"{PAGE}/{visit.id}/cancel"
    assert (await send(desk, address, reason="whim")).status_code == 422
    assert (await send(desk, address, reason="asked")).status_code == 303
    again = await send(desk, address, reason="asked")
    assert again.status_code == 409
    assert await told(reception) == [("visit_cancelled", visit.number)]
    assert await actions(reception.database, visit.id) == ["visit_cancelled"]
    assert (await book(desk)).status_code == 303


async def test_a_stopped_day_lists_whoever_is_booked_tells_them_once_and_loses_nobody(reception):
    head = await reception.signed_in("head", Role.HEAD)
    in_chat = await in_channel(reception)
    afternoon = await in_channel(reception, kyiv(2026, 11, 25, 15), "Пізня")
    await book(head, starts_at=(TEN + timedelta(minutes=20)).isoformat(), name="Дзвінка")
    fields = {"receiver": "subsidy", "day": "2026-11-25", "since": "09:00", "until": "12:00"}
    assert (await send(head, AWAY, **fields, reason="лікарняний")).status_code == 303
    page = (await text(head, AWAY)).replace("\u00a0", " ")
    assert "Записані на цей час: 2" in page
    assert "№ 1, Галина ще не повідомлено" in page
    assert "№ 3, Дзвінка записано телефоном: подзвоніть +380671234567" in page
    assert "Пізня" not in page
    assert "Завтра, 25 листопада, з 9:00 до 12:00" in page
    answer = await send(head, f"{AWAY}/tell", key="1")
    assert answer.headers["location"].endswith("told=1")
    await send(head, f"{AWAY}/tell", key="2")
    assert await told(reception) == [("visit_stopped", in_chat.number)]
    page = (await text(head, AWAY)).replace("\u00a0", " ")
    assert "Галина повідомлено" in page
    assert "Повідомити всіх" not in page
    assert {one.state for one in await kept(reception)} == {"booked"}
    async with reception.database.read() as db:
        free = await slots.free(db, COMMUNITY, office(), ("subsidy",), "housing-subsidy", TUESDAY, KYIV)
    assert not any(TEN - timedelta(hours=1) <= slot.starts_at < TEN + timedelta(hours=2) for slot in free)
    assert afternoon.starts_at is not None
    await send(head, f"{AWAY}/drop", receiver="subsidy", day="2026-11-25", from_minute="540")
    assert "Усі приймають у свої години." in await text(head, AWAY)
    assert (await actions(reception.database, OFFICE)) == ["absence_set", "absence_dropped"]


async def test_a_whole_office_is_stopped_at_once(reception):
    head = await reception.signed_in("head", Role.HEAD)
    await send(head, AWAY, receiver="*", day="2026-11-25", reason="немає води")
    page = await text(head, AWAY)
    assert page.count("увесь день") == 7, "six who receive, and the label of the form"
    week = await text(head, f"{PAGE}/week?day=2026-11-25")
    assert week.count("немає: увесь день") == 6


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"receiver": "nobody"}, "Виберіть, хто не приймає."),
        ({"day": "2026-02-31"}, "Виберіть день"),
        ({"day": "2026-11-23"}, "Виберіть день"),
        ({"day": "2027-11-23"}, "Виберіть день"),
        ({"since": "12:00", "until": "9:00"}, "Час напишіть так"),
        ({"since": "12:00", "until": "09:00"}, "Час напишіть так"),
        ({"since": "12:00"}, "Час напишіть так"),
        ({"reason": ""}, "причину"),
    ],
)
async def test_a_senseless_absence_is_refused(reception, fields, said):
    head = await reception.signed_in("head", Role.HEAD)
    whole = {"receiver": "subsidy", "day": "2026-11-25", "reason": "навчання", **fields}
    answer = await send(head, AWAY, **whole)
    assert answer.status_code == 422
    assert said in answer.text
    async with reception.database.read() as db:
        assert await slots.absences(db, COMMUNITY, OFFICE, TUESDAY.date(), TEN.date()) == []


async def test_only_heads_stop_reception_and_the_week_counts_what_is_taken(reception):
    desk = await reception.signed_in("iryna")
    assert (await desk.get(AWAY)).status_code == 403
    assert AWAY not in (await desk.get(PAGE)).text
    await book(desk)
    week = await text(desk, f"{PAGE}/week")
    # Twelve times of twenty minutes before the break, twelve after it; the hall receives two at once.
    assert "Спеціаліст: Субсидії зайнято 0 з 24 зайнято 0 з 24 зайнято 1 з 24" in week
    assert "Загальний прийом зайнято 0 з 48" in week
    assert "сб" not in week
