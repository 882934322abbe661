"""The hall's screen in a real browser: sizes, contrast, what it does without data, weeks of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from handover.accounts.permissions import Role
from handover.appointments import hall
from handover.calendars import pauses
from handover.calendars.hours import KYIV
from knowledge_base.answers import Knowledge, Notice
from tests.handover.browsing import Served, violations
from tests.handover.handover_world import COMMUNITY, TUESDAY, FakeKnowledge, account

OFFICE = "reception"
DAY = date(2026, 11, 24)
SIZES = ((1920, 1080), (1366, 768))
SOON = 3_500
TICKETS = (("Д", "вікно 2", 7), ("С", "кабінет 4", 39), ("В", "кабінет 1", 16), ("С", "кабінет 3", 0))

TEXTS = """() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (one) => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const spoken = (one) => one.nodeType === Node.TEXT_NODE && one.textContent.trim();
  return [...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility() && [...node.childNodes].some(spoken))
    .map((node) => {
      const style = getComputedStyle(node);
      const [one, other] = [light(numbers(style.color)), light(ground(node))].sort((a, b) => b - a);
      const cut = style.display !== "inline" && node.scrollWidth > node.clientWidth + 1;
      return { text: node.textContent, size: parseFloat(style.fontSize), contrast: (one + 0.05) / (other + 0.05), cut };
    });
}"""
"""Every text one can see: how large it is, how it stands out, and whether its end is cut off."""


@pytest.fixture
def knowledge() -> Knowledge:
    pinned = (
        Notice("door", "Вхід до управління соцзахисту тепер із двору: головні двері ремонтують.", 5),
        Notice("bread", "Хлібні картки видаємо у кабінеті 7 щоранку.", 4),
    )
    return FakeKnowledge(pinned=pinned)


@contextmanager
def opened(browser: Browser, served: Served, size: tuple[int, int], query: str = "") -> Iterator[Page]:
    complaints: list[str] = []
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="uk-UA", bypass_csp=True
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.clock.install(time=TUESDAY)
    try:
        page.goto(f"{served.address}/board/{OFFICE}{query}")
        yield page
    finally:
        # What is still on its way through a route ends with the page, not in the next test.
        page.unroute_all(behavior="ignoreErrors")
        context.close()
    assert complaints == []


@pytest.fixture
def screen(browser: Browser, served: Served) -> Iterator[Page]:
    with opened(browser, served, SIZES[0]) as page:
        yield page


def people(served: Served, waiting: str = "СССВДП") -> None:
    """Four numbers called to their rooms, and some who wait."""

    async def come() -> None:
        async with served.database.write() as db:
            for minute, (letter, room, before) in enumerate(TICKETS):
                for _ in range(before):
                    skipped = await hall.walk_in(db, COMMUNITY, OFFICE, DAY, letter, TUESDAY)
                    await hall.no_show(db, COMMUNITY, skipped.id, TUESDAY)
                visit = await hall.walk_in(
                    db, COMMUNITY, OFFICE, DAY, letter, TUESDAY - timedelta(minutes=20)
                )
                await hall.call(
                    db, COMMUNITY, visit.id, room, "iryna", TUESDAY - timedelta(minutes=9 - minute)
                )
            for letter in waiting:
                await hall.walk_in(db, COMMUNITY, OFFICE, DAY, letter, TUESDAY)

    served.run(come())


def looked_at(page: Page, name: str) -> None:
    if folder := os.environ.get("LOOK_AT"):
        page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize("size", SIZES)
def test_all_of_it_is_read_from_five_metres(browser: Browser, served: Served, size: tuple[int, int]) -> None:
    people(served)
    floor = 6 * size[1] / 135
    head = served.run(account(served.database, "head", Role.HEAD))

    async def alarm() -> None:
        async with served.database.write() as db:
            await pauses.begin(db, COMMUNITY, "alarm", "", timedelta(hours=1), head, TUESDAY)

    with opened(browser, served, size) as page:
        expect(page.locator(".now [data-number]")).to_have_text("С 41")
        expect(page.locator("[data-call]:visible")).to_have_count(4)
        expect(page.locator("[data-wait]:visible")).to_have_count(4)
        for name in ("board", "board-alarm", "board-lost"):
            looked_at(page, f"{name}-{size[0]}")
            texts = page.evaluate(TEXTS)
            assert texts
            assert [one for one in texts if one["size"] < floor - 0.01] == []
            assert [one for one in texts if one["contrast"] < 7] == []
            assert [one for one in texts if one["cut"]] == []
            assert page.evaluate("document.scrollingElement.scrollHeight") == size[1]
            assert violations(page) == []
            if name == "board":
                served.run(alarm())
                page.clock.run_for(SOON)
                expect(page.locator("html")).to_have_attribute("data-state", "alarm")
                expect(page.get_by_text("Повітряна тривога")).to_be_visible()
            elif name == "board-alarm":
                page.route("**/state", lambda route: route.abort())
                page.clock.run_for(11 * 60_000)
                expect(page.locator("html")).to_have_attribute("data-state", "lost")


def test_a_call_appears_by_itself_and_six_letters_fit(browser: Browser, served: Served) -> None:
    people(served, "СВДПАК")
    with opened(browser, served, SIZES[0], "?flash") as page:
        expect(page.locator("[data-wait]:visible")).to_have_count(6)
        assert [one for one in page.evaluate(TEXTS) if one["cut"]] == []
        expect(page.locator("body")).not_to_have_class("flash")

        async def call() -> None:
            async with served.database.write() as db:
                for _ in range(120):
                    visit = await hall.walk_in(db, COMMUNITY, OFFICE, DAY, "П", TUESDAY)
                await hall.call(db, COMMUNITY, visit.id, "кабінет 12", "iryna", TUESDAY)

        served.run(call())
        page.clock.run_for(SOON)
        expect(page.locator(".now")).to_contain_text("П 121")
        expect(page.locator(".now [data-room]")).to_have_text("12")
        expect(page.locator("body")).to_have_class("flash")
        assert violations(page) == []
        looked_at(page, "board-six")


def test_long_names_of_letters_wrap_and_nothing_is_cut(browser: Browser, served: Served) -> None:
    with opened(browser, served, SIZES[1]) as page:
        expect(page.locator("html")).to_have_attribute("data-state", "normal")
        names = (
            "Допомоги сім’ям",
            "Програми громади",
            "Догляд удома, послуги",
            "Психолог",
            "Переселенцям",
            "Інші",
        )

        def long(state: dict[str, Any]) -> None:
            state["waits"] = [
                {"letter": "Д", "name": name, "people": 1, "minutes": at * 50}
                for at, name in enumerate(names)
            ]

        page.route("**/state", answers(served, long))
        page.clock.run_for(SOON)
        expect(page.locator("[data-minutes]:visible").nth(5)).to_have_text("4+ год")
        looked_at(page, "board-long")
        waits = page.locator("[data-minutes]:visible").all_text_contents()
        assert [one.replace("\u00a0", " ") for one in waits] == [
            "одразу",
            "50 хв",
            "2 год",
            "2,5 год",
            "3,5 год",
            "4+ год",
        ]
        texts = page.evaluate(TEXTS)
        assert [one for one in texts if one["cut"] or one["size"] < 6 * 768 / 135 - 0.01] == []
        ends = page.locator("[data-wait]").last.evaluate("node => node.getBoundingClientRect().bottom")
        assert ends <= page.locator(".news").evaluate("node => node.getBoundingClientRect().top")


def test_an_empty_morning_and_a_closed_office_say_so(served: Served, screen: Page) -> None:
    expect(screen.get_by_text("Зараз нікого не викликають")).to_be_visible()
    expect(screen.locator("[data-minutes]").first).to_have_text("одразу")
    looked_at(screen, "board-empty")
    served.wall.now = TUESDAY + timedelta(hours=10)
    screen.clock.run_for(SOON)
    expect(screen.get_by_text("Зачинено")).to_be_visible()
    expect(screen.get_by_text("Відчинимо завтра, 25\u00a0листопада, о\u00a08:00.")).to_be_visible()
    expect(screen.locator("#news-title")).to_be_visible()
    looked_at(screen, "board-closed")


def test_without_data_it_says_how_old_they_are_then_only_the_clock_and_recovers(
    served: Served, screen: Page
) -> None:
    people(served)
    screen.clock.run_for(SOON)
    expect(screen.locator(".now")).to_contain_text("С 41")
    screen.route("**/state", lambda route: route.abort())
    screen.clock.run_for(55_000)
    expect(screen.locator("#day")).to_have_text("вт, 24\u00a0листопада")
    screen.clock.run_for(10_000)
    expect(screen.locator("#day")).to_have_text("Дані на 10:30")
    expect(screen.locator(".now")).to_contain_text("С 41")
    expect(screen.locator("#clock")).to_have_text("10:31")
    looked_at(screen, "board-stale")
    screen.clock.run_for(10 * 60_000)
    expect(screen.get_by_text("Номери називає працівник")).to_be_visible()
    expect(screen.locator("#lost-clock")).to_have_text("10:41")
    screen.unroute("**/state")
    screen.clock.run_for(SOON)
    expect(screen.locator("html")).to_have_attribute("data-state", "normal")
    expect(screen.locator("#day")).to_have_text("вт, 24\u00a0листопада")


def test_a_wrong_clock_of_the_screen_does_not_matter(browser: Browser, served: Served) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.clock.install(time=TUESDAY - timedelta(days=9, hours=4))
    page.goto(f"{served.address}/board/{OFFICE}")
    page.clock.run_for(1_000)
    expect(page.locator("html")).to_have_attribute("data-state", "normal")
    expect(page.locator("#clock")).to_have_text("10:30")
    context.close()


def answers(served: Served, change: Callable[[dict[str, Any]], None]) -> Callable[[Any], None]:
    """A route that lets the server's state through, changed."""

    def fulfil(route: Any) -> None:
        answer = route.fetch()
        state = json.loads(answer.text())
        change(state)
        route.fulfill(response=answer, body=json.dumps(state))

    return fulfil


