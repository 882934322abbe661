"""The queue's page through the whole application, beside the same page where little is kept."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy import event

from benchmarks.workplace.filling import Size, fill
from conversations.database import Database
from handover.accounts.permissions import Role
from handover.workplace.routes import routes
from tests.handover.handover_world import (
    COMMUNITY,
    PASSWORD,
    TUESDAY,
    FakeKnowledge,
    account,
    pretended,
)

NODE = Path(__file__).parents[2] / "node_modules"
ORIGIN = "http://workplace.bench"
PEOPLE = 20

SMALL, LARGE = Size(100, 100, 20), Size(100_000, 10_000, 2_000)

PAGES = {
    "waiting": "view=waiting",
    "next page": "view=waiting&after={further}",
    "mine": "view=mine",
    "team": "view=team",
    "all": "view=all",
    "resolved": "view=resolved",
    "one channel": "view=waiting&channel=viber",
    "search": "search=дячук",
}


@dataclass(frozen=True)
class Measured:
    """Milliseconds of a page, the median and the worst, and how many statements it asked."""

    median: float
    worst: float
    statements: int


@dataclass(frozen=True)
class Place:
    """A signed-in browser before a database that is filled."""

    client: httpx.AsyncClient
    database: Database

    async def address(self, asked: str) -> str:
        """The address of a page; the one after the first is read from the first."""
        if "{further}" in asked:
            first = (await self.client.get("/workplace/queue?view=waiting")).text
            found = re.search(r'id="further" href="[^"]*after=([^"&]+)"', first)
            asked = asked.format(further=found.group(1) if found else "")
        return f"/workplace/queue?{asked}"

    async def asked(self, address: str) -> float:
        """Milliseconds of one answer."""
        began = time.perf_counter()
        answer = await self.client.get(address)
        spent = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, answer.status_code
        return spent

    async def statements(self, address: str) -> int:
        """How many statements one answer asks."""
        told: list[str] = []

        def count(*arguments: object) -> None:
            if not str(arguments[2]).startswith("BEGIN"):
                told.append(str(arguments[2]))

        engine = self.database._reader.sync_engine  # there is no other door to what a reader asks
        event.listen(engine, "before_cursor_execute", count)
        await self.asked(address)
        event.remove(engine, "before_cursor_execute", count)
        return len(told)


@asynccontextmanager
async def filled(url: str, size: Size, folder: Path) -> AsyncIterator[Place]:
    """A workplace on a freshly filled database."""
    database = Database(url)
    try:
        people = [await account(database, f"person-{number}", Role.SPECIALIST) for number in range(PEOPLE)]
        await fill(database, COMMUNITY, size, people, TUESDAY)
        app = FastAPI()
        house, _ = pretended(database, folder, lambda: TUESDAY, NODE, FakeKnowledge())
        app.include_router(routes(house))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
            signed = {"login": "person-0", "password": PASSWORD}
            assert (await client.post("/workplace/login", data=signed)).status_code == 303
            yield Place(client, database)
    finally:
        await database.close()


async def measure(few: Place, many: Place, requests: int) -> dict[str, tuple[Measured, Measured]]:
    """Every page, asked of both in turns: whatever else the machine does weighs on both alike."""
    measured = {}
    for name, asked in PAGES.items():
        places = [(place, await place.address(asked)) for place in (few, many)]
        statements = [await place.statements(address) for place, address in places]
        spent: list[list[float]] = [[], []]
        for _ in range(requests):
            for own, (place, address) in zip(spent, places, strict=True):
                own.append(await place.asked(address))
        small, large = (
            Measured(statistics.median(own), max(own), count)
            for own, count in zip(spent, statements, strict=True)
        )
        measured[name] = (small, large)
    return measured


def table(database: str, measured: dict[str, tuple[Measured, Measured]]) -> Sequence[str]:
    """A line a page: both medians, the worst of the large one, their ratio, and the statements of both."""
    lines = [f"{database:12} {'few, ms':>9} {'many, ms':>9} {'worst':>8} {'ratio':>7}  statements"]
    for name, (few, many) in measured.items():
        lines.append(
            f"{name:12} {few.median:9.1f} {many.median:9.1f} {many.worst:8.1f} {many.median / few.median:7.2f}"
            f"  {few.statements} and {many.statements}"
        )
    return lines
