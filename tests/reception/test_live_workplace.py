"""The workplace changes by itself over the real event stream, and never under somebody's hands."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.reception.conftest import Reception
from tests.reception.test_main_job import DESK, PHONE, ask, sign_in, silent_console

DRAFT = "Добрий день! Перевіряю, чи"


def wrote_for_a_person(browser: Browser, reception: Reception, words: str) -> Page:
    """A citizen who has asked and called a person."""
    page = browser.new_context(viewport=PHONE, locale="uk-UA").new_page()
    page.goto(reception.address)
    ask(page, words)
    expect(page.get_by_role("log")).to_contain_text("Джерело:")
    page.get_by_role("button", name="Людина", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text(re.compile("Передаю розмову|Питання записано"))
    return page


def test_a_new_conversation_appears_and_a_new_message_does_not_touch_the_draft(
    reception: Reception, browser: Browser
) -> None:
    desk = browser.new_context(viewport=DESK, locale="uk-UA").new_page()
    complaints = silent_console(desk)
    sign_in(desk, reception, "admin", reception.password)
    desk.evaluate("window.neverReloaded = true")
    expect(desk.locator("#list")).to_contain_text("Ніхто не чекає")

    citizen = wrote_for_a_person(browser, reception, "які документи на субсидію")
    expect(desk.locator("a.row")).to_have_count(1)
    expect(desk.locator("#views")).to_contain_text(re.compile(r"Чекають\s+1"))
    desk.locator("a.row").click()
    desk.get_by_role("button", name="Взяти розмову").click()
    field = desk.get_by_label("Відповідь людині")
    expect(field).to_be_focused()
    desk.locator("#views").get_by_role("link", name=re.compile("^Мої")).click()
    expect(desk.locator("a.row")).to_have_attribute("aria-current", "true")

    field.click()
    desk.keyboard.type(DRAFT)
    ask(citizen, "чекаю, ще питання про декларацію")
    expect(desk.locator("#log")).to_contain_text("ще питання про декларацію")
    expect(desk.locator("a.row .say")).to_contain_text("ще питання про декларацію")
    expect(field).to_have_value(DRAFT)
    expect(field).to_be_focused()
    desk.keyboard.type(" усе є")
    expect(field).to_have_value(f"{DRAFT} усе є")
    assert desk.evaluate("window.neverReloaded") is True
    assert complaints == []


def test_who_reads_above_is_not_moved_and_is_told(reception: Reception, browser: Browser) -> None:
    citizen = wrote_for_a_person(browser, reception, "які документи на субсидію")
    desk = browser.new_context(viewport=DESK, locale="uk-UA").new_page()
    sign_in(desk, reception, "admin", reception.password)
    desk.locator("a.row").click()
    expect(desk.locator("#log")).to_contain_text("Декларація про доходи")
    desk.locator("#log").evaluate("(log) => { log.scrollTop = 0; }")
    ask(citizen, "чи приймете завтра")
    told = desk.get_by_role("button", name="Нове повідомлення")
    expect(told).to_be_visible()
    assert desk.locator("#log").evaluate("(log) => log.scrollTop") == 0
    told.click()
    expect(desk.locator("#log").get_by_text("чи приймете завтра").last).to_be_in_viewport()


def test_danger_that_comes_in_is_announced_and_moves_no_row(reception: Reception, browser: Browser) -> None:
    wrote_for_a_person(browser, reception, "які документи на субсидію")
    desk = browser.new_context(viewport=DESK, locale="uk-UA").new_page()
    sign_in(desk, reception, "admin", reception.password)
    expect(desk.locator("a.row")).to_have_count(1)
    first = desk.locator("a.row").get_attribute("id")

    frightened = browser.new_context(viewport=PHONE, locale="uk-UA").new_page()
    frightened.goto(reception.address)
    ask(frightened, "чоловік б'є мене, допоможіть")
    expect(desk.locator("#urgent")).to_contain_text("Небезпека")
    news = desk.get_by_role("button", name="1 нова")
    expect(news).to_be_visible()
    assert desk.locator("a.row").first.get_attribute("id") == first
    news.click()
    expect(desk.locator("a.row")).to_have_count(2)
    assert desk.locator("a.row").last.get_attribute("id") == first


def test_the_same_draft_in_two_tabs_is_sent_once(reception: Reception, browser: Browser) -> None:
    citizen = wrote_for_a_person(browser, reception, "які документи на субсидію")
    desk = browser.new_context(viewport=DESK, locale="uk-UA").new_page()
    sign_in(desk, reception, "admin", reception.password)
    desk.locator("a.row").click()
    desk.get_by_role("button", name="Взяти розмову").click()
    here = desk.get_by_label("Відповідь людині")
    expect(here).to_be_focused()
    second = desk.context.new_page()
    second.goto(desk.url)
    there = second.get_by_label("Відповідь людині")
    here.fill("Візьміть паспорт.")
    expect(there).to_have_value("Візьміть паспорт.")
    here.press("Control+Enter")
    expect(citizen.get_by_role("log")).to_contain_text("Візьміть паспорт.")
    expect(there).to_have_value("")


def test_a_session_that_ended_leads_back_to_the_same_sentence(reception: Reception, browser: Browser) -> None:
    wrote_for_a_person(browser, reception, "які документи на субсидію")
    desk = browser.new_context(viewport=DESK, locale="uk-UA").new_page()
    sign_in(desk, reception, "admin", reception.password)
    desk.locator("a.row").click()
    desk.get_by_role("tab", name="Нотатка").click()
    note = desk.get_by_label("Нотатка для колег")
    note.fill("Перевірити адресу")
    desk.context.clear_cookies()
    note.press("Control+Enter")
    alert = desk.locator("#alert")
    expect(alert).to_contain_text("Сеанс закінчився")
    alert.get_by_role("link", name="Увійти").click()
    desk.get_by_label("Логін").fill("admin")
    desk.get_by_label("Пароль").fill(reception.password)
    desk.get_by_role("button", name="Увійти").click()
    expect(note).to_be_visible()
    expect(note).to_have_value("Перевірити адресу")