def test_it_is_made_anew_after_an_upgrade_once_and_at_night(served: Served, screen: Page) -> None:
    expect(screen.locator("html")).to_have_attribute("data-state", "normal")
    loads: list[str] = []
    screen.on("load", lambda page: loads.append(page.url))
    screen.route("**/state", answers(served, lambda state: state.update(version="next")))
    screen.clock.run_for(SOON)
    screen.wait_for_timeout(300)
    expect(screen.locator("html")).to_have_attribute("data-state", "normal")
    screen.clock.run_for(10_000)
    screen.wait_for_timeout(300)
    assert len(loads) == 1, "an old page the server still gives is not loaded over and over"
    screen.unroute("**/state")
    night = (TUESDAY + timedelta(days=1)).astimezone(KYIV).replace(hour=3, minute=5)
    served.wall.now = night
    with screen.expect_event("load"):
        screen.clock.fast_forward(timedelta(hours=16, minutes=35).seconds * 1000)
        screen.clock.run_for(SOON)
    screen.clock.run_for(10_000)
    screen.wait_for_timeout(300)
    assert len(loads) == 2, "once a night"


WEEKS = """() => {
  let number = 0;
  const letters = ["С", "В", "Д", "П", "А", "К"];
  window.asked = 0;
  window.fetch = async () => {
    number += 1;
    window.asked = number;
    const some = (most) => number % (most + 1);
    const few = (most) => letters.slice(0, some(most));
    const called_at = new Date(Date.now() + 7200000).toISOString().replace("Z", "+02:00");
    const body = {
      version: document.documentElement.dataset.version,
      office: "Приймальня",
      at: called_at,
      offset_minutes: 120,
      day: "вт, 24 листопада",
      clock: "10:30",
      state: ["normal", "normal", "normal", "alarm", "closed"][some(4)],
      calls: few(4).map((one, at) => ({ number: `${one} ${number}`, place: "кабінет", room: `${at}`, called_at })),
      waits: few(6).map((letter) => ({ letter, name: "Слово", people: 1, minutes: some(9) * 5 })),
      announcements: few(5).map((title) => ({ title, lines: [`Рядок ${number}`, "другий"].slice(some(1)) })),
      message: some(4) > 2 ? { title: "Слово", lines: ["раз", "два"] } : null,
    };
    return { ok: true, json: async () => body };
  };
}"""
NODES = """() => {
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_ELEMENT);
  let nodes = 0;
  while (walker.nextNode()) nodes += 1;
  return nodes;
}"""


def test_weeks_of_updates_leave_the_page_as_large_as_it_was(browser: Browser, served: Served) -> None:
    with opened(browser, served, SIZES[0]) as page:
        expect(page.locator("html")).to_have_attribute("data-state", "normal")
        session = page.context.new_cdp_session(page)
        page.evaluate(WEEKS)

        def measured() -> tuple[int, int, int]:
            page.clock.run_for(1_500_000)
            session.send("HeapProfiler.collectGarbage")
            counters = session.send("Memory.getDOMCounters")
            heap = session.send("Runtime.getHeapUsage")["usedSize"]
            return page.evaluate(NODES), counters["jsEventListeners"], heap

        first = measured()
        for _ in range(6):
            last = measured()
        assert page.evaluate("window.asked") > 3000
        assert last[:2] == first[:2]
        assert last[2] - first[2] < 3_000_000
