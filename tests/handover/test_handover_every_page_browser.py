"""Every page of the workplace in a real browser: for everybody, in light and dark, on tablets, and within the policy.

The pages are those of the table of rights: a new one is looked at without being named here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from handover.accounts import second_factor
from handover.accounts.permissions import Role
from handover.applications import imports
from handover.applications.importing import Imported
from handover.applications.parsing import Fault
from handover.applications.register import Counts
from handover.assignment import teams
from handover.assignment.teams import Terms
from handover.calls import calls
from knowledge_base.answers import Knowledge
from tests.handover.browsing import Served, sideways, take, violations
from tests.handover.handover_world import COMMUNITY, PASSWORD, account, waiting
from tests.handover.invented_history import invented
from tests.handover.test_handover_hall import booked, came
from tests.handover.test_handover_safety import FACTOR, SIGNED_IN
from tests.knowledge_base.tiny_base import TinyBase

NO_PAGES = {
    "/workplace/queue": "a part",
    "/workplace/events": "a stream",
    "/workplace/news": "numbers",
    "/workplace/conversations/{conversation_id}/live": "a part",
    "/workplace/conversations/{conversation_id}/window": "a part",
    "/workplace/conversations/{conversation_id}/base": "a part",
    "/workplace/board/part": "a part",
    "/workplace/visits/part": "a part",
    "/workplace/reports/check": "a part",
    "/workplace/reports/unanswered": "a part",
    "/workplace/reports/report.xlsx": "a file",
    "/workplace/reports/{part}.csv": "a file",
    "/workplace/files/{content_hash}": "a file",
    "/workplace/applications/import/{import_id}/errors.csv": "a file",
    f"{FACTOR}/qr.svg": "a picture",
}
PAGES = sorted({path for (method, path) in SIGNED_IN if method == "GET"} - set(NO_PAGES))
WIDER = """Math.max(0, ...[...document.querySelectorAll(".scroll, .rail a, .rail .leave")]
    .map((it) => it.scrollWidth - it.clientWidth))"""
"""By how much the widest of what scrolls up and down, or of the rail's words, does not fit."""
TABLETS = ((1024, 768), (820, 1180))


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    return TinyBase(tmp_path / "base").library()


def lived_in(served: Served) -> Mapping[str, str]:
    """A reception where something is everywhere: people who wait, a call, a team, a past. What stands in addresses."""
    base, now = served.database, served.wall.now

    async def live() -> dict[str, str]:
        await invented(COMMUNITY, 120, now - timedelta(days=40), now, seed=2).write(base)
        other = await account(base, "oleh", name="Олександра Костянтинопольська-Григоренко")
        ticket = await waiting(
            base, now, "Чи приймуть договір без нотаріуса, якщо він на родича?", "viber", reason="call_back"
        )
        async with base.write() as db:
            team = await teams.create(
                db, COMMUNITY, Terms("Субсидії й пільги для внутрішніх переселенців"), now
            )
            await teams.join(db, team, [other.id])
            await calls.promise(db, ticket, "+380671234567", now, "до обіду", "10:25", now)
            file = await imports.begin(db, other, "заяви.csv", "0" * 64, now)
            wrong = [Fault(4, "Стан", "невідомий стан", "одне з: подано, на розгляді, призначено")]
            done = Imported(100, 100, Counts(60, 20, 19), 1, wrong)
            await imports.told(db, file.id, done, "looked", now)
            visit = await booked(
                db,
                now + timedelta(hours=2),
                "Олександра Костянтинопольська-Григоренко",
                "С",
                141,
                phone="+380671234567",
            )
            await came(db, "Д", name="Марія", now=now - timedelta(minutes=12))
        return {
            "conversation_id": ticket.conversation_id,
            "account_id": other.id,
            "team_id": team.id,
            "import_id": file.id,
            "visit_id": visit,
        }

    return served.run(live())


def address(served: Served, path: str, names: Mapping[str, str]) -> str:
    shown = path.format(**names)
    # A call is booked out of a conversation.
    about = f"?conversation={names['conversation_id']}" if "desk/book" in path else ""
    return f"{served.address}{shown}{about}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_for_everybody_and_fits_a_tablet(
    served: Served, open_page: Callable[..., Page], scheme: str
) -> None:
    names = lived_in(served)
    # axe evaluates code in the page, which our policy rightly forbids; the other walk is under the policy.
    page = open_page(Role.ADMINISTRATOR, TABLETS[0], color_scheme=scheme, bypass_csp=True, has_touch=True)
    found = []
    for path in PAGES:
        answer = page.goto(address(served, path, names))
        assert answer is not None
        # Nobody is on the line: there is no list of papers yet, and the page says so.
        assert answer.status == (404 if path.endswith("/desk/papers") else 200), path
        found += [f"{path}: {one}" for one in violations(page)]
        for width, height in TABLETS:
            page.set_viewport_size({"width": width, "height": height})
            if wide := max(sideways(page), page.evaluate(WIDER)):
                found.append(f"{path}: {wide} px sideways at {width}")
        page.set_viewport_size({"width": TABLETS[0][0], "height": TABLETS[0][1]})
    assert found == []


