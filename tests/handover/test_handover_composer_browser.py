"""The composer in a real browser: drafts that survive everything, ready answers, the base, colleagues at work."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from handover.accounts.permissions import Role
from handover.composing import drafts
from tests.handover.browsing import Served, held, sideways, taken, until, violations
from tests.handover.handover_world import COMMUNITY


def test_a_draft_outlives_the_line_the_session_and_the_computer_and_colleagues_see_its_writer(
    served: Served,
    open_page: Callable[..., Page],
) -> None:
    page = open_page()
    chat = taken(page, served, hours=1)
    field, saved = page.get_by_label("Відповідь людині"), page.locator("#saved")
    field.press_sequentially("Добрий день")
    expect(saved).to_contain_text("Чернетку збережено о ")
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft:'))") == []

    colleague = open_page(login="oleh", name="Олег Дудка")
    colleague.goto(f"{served.address}/workplace/conversations/{chat}?view=team")
    expect(colleague.locator("#viewers")).to_have_text("ІМІрина пише відповідь")
    expect(colleague.locator("#list")).to_contain_text("Ірина пише відповідь…")
    expect(page.locator("#viewers")).to_contain_text("Олег дивиться")
    page.get_by_role("tab", name="Нотатка").click()
    page.get_by_label("Нотатка для колег").press_sequentially("Спитати")
    expect(colleague.locator("#viewers")).to_contain_text("Ірина пише нотатку")

    elsewhere = open_page()
    elsewhere.goto(f"{served.address}/workplace/conversations/{chat}")
    expect(elsewhere.get_by_label("Відповідь людині")).to_have_value("Добрий день")
    expect(elsewhere.get_by_role("tab", name="Нотатка")).to_contain_text("Нотатка")
    expect(elsewhere.get_by_role("img", name="є чернетка")).to_have_count(1)
    elsewhere.context.set_offline(True)
    elsewhere.get_by_label("Відповідь людині").press_sequentially(", Галино")
    expect(elsewhere.locator("#saved")).to_have_text("Зв’язку немає: чернетка в цьому браузері")
    elsewhere.context.set_offline(False)
    expect(elsewhere.locator("#saved")).to_contain_text("Чернетку збережено о ")

    elsewhere.context.clear_cookies(name="pryimalnia_workplace")
    elsewhere.get_by_label("Відповідь людині").press_sequentially("!")
    expect(elsewhere.locator("#saved")).to_have_text("Сеанс закінчився: чернетка в цьому браузері")
    elsewhere.get_by_label("Відповідь людині").press("Control+Enter")
    elsewhere.locator("#alert").get_by_role("link", name="Увійти").click()
    elsewhere.get_by_label("Логін").fill("iryna")
    elsewhere.get_by_label("Пароль").fill("три-слова-і-число-42")
    elsewhere.get_by_role("button", name="Увійти").click()
    expect(elsewhere.get_by_label("Відповідь людині")).to_have_value("Добрий день, Галино!")
    elsewhere.get_by_label("Відповідь людині").press("Control+Enter")
    expect(elsewhere.locator("#lines")).to_contain_text("Добрий день, Галино!")
    expect(elsewhere.get_by_label("Відповідь людині")).to_have_value("")

    me = elsewhere.evaluate("document.body.dataset.account")

    async def kept() -> drafts.Drafts:
        async with served.database.read() as db:
            return await drafts.of(db, COMMUNITY, me, chat)

    assert served.run(kept()) == drafts.Drafts("", "Спитати")


def test_ready_answers_come_by_a_stroke_and_the_cursor_stops_where_words_are_missing(
    served: Served,
    open_page: Callable[..., Page],
) -> None:
    page = open_page(Role.SENIOR, bypass_csp=True)
    taken(page, served, hours=1)
    field, words = page.get_by_label("Відповідь людині"), page.get_by_role("combobox", name="Знайти готову")
    field.press("/")
    expect(words).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(12)
    assert violations(page) == []
    words.press("Escape")
    expect(field).to_be_focused()
    page.locator("#panel-reply").get_by_role("button", name="Готова відповідь").click()
    words.press_sequentially("потрібен")
    expect(page.get_by_role("option")).to_have_count(1)
    words.press("Enter")
    expect(words).to_be_hidden()
    page.keyboard.type("договір")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#alert")).to_contain_text("Не заповнено: {час}.")
    page.keyboard.type("15:00")
    expect(field).to_have_value("Перевіряю договір. Відповім до 15:00, навіть якщо відповідь буде неповна.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#lines")).to_contain_text("Перевіряю договір. Відповім до 15:00")
    expect(page.locator("#alert")).to_be_empty()

    page.get_by_role("link", name="Налаштування").click()
    page.get_by_text("Спокійна межа").click()
    page.get_by_role("textbox", name="Текст").fill("Зараз {що}.")
    page.get_by_role("button", name="Зберегти").click()
    expect(page.get_by_role("status")).to_have_text("Збережено")
    assert violations(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_base_is_searched_beside_the_conversation_and_its_words_are_inserted(
    served: Served,
    open_page: Callable[..., Page],
    scheme: str,
) -> None:
    page = open_page(bypass_csp=True, color_scheme=scheme)
    chat = taken(page, served, hours=1)
    field = page.get_by_label("Відповідь людині")
    field.fill("Добрий день!")
    page.get_by_role("tab", name="Зведення").press("ArrowRight")
    expect(page.get_by_role("tab", name="Історія")).to_be_focused()
    expect(page.locator("#history")).to_contain_text("Раніше людина не зверталася.")
    page.get_by_role("tab", name="База знань").click()
    expect(page.locator("#base-found")).to_contain_text("Шукайте словами людини")
    words = page.get_by_role("searchbox", name="Шукати в базі знань")
    words.fill("космос")
    expect(page.locator("#base-found")).to_contain_text("За цими словами нічого.")
    words.fill("доплату за комунальну")
    page.get_by_role("button", name="Житлова субсидія").click()
    expect(page.locator("#base-found")).to_contain_text("Скільки: від 1 000 грн на місяць")
    assert violations(page) == []
    served.hears(chat, "Ви тут?")
    expect(page.locator("#lines")).to_contain_text("Ви тут?")
    page.get_by_role("button", name="Вставити: Як подати").click()
    expect(field).to_have_value(
        "Добрий день!\nПодайте заяву.\nМожна телефоном.\n\nДжерело: постанова № 1, п. 2. Перевірено 20.11.2026."
    )
    field.press("Control+Enter")
    expect(page.locator("#lines")).to_contain_text("Можна телефоном.")
    page.get_by_role("tab", name="Зведення").click()
    expect(page.locator("#packet")).to_be_visible()
    assert sideways(page) == 0


def test_words_the_server_kept_without_an_answer_are_shown_once(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    taken(page, served, hours=1)
    kept = held(page, re.compile(r"/draft$"))
    field = page.get_by_label("Відповідь людині")
    field.fill("Добрий день!")
    until(page, kept)
    page.reload()
    expect(field).to_have_value("Добрий день!")


def test_a_page_made_before_the_words_were_kept_shows_them(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    taken(page, served, hours=1)
    older = held(page, re.compile(r"/conversations/[0-9a-f]+$"))
    field = page.get_by_label("Відповідь людині")
    with page.expect_response(re.compile(r"/draft$")):
        field.fill("Добрий день!")
        page.evaluate("setTimeout(() => location.reload())")
        route, answer = until(page, older)
    route.fulfill(response=answer)
    expect(page.get_by_label("Відповідь людині")).to_have_value("Добрий день!")
