"""The main job, with real processes and a real browser: a citizen asks, a specialist answers, the citizen rates."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.reception.conftest import Reception

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def ask(page: Page, words: str) -> None:
    page.get_by_label("Ваше повідомлення").fill(words)
    page.get_by_role("button", name="Надіслати").click()


def sign_in(page: Page, reception: Reception, login: str, password: str) -> None:
    page.goto(f"{reception.address}/workplace")
    page.get_by_label("Логін").fill(login)
    page.get_by_label("Пароль").fill(password)
    page.get_by_role("button", name="Увійти").click()
    expect(page.get_by_role("heading", name="Черга")).to_be_visible()


def silent_console(page: Page) -> list[str]:
    """What the browser complains about: a refused inline script or style, a failing script."""
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_a_citizen_asks_a_specialist_answers_and_the_citizen_rates(
    reception: Reception, browser: Browser, tmp_path: Path
) -> None:
    citizen = browser.new_context(viewport=PHONE, locale="uk-UA").new_page()
    complaints = silent_console(citizen)
    citizen.goto(reception.address)
    log = citizen.get_by_role("log")

    ask(citizen, "які документи на субсидію")
    expect(log).to_contain_text("Декларація про доходи")
    ask(citizen, "а скільки платять?")
    expect(log).to_contain_text("Єдиної суми немає")

    citizen.get_by_role("button", name="Людина", exact=True).click()
    expect(log).to_contain_text(re.compile("Передаю розмову|Питання записано"))

    photo = tmp_path / "довідка.png"
    photo.write_bytes(PHOTO)
    citizen.locator("input[type=file]").set_input_files(photo)
    expect(citizen.locator("#picked")).to_be_visible()
    citizen.get_by_role("button", name="Надіслати").click()

    desk = browser.new_context(viewport=DESK, locale="uk-UA").new_page()
    desk_complaints = silent_console(desk)
    sign_in(desk, reception, "admin", reception.password)
    desk.locator("a.row").first.click()
    expect(desk.locator("#log")).to_contain_text("які документи на субсидію")
    expect(desk.locator("#log img")).to_be_visible()
    desk.get_by_role("button", name="Взяти розмову").first.click()
    expect(log).to_contain_text("З вами Адміністратор")
    expect(citizen.locator("#title")).to_have_text("Адміністратор приймальні")

    before = log.inner_text()
    ask(citizen, "а скільки дають за народження дитини?")
    expect(desk.locator("#log")).to_contain_text("за народження дитини")
    desk.get_by_label("Відповідь людині").fill("Добрий день! Принесіть паспорт і декларацію.")
    desk.get_by_label("Відповідь людині").press("Control+Enter")
    expect(log).to_contain_text("Принесіть паспорт і декларацію.")
    said_since = log.inner_text().removeprefix(before)
    assert "50 000" not in said_since, "the bot spoke over a person"

    desk.get_by_role("tab", name="Нотатка").click()
    desk.get_by_label("Нотатка для колег").fill("Перевірити адресу")
    desk.get_by_role("button", name="Зберегти нотатку").click()
    expect(desk.locator("#log")).to_contain_text("Перевірити адресу")

    desk.get_by_role("button", name="Закрити", exact=True).click()
    desk.get_by_label("Підсумок").fill("Документи на субсидію")
    desk.locator("#resolve").get_by_role("button", name="Закрити", exact=True).click()
    expect(log).to_contain_text("завершує консультацію")
    assert "Перевірити адресу" not in log.inner_text(), "a note reached the citizen"

    log.get_by_role("button", name="Оцінити").click()
    log.get_by_role("button", name="Так", exact=True).last.click()
    expect(log).to_contain_text("Дякуємо")
    assert complaints == []
    assert desk_complaints == []


def test_the_page_resumes_after_a_reload_without_a_gap(reception: Reception, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE, locale="uk-UA").new_page()
    page.goto(reception.address)
    log = page.get_by_role("log")
    ask(page, "що це довідка переселенця")
    expect(log).to_contain_text("Джерело:")
    ask(page, "які документи")
    expect(log.get_by_text("Джерело:")).to_have_count(2)
    before = log.inner_text()
    page.reload()
    expect(log.get_by_text("Джерело:")).to_have_count(2)
    assert [line for line in before.splitlines() if line] == [
        line for line in log.inner_text().splitlines() if line
    ]


def test_nothing_of_one_visitor_is_shown_to_another(reception: Reception, browser: Browser) -> None:
    first = browser.new_context().new_page()
    first.goto(reception.address)
    ask(first, "зупинили виплату впо")
    expect(first.get_by_role("log")).to_contain_text("зупинили виплату впо")
    second = browser.new_context().new_page()
    second.goto(reception.address)
    ask(second, "дякую")
    expect(second.get_by_role("log")).to_contain_text("дякую")
    expect(second.get_by_role("log")).not_to_contain_text("зупинили виплату впо")


def test_killed_between_message_and_answer_the_answer_comes_after_the_restart_once(
    reception: Reception, browser: Browser
) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    page.goto(reception.address)
    log = page.get_by_role("log")
    expect(page.get_by_label("Ваше повідомлення")).to_be_visible()
    with page.expect_response(re.compile("/webhooks/")):
        ask(page, "які документи на субсидію")
    reception.kill()
    reception.open()
    expect(log).to_contain_text("Декларація про доходи", timeout=60_000)
    page.reload()
    expect(log.get_by_text("які документи на субсидію")).to_have_count(1)
    expect(log.get_by_text("Ваш перелік", exact=False)).to_have_count(1)


def test_health_names_product_and_version(reception: Reception) -> None:
    with urllib.request.urlopen(f"{reception.address}/health") as answer:
        seen = json.load(answer)
    assert seen["product"] == "pryimalnia"
    assert re.fullmatch(r"\d+\.\d+\.\d+", seen["version"])


@pytest.mark.parametrize("missing", ["/no-such-page", "/webhooks/nowhere/web", "/webhooks/zrazkova/pigeon"])
def test_an_unknown_address_is_a_plain_404(reception: Reception, missing: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(reception.address + missing, data=b"{}"))
    assert refused.value.code == 404
    refused.value.close()


def test_the_password_is_shown_at_the_first_start_only(new_reception: Callable[..., Reception]) -> None:
    reception = new_reception()
    assert reception.password
    reception.close()
    reception.printed.clear()
    reception.open()
    assert not any(line.startswith("password") for line in reception.printed)
