"""The queue's page through the whole application, beside the same page where little is kept."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy import event

from benchmarks.workplace.filling import Size, fill
from conversations.attachments import FolderStore
from conversations.database import Database
from conversations.signals import MemorySignals
from handover.accounts.permissions import Role
from handover.workplace.house import WorkplaceHouse
from handover.workplace.routes import routes
from tests.handover.handover_world import (
    CAPABILITIES,
    COMMUNITY,
    PASSWORD,
    TUESDAY,
    FakeKnowledge,
    Vendors,
    account,
    render,
)

NODE = Path(__file__).parents[2] / "node_modules"
ORIGIN = "http://workplace.bench"
PEOPLE = 20

SMALL, LARGE = Size(100, 40, 20), Size(100_000, 10_000, 2_000)

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
    """Milliseconds of a page, the median and the worst of twenty, and how many statements it asked."""

    median: float
    worst: float
    statements: int


async def measure(url: str, size: Size, folder: Path, requests: int) -> dict[str, Measured]:
    """Every page of a freshly filled database."""
    database = Database(url)
    try:
        people = [await account(database, f"person-{number}", Role.SPECIALIST) for number in range(PEOPLE)]
        await fill(database, COMMUNITY, size, people, TUESDAY)
        app = FastAPI()
        knowledge, vendors = FakeKnowledge(), Vendors(database)
        house = WorkplaceHouse(
            database,
            MemorySignals(),
            lambda _: knowledge,
            FolderStore(folder, 1_000_000),
            render,
            lambda: TUESDAY,
            NODE,
            CAPABILITIES.get,
            vendors.reports,
            vendors.connect,
        )
        app.include_router(routes(house))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
            signed = {"login": "person-0", "password": PASSWORD}
            assert (await client.post("/workplace/login", data=signed)).status_code == 303
            return {name: await _page(client, database, asked, requests) for name, asked in PAGES.items()}
    finally:
        await database.close()


async def _page(client: httpx.AsyncClient, database: Database, asked: str, requests: int) -> Measured:
    if "{further}" in asked:
        first = (await client.get("/workplace/queue?view=waiting")).text
        found = re.search(r'id="further" href="[^"]*after=([^"&]+)"', first)
        asked = asked.format(further=found.group(1) if found else "")
    statements: list[str] = []

    def count(*told: object) -> None:
        if not str(told[2]).startswith("BEGIN"):
            statements.append(str(told[2]))

    engine = database._reader.sync_engine  # there is no other door to what a reader asks
    spent = []
    for number in range(requests + 1):
        if number == 1:
            event.listen(engine, "before_cursor_execute", count)
        began = time.perf_counter()
        answer = await client.get(f"/workplace/queue?{asked}")
        if number:
            spent.append((time.perf_counter() - began) * 1000)
        if number == 1:
            event.remove(engine, "before_cursor_execute", count)
        assert answer.status_code == 200, answer.status_code
    return Measured(statistics.median(spent), max(spent), len(statements))


def table(database: str, small: dict[str, Measured], large: dict[str, Measured]) -> Sequence[str]:
    """A line a page: both medians, the worst of the large one, their ratio, and the statements of both."""
    lines = [f"{database:12} {'few, ms':>9} {'many, ms':>9} {'worst':>8} {'ratio':>7}  statements"]
    for name, one in large.items():
        few = small[name]
        ratio = one.median / few.median
        lines.append(
            f"{name:12} {few.median:9.1f} {one.median:9.1f} {one.worst:8.1f} {ratio:7.2f}"
            f"  {few.statements} and {one.statements}"
        )
    return lines
