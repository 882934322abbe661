"""The pictures of `docs/guide-specialist.uk.md`, taken from the running workplace: `make guide-pictures`.

Everybody in them is invented. Nothing is drawn by hand: a page that changes changes its picture.
"""

from __future__ import annotations

import asyncio
import re
import socket
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlalchemy import update

from conversations import transcript
from conversations.database import Database, migrate
from conversations.messages import Author, AuthorKind, Reply
from conversations.tables import conversations, messages
from handover.accounts.permissions import Role
from handover.appointments import booking, hall
from handover.appointments.booking import Wish
from handover.public_board.routes import BoardHouse
from handover.public_board.routes import routes as board_routes
from handover.tickets import leading
from handover.workplace.routes import routes
from knowledge_base.answers import HALL, Community, Knowledge
from knowledge_base.library import Library
from knowledge_base.snapshot import Snapshot
from tests.browser import opened_browser
from tests.commands import ROOT
from tests.dialogue.real_knowledge import real_base
from tests.handover.handover_world import (
    COMMUNITY,
    KYIV,
    PASSWORD,
    TUESDAY,
    Wall,
    account,
    pretended,
    waiting,
)
from tests.handover.invented_history import invented

PICTURES = ROOT / "docs" / "pictures" / "guide"
SIZE = {"width": 1280, "height": 800}
BOT = Author(kind=AuthorKind.BOT, name=None)
ANSWER = "Добрий день! Я Ірина Мельник, управління соцзахисту. Уточню й відповім до 11:00."
NAMES = ("Галина Дячук", "Петро Коваль", "Марія Гнатюк", "Світлана Романюк")


async def people(database: Database) -> str:
    """Two months of the reception, four who wait, two consultations led; the conversation to be opened."""
    iryna = await account(database, "iryna")
    await account(database, "mariia", Role.HEAD, "Марія Левчук")
    oleh = await account(database, "oleh", name="Олег Дудка")
    history = invented(COMMUNITY, 1600, TUESDAY - timedelta(days=57), TUESDAY - timedelta(hours=3), 4)
    for row in history.tickets:
        # Nobody of that time works on: whoever has something in hand now is told of below.
        row["status"], row["resolved_at"] = "resolved", row["resolved_at"] or TUESDAY - timedelta(hours=1)
    await history.write(database)
    asked = (
        ("Чи приймуть договір оренди без нотаріуса?", "housing-subsidy", 11, "viber"),
        ("Не прийшла субсидія за жовтень", "housing-subsidy", 26, "telegram"),
        ("Коли виплатять допомогу при народженні?", "birth-benefit", 7, "messenger"),
        ("Хочу порадитися щодо догляду за мамою", "care-supplement", 4, "web"),
    )
    opened = ""
    for name, (question, topic, ago, channel) in zip(NAMES, asked, strict=True):
        at = TUESDAY - timedelta(minutes=ago)
        ticket = await waiting(
            database, at, question, channel, topic=topic, promised_at=at + timedelta(minutes=40)
        )
        opened = opened or ticket.conversation_id
        async with database.write() as db:
            said = Reply(text="Передаю розмову спеціалісту. Відповідь прийде сюди, чат можна закрити.")
            await transcript.say(db, ticket.conversation_id, BOT, said, at, epoch=None)
            await db.execute(
                update(conversations)
                .where(conversations.c.id == ticket.conversation_id)
                .values(author_name=name)
            )
            await db.execute(
                update(messages)
                .where(
                    messages.c.conversation_id == ticket.conversation_id, messages.c.author_kind == "citizen"
                )
                .values(author_name=name)
            )
    for leader, ago in ((iryna, 35), (oleh, 52)):
        at = TUESDAY - timedelta(minutes=ago)
        ticket = await waiting(database, at, "Які документи принести?", "viber", topic="housing-subsidy")
        async with database.write() as db:
            await leading.take(db, COMMUNITY, ticket.id, leader, at + timedelta(minutes=4))
    return opened


