"""A head imports a file of applications and a specialist gives out a code, in a real browser, on a phone too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from handover.accounts.permissions import Role
from tests.applications.files import FIRST, SECOND, csv_file
from tests.handover.browsing import PHONE, Served, sideways, violations, waits
from tests.handover.test_handover_registers import PAPERS


def test_a_file_is_imported_and_a_code_given_out(
    served: Served, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(Role.HEAD, bypass_csp=True, color_scheme="dark")
    page.get_by_role("link", name="Заяви").click()
    page.get_by_role("link", name="Завантажити файл").click()
    wrong = ("2026-00003", "Субсидія", "хтозна", "31.02.2026", "", "")
    page.get_by_label("Файл CSV або Excel").set_input_files(csv_file(tmp_path, [FIRST, SECOND, wrong]))
    page.get_by_role("button", name="Переглянути").click()
    page.clock.resume()
    expect(page.get_by_role("button", name="Завантажити", exact=True)).to_be_visible()
    expect(page.locator(".counts")).to_contain_text("Нових")
    expect(page.get_by_role("region", name="Помилки")).to_contain_text("такого дня немає в календарі")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Файл помилок").click()
    assert "хтозна" not in Path(download.value.path()).read_text("utf-8-sig")
    page.get_by_role("button", name="Завантажити", exact=True).click()
    page.clock.resume()
    expect(page.get_by_role("status")).to_contain_text("Завантажено")
    page.get_by_role("link", name="Заяви").click()
    page.get_by_label("Номер заяви").fill("2026 00002")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="№ 2026-00002: призначено")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Видати код").click()
    expect(page.locator(".once")).to_have_text(re.compile("[A-Z0-9]{4}-[A-Z0-9]{4}"))
    assert violations(page) == []
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert sideways(page) == 0


def test_on_a_phone_nothing_is_cut_off(
    served: Served, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(Role.HEAD, PHONE)
    for address in ("", "/import"):
        page.goto(f"{served.address}/workplace/applications{address}")
        assert sideways(page) == 0


def test_a_register_is_asked_out_of_the_packet(served: Served, open_page: Callable[..., Page]) -> None:
    served.vendors.matter = PAPERS
    page = open_page(bypass_csp=True)
    waits(page, served, minutes=5)
    page.get_by_text("Перевірити в реєстрі").click()
    expect(page.get_by_label("Для чого")).to_have_value(re.compile("Консультація № .*: Субсидія"))
    assert violations(page) == []
    page.get_by_label("Номер запису").fill("19800101-12345")
    page.get_by_role("button", name="Запитати").click()
    # Here none is connected: nothing is kept, and a word says so.
    expect(page.get_by_role("heading", name="Реєстр не під’єднано")).to_be_visible()
