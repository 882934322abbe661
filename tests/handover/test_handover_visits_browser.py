"""Receiving people in a real browser: the day, numbers for walk-ins, booking by phone, who is away; how it looks."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from handover.accounts.permissions import Role
from handover.appointments import hall
from tests.handover.browsing import Served, sideways, violations
from tests.handover.handover_world import COMMUNITY, TUESDAY
from tests.handover.test_handover_hall import DAY, OFFICE, booked

WIDTHS = ((1280, 800), (1024, 768), (360, 740))


def looked_at(page: Page, name: str) -> None:
    """Nothing for axe in light and dark, nothing sideways, at every width."""
    folder = os.environ.get("LOOK_AT")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            assert sideways(page) == 0, (name, width)
            if folder:
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        assert violations(page) == [], (name, scheme)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def morning(served: Served) -> dict[str, str]:
    """Booked ones who came, are late and are yet to come; walk-ins; one called to another room."""

    async def come() -> dict[str, str]:
        ids: dict[str, str] = {}
        at = TUESDAY
        people = (("Галина", -10, "С"), ("Олена", 0, "С"), ("Марія", 20, "Д"), ("Степан", 40, "П"))
        async with served.database.write() as db:
            for number, (name, minutes, letter) in enumerate(people, 1):
                more = {"matter": "housing-subsidy"} if letter == "С" else {}
                if name == "Марія":
                    more = {"moved_at": at - timedelta(days=1), "for_other": True}
                moment = at + timedelta(minutes=minutes)
                ids[name] = await booked(
                    db, moment, name, letter, number, phone=f"+38067000000{number}", **more
                )
            await hall.arrive(db, COMMUNITY, ids["Олена"], "С", at - timedelta(minutes=4))
            for name, letter, ago, ground in (
                ("Петро", "Д", 25, None),
                ("", "К", 12, None),
                ("Василь", "П", 3, "paper_shown"),
            ):
                visit = await hall.walk_in(
                    db,
                    COMMUNITY,
                    OFFICE,
                    DAY,
                    letter,
                    at - timedelta(minutes=ago),
                    name=name,
                    priority=ground,
                )
                ids[name or "nobody"] = visit.id
            other = await hall.walk_in(
                db, COMMUNITY, OFFICE, DAY, "В", at - timedelta(minutes=30), name="Іван"
            )
            await hall.call(db, COMMUNITY, other.id, "кабінет 1", "oleh", at - timedelta(minutes=6))
        return ids

    return served.run(come())


def test_a_day_of_visits_is_worked_through_by_one_button(
    served: Served, open_page: Callable[..., Page]
) -> None:
    ids = morning(served)
    page = open_page(Role.HEAD, bypass_csp=True)
    page.get_by_role("link", name="Прийом").click()
    expect(page.get_by_text("виберіть угорі свій кабінет")).to_be_visible()
    expect(page.locator("#next")).to_have_count(0)
    looked_at(page, "visits-place")
    page.get_by_label("Мій кабінет або вікно").fill("3")
    page.get_by_role("button", name="Запам’ятати").click()
    next_one = page.locator("#next")
    expect(next_one).to_have_text("Викликати С 2")
    looked_at(page, "visits-day")
    next_one.click()
    expect(page.locator(".desk-now .current .ticket")).to_have_text("С 2")
    expect(next_one).to_contain_text("Завершити й викликати П 1")
    looked_at(page, "visits-called")
    # The same key goes on: the focus stays on the button that calls the next one.
    expect(next_one).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-now .current .ticket")).to_have_text("П 1")
    page.get_by_role("button", name="Прийшли: С 1 Галина", exact=True).click()
    expect(page.get_by_role("button", name="Викликати: С 1 Галина")).to_be_visible()

    async def colleague() -> None:
        async with served.database.write() as db:
            await hall.call(db, COMMUNITY, ids["Петро"], "кабінет 1", "oleh", TUESDAY)
        await served.house.signals.publish(f"queue:{COMMUNITY}")

    served.run(colleague())
    page.clock.run_for(1_000)
    expect(page.locator("#visit-" + ids["Петро"])).to_contain_text("кабінет 1")
    page.get_by_role("link", name="Галина").click()
    expect(page.get_by_text("+380670000001")).to_be_visible()
    looked_at(page, "visit")


def test_a_press_that_comes_too_late_is_told_and_nothing_is_lost(
    served: Served, open_page: Callable[..., Page]
) -> None:
    ids = morning(served)
    page = open_page(bypass_csp=True)
    page.goto(f"{served.address}/workplace/visits")
    page.get_by_label("Мій кабінет або вікно").fill("вікно 2")
    page.get_by_role("button", name="Запам’ятати").click()
    expect(page.locator("#next")).to_be_visible()

    async def colleague() -> None:
        async with served.database.write() as db:
            await hall.call(db, COMMUNITY, ids["Петро"], "кабінет 1", "oleh", TUESDAY)

    served.run(colleague())
    page.get_by_role("button", name="Викликати: Д 1 Петро").click()
    expect(page.locator("#alert")).to_contain_text("Д 1: викликано. Перелік оновлено.")
    page.clock.run_for(1_000)
    expect(page.locator("#visit-" + ids["Петро"])).to_contain_text("кабінет 1")
    looked_at(page, "visits-late")


def test_a_number_is_given_by_one_press_and_printed(served: Served, open_page: Callable[..., Page]) -> None:
    morning(served)
    page = open_page(bypass_csp=True)
    page.goto(f"{served.address}/workplace/visits/walk-in")
    looked_at(page, "walk-in")
    page.get_by_role("button", name="Д Діти, сім’я").click()
    expect(page.locator(".given .ticket")).to_have_text("Д 2")
    expect(page.locator(".given")).to_contain_text("Перед вами 1 людина")
    looked_at(page, "walk-in-given")
    page.get_by_label("Слова людини або назва").fill("субсидія")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="С Житлова субсидія")).to_be_visible()
    looked_at(page, "walk-in-found")
    with page.expect_popup() as opened:
        page.goto(f"{served.address}/workplace/visits/walk-in")
        page.get_by_role("button", name="К Інші питання").click()
        page.get_by_role("link", name="Надрукувати").click()
    slip = opened.value
    expect(slip.get_by_role("heading", name="К 2")).to_be_visible()
    looked_at(slip, "slip")


def test_a_caller_is_booked_moved_and_stopped(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(Role.HEAD, bypass_csp=True)
    page.get_by_role("link", name="Телефон").click()
    page.get_by_label("Ім’я, якщо назвали").fill("Галина")
    page.get_by_label("Телефон, якщо дають").fill("067 123 45 67")
    page.get_by_role("button", name="Записати на прийом").click()
    expect(page.get_by_label("З якого питання")).to_be_focused()
    page.keyboard.type("субсидія")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Житлова субсидія")).to_be_visible()
    looked_at(page, "book-matter")
    page.get_by_role("link", name="Житлова субсидія").click()
    page.get_by_role("link", name="ср, 25").click()
    expect(page.get_by_label("Ім’я, прізвище не обов’язкове")).to_have_value("Галина")
    looked_at(page, "book-time")
    page.get_by_label("10:40", exact=True).check(force=True)
    page.get_by_role("button", name="Записати", exact=True).click()
    expect(page.get_by_text("Записано: Галина")).to_be_visible()
    looked_at(page, "book-done")
    page.get_by_role("link", name="Відкрити запис").click()
    page.get_by_role("link", name="Перенести").click()
    page.get_by_role("link", name="чт, 26").click()
    page.get_by_label("9:00", exact=True).check(force=True)
    page.get_by_label("людина попросила").check()
    looked_at(page, "visit-move")
    page.get_by_role("button", name="Перенести").click()
    expect(page.get_by_text("перенесено", exact=True)).to_be_visible()
    page.get_by_role("link", name="Не приймає").click()
    page.get_by_label("Хто").select_option("subsidy")
    page.get_by_label("День", exact=True).fill("2026-11-26")
    page.get_by_label("Причина, бачать колеги").fill("лікарняний")
    page.get_by_role("button", name="Зупинити прийом").click()
    expect(page.get_by_text("Записані на цей час: 1")).to_be_visible()
    looked_at(page, "absences")
    page.get_by_role("link", name="Тиждень").click()
    expect(page.get_by_text("немає: увесь день")).to_be_visible()
    looked_at(page, "visit-week")
