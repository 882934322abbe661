"""The workplace on a real database: a browser that is signed in, without a network."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from playwright import sync_api as playwright

from conversations.attachments import FolderStore
from conversations.database import Database
from handover.accounts.accounts import Account
from handover.accounts.permissions import Role
from handover.workplace.house import WorkplaceHouse
from handover.workplace.pages import VENDORED
from handover.workplace.routes import routes
from knowledge_base.answers import Knowledge
from tests.handover.browsing import Served, opening, serving
from tests.handover.handover_world import (
    PASSWORD,
    TUESDAY,
    FakeKnowledge,
    Vendors,
    Wall,
    account,
    pretended,
)

ORIGIN = "http://workplace.test"


@dataclass
class Browser:
    """One person's browser."""

    client: httpx.AsyncClient
    account: Account
    token: str = ""

    async def get(self, address: str, **headers: str) -> httpx.Response:
        return await self.client.get(address, headers=headers)

    async def csrf(self) -> str:
        """The token that this session's pages carry."""
        if self.token:
            return self.token
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.client.get("/workplace")).text)
        assert found is not None
        self.token = found.group(1)
        return self.token

    async def act(
        self, conversation_id: str, deed: str, *, part: bool = True, **fields: str
    ) -> httpx.Response:
        """Press a button of a conversation; `part` as htmx does it."""
        fields.setdefault("csrf", await self.csrf())
        headers = {"Origin": ORIGIN, **({"HX-Request": "true"} if part else {})}
        address = f"/workplace/conversations/{conversation_id}/{deed}"
        return await self.client.post(address, data=fields, headers=headers)


@dataclass
class Reception:
    """A workplace with its clock, its signals, its files, and people who sign in."""

    database: Database
    house: WorkplaceHouse
    app: FastAPI
    wall: Wall
    store: FolderStore
    vendors: Vendors

    def stranger(self) -> httpx.AsyncClient:
        """A browser nobody is signed in with."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=ORIGIN)

    async def signed_in(
        self, login: str, role: Role = Role.SPECIALIST, name: str = "Ірина Мельник", **more: str
    ) -> Browser:
        """A new person who has signed in."""
        person = await account(self.database, login, role, name, **more)
        client = self.stranger()
        answer = await client.post("/workplace/login", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303
        return Browser(client, person)


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    """Stands for `node_modules`: the scripts are npm's business, not these tests'."""
    for inside in VENDORED.values():
        (tmp_path / inside).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / inside).write_text("// a script")
    return tmp_path


@pytest.fixture
def knowledge() -> Knowledge:
    """What the workplace knows; a module may know something else."""
    return FakeKnowledge()


@pytest.fixture
async def reception(
    database: Database, vendor: Path, tmp_path: Path, knowledge: Knowledge
) -> AsyncIterator[Reception]:
    """The workplace on this test's database."""
    wall = Wall(TUESDAY)
    house, vendors = pretended(database, tmp_path / "files", wall, vendor, knowledge)
    app = FastAPI()
    app.include_router(routes(house))
    yield Reception(database, house, app, wall, house.store, vendors)
    await house.signals.close()


@pytest.fixture
def served(sqlite_url: Callable[..., str], tmp_path: Path, knowledge: Knowledge) -> Iterator[Served]:
    """The workplace behind a real server."""
    with serving(sqlite_url(), tmp_path, knowledge) as one:
        yield one


@pytest.fixture
def open_page(browser: playwright.Browser, served: Served) -> Iterator[Callable[..., playwright.Page]]:
    """Signs a new person in and opens a page; a script's error or a breach of the policy fails the test."""
    with opening(browser, served) as opened:
        yield opened
