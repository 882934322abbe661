"""Interviews in a real browser, in free words: a sum, a refusal, a digression and return, a person who reads on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import free_port
from tests.reception.conftest import Reception
from tests.reception.test_main_job import DESK, PHONE, ask, sign_in, silent_console


@pytest.fixture(scope="module")
def reception(tmp_path_factory: pytest.TempPathFactory, built_knowledge: Path) -> Iterator[Reception]:
    """One reception for all: every test is another visitor."""
    folder = tmp_path_factory.mktemp("interviews")
    shutil.copytree(built_knowledge, folder / "knowledge")
    opened = Reception(folder, free_port())
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def page(reception: Reception, browser: Browser) -> Page:
    opened = browser.new_context(viewport=PHONE, locale="uk-UA").new_page()
    opened.goto(reception.address)
    return opened


HANDED_OVER = re.compile("Передаю розмову спеціалісту|Питання записано, номер")
"""By day and by night: the reception under test goes by the hour it is."""


def log_of(page: Page) -> Locator:
    return page.get_by_role("log")


def last_line(page: Page) -> Locator:
    return page.locator("#log > *").last


def say(page: Page, words: str, *expected: str) -> None:
    """Say something and wait for every part of the answer in the last line of the log."""
    ask(page, words)
    for part in expected:
        expect(last_line(page)).to_contain_text(part)


def test_a_subsidy_in_free_words_with_a_digression_and_a_correction(page: Page) -> None:
    complaints = silent_console(page)
    say(page, "чи маю я право на субсидію", "Чи стосується вас щось із цього?")
    say(page, "нічого з цього", "Скільки людей живе разом")
    say(page, "двоє", "Скільки платите за комунальні")
    say(
        page,
        "а які документи треба?",
        "Перелік складено з ваших відповідей.",
        "Повернімося до перевірки права?",
    )
    page.get_by_role("button", name="Продовжити").last.click()
    expect(last_line(page)).to_contain_text("Скільки платите за комунальні")
    say(page, "2500, в мороз і 3", "за кордоном понад")
    say(page, "нема таких", "багатодітна чи прийомна")
    say(page, "ні", "Депозит у банку понад")
    say(page, "нічого", "Який дохід у всіх разом за місяць?")
    say(page, "між 10 і 12", "За тим, що ви сказали, умови виконано.", "від 817 до 1 832 грн на місяць")
    page.get_by_role("button", name="Як рахували?").last.click()
    expect(last_line(page)).to_contain_text("Дохід на людину: від 5 000 до 6 000 грн")
    say(page, "не двоє, а троє", "Виправлено: скільки людей у сім’ї: 3.")
    assert complaints == []


def test_a_grandmother_hears_no_at_once_and_why(page: Page) -> None:
    say(page, "чи можу я оформити виплату при народженні внука", "Хто подаватиме заяву?")
    say(page, "я бабуся", "цю допомогу не призначать", "мати, батько або опікун")
    page.get_by_role("button", name="Чому так?").last.click()
    expect(last_line(page)).to_contain_text("Підстава:")


def test_twins_are_one_word_and_the_list_is_ticked(page: Page) -> None:
    say(page, "чи маю я право на виплату при народженні дитини", "Хто подаватиме заяву?")
    say(page, "мама", "Дитина постійно живе")
    say(page, "у нас двійня, народились 10 березня", "Записано двох дітей.")
    say(page, "так", "на повному утриманні держави?")
    say(page, "ні", "Яке у вас громадянство")
    say(page, "громадянка", "Так питаємо всіх")
    say(page, "ні", "умови виконано")
    page.get_by_role("button", name="Документи").last.click()
    expect(last_line(page)).to_contain_text("Перелік складено з ваших відповідей.")
    say(page, "1 2", "Є 2 з 2, перевірте ще")
    page.get_by_role("button", name="Уточнити перелік").last.click()
    expect(last_line(page)).to_contain_text("Де зареєстрували народження дитини?")
    say(page, "в Україні", "умови виконано")
    page.get_by_role("button", name="Документи").last.click()
    say(page, "3", "Усе зібрано: 3 з 3.")


def test_the_specialist_reads_what_was_told(page: Page, reception: Reception, browser: Browser) -> None:
    say(page, "чи маю я право на допомогу на похорон", "На що ця людина жила останнім часом?")
    say(page, "пенсія", "Похорон організували й оплатили саме ви?")
    say(page, "не знаю", "Гаразд, пропускаємо.")
    page.get_by_role("button", name="Людина", exact=True).click()
    expect(log_of(page)).to_contain_text(HANDED_OVER)
    desk = browser.new_context(viewport=DESK, locale="uk-UA").new_page()
    sign_in(desk, reception, "admin", reception.password)
    desk.locator("a.row").first.click()
    packet = desk.locator("#packet")
    expect(packet).to_contain_text("Дохід, на який жила людина")
    expect(packet).to_contain_text("пенсія")
    expect(packet).to_contain_text("Перевірка права")


def test_an_interview_survives_a_reload(page: Page) -> None:
    say(page, "чи маю я право на статус убд", "Де проходить або проходила служба?")
    page.reload()
    expect(log_of(page)).to_contain_text("Де проходить або проходила служба?")
    page.get_by_role("button", name="ЗСУ чи ТрО").last.click()
    expect(last_line(page)).to_contain_text("Що зі службою зараз?")
