"""Notifications: what is news to whom, and how a page tells of it: when asked to, once, and without anybody's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from conversations import transcript
from handover import happenings, tables
from handover.accounts.permissions import Role
from handover.assignment import teams
from handover.assignment.teams import Terms
from handover.tickets import leading
from tests.handover.browsing import Served, violations
from tests.handover.handover_world import COMMUNITY, said, waiting

NEWS = "/workplace/news"
SECRET = "Таємні слова людини"
WATCHED = """
window.shown = [];
window.rung = 0;
window.looked = false;
Document.prototype.hasFocus = () => window.looked;
window.Notification = class extends EventTarget {
  static permission = localStorage.getItem("permission") || "default";
  static asked = 0;
  static async requestPermission() {
    this.asked += 1;
    this.permission = sessionStorage.getItem("answer") || "granted";
    localStorage.setItem("permission", this.permission);
    return this.permission;
  }
  constructor(title, options) {
    super();
    window.shown.push({ title, ...options, press: () => this.dispatchEvent(new Event("click")) });
  }
  close() {}
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.rung += 1; return start.call(this, at); };
"""
"""A window nobody looks at, whose notifications and tones are written down."""


BEGUN = "localStorage.getItem(`notify:number:${document.body.dataset.account}`) > ''"
"""Whether it is known from when on things are news."""


async def changed(base: Any, *chats: str, now: Any) -> None:
    async with base.write() as db:
        await happenings.happened(db, COMMUNITY, chats, now)
    async with base.write() as db:
        await happenings.number(db, COMMUNITY)


async def told(person: Any, after: int) -> dict[str, Any]:
    answer = await person.get(f"{NEWS}?after={after}")
    assert answer.status_code == 200
    assert SECRET not in answer.text
    assert "Галина" not in answer.text
    return answer.json()


async def test_news_are_what_waits_what_is_offered_and_who_wrote_to_me(reception, now):
    iryna, oleh = await reception.signed_in("iryna"), await reception.signed_in("oleh")
    base = reception.database
    first = (await iryna.get(NEWS)).json()
    assert first == {"number": 0, "news": []}
    calls = [await waiting(base, now, SECRET, topic="housing-subsidy") for _ in range(4)]
    plain, danger, offered, led = calls
    values = {
        danger.id: {"danger": "hunger", "danger_at": now, "priority": 10},
        offered.id: {"offered_to": oleh.account.id, "offered_until": now + timedelta(minutes=3)},
    }
    async with base.write() as db:
        for ticket, some in values.items():
            await db.execute(update(tables.tickets).where(tables.tickets.c.id == ticket).values(**some))
        await leading.take(db, COMMUNITY, led.id, oleh.account, now)
        await transcript.hear(db, led.conversation_id, said("x", SECRET, now), now)
    await changed(base, *(one.conversation_id for one in calls), now=now)

    seen = await told(oleh, 0)
    assert seen["number"] == 4
    assert {(one["kind"], one["conversation"]) for one in seen["news"]} == {
        ("waiting", plain.conversation_id),
        ("danger", danger.conversation_id),
        ("offered", offered.conversation_id),
        ("mine", led.conversation_id),
    }
    assert seen["news"][0]["title"] == "Терміново: людина чекає"
    assert "субсидія" not in seen["news"][0]["body"]
    one = next(one for one in seen["news"] if one["kind"] == "waiting")
    assert one["title"] == "Нова розмова чекає"
    assert one["body"] == f"Житлова субсидія · № {plain.number.replace('-', chr(0x2011))}"
    # What is a colleague's is no news, and the same is told under the same key.
    assert {one["kind"] for one in (await told(iryna, 0))["news"]} == {"waiting", "danger"}
    assert {one["key"] for one in (await told(iryna, 0))["news"]} <= {one["key"] for one in seen["news"]}
    assert (await told(oleh, 4))["news"] == []

    # A second message of my person is news again, under another key.
    keys = {one["key"] for one in seen["news"]}
    async with base.write() as db:
        later = now + timedelta(minutes=1)
        await transcript.hear(db, led.conversation_id, said("y", SECRET, later), later)
    await changed(base, led.conversation_id, now=now)
    again = (await told(oleh, 4))["news"]
    assert [one["kind"] for one in again] == ["mine"]
    assert again[0]["key"] not in keys


async def test_what_waits_for_another_team_is_no_news(reception, now):
    iryna, oleh = await reception.signed_in("iryna"), await reception.signed_in("oleh")
    base = reception.database
    async with base.write() as db:
        ours, theirs = [await teams.create(db, COMMUNITY, Terms(name), now) for name in ("Наші", "Інші")]
        await teams.join(db, ours, [iryna.account.id])
    ticket = await waiting(base, now, SECRET)
    async with base.write() as db:
        await db.execute(update(tables.tickets).values(team_id=theirs.id))
    await changed(base, ticket.conversation_id, now=now)
    assert (await told(iryna, 0))["news"] == []
    # Whoever is of no team answers everybody.
    assert len((await told(oleh, 0))["news"]) == 1


async def test_a_note_that_names_me_is_news_until_i_have_opened_it(reception, now):
    iryna, oleh = await reception.signed_in("iryna"), await reception.signed_in("oleh", name="Олег Дудка")
    ticket = await waiting(reception.database, now, SECRET)
    chat = ticket.conversation_id
    await iryna.act(chat, "take")
    await iryna.act(chat, "note", text=f"@Олег Дудка, {SECRET}", key="k")
    await changed(reception.database, chat, now=now)
    (one,) = (await told(oleh, 0))["news"]
    assert (one["kind"], one["title"], one["conversation"]) == ("mention", "Вас згадали в нотатці", chat)
    assert [other["kind"] for other in (await told(iryna, 0))["news"]].count("mention") == 0
    await oleh.get(f"/workplace/conversations/{chat}")
    assert (await told(oleh, 0))["news"] == []


async def test_what_is_no_number_or_too_old_is_told_from_now_on(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now, SECRET)
    await changed(reception.database, ticket.conversation_id, now=now)
    for after in ("", "99", "-1", "abc", "9" * 400, "١"):
        answer = (await iryna.get(f"{NEWS}?after={after}")).json()
        assert answer == {"number": 1, "news": []}
    editor = await reception.signed_in("editor", Role.EDITOR)
    assert (await editor.get(NEWS)).status_code == 403


# ---- in a browser


def calls_a_person(served: Served, **more: Any) -> str:
    """Somebody calls now; the id of the conversation."""

    async def call() -> str:
        ticket = await waiting(served.database, served.wall.now, SECRET, topic="housing-subsidy", **more)
        async with served.database.write() as db:
            await happenings.happened(db, COMMUNITY, [ticket.conversation_id], served.wall.now)
        await served.house.signals.publish(f"queue:{COMMUNITY}")
        return ticket.conversation_id

    return served.run(call())


def shown(page: Page) -> list[dict[str, str]]:
    return page.evaluate("window.shown.map(({ title, body }) => ({ title, body }))")


def becomes(page: Page, true: str) -> None:
    """Wait until this is true there; the policy forbids to do so inside the page."""
    for _ in range(400):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(true)


def watched(context: BrowserContext, page: Page) -> Page:
    context.add_init_script(WATCHED)
    page.reload()
    expect(page.locator("#queue")).to_be_visible()
    return page


def test_a_notification_comes_when_it_was_asked_for_and_leads_to_the_conversation(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    watched(page.context, page)
    calls_a_person(served)
    expect(page.locator("#list .row")).to_have_count(1)
    # Nobody asked for anything yet, and nothing was asked of anybody.
    page.wait_for_timeout(1500)
    assert shown(page) == []
    assert page.evaluate("Notification.asked") == 0
    page.get_by_role("button", name="Клавіші").click()
    page.get_by_label("Показувати нове, коли ви в іншому вікні").check()
    expect(page.locator("#notify-on")).to_be_checked()
    assert page.evaluate("Notification.asked") == 1
    page.get_by_role("button", name="Зрозуміло").click()
    becomes(page, BEGUN)
    # What waited before is no news; what comes now is told once, with its topic and without a word of the person.
    chat = calls_a_person(served)
    becomes(page, "window.shown.length")
    page.reload()
    expect(page.locator("#list .row")).to_have_count(2)
    page.wait_for_timeout(1500)
    assert shown(page) == []
    chat = calls_a_person(served)
    becomes(page, "window.shown.length")
    (one,) = shown(page)
    assert one["title"] == "Нова розмова чекає"
    assert one["body"].startswith("Житлова субсидія · № 26")
    assert SECRET not in str(page.evaluate("JSON.stringify({ ...localStorage })"))
    page.evaluate("window.shown[0].press()")
    page.wait_for_url(f"**/workplace/conversations/{chat}**")
    expect(page.get_by_role("button", name="Взяти розмову")).to_be_visible()


def test_one_of_several_tabs_tells_and_none_while_one_is_looked_at(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    watched(page.context, page)
    page.get_by_role("button", name="Клавіші").click()
    page.get_by_label("Показувати нове").check()
    page.keyboard.press("Escape")
    others = [page.context.new_page() for _ in range(2)]
    for other, address in zip(others, ("/workplace", "/workplace/desk"), strict=True):
        other.goto(f"{served.address}{address}")
    becomes(page, BEGUN)
    calls_a_person(served)
    becomes(page, "window.shown.length")
    page.wait_for_timeout(1500)
    assert [len(shown(one)) for one in (page, *others)] == [1, 0, 0]
    # Another tab is looked at: everything is there to be seen.
    others[0].evaluate("window.looked = true")
    calls_a_person(served)
    expect(others[0].locator("#views")).to_contain_text("Чекають 2")
    page.wait_for_timeout(2500)
    assert len(shown(page)) == 1
    others[0].evaluate("window.looked = false")
    # The tab that told is closed: the next one goes on where it was, and doubles nothing.
    page.close()
    calls_a_person(served)
    others[1].wait_for_timeout(3000)
    assert sum(len(shown(one)) for one in others) == 1


def test_a_sound_is_made_when_asked_for_and_a_no_of_the_browser_is_explained(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    watched(page.context, page)
    page.evaluate("sessionStorage.setItem('answer', 'denied')")
    page.get_by_role("button", name="Клавіші").click()
    page.get_by_label("Показувати нове").click()
    expect(page.locator("#notify-says")).to_contain_text("Дозвольте їх для цього сайту")
    expect(page.locator("#notify-on")).not_to_be_checked()
    page.get_by_label("Тихий звук").check()
    becomes(page, "window.rung === 2")
    page.keyboard.press("Escape")
    becomes(page, BEGUN)
    calls_a_person(served)
    becomes(page, "window.rung === 4")
    calls_a_person(served, danger="hunger")
    becomes(page, "window.rung === 8")
    assert shown(page) == []
    page.get_by_role("button", name="Клавіші").click()
    page.get_by_label("Тихий звук").uncheck()
    page.keyboard.press("Escape")
    calls_a_person(served)
    expect(page.locator("#list .row")).to_have_count(1)
    page.wait_for_timeout(1500)
    assert page.evaluate("window.rung") == 8


def test_the_sheet_of_keys_and_notifications_is_accessible(
    served: Served, open_page: Callable[..., Page]
) -> None:
    for scheme in ("light", "dark"):
        page = open_page(bypass_csp=True, color_scheme=scheme)
        page.get_by_role("button", name="Клавіші").click()
        assert violations(page) == []
        page.context.close()
