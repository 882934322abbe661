"""The workplace in a real browser: a server in a thread, signed-in pages, and what is looked for on them."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from conversations import transcript
from conversations.database import Database
from handover.accounts.permissions import Role
from handover.public_board.routes import BoardHouse
from handover.public_board.routes import routes as board_routes
from handover.workplace.house import WorkplaceHouse
from handover.workplace.routes import routes
from knowledge_base.answers import Knowledge
from tests.handover.handover_world import PASSWORD, TUESDAY, Vendors, Wall, account, pretended, said, waiting

NODE = Path(__file__).parents[2] / "node_modules"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
DESK, PHONE = (1280, 800), (360, 740)
LOST = "undefined"

T = TypeVar("T")


@dataclass
class Served:
    """A workplace behind a real server, in a thread with a loop of its own."""

    address: str
    database: Database
    house: WorkplaceHouse
    wall: Wall
    vendors: Vendors
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the server's loop, as another process would in the database."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def hears(self, chat: str, text: str) -> None:
        """The person writes now, and every open page hears that something changed."""

        async def hear() -> None:
            async with self.database.write() as db:
                await transcript.hear(db, chat, said("x", text, self.wall.now, "messenger"), self.wall.now)
            await self.house.signals.publish(f"conversation:{chat}")

        self.run(hear())


@contextmanager
def serving(url: str, folder: Path, knowledge: Knowledge) -> Iterator[Served]:
    """Serve the workplace on this database until the end; files lie in the folder."""
    if not (NODE / "htmx.org").is_dir():
        pytest.skip("the pages' scripts are not installed: run `npm install`")
    wall = Wall(TUESDAY)
    made: Future[tuple[Database, Vendors, WorkplaceHouse, uvicorn.Server, asyncio.AbstractEventLoop]]
    made = Future()

    async def serve(door: socket.socket) -> None:
        database = Database(url)
        house, vendors = pretended(database, folder / "files", wall, NODE, knowledge)
        app = FastAPI()
        app.include_router(routes(house))
        app.include_router(board_routes(BoardHouse(database, lambda: knowledge, wall)))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        made.set_result((database, vendors, house, server, asyncio.get_running_loop()))
        await server.serve(sockets=[door])
        await house.signals.close()
        await database.close()

    with socket.create_server(("127.0.0.1", 0)) as door:
        # A browser's own loop runs in this thread, so the server gets another.
        thread = threading.Thread(target=lambda: asyncio.run(serve(door)))
        thread.start()
        database, vendors, house, server, loop = made.result(30)
        try:
            yield Served(f"http://127.0.0.1:{door.getsockname()[1]}", database, house, wall, vendors, loop)
        finally:
            server.should_exit = True
            thread.join(30)


@contextmanager
def opening(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """What signs a new person in and opens a page; a script's error or a breach of the policy fails at the end."""
    contexts, complaints = [], []
    known: set[str] = set()

    def opened(
        role: Role = Role.SPECIALIST,
        size: tuple[int, int] = DESK,
        login: str = "iryna",
        name: str = "Ірина Мельник",
        **more: Any,
    ) -> Page:
        if login not in known:
            served.run(account(served.database, login, role, name))
            known.add(login)
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, locale="uk-UA", **more)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        # htmx leaves the promise of a request lost on the way to nobody: an error without a word.
        page.on("pageerror", lambda error: complaints.append(str(error)) if str(error) != LOST else None)
        page.on(
            "console",
            lambda told: complaints.append(told.text) if "Content Security" in told.text else None,
        )
        page.clock.install()
        page.goto(f"{served.address}/workplace")
        page.get_by_label("Логін").fill(login)
        page.get_by_label("Пароль").fill(PASSWORD)
        page.get_by_role("button", name="Увійти").click()
        expect(page.get_by_role("heading", name="Черга")).to_be_attached()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def violations(page: Page) -> list[str]:
    """What axe finds, as rule and place."""
    page.add_script_tag(path=NODE / "axe-core" / "axe.min.js")
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def sideways(page: Page) -> int:
    """Pixels the page scrolls sideways."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"))


def waits(page: Page, served: Served, **ago: float) -> str:
    """A conversation in Messenger whose person wrote so long ago, opened on this page."""
    heard_at = served.wall.now - timedelta(**ago)
    ticket = served.run(waiting(served.database, heard_at, channel="messenger", phone="067 000 11 22"))
    page.goto(f"{served.address}/workplace/conversations/{ticket.conversation_id}")
    return ticket.conversation_id


def take(page: Page) -> None:
    page.get_by_role("button", name="Взяти розмову").click()
    expect(page.get_by_label("Відповідь людині")).to_be_focused()


def taken(page: Page, served: Served, **ago: float) -> str:
    """A conversation that waited so long, opened and taken on this page."""
    chat = waits(page, served, **ago)
    take(page)
    return chat


def held(page: Page, address: re.Pattern[str]) -> list[tuple[Route, APIResponse]]:
    """The first answer from this address, kept back as the server gave it; fulfil its route to let it go."""
    first: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if first:
            route.continue_()
        else:
            first.append((route, route.fetch()))

    page.route(address, hold)
    return first


def until(page: Page, answers: list[tuple[Route, APIResponse]]) -> tuple[Route, APIResponse]:
    while not answers:
        page.wait_for_timeout(20)
    return answers[0]
