"""The channel's line above the composer and the page of channels in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from conversations import remote_files, transcript
from conversations.channel import VendorStatus
from conversations.messages import AttachmentKind, MessageKind, RemoteFile
from handover.accounts.permissions import Role
from handover.assignment import offering
from handover.assignment.offering import Tender
from tests.handover.browsing import (
    DESK,
    PHONE,
    Served,
    held,
    sideways,
    take,
    taken,
    until,
    violations,
    waits,
)
from tests.handover.handover_world import (
    COMMUNITY,
    said,
    waiting,
)

SOON_AGAIN = 61_000
"""Milliseconds after which the page asks for the line again."""


def test_the_window_runs_out_under_the_writers_eyes_and_opens_again(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    chat = taken(page, served, hours=22, minutes=20)
    line, send = page.locator("#window"), page.locator("#send")
    expect(line).to_contain_text("Писати сюди можна ще 1 год 40 хв, до 12:10.")
    field = page.get_by_label("Відповідь людині")
    field.press_sequentially("Добрий день! ")

    served.wall.now += timedelta(minutes=5)
    page.clock.fast_forward(SOON_AGAIN)
    expect(line).to_contain_text("ще 1 год 35 хв")
    expect(send).not_to_have_attribute("aria-disabled", "true")

    served.wall.now += timedelta(hours=2)
    page.clock.fast_forward(SOON_AGAIN)
    expect(line).to_contain_text("Вікно закрите з 12:10: месенджер не пропустить відповідь. Подзвоніть:")
    expect(line.get_by_role("link", name="Подзвонити")).to_have_attribute("href", "tel:0670001122")
    expect(send).to_have_attribute("aria-disabled", "true")
    expect(send).to_have_accessible_description(page.locator("#window-text").inner_text())
    field.press_sequentially("Приймемо.")
    field.press("Control+Enter")
    send.click(force=True)
    expect(field).to_have_value("Добрий день! Приймемо.")
    expect(page.locator("#alert")).to_be_empty()

    page.get_by_role("tab", name="Нотатка").click()
    page.get_by_label("Нотатка для колег").fill("Телефоную")
    page.get_by_role("button", name="Зберегти нотатку").click()
    expect(page.locator("#lines")).to_contain_text("Телефоную")

    served.hears(chat, "Я знову тут")
    expect(page.locator("#lines")).to_contain_text("Я знову тут")
    expect(line).to_contain_text("Можна писати до 12:35 завтра.")
    expect(send).not_to_have_attribute("aria-disabled", "true")
    page.get_by_role("tab", name="Відповідь").click()
    send.click()
    expect(page.locator("#lines")).to_contain_text("Добрий день! Приймемо.")
    expect(field).to_have_value("")


def test_a_window_that_closes_between_typing_and_sending_is_told_and_nothing_is_lost(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    # A look of the page's own would tell of the closing before the press does.
    early: list[Route] = []
    refused = threading.Event()
    page.route(
        re.compile(r"/live\?"), lambda look: look.continue_() if refused.is_set() else early.append(look)
    )
    taken(page, served, hours=23, minutes=59)
    field = page.get_by_label("Відповідь людині")
    field.fill("Добрий день!")
    served.wall.now += timedelta(minutes=2)
    field.press("Control+Enter")
    expect(page.locator("#alert")).to_contain_text("Вікно закрите з 10:31")
    refused.set()
    for look in early:
        look.continue_()
    expect(field).to_have_value("Добрий день!")
    expect(page.locator("#window")).to_contain_text("Подзвоніть:")
    expect(page.locator("#send")).to_have_attribute("aria-disabled", "true")
    page.reload()
    expect(page.get_by_label("Відповідь людині")).to_have_value("Добрий день!")


def test_a_lost_connection_is_no_news_while_nobody_presses_anything(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    taken(page, served, hours=23)
    page.get_by_label("Відповідь людині").fill("Добрий день!")
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/window")):
        page.clock.fast_forward(SOON_AGAIN)
    expect(page.locator("#alert")).to_be_empty()
    page.get_by_label("Відповідь людині").press("Control+Enter")
    expect(page.locator("#alert")).to_contain_text("Немає зв’язку")


def test_an_older_view_that_comes_after_the_take_does_not_undo_it(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    views = held(page, re.compile(r"/live\?"))
    chat = waits(page, served, hours=1)
    route, older = until(page, views)
    take(page)
    expect(page.get_by_role("button", name="Взяти розмову")).to_have_count(0)
    page.evaluate(
        "addEventListener('htmx:afterOnLoad', () => { window.undone ||= document.getElementById('take') !== null })"
    )
    with page.expect_response(re.compile(r"/live\?"), timeout=20_000):
        route.fulfill(response=older)
    served.hears(chat, "Я ще тут")
    expect(page.locator("#lines")).to_contain_text("Я ще тут")
    assert page.evaluate("window.undone") is False


def test_whoever_takes_may_write_at_once_even_when_the_news_comes_before_the_answer(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    answers = held(page, re.compile(r"/take$"))
    chat = waits(page, served, hours=1)
    with page.expect_response(re.compile(r"/live\?")):
        page.get_by_role("button", name="Взяти розмову").click()
        route, answer = until(page, answers)
        served.hears(chat, "Я ще тут")
    route.fulfill(response=answer)
    expect(page.get_by_label("Відповідь людині")).to_be_focused()
    expect(page.locator("#lines")).to_contain_text("Я ще тут")


def test_what_is_drawn_can_be_pressed_at_once(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page()
    ticket = served.run(waiting(served.database, served.wall.now))
    page.goto(f"{served.address}/workplace")
    page.evaluate(
        """() => {
          window.sameDocument = true;
          const drawn = new MutationObserver(() => {
            const take = document.getElementById("take");
            if (!take) return;
            drawn.disconnect();
            take.click();
          });
          drawn.observe(document.body, { childList: true, subtree: true });
        }"""
    )
    page.locator(f"#row-{ticket.conversation_id}").click()
    expect(page.get_by_label("Відповідь людині")).to_be_focused()
    assert page.evaluate("window.sameDocument") is True


def test_whoever_takes_before_the_scripts_are_there_may_write_at_once_too(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    chat = waits(page, served, hours=1)
    page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('take').closest('form'))")
    expect(page.get_by_label("Відповідь людині")).to_be_focused()
    expect(page).to_have_url(f"{served.address}/workplace/conversations/{chat}")


def test_a_photo_takes_its_place_in_the_line_when_it_comes(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    chat = taken(page, served, hours=1)

    async def sent() -> None:
        message = said("x", "", served.wall.now, "messenger", kind=MessageKind.PHOTO)
        async with served.database.write() as db:
            position = await transcript.hear(db, chat, message, served.wall.now)
            photo = RemoteFile(kind=AttachmentKind.PHOTO, handle="1")
            await remote_files.remember(
                db, chat, COMMUNITY, "messenger", position, message.event_key, [photo], served.wall.now
            )
        await served.house.signals.publish(f"conversation:{chat}")

    async def came() -> None:
        kept = await served.house.store.put(PIXEL)
        async with served.database.write() as db:
            (wanted,) = await remote_files.claim_due(
                db, "worker", served.wall.now, channel="messenger", communities=[COMMUNITY], limit=1
            )
            await remote_files.arrived(db, wanted, kept)
        await served.house.signals.publish(f"conversation:{chat}")

    served.run(sent())
    expect(page.locator("#lines")).to_contain_text("Фото завантажується…")
    served.run(came())
    expect(page.get_by_role("img", name="Фото від людини")).to_be_visible()
    expect(page.locator("#lines")).not_to_contain_text("завантажується")


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff"
    "ff7f00090003fd2a86e38a0000000049454e44ae426082"
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_every_state_of_the_line_and_of_the_channels_is_for_everybody(
    served: Served, open_page: Callable[..., Page], size: tuple[int, int], scheme: str
) -> None:
    # axe evaluates code in the page, which our policy rightly forbids; the other tests run with the policy on.
    page = open_page(Role.ADMINISTRATOR, size, color_scheme=scheme, bypass_csp=True)
    for ago in (23.5, 24):
        taken(page, served, hours=ago)
        expect(page.locator("#window-text")).to_be_visible()
        assert violations(page) == []
        assert sideways(page) == 0
    served.vendors.says["telegram"] = VendorStatus(
        "@pryimalnia_bot", "https://lypova.example/webhooks/lypova/telegram", 3, "SSL error", served.wall.now
    )
    served.vendors.faults["viber"] = "Viber refuses the token: invalidAuthToken (2). Copy it to VIBER_TOKEN."
    page.goto(f"{served.address}/workplace")
    page.get_by_role("link", name="Налаштування").click()
    expect(page.get_by_role("heading", name="Viber")).to_be_visible()
    assert violations(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_switch_is_turned_by_the_keyboard_with_and_without_scripts(
    served: Served, open_page: Callable[..., Page], scripts: bool
) -> None:
    page = open_page(Role.ADMINISTRATOR, PHONE, java_script_enabled=scripts)
    page.get_by_role("link", name="Налаштування").click()
    viber = page.get_by_role("region", name="Viber").get_by_role("switch", name="Відповідають лише люди")
    expect(viber).not_to_be_checked()
    viber.focus()
    page.keyboard.press("Space")
    expect(viber).to_be_checked()
    expect(viber).to_be_focused()
    expect(viber).to_have_accessible_description(
        "Увімкнено: кожне питання йде в чергу, бот відповідає лише на небезпеку."
    )
    page.keyboard.press("Enter")
    expect(viber).not_to_be_checked()


def test_a_specialist_works_through_the_queue_by_keyboard(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(Role.HEAD, bypass_csp=True)
    now = served.wall.now
    first = served.run(waiting(served.database, now - timedelta(minutes=3), "Де взяти довідку?", "viber"))
    second = served.run(waiting(served.database, now - timedelta(minutes=2), "Чи приймуть договір?"))
    page.goto(f"{served.address}/workplace/conversations/{first.conversation_id}")
    take(page)
    page.keyboard.press("Escape")

    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Відкласти розмову")
    expect(dialog.get_by_label("Завтра вранці, ср, 25.11, 9:00")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("Завтра вранці").check()
    dialog.get_by_label("Причина").fill("чекаю довідку")
    dialog.get_by_role("button", name="Відкласти", exact=True).click()
    expect(page.locator("#talk-head")).to_contain_text("відкладено до ср, 25.11, 9:00")
    page.keyboard.press("5")
    expect(page.locator("#more-views")).to_contain_text("Відкладені")
    expect(page.locator("#list .row")).to_contain_text("ср, 25.11, 9:00")
    page.get_by_role("button", name="Повернути").click()
    expect(page.locator("#lines")).to_contain_text("Відкладене знову в роботі")

    page.locator("#list-scroll").focus()
    page.keyboard.press("Shift+E")
    closing = page.get_by_role("dialog", name="Закрити консультацію")
    expect(closing.get_by_label("Відкрити наступну")).to_be_checked()
    closing.get_by_label("Підсумок").fill("пояснила")
    closing.get_by_role("button", name="Закрити", exact=True).click()
    expect(page.locator("#work")).to_have_attribute("data-conversation", second.conversation_id)
    expect(page).to_have_url(re.compile(second.conversation_id))

    page.get_by_role("link", name="Пошук розмови").click()
    page.get_by_label("Ім’я або номер консультації").fill(first.number)
    page.keyboard.press("Enter")
    expect(page.locator("#order")).to_contain_text(f"Пошук: {first.number}")
    assert violations(page) == []
    page.locator("#list .row").click()
    page.get_by_role("button", name="Знову відкрити").click()
    expect(page.locator("#lines")).to_contain_text("Знову відкрито: Ірина Мельник")

    page.get_by_role("link", name="Фільтр", exact=True).click()
    page.get_by_role("dialog", name="Фільтр").get_by_label("Канал").select_option("Viber")
    page.get_by_role("button", name="Показати", exact=True).click()
    expect(page.locator("#order .chip")).to_have_text("Viber")
    expect(page.locator("#list")).to_contain_text("За фільтром нічого")
    page.get_by_role("link", name="Фільтр", exact=True).click()
    page.get_by_label("Назва").fill("Вайбер")
    assert violations(page) == []
    page.get_by_role("button", name="Зберегти", exact=True).click()
    expect(page.locator("#more-views summary")).to_have_text("Вайбер")
    assert sideways(page) == 0


def test_teams_shift_and_offers_are_for_everybody(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(Role.HEAD, (1024, 768), bypass_csp=True)
    page.goto(f"{served.address}/workplace/teams/new")
    page.get_by_label("Назва").fill("Субсидії")
    page.get_by_label("Пропонуємо тому").check()
    page.get_by_label("Ірина Мельник", exact=True).check()
    page.get_by_label("Житлова субсидія").check()
    assert violations(page) == []
    page.get_by_role("button", name="Зберегти").click()
    team = page.get_by_role("link", name="Субсидії")
    expect(team).to_contain_text("пропонуємо, взяти за 3 хв")
    expect(team).to_contain_text("Ірина Мельник")
    assert violations(page) == []
    page.get_by_role("link", name="Ірина Мельник на зміні").click()
    page.get_by_label("Навантаження").fill("3")
    assert violations(page) == []
    page.get_by_role("button", name="Зберегти").click()
    expect(page.get_by_role("link", name="Ірина Мельник на зміні")).to_contain_text("разом до 3")

    async def calls() -> None:
        ticket = await waiting(served.database, served.wall.now, topic="housing-subsidy")
        async with served.database.write() as db:
            await offering.place(db, ticket, (), served.house.policy, served.wall.now)
        tender = Tender(served.database, COMMUNITY, served.house.policy)
        await tender.tend(served.house.knowledge(COMMUNITY).community.reception, served.wall.now)
        await served.house.signals.publish(f"queue:{COMMUNITY}")

    page.goto(f"{served.address}/workplace")
    served.run(calls())
    offer = page.locator("#offer")
    expect(offer).to_contain_text("Вам пропонують · до 10:33")
    assert violations(page) == []
    offer.get_by_role("button", name="Взяти").click()
    expect(offer).to_be_empty()
    expect(page.get_by_label("Відповідь людині")).to_be_focused()

    page.locator("#shift summary").click()
    assert violations(page) == []
    page.get_by_role("button", name="Відійти").click()
    expect(page.locator("#shift summary")).to_contain_text("Відійшли")
    page.locator("#shift summary").click()
    page.get_by_role("link", name="Передати зміну").click()
    expect(page.get_by_text("Розмов у вас: 1.")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Нотатка").fill("чекає на довідку")
    page.get_by_role("button", name="Передати все").click()
    expect(page.get_by_text("Зміну передано.")).to_be_visible()
    page.goto(f"{served.address}/workplace?view=team")
    expect(page.locator("#list .row")).to_have_count(1)
    assert sideways(page) == 0
