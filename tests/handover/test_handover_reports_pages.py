"""The pages of reports and of what goes on now: who may see them, what they say, and the files."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, update

from handover import tables
from handover.accounts.permissions import Role
from handover.assignment import presence, teams
from handover.assignment.teams import Skill
from handover.reports import visits
from handover.tickets import leading
from handover.workplace.report_files import Sheet, as_csv, as_excel
from tests.commands import ROOT
from tests.handover.browsing import Served, sideways, violations
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, TUESDAY, account, actions, conversation, waiting
from tests.handover.invented_history import NAMES, invented

REPORTS, BOARD = "/workplace/reports", "/workplace/board"
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def words(page: str) -> str:
    """What a page says."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ").split())


async def lived(reception, count=80):
    """Two months of a history."""
    await invented(COMMUNITY, count, TUESDAY - timedelta(days=55), TUESDAY, seed=11).write(reception.database)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.SPECIALIST, 403),
        (Role.EDITOR, 403),
        (Role.SENIOR, 200),
        (Role.HEAD, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
async def test_figures_are_for_those_who_lead(reception, role, status):
    person = await reception.signed_in("person", role)
    for page in (
        REPORTS,
        f"{REPORTS}/check",
        f"{REPORTS}/unanswered",
        f"{REPORTS}/figures.csv",
        BOARD,
        f"{BOARD}/part",
    ):
        assert (await person.get(page)).status_code == status
    in_rail = f'href="{REPORTS}"' in (await person.get("/workplace")).text
    assert in_rail == (status == 200)


async def test_a_report_begins_with_a_sentence_and_is_what_the_log_says(reception):
    head = await reception.signed_in("head", Role.HEAD)
    empty = words((await head.get(REPORTS)).text)
    assert "За цей період розмов не було." in empty
    await lived(reception)
    page = (await head.get(f"{REPORTS}?period=quarter")).text
    said = words(page)
    total = re.search(r"(\d+) розмов\w* за 55 днів\. Бот закрив сам \d+ % письмових\.", said)
    assert total is not None
    for part in (
        "Розмови по днях",
        "Теми",
        "Коли звертаються",
        "Скільки чекали на людину",
        "Канали",
        "Спеціалісти",
    ):
        assert part in said
    assert "Житлова субсидія" in said
    assert page.count('role="img"') == page.count('<details class="same">') == 5
    assert not any(name and name in page for name in NAMES)
    checked = words((await head.get(f"{REPORTS}/check?period=quarter")).text)
    assert f"{total[1]} розмов" in checked
    assert re.search(r"Звірено з журналом о 10:30: .+ у журналі, \d+ у звіті", checked)
    narrowed = words((await head.get(f"{REPORTS}?period=quarter&channel=viber&topic=birth-benefit")).text)
    assert 0 < int(re.search(r"(\d+) розмов", narrowed)[1]) < int(total[1])


async def test_a_report_knows_the_places_and_may_be_narrowed_to_one(reception):
    head = await reception.signed_in("head", Role.HEAD)
    await lived(reception)
    query = "period=quarter"
    page = (await head.get(f"{REPORTS}?{query}")).text
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)</td>', page.split('id="places"')[1]))
    total = int(re.search(r"(\d+) розмов", words(page))[1])
    # A place the base no longer has is named by its id; the parts are the whole.
    assert list(rows)[:3] == ["Приймальня", "north", "Без місця"]
    assert sum(int(rows[name]) for name in ("Приймальня", "north", "Без місця")) == total
    narrowed = (await head.get(f"{REPORTS}?{query}&office=reception")).text
    assert f"{rows['Приймальня']} розмов" in words(narrowed)
    assert '<option value="reception" selected>Приймальня</option>' in narrowed
    assert "office=reception" in re.search(r'href="([^"]+report\.xlsx[^"]*)"', narrowed)[1]
    book = (await head.get(f"{REPORTS}/report.xlsx?{query}&office=reception")).content
    for sheet, column in (("Розмови", 5), ("Консультації", 4)):
        assert {row[column] for row in cells(book, sheet)[1:]} == {"Приймальня"}
    assert cells(book, "Місця")[1][:1] == ["Приймальня"]
    assert cells(book, "Консультації за місцями")[1][0] == "Приймальня"
    asked = words((await head.get(f"{REPORTS}/unanswered?{query}&office=reception")).text)
    assert "даних немає" in asked


