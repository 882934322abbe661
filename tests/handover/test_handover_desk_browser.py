"""A whole call by keyboard, a promised call, a pause and the hours, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from handover import happenings
from handover.accounts.permissions import Role
from handover.calls import calls
from knowledge_base.answers import Knowledge
from tests.handover.browsing import Served, sideways, violations
from tests.handover.handover_world import COMMUNITY, waiting
from tests.knowledge_base.tiny_base import TinyBase


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    return TinyBase(tmp_path / "base").library()


def looked_at(page: Page, name: str) -> None:
    """The page as it stands: nothing for axe, nothing sideways at both widths."""
    folder = os.environ.get("LOOK_AT")
    for width in (1280, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        assert sideways(page) == 0, name
        if folder:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
    assert violations(page) == [], name


def test_a_whole_call_goes_by_keyboard(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(Role.HEAD, bypass_csp=True)
    page.get_by_role("link", name="Телефон").click()
    keys = page.keyboard
    expect(page.get_by_label("Слова людини або назва")).to_be_focused()
    looked_at(page, "desk-empty")
    keys.type("виплата")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Виплата при народженні")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("button", name="Я мати")).to_be_focused()
    looked_at(page, "desk-question")
    keys.press("1")
    expect(page.get_by_text("Дитина живе з вами?")).to_be_visible()
    keys.press("1")
    expect(page.get_by_label("Відповідь", exact=True)).to_be_focused()
    keys.type("10.02.2026")
    keys.press("Enter")
    expect(page.get_by_text("Так: за сказаним умови виконано")).to_be_visible()
    looked_at(page, "desk-result")
    keys.press("/")
    expect(page.get_by_label("Слова людини або назва")).to_be_focused()
    keys.press("Control+Enter")
    expect(page.get_by_text("Запишіть підсумок")).to_be_visible()
    expect(page.get_by_label("Підсумок: що людині сказано")).to_be_focused()
    keys.type("Нести заяву до ЦНАП")
    keys.press("Control+Enter")
    expect(page.get_by_text("Розмову записано: консультація № 26-0001, закрито.")).to_be_visible()


def test_calls_pauses_and_hours_are_looked_after(served: Served, open_page: Callable[..., Page]) -> None:
    page, now = open_page(Role.HEAD, bypass_csp=True), served.wall.now

    async def promised() -> None:
        ticket = await waiting(served.database, now, reason="call_back", promised_at=now + timedelta(hours=1))
        async with served.database.write() as db:
            at = now - timedelta(minutes=5)
            await calls.promise(db, ticket, "+380671234567", at, "до обіду", "10:25", now)

    served.run(promised())
    page.goto(f"{served.address}/workplace/desk/calls")
    page.get_by_role("button", name="Взяти дзвінок").click()
    expect(page.get_by_text("Дзвонить Ірина Мельник")).to_be_visible()
    looked_at(page, "calls")
    page.get_by_role("link", name="Черга").click()
    expect(page.locator(".row")).to_contain_text("дзвінок прострочено 5 хв")
    page.get_by_role("button", name="Пауза").click()
    looked_at(page, "pause-dialog")
    page.get_by_role("button", name="Почати паузу").click()
    expect(page.locator("#pause")).to_contain_text("Пауза з 10:30, тривога. Закінчиться сама: 12:30.")
    expect(page.locator("#hours")).to_have_text("тривога, пауза")
    looked_at(page, "queue-paused")
    page.get_by_role("button", name="Закінчити паузу").click()
    expect(page.locator("#hours")).to_have_text("приймаємо до 18:00")
    page.goto(f"{served.address}/workplace/hours")
    page.get_by_label("Четвер").fill("зранку")
    page.get_by_role("button", name="Зберегти тиждень").click()
    expect(page.get_by_label("Четвер")).to_be_focused()
    looked_at(page, "hours")
    page.get_by_label("Четвер").fill("9:00–13:00")
    page.get_by_role("button", name="Зберегти тиждень").click()
    expect(page.get_by_text("Збережено.")).to_be_visible()


def test_the_promised_calls_renew_themselves_and_leave_what_is_written(
    served: Served, open_page: Callable[..., Page]
) -> None:
    now = served.wall.now

    async def promised(phone: str) -> None:
        ticket = await waiting(served.database, now, reason="call_back", promised_at=now + timedelta(hours=1))
        async with served.database.write() as db:
            await calls.promise(db, ticket, phone, now + timedelta(minutes=5), "до обіду", "10:35", now)
            await happenings.happened(db, COMMUNITY, [ticket.conversation_id], now)
        await served.house.signals.publish(f"queue:{COMMUNITY}")

    mine, colleague = open_page(), open_page(login="oleh", name="Олег Дудка")
    for page in (mine, colleague):
        page.goto(f"{served.address}/workplace/desk/calls")
        expect(page.get_by_text("Дзвонити нікому не треба")).to_be_visible()
    served.run(promised("+380671234567"))
    mine.get_by_role("button", name="Взяти дзвінок").click()
    expect(colleague.get_by_text("Дзвонить Ірина Мельник")).to_be_visible()
    summary = mine.get_by_label("Підсумок: що людині сказано")
    summary.fill("Пояснено, куди нести")
    mine.get_by_text("Не відповідає").click()
    served.run(promised("+380509876543"))
    expect(mine.get_by_text("+380509876543")).to_be_visible()
    expect(summary).to_have_value("Пояснено, куди нести")
    expect(mine.get_by_role("button", name="Записати спробу")).to_be_visible()
    mine.get_by_role("button", name="Записати", exact=True).click()
    expect(colleague.locator(".call")).to_have_count(1)
