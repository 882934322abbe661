"""Receiving people through the workplace's pages: the day, its buttons, one visit, numbers for walk-ins."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from handover.accounts.permissions import Role
from handover.appointments import absences, hall, visits
from handover.appointments.figures import figures
from handover.tickets.packet import Matter, Paper, Papers
from handover.workplace.walk_in import wait_words
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, KYIV, actions, waiting
from tests.handover.test_handover_hall import DAY, OFFICE, booked, came

PAGE = "/workplace/visits"


async def send(person, address, *, part=False, **fields):
    fields = {"csrf": await person.csrf(), **fields}
    headers = {"Origin": ORIGIN, **({"HX-Request": "true"} if part else {})}
    return await person.client.post(address, data=fields, headers=headers)


async def stands(person, room="3", **letters):
    """The desk is in this room from now on."""
    answer = await send(person, f"{PAGE}/place", office=OFFICE, room=room, **letters)
    assert answer.status_code == 303


async def text(person, address=PAGE):
    answer = await person.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


async def states(reception):
    async with reception.database.read() as db:
        found = await visits.of_day(db, COMMUNITY, OFFICE, DAY)
    return {one.name or one.hall: one.state for one in found}


async def test_a_day_from_coming_to_done_takes_a_press_each(reception, now):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        visit = await booked(db, now, "Галина", letter="С", number=1, matter="housing-subsidy")
        await booked(db, now + timedelta(minutes=20), "Олена", letter="С", number=2)
        await came(db, "Д", name="Петро")
    assert "виберіть угорі свій кабінет" in await text(desk)
    assert (await send(desk, f"{PAGE}/next", key="early")).status_code == 422
    await stands(desk)
    page = await text(desk)
    assert "Приймальня , кабінет 3" in page
    assert "10:30 Галина Житлова субсидія" in page
    assert "Викликати Д 1" in page
    await send(desk, f"{PAGE}/{visit}/arrive", key="1")
    assert "Викликати С 1" in await text(desk), "the booked come at their time"
    answer = await send(desk, f"{PAGE}/next", part=True, key="2")
    assert (answer.status_code, answer.text.count('id="visits"')) == (200, 1)
    assert "Завершити й викликати Д 1" in unescape(answer.text)
    await send(desk, f"{PAGE}/{visit}/call-again", key="3")
    await send(desk, f"{PAGE}/next", key="4", finish=visit)
    assert await states(reception) == {"Галина": "done", "Олена": "booked", "Петро": "called"}
    assert await actions(reception.database, visit) == [
        "visit_came",
        "visit_called",
        "visit_called",
        "visit_done",
    ]
    async with reception.database.read() as db:
        day = await figures(db, COMMUNITY, DAY, DAY, OFFICE)
    assert (day.total, day.served, day.called, day.expected, day.agrees) == (3, 1, 1, 1, True)


async def test_a_form_pressed_twice_calls_one_person(reception):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        for name in ("Перша", "Друга"):
            await came(db, name=name)
    await stands(desk)
    for _ in range(2):
        await send(desk, f"{PAGE}/next", key="same")
    assert await states(reception) == {"Перша": "called", "Друга": "arrived"}


async def test_whoever_is_late_with_a_press_hears_what_became_of_it(reception, now):
    one, other = await reception.signed_in("iryna"), await reception.signed_in("oleh", name="Олег Дудка")
    async with reception.database.write() as db:
        visit = await came(db, name="Галина")
    await stands(one)
    await stands(other, "4")
    assert (await send(one, f"{PAGE}/{visit.id}/call", key="1")).status_code == 303
    lost = await send(other, f"{PAGE}/{visit.id}/call", part=True, key="2")
    assert lost.status_code == 409
    assert "С 1: викликано" in lost.text
    assert lost.headers["hx-retarget"] == "#alert"
    assert "кабінет 3" in await text(other)
    # A colleague finished it: «done and the next» still calls the next one.
    async with reception.database.write() as db:
        await hall.done(db, COMMUNITY, visit.id, now)
        await came(db, name="Петро")
    await send(one, f"{PAGE}/next", key="3", finish=visit.id)
    assert await states(reception) == {"Галина": "done", "Петро": "called"}


async def test_a_desk_calls_the_letters_it_has_chosen_and_sees_all(reception):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        await came(db, "С", name="Субсидія")
        await came(db, "Д", name="Дитина")
    await stands(desk, "вікно 2", **{"letter-Д": "on", "letter-Ю": "on"})
    page = await text(desk)
    assert "вікно 2, літери Д" in page
    assert "Викликати Д 1" in page
    await send(desk, f"{PAGE}/next", key="1")
    await send(desk, f"{PAGE}/next", key="2")
    assert await states(reception) == {"Субсидія": "arrived", "Дитина": "called"}


async def test_mistakes_are_taken_back(reception, now):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        visit = await booked(db, now - timedelta(minutes=5), "Галина", letter="С", number=1)
    await stands(desk)
    assert "запізнення 5 хв" in await text(desk)
    await send(desk, f"{PAGE}/{visit}/no-show", key="1")
    assert await states(reception) == {"Галина": "no_show"}
    await send(desk, f"{PAGE}/{visit}/back", key="2")
    await send(desk, f"{PAGE}/{visit}/call", key="3")
    await send(desk, f"{PAGE}/{visit}/back", key="4")
    assert await states(reception) == {"Галина": "arrived"}
    assert (await send(desk, f"{PAGE}/{visit}/devour", key="5")).status_code == 404
    assert (await send(desk, f"{PAGE}/nobody/call", key="6")).status_code == 404


async def test_another_day_is_looked_at_without_buttons(reception, now):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        tomorrow = await booked(db, now + timedelta(days=1), "Завтрашня", day="2026-11-25")
    page = (await desk.get(f"{PAGE}?day=2026-11-25")).text
    assert "Завтра, 25" in page
    assert "Завтрашня" in page
    assert "/arrive" not in page
    early = await send(desk, f"{PAGE}/{tomorrow}/arrive", key="1")
    assert (early.status_code, "на інший день" in early.text) == (409, True)
    assert "Завтрашня" not in (await desk.get(PAGE)).text
    assert (await desk.get(f"{PAGE}?day=31-02")).status_code == 422


async def test_marks_say_who_goes_first_who_moved_and_who_is_new(reception, now):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        for day, name in (("2026-11-20", "Давня"), ("2026-11-24", "Знову")):
            await booked(
                db, now, name, phone="+380671112233", day=day, state="done" if name == "Давня" else "booked"
            )
        await booked(db, now, "Нова", phone="+380672223344", moved_at=now, priority="veteran", for_other=True)
    page = await text(desk)
    assert "Знову без черги" not in page
    assert "Знову уперше" not in page
    assert "Нова без черги за рідних уперше перенесено" in page
    assert "38067" not in page, "no phones in the list"


async def test_a_visit_shows_its_matter_and_looking_is_recorded(reception, now):
    desk = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now)
    async with reception.database.write() as db:
        visit = await booked(
            db, now, conversation_id=ticket.conversation_id, matter="housing-subsidy", phone="+380671112233"
        )
    reception.vendors.matter = Matter(
        papers=Papers("Житлова субсидія", True, (Paper("Заява", "have"), Paper("Довідка", "need", "ЦНАП")))
    )
    page = await text(desk, f"{PAGE}/{visit}")
    assert "Документи: є 1 з 2" in page
    assert "Довідка Де взяти: ЦНАП треба" in page
    assert "+380671112233" in page
    assert f"Консультація № {ticket.number.replace('-', chr(0x2011))}" in page
    assert reception.vendors.asked[-1][1] == "housing-subsidy"
    assert await actions(reception.database, visit) == ["visit_read"]
    assert (await desk.get(f"{PAGE}/nobody")).status_code == 404


async def test_a_number_is_given_by_letter_by_matter_and_once_a_form(reception):
    desk = await reception.signed_in("iryna")
    await stands(desk)
    first = await send(
        desk, f"{PAGE}/walk-in", key="1", press="letter:С", name="Галина", priority="paper_shown"
    )
    page = await text(desk, first.headers["location"])
    assert "Субсидії, Галина, без черги С 1 Перед вами нікого, чекати одразу. Кабінет 3." in page
    found = await send(desk, f"{PAGE}/walk-in", key="2", press="search", look_for="субсидія", name="Петро")
    assert 'value="matter:housing-subsidy"' in found.text
    assert 'value="Петро"' in found.text
    second = await send(desk, f"{PAGE}/walk-in", key="2", press="matter:housing-subsidy", name="Петро")
    page = await text(desk, second.headers["location"])
    assert "Житлова субсидія, Петро С 2 Перед вами 1 людина, чекати приблизно 15 хв." in page
    assert (await send(desk, f"{PAGE}/walk-in", key="2", press="matter:housing-subsidy")).status_code == 409
    third = await send(desk, f"{PAGE}/walk-in", key="3", press="letter:К")
    assert "К 1" in await text(desk, third.headers["location"])
    assert await states(reception) == {"Галина": "arrived", "Петро": "arrived", "К 1": "arrived"}
    slip = await text(desk, f"{PAGE}/{first.headers['location'].partition('=')[2]}/slip")
    assert "С 1" in slip
    assert "Галина" not in slip
    assert (await actions(reception.database)).count("visit_ticket") == 3


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"press": "letter:Щ"}, "Такої літери в цьому офісі немає."),
        ({"press": "matter:nothing"}, "Такого питання в базі вже немає."),
        ({"press": "letter:С", "name": "ї" * 81}, "Ім’я задовге"),
    ],
)
async def test_a_senseless_number_is_refused_in_words(reception, fields, said):
    desk = await reception.signed_in("iryna")
    answer = await send(desk, f"{PAGE}/walk-in", key="1", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert await states(reception) == {}


async def test_whoever_is_away_today_is_not_promised_at_once(reception, now):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        for receiver, minutes in (("subsidy", (0, 1440)), ("displaced", (480, 720))):
            await absences.put(db, COMMUNITY, OFFICE, receiver, DAY, minutes, "лікарняний", "head", now, KYIV)
    page = await text(desk, f"{PAGE}/walk-in")
    assert "С Субсидії сьогодні не приймає" in page
    assert "В Переселенці одразу" in page, "away before the break only"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "одразу"),
        (95, "приблизно 95 хв"),
        (100, "приблизно 2 год"),
        (150, "приблизно 2,5 год"),
        (240, "приблизно 4 год"),
        (245, "понад 4 год"),
    ],
)
def test_long_waits_are_told_in_half_hours(minutes, said):
    assert wait_words(minutes).replace("\u00a0", " ") == said


async def test_a_part_that_has_not_changed_is_not_drawn_again(reception):
    desk = await reception.signed_in("iryna")
    async with reception.database.write() as db:
        await came(db)
    version = re.search(r'data-version="(\w+)"', (await desk.get(PAGE)).text)
    assert version is not None
    seen = f"{PAGE}/part?day={DAY}&seen={version[1]}"
    assert (await desk.get(seen)).status_code == 204
    async with reception.database.write() as db:
        await came(db)
    assert (await desk.get(seen)).status_code == 200
    reception.wall.now += timedelta(minutes=1)
    assert "чекає 1 хв" in await text(desk, f"{PAGE}/part")


async def test_an_editor_receives_nobody(reception):
    editor = await reception.signed_in("editor", Role.EDITOR)
    assert (await editor.get(PAGE)).status_code == 403
    assert f'href="{PAGE}"' not in (await editor.get("/workplace")).text