async def test_a_report_that_does_not_agree_says_where_and_is_counted_anew(reception):
    head = await reception.signed_in("head", Role.HEAD)
    await lived(reception)
    await head.get(REPORTS)
    async with reception.database.write() as db:
        await db.execute(delete(tables.visits).where(tables.visits.c.day >= "2026-11-20"))
    told = (await head.get(f"{REPORTS}/check")).text
    assert "Не сходиться з журналом" in words(told)
    assert "20 листопада 2026: у журналі" in words(told)
    query = unescape(re.search(r'name="query" value="([^"]*)"', told)[1])
    address, fields = f"{REPORTS}/recount", {"query": query}
    refused = await head.client.post(address, data=fields, headers={"Origin": ORIGIN})
    assert refused.status_code == 403
    fields["csrf"] = await head.csrf()
    mended = await head.client.post(address, data=fields, headers={"Origin": ORIGIN})
    assert mended.headers["location"] == f"{REPORTS}?period=month"
    assert "Звірено з журналом" in words((await head.get(f"{REPORTS}/check")).text)
    assert (await actions(reception.database))[-1] == "report_recounted"


async def test_what_is_not_counted_yet_is_said_and_no_figure_stands_for_the_whole(reception, monkeypatch):
    head = await reception.signed_in("head", Role.HEAD)
    await lived(reception)
    monkeypatch.setattr(visits, "AT_ONCE", 20)
    monkeypatch.setattr("handover.reports.visits.FOR_A_PAGE", 10)
    monkeypatch.setattr("handover.workplace.board.FOR_A_PAGE", 10)
    asked = f"{REPORTS}?period=quarter"
    for page in (asked, BOARD):
        said = words((await head.get(page)).text)
        assert "ще рахуємо" in said
        assert "неповні" in said
    # What goes further than a page waits for all of it.
    table = (await head.get(f"{REPORTS}/figures.csv?period=quarter")).content.decode("utf-8-sig")
    page = (await head.get(asked)).text
    assert "ще рахуємо" not in page
    assert "Звіряємо з журналом" in page
    total = re.search(r"(\d+) розмов", words(page))[1]
    rows = csv.reader(io.StringIO(table), delimiter=";")
    assert next(row[3] for row in rows if row[:2] == ["Показники", "Розмови"]) == total
    assert "Звірено з журналом" in words((await head.get(f"{REPORTS}/check?period=quarter")).text)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("period=own&from=2026-11-10&to=2026-11-01", "Поміняйте їх місцями"),
        ("period=own&from=2027-01-10&to=2027-01-11", "ще не почався"),
        ("period=own&from=abc&to=2026-11-01", "Ці дати не прочитати"),
        ("period=own&from=2001-01-01&to=2026-11-01", "щонайбільше два роки"),
    ],
)
async def test_dates_that_are_no_period_are_told_in_words(reception, query, says):
    head = await reception.signed_in("head", Role.HEAD)
    answer = await head.get(f"{REPORTS}?{query}")
    assert answer.status_code == 422
    assert says in words(answer.text)


def cells(book: bytes, sheet: str) -> list[list[str]]:
    """A sheet of a workbook as text."""
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        shared = [
            "".join(item.itertext())
            for item in ElementTree.fromstring(opened.read("xl/sharedStrings.xml")).iterfind("x:si", NS)
        ]
        names = [
            one.get("name", "")
            for one in ElementTree.fromstring(opened.read("xl/workbook.xml")).iterfind("x:sheets/x:sheet", NS)
        ]
        place = names.index(sheet) + 1
        page = ElementTree.fromstring(opened.read(f"xl/worksheets/sheet{place}.xml"))
    return [
        [
            shared[int(cell.findtext("x:v", "", NS))]
            if cell.get("t") == "s"
            else cell.findtext("x:v", "", NS)
            for cell in row.iterfind("x:c", NS)
        ]
        for row in page.iterfind("x:sheetData/x:row", NS)
    ]


