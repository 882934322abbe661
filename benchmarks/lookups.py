"""How long a look-up of an application takes: right, wrong number, wrong code; and over the day's limit apart.

A whole turn is timed, from the claim of the message to its answer in the outbox, by a reception on each database; the
three kinds take turns. Two of them are told apart by a rank test (Mann and Whitney): the chance that a turn of one
takes longer than one of the other, half of which is chance alone. Usage:

    python -m benchmarks.lookups [COUNT] [--databases sqlite,postgresql]

Exit code 1 where wrong number and wrong code differ beyond noise.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from scipy.stats import mannwhitneyu

from benchmarks.applications import Fresh
from benchmarks.options import count, some_of
from bots.turns.think import think
from conversations import inbox
from conversations.database import Database, migrate
from conversations.signals import MemorySignals
from handover.applications import codes, register
from handover.applications.record import Record, State
from tests.turns.world import COMMUNITY, NOON, World, message, world

COUNT = 400
"""Look-ups of each kind."""
NOISE = 0.01
"""Two kinds differ where chance alone would part them so seldom."""
FARTHEST = 0.56
"""… and where one takes longer than the other more often than this: what nobody could use over a network."""
KINDS = ("right", "wrong number", "wrong code")
CODE = "A4K9M2T7"


async def _stands(place: World, numbers: Sequence[str]) -> None:
    async with place.runtime.database.write() as db:
        records = [Record(one, one, "housing-subsidy", State.ACCEPTED, NOON.date()) for one in numbers]
        await register.put(db, COMMUNITY, records, register.FILES, NOON)
        for one in numbers:
            await codes.issue(db, COMMUNITY, one, b"", NOON)
        # Every number has the same code here, so that a look-up can be right.
        for one in numbers:
            await db.execute(
                register.applications.update()
                .where(register.applications.c.number == one)
                .values(code_hash=codes.digest(b"", COMMUNITY, one, CODE))
            )


async def _turn(place: World, address: str, words: str) -> float:
    async with place.runtime.database.write() as db:
        await inbox.accept(db, [message(words, key=f"{address}-{words}", address=address)], NOON)
    began = time.perf_counter()
    await think(place.runtime)
    return (time.perf_counter() - began) * 1000


async def measured(url: str, folder: Path, times: int) -> dict[str, list[float]]:
    """Milliseconds of each look-up, by kind."""
    await migrate(url)
    database = Database(url)
    place = world(database, MemorySignals(), folder)
    numbers = [f"2026{one:05}" for one in range(3 * times)]
    for begin in range(0, len(numbers), 500):
        await _stands(place, numbers[begin : begin + 500])
    order = [kind for kind in KINDS for _ in range(times)]
    random.Random(7).shuffle(order)
    taken: dict[str, list[float]] = {kind: [] for kind in (*KINDS, "over the limit")}
    for place_, kind in enumerate(order):
        number = numbers[place_] if kind != "wrong number" else f"9{numbers[place_][1:]}"
        code = CODE if kind != "wrong code" else "B4K9M2T7"
        # Everybody has written before, and so is greeted.
        await _turn(place, f"p{place_}", "привіт")
        taken[kind].append(await _turn(place, f"p{place_}", f"заява {number} код {code}"))
    for place_ in range(min(times, 50)):
        for attempt in range(5):
            await _turn(place, f"l{place_}", f"заява 7{place_:03}{attempt} код {CODE}")
        taken["over the limit"].append(await _turn(place, f"l{place_}", f"заява 7{place_:03}9 код {CODE}"))
    await database.close()
    return taken


def compared(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """The chance that one takes longer than the other, and how seldom chance alone would part them so."""
    found = mannwhitneyu(one, other, alternative="two-sided")
    return found.statistic / (len(one) * len(other)), found.pvalue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("count", nargs="?", type=count, default=COUNT)
    parser.add_argument(
        "--databases", type=some_of(("sqlite", "postgresql")), default=["sqlite", "postgresql"]
    )
    given = parser.parse_args()
    os.environ.setdefault("PRYIMALNIA_MEANING", "false")
    differs = False
    for kind in given.databases:
        with tempfile.TemporaryDirectory(prefix="pryimalnia-lookups-") as folder:
            Path(folder).chmod(0o755)
            with Fresh(kind, Path(folder), "lookups") as url:
                taken = asyncio.run(measured(url, Path(folder) / "files", given.count))
        print(f"{kind}, {given.count} of each")
        for name, times in taken.items():
            tenth, *_, ninetieth = statistics.quantiles(times, n=10)
            print(
                f"  {name:15} median {statistics.median(times):6.2f} ms, "
                f"between {tenth:6.2f} and {ninetieth:6.2f} ms in eight of ten"
            )
        for one, other in (
            ("wrong number", "wrong code"),
            ("right", "wrong code"),
            ("right", "wrong number"),
        ):
            longer, chance = compared(taken[one], taken[other])
            apart = chance < NOISE and abs(longer - 0.5) > FARTHEST - 0.5
            print(
                f"  {one} longer than {other} in {longer:.1%}, p = {chance:.3f}{'  DIFFERS' if apart else ''}"
            )
            differs |= apart and one == "wrong number"
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
