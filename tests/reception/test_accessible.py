"""WCAG 2.1 AA by axe on the pages people use, and no sideways scroll on a small phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.commands import ROOT
from tests.reception.conftest import Reception
from tests.reception.test_main_job import ask, sign_in

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@pytest.fixture(params=["light", "dark"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    # axe evaluates code in the page, which our policy rightly forbids; other tests run with the policy on.
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=request.param, bypass_csp=True, locale="uk-UA"
    )
    yield context
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds, as rule and place."""
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def sideways(page: Page) -> int:
    """Pixels the page scrolls sideways."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"))


def test_the_citizens_page(reception: Reception, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(reception.address)
    expect(page.get_by_label("Ваше повідомлення")).to_be_visible()
    assert violations(page) == []
    ask(page, "які документи на субсидію")
    expect(page.get_by_role("log")).to_contain_text("Джерело:")
    assert violations(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Людина", exact=True).click()
    expect(page.locator("#owner")).to_contain_text("передано людині")
    assert violations(page) == []


def test_the_workplace(reception: Reception, context: BrowserContext) -> None:
    citizen = context.new_page()
    citizen.goto(reception.address)
    ask(citizen, "чоловік мене б'є, куди йти")
    expect(citizen.get_by_role("log")).to_contain_text("102")
    desk = context.new_page()
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.goto(f"{reception.address}/workplace")
    assert violations(desk) == []
    sign_in(desk, reception, "admin", reception.password)
    expect(desk.locator("#urgent")).to_contain_text("Небезпека")
    assert violations(desk) == []
    desk.locator("a.row").first.click()
    desk.get_by_role("button", name="Взяти розмову").click()
    expect(desk.get_by_label("Відповідь людині")).to_be_enabled()
    assert violations(desk) == []