async def hall_of_today(database: Database, knowledge: Knowledge) -> None:
    """A morning in the hall: three booked, of whom one came; five walk-ins, of whom two are called."""
    office, today = knowledge.community.reception, TUESDAY.date()
    async with database.write() as db:
        for minutes, name, receiver, matter in (
            (0, "Галина", "idp-specialist", "idp-living-allowance"),
            (20, "Степан", "idp-specialist", "idp-registration"),
            (10, "Олена", HALL, None),
        ):
            at = TUESDAY + timedelta(minutes=minutes)
            wish = Wish(
                COMMUNITY,
                office,
                (receiver,),
                matter,
                at,
                name,
                phone=f"+3806700000{minutes}",
                booked_by="desk",
            )
            visit = await booking.book(db, wish, TUESDAY - timedelta(hours=1), KYIV)
            if not isinstance(visit, booking.Refusal) and name == "Галина":
                await hall.arrive(db, COMMUNITY, visit.id, "П", TUESDAY - timedelta(minutes=6))
        for ago, letter, receiver, name, priority, room in (
            (34, "Д", "family-specialist", "Марія", None, "кабінет 4"),
            (27, "П", "idp-specialist", "Іван", None, "кабінет 5"),
            (21, "Д", "family-specialist", "Наталія", None, None),
            (12, "Г", "local-specialist", "", None, None),
            (3, "П", "idp-specialist", "Василь", "paper_shown", None),
        ):
            at = TUESDAY - timedelta(minutes=ago)
            came = await hall.walk_in(
                db,
                COMMUNITY,
                office.id,
                today,
                letter,
                at,
                name=name,
                priority=priority,
                receiver=receiver,
            )
            if room is not None:
                await hall.call(db, COMMUNITY, came.id, room, "oleh", at + timedelta(minutes=20))


class Here(Library):
    """The sample community's knowledge under the name by which the invented people are kept."""

    @property
    def community(self) -> Community:
        return replace(super().community, id=COMMUNITY)