def test_every_page_keeps_to_the_policy(served: Served, open_page: Callable[..., Page]) -> None:
    """Whatever breaks it is written to the console, and fails at the end."""
    names = lived_in(served)
    page = open_page(Role.ADMINISTRATOR)
    for path in PAGES:
        page.goto(address(served, path, names))
    page.goto(f"{served.address}/workplace/reports?period=quarter")
    expect(page.locator(".foot")).to_contain_text("Звірено з журналом")
    expect(page.locator(".later")).not_to_contain_text("Групуємо")
    page.get_by_text("CSV").click()
    expect(page.get_by_role("link", name="Показники")).to_be_visible()
    page.get_by_role("combobox", name="Період").select_option("own")
    expect(page.get_by_label("Від", exact=True)).to_be_visible()
    page.locator("details.same summary").first.click()
    expect(page.locator("details.same table").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_steps_of_signing_in_are_for_everybody(
    served: Served, open_page: Callable[..., Page], scheme: str
) -> None:
    page = open_page(color_scheme=scheme, bypass_csp=True)

    def looked() -> None:
        assert violations(page) == []
        for width in (1024, 360):
            page.set_viewport_size({"width": width, "height": 740})
            assert sideways(page) == 0

    page.goto(f"{served.address}{FACTOR}")
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    shown = page.locator("code").first.inner_text()
    secret = base64.b32decode(shown.replace(" ", "").replace("\u00a0", ""))
    step = second_factor.step_at(served.wall.now)
    page.get_by_label("Шість цифр").fill(second_factor.code_at(secret, step))
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(second_factor.RECOVERY_CODES)
    looked()
    page.get_by_role("link", name="Коди збережено").click()
    page.get_by_role("button", name="Вийти").click()
    expect(page.get_by_label("Логін")).to_be_visible()
    looked()
    page.get_by_label("Логін").fill("iryna")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Код")).to_be_focused()
    looked()
    page.get_by_label("Код").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Код не підходить")).to_be_visible()
    looked()


@pytest.mark.parametrize("size", TABLETS)
def test_a_specialist_with_a_tablet_reaches_everything_by_touch(
    served: Served, open_page: Callable[..., Page], size: tuple[int, int]
) -> None:
    names = lived_in(served)
    page = open_page(Role.SPECIALIST, size, has_touch=True)
    page.locator(f"#row-{names['conversation_id']}").tap()
    expect(page.get_by_role("heading", name="Галина Дячук")).to_be_visible()
    take(page)
    page.get_by_label("Відповідь людині").fill("Добрий день! Дивлюся.")
    page.get_by_role("button", name="Надіслати").tap()
    expect(page.locator("#lines")).to_contain_text("Добрий день! Дивлюся.")
    page.get_by_role("button", name="Зведення", exact=True).tap()
    expect(page.locator("#packet, .packet").first).to_be_in_viewport()
    page.locator(".packet .close").tap()
    for name, heading in (("Відкласти", "Відкласти розмову"), ("Передати", "Передати розмову")):
        page.get_by_role("button", name=name, exact=True).first.tap()
        dialog = page.get_by_role("dialog", name=heading)
        expect(dialog).to_be_in_viewport()
        dialog.get_by_role("button", name="Не ").tap()
        expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Закрити", exact=True).first.tap()
    closing = page.get_by_role("dialog", name="Закрити консультацію")
    closing.get_by_label("Підсумок").fill("Пояснено")
    closing.get_by_role("button", name="Закрити", exact=True).tap()
    expect(page.locator("#lines")).to_contain_text("Підсумок: Пояснено")
    assert sideways(page) == 0
    page.get_by_role("link", name="Телефон").tap()
    expect(page.get_by_label("Слова людини або назва")).to_be_visible()
    page.locator("#shift summary").tap()
    expect(page.get_by_role("link", name="Мій вхід")).to_be_in_viewport()
    page.get_by_role("link", name="Мій вхід").tap()
    expect(page.get_by_role("heading", name="Де ви ввійшли")).to_be_attached()
