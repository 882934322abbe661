"""Settings, a person's own sign-in and masked numbers in a real browser: by keyboard, light and dark, for everybody."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from handover.accounts import second_factor
from handover.accounts.permissions import Role
from tests.handover.browsing import DESK, PHONE, Served, sideways, violations
from tests.handover.handover_world import PASSWORD, waiting

TAX = "1759013776"


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), ((1024, 800), "dark"), (PHONE, "dark")])
def test_an_administrators_way_through_the_settings(
    served: Served, open_page: Callable[..., Page], size: tuple[int, int], scheme: str
) -> None:
    # axe evaluates code in the page, which our policy rightly forbids; the other test runs with the policy on.
    page = open_page(Role.ADMINISTRATOR, size, color_scheme=scheme, bypass_csp=True)

    def looked() -> None:
        assert violations(page) == []
        assert sideways(page) == 0

    page.get_by_role("link", name="Налаштування").click()
    page.get_by_role("link", name="Облікові записи").click()
    page.get_by_label("Ім’я та прізвище").fill("Олександра Костянтинопольська-Григоренко")
    page.get_by_label("Логін").fill("olena")
    page.get_by_label("Роль").select_option(label="Керівник приймальні")
    page.get_by_role("button", name="Додати").click()
    expect(page.get_by_role("heading", name="Пароль: Олександра")).to_be_visible()
    looked()
    page.get_by_role("link", name="Олександра").click()
    expect(page.get_by_role("button", name="Вимкнути")).to_be_visible()
    looked()
    page.get_by_role("link", name="Журнал дій").click()
    page.get_by_role("combobox", name="Що").select_option(label="Додано обліковий запис")
    page.get_by_role("button", name="Показати").click()
    expect(page.get_by_role("cell", name="Олександра")).to_be_visible()
    looked()
    page.get_by_role("link", name="Строки зберігання").click()
    expect(page.get_by_role("cell", name="Файли розмов")).to_be_visible()
    looked()
    page.locator("#shift summary").click()
    page.get_by_role("link", name="Мій вхід").click()
    expect(page.get_by_role("heading", name="Де ви ввійшли")).to_be_visible()
    looked()
    page.get_by_role("link", name="Увімкнути код").click()
    expect(page.get_by_label("Ваш пароль")).to_be_focused()
    looked()
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="QR-код")).to_be_visible()
    looked()


def test_a_code_is_set_up_and_asked_for_and_a_masked_number_is_shown_in_its_place(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    ticket = served.run(waiting(served.database, served.wall.now, f"мій номер {TAX}, дякую"))
    page.goto(f"{served.address}/workplace/conversations/{ticket.conversation_id}")
    assert TAX not in page.content()
    first = page.locator("#lines .mask")
    expect(first).to_have_accessible_name("••••3776 Показати податковий номер")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lines .unmasked")).to_have_text(TAX)
    expect(page.locator("#lines .unmasked")).to_be_focused()
    served.hears(ticket.conversation_id, "і ще питання")
    expect(page.locator("#lines")).to_contain_text("і ще питання")
    expect(page.locator("#lines .unmasked")).to_have_text(TAX)
    expect(page.locator("#packet .mask")).to_have_count(1)
    assert page.locator("#packet").bounding_box()["x"] > page.locator("#log").bounding_box()["x"] + 400

    page.goto(f"{served.address}/workplace/me/second-factor")
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    qr = page.get_by_role("img", name="QR-код")
    expect(qr).to_be_visible()
    qr.evaluate("image => image.decode?.()")
    read = zxingcpp.read_barcode(Image.open(io.BytesIO(qr.screenshot())))
    assert read is not None
    asked = parse_qs(urlsplit(read.text).query)
    assert (urlsplit(read.text).netloc, asked["issuer"]) == ("totp", ["Приймальня"])
    secret = base64.b32decode(asked["secret"][0])

    def code(away: int) -> str:
        return second_factor.code_at(secret, second_factor.step_at(served.wall.now) + away)

    page.get_by_label("Шість цифр").fill(code(0))
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(second_factor.RECOVERY_CODES)
    page.get_by_role("link", name="Коди збережено").click()
    page.get_by_role("button", name="Вийти").click()
    page.get_by_label("Логін").fill("iryna")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Код")).to_be_focused()
    page.keyboard.type(code(1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Черга")).to_be_attached()