class Workplace:
    """A workplace behind a real server, in a thread with a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ready: Future[tuple[uvicorn.Server, str]] = Future()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._run)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def __enter__(self) -> str:
        """Starts; the id of the conversation to open."""
        self.thread.start()
        return self.ready.result(180)[1]

    def __exit__(self, *_: object) -> None:
        self.ready.result()[0].should_exit = True
        self.thread.join(30)
        self.door.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as fault:
            if self.ready.done():
                raise
            self.ready.set_exception(fault)

    async def _serve(self) -> None:
        url = f"sqlite+aiosqlite:///{self.folder}/guide.sqlite"
        await migrate(url)
        database, knowledge = Database(url), Here(Snapshot("guide", real_base()), "zrazkova")
        opened = await people(database)
        await hall_of_today(database, knowledge)
        house, _ = pretended(database, self.folder / "files", Wall(TUESDAY), ROOT / "node_modules", knowledge)
        app = FastAPI()
        app.include_router(routes(house))
        app.include_router(board_routes(BoardHouse(database, lambda: knowledge, Wall(TUESDAY))))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        self.ready.set_result((server, opened))
        await server.serve(sockets=[self.door])
        await house.signals.close()
        await database.close()


def sign_in(page: Page, address: str, login: str) -> None:
    page.goto(f"{address}/workplace/login")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Увійти").click()
    page.wait_for_url("**/workplace")


def take_pictures(address: str, opened: str) -> None:
    """Walk through the pages as the guide does."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with opened_browser() as browser:

        def new_page() -> Page:
            context = browser.new_context(
                viewport=SIZE, locale="uk-UA", timezone_id="Europe/Kyiv", reduced_motion="reduce"
            )
            page = context.new_page()
            page.clock.set_fixed_time(TUESDAY)
            return page

        def shot(page: Page, name: str) -> None:
            page.screenshot(path=PICTURES / f"{name}.png")

        page = new_page()
        page.goto(f"{address}/workplace/login")
        shot(page, "sign-in")
        sign_in(page, address, "iryna")
        expect(page.locator("#list .row").first).to_be_visible()
        shot(page, "queue")
        page.goto(f"{address}/workplace/conversations/{opened}")
        page.get_by_role("button", name="Взяти розмову").click()
        field = page.get_by_label("Відповідь людині")
        expect(field).to_be_focused()
        field.fill(ANSWER)
        shot(page, "conversation")
        field.press("Control+Enter")
        expect(page.locator("#lines")).to_contain_text(ANSWER)
        page.get_by_role("tab", name="Нотатка").click()
        page.get_by_label("Нотатка для колег").fill("Обіцяла принести договір у четвер")
        shot(page, "note")
        page.get_by_role("tab", name="Відповідь").click()
        page.get_by_label("Відповідь людині").press_sequentially("/")
        expect(page.locator("#ready")).to_be_visible()
        shot(page, "ready")
        page.keyboard.press("Escape")
        page.get_by_label("Відповідь людині").fill("")
        page.locator("[data-opens=snooze]").click()
        shot(page, "snooze")
        page.keyboard.press("Escape")
        page.locator("[data-opens=transfer]").click()
        shot(page, "transfer")
        page.keyboard.press("Escape")
        page.locator("[data-opens=resolve]").click()
        shot(page, "resolve")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Клавіші").click()
        shot(page, "keys")

        page.goto(f"{address}/workplace/desk")
        page.get_by_label("Слова людини або назва").fill("субсидія")
        page.keyboard.press("Enter")
        page.get_by_role("button", name=re.compile("^Субсидія на комунальні")).first.click()
        expect(page.locator(".ask-now")).to_be_visible()
        shot(page, "phone")
        page.goto(f"{address}/workplace/visits")
        page.get_by_label("Мій кабінет або вікно").fill("5")
        page.get_by_role("button", name="Запам’ятати").click()
        expect(page.locator("#next")).to_be_visible()
        page.locator("#next").click()
        expect(page.locator("#next")).to_contain_text("Завершити й викликати")
        shot(page, "visits")
        page.goto(f"{address}/workplace/visits/walk-in")
        page.get_by_role("button", name=re.compile("^Д ?Допомоги")).click()
        expect(page.locator(".given")).to_be_visible()
        shot(page, "walk-in")
        page.goto(f"{address}/workplace/visits/book?matter=idp-living-allowance&office=department-main")
        page.get_by_label("Ім’я, прізвище не обов’язкове").fill("Тетяна")
        page.locator("[name=starts_at]").first.check(force=True)
        shot(page, "visit-book")
        page.goto(f"{address}/workplace/me/second-factor")
        page.get_by_label("Ваш пароль").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("img", name="QR-код")).to_be_visible()
        shot(page, "second-factor")

        head = new_page()
        sign_in(head, address, "mariia")
        head.goto(f"{address}/workplace/board")
        expect(head.locator("#board")).to_be_visible()
        shot(head, "board")
        head.set_viewport_size({"width": 1280, "height": 720})
        head.goto(f"{address}/board/department-main")
        expect(head.locator("html")).to_have_attribute("data-state", "normal")
        shot(head, "hall")
        head.set_viewport_size(SIZE)
        head.goto(f"{address}/workplace/visits/absences")
        expect(head.get_by_role("heading", name="Коли не приймають")).to_be_visible()
        shot(head, "absences")
        head.goto(f"{address}/workplace/reports")
        expect(head.locator(".foot")).to_contain_text("Звірено з журналом")
        shot(head, "report")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        workplace = Workplace(Path(folder))
        with workplace as opened:
            take_pictures(workplace.address, opened)


if __name__ == "__main__":
    main()