async def test_the_files_hold_the_same_figures_without_anybodys_words(reception):
    head = await reception.signed_in("head", Role.HEAD)
    await lived(reception)
    query = "period=quarter"
    total = re.search(r"(\d+) розмов", words((await head.get(f"{REPORTS}?{query}")).text))[1]
    table = await head.get(f"{REPORTS}/figures.csv?{query}")
    assert (
        table.headers["content-disposition"] == 'attachment; filename="pokaznyky-2026-10-01-2026-11-24.csv"'
    )
    assert table.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    assert next(row[3] for row in rows if row[:2] == ["Показники", "Розмови"]) == total
    book = (await head.get(f"{REPORTS}/report.xlsx?{query}")).content
    assert cells(book, "Показники")[1][:2] == ["Розмови", total]
    talks = cells(book, "Розмови")
    assert len(talks) - 1 == int(total)
    calls = list(
        csv.reader(
            io.StringIO((await head.get(f"{REPORTS}/consultations.csv?{query}")).content.decode("utf-8-sig")),
            delimiter=";",
        )
    )
    assert [row[0] for row in calls] == [row[0] for row in cells(book, "Консультації")]
    everything = book.decode("latin-1") + str(talks) + str(calls) + str(rows)
    assert not any(name and name in everything for name in NAMES)
    assert "слова" not in everything
    assert (await head.get(f"{REPORTS}/secrets.csv")).status_code == 404
    assert [one for one in await actions(reception.database) if one == "report_exported"] == [
        "report_exported"
    ] * 3


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_nothing_in_a_file_is_a_formula(start):
    sheet = Sheet("Аркуш", (start, "число"), [(start, 1.5)])
    rows = list(csv.reader(io.StringIO(as_csv([sheet]).decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [[f"'{start}", "число"], [f"'{start}", "1,5"]]
    with zipfile.ZipFile(io.BytesIO(as_excel([sheet]))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


async def test_what_goes_on_now_has_numbers_and_nobodys_words(reception):
    head = await reception.signed_in("head", Role.HEAD, "Марія Левчук")
    iryna = await account(reception.database, "iryna")
    base, at = reception.database, TUESDAY
    late = await waiting(
        base, at - timedelta(minutes=40), "Таємне питання", promised_at=at - timedelta(minutes=5)
    )
    await waiting(base, at - timedelta(minutes=3), "Таємне питання", danger="hunger", topic="housing-subsidy")
    led = await waiting(base, at - timedelta(minutes=30), "Таємне питання")
    await conversation(base, at - timedelta(minutes=9), "Таємне питання")
    async with base.write() as db:
        await leading.take(db, COMMUNITY, led.id, iryna, at - timedelta(minutes=20))
        await presence.say(db, iryna, "on", at - timedelta(minutes=2))
    page = (await head.get(BOARD)).text
    said = words(page)
    for figure in (
        "Чекають 2 ведуть 1",
        "Найдовше чекає 40 хв робочого часу, з 9:50",
        "Небезпека 1",
        "Прострочено 1",
        "Розмови сьогодні 4",
        "Ірина Мельник на зміні 1 з 8 1 з 10:10 0",
        "На зміні 2, є місце ще для 15",
        "немає їжі",
        f"№ {late.number.replace('-', chr(0x2011))}",
    ):
        assert figure in said
    assert "Таємне" not in page
    assert "Галина" not in page
    assert said.index("немає їжі") < said.index("прострочено")


async def test_the_board_says_who_is_there_and_how_many_each_holds_of_how_many(reception):
    head = await reception.signed_in("head", Role.HEAD, "Марія Левчук")
    base, at = reception.database, TUESDAY
    people = {
        login: await account(base, login, Role.SPECIALIST, name)
        for login, name in (
            ("hanna", "Ганна А"),
            ("borys", "Борис Б"),
            ("vira", "Віра В"),
            ("daryna", "Дарина Г"),
        )
    }
    # Whoever signs in is on shift.
    assert "На зміні 1, є місце ще для 8" in words((await head.get(BOARD)).text)
    async with base.write() as db:
        await presence.say(db, head.account, "off", at)
    assert "На зміні нікого" in words((await head.get(BOARD)).text)
    told = (("hanna", "away", 5), ("borys", "on", 30), ("vira", "on", 1), ("daryna", "off", 9))
    async with base.write() as db:
        for login, state, minutes in told:
            await presence.say(db, people[login], state, at - timedelta(minutes=minutes))
        await teams.set_skill(db, COMMUNITY, people["vira"].id, Skill(capacity=2))
    for place in range(4):
        ticket = await waiting(base, at - timedelta(minutes=20 + place))
        async with base.write() as db:
            if place < 2:
                await leading.take(
                    db, COMMUNITY, ticket.id, people["vira"], at - timedelta(minutes=10 - place)
                )
            values = (
                {"offered_to": people["vira"].id, "offered_until": at + timedelta(minutes=2)}
                if place == 2
                else {"snoozed_until": at + timedelta(hours=2)}
                if place == 1
                else {}
            )
            if values:
                await db.execute(
                    update(tables.tickets).where(tables.tickets.c.id == ticket.id).values(**values)
                )
    page = (await head.get(BOARD)).text
    said = words(page)
    assert "Віра В на зміні 2 з 2 відкладено 1 2 з 10:20 0" in said
    assert "На зміні 1, вільного місця немає" in said
    # Whoever said so and whose page is silent is not there; who is off shift and did nothing today is not shown.
    assert "Ганна А не на місці з 10:25 0 з 8" in said
    assert "Борис Б сторінку закрито з 10:10 0 з 8" in said
    assert "Дарина" not in said
    assert said.index("Віра В") < said.index("Борис Б")
    assert page.count('class="where there"') == 1


async def test_a_shift_that_changes_is_seen_on_the_board_at_once(reception):
    person = await reception.signed_in("iryna")
    async with reception.house.signals.subscribe(f"queue:{COMMUNITY}") as heard, asyncio.timeout(20):
        await person.client.post(
            "/workplace/shift",
            data={"csrf": await person.csrf(), "shift": "on"},
            headers={"Origin": ORIGIN},
        )
        assert await anext(heard) == f"queue:{COMMUNITY}"


def test_both_pages_in_a_browser(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(Role.HEAD, bypass_csp=True)
    history = invented(COMMUNITY, 120, TUESDAY - timedelta(days=40), TUESDAY, seed=2)
    served.run(history.write(served.database))
    page.goto(f"{served.address}{REPORTS}")
    expect(page.locator(".foot")).to_contain_text("Звірено з журналом")
    expect(page.locator("#in-vain")).to_have_text("Без відповіді")
    expect(page.locator(".later")).not_to_contain_text("Групуємо")
    expect(page.get_by_label("Від", exact=True)).to_be_hidden()
    assert violations(page) == []
    page.get_by_role("combobox", name="Період").select_option("own")
    page.get_by_label("Від", exact=True).fill("2026-11-01")
    page.get_by_label("до", exact=True).fill("2026-11-10")
    page.get_by_role("button", name="Показати").click()
    expect(page.locator(".of")).to_have_text(re.compile("1–10.листопада 2026"))
    page.get_by_role("combobox", name="Канал").select_option("viber")
    page.get_by_role("button", name="Показати").click()
    page.wait_for_url(re.compile("channel=viber"))
    for size in ((1280, 800), (1024, 768), (390, 800)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert sideways(page) == 0

    page.goto(f"{served.address}{BOARD}")
    expect(page.locator("#board")).to_contain_text("Ніхто не чекає.")

    async def calls() -> None:
        await waiting(served.database, served.wall.now)
        await served.house.signals.publish(f"queue:{COMMUNITY}")

    served.run(calls())
    expect(page.locator("#board")).to_contain_text("Без відповіді бота")
    assert violations(page) == []
    page.context.set_offline(True)
    page.clock.install()
    page.clock.fast_forward(61_000)
    expect(page.locator("#board-state")).to_contain_text("Зв’язку немає. Дані на 10:30")


def test_the_guide_shows_every_picture_that_is_taken_and_no_other() -> None:
    guide = ROOT / "docs" / "guide-specialist.uk.md"
    shown = set(re.findall(r"\]\((pictures/guide/[^)]+)\)", guide.read_text()))
    taken = {f"pictures/guide/{one.name}" for one in (guide.parent / "pictures" / "guide").iterdir()}
    assert shown == taken
