"""A thousand people want a hundred times at once, from several processes on one PostgreSQL: who is booked, how fast.

Each person is one transaction, as a turn is. What must be 0: a time given twice, a person told neither, a unit of time
without its visit. Beside it, the free times of two weeks as a turn looks them up. Usage:

    python -m benchmarks.bookings [--people 1000] [--times 100] [--processes 4] [--runs 3]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context

from sqlalchemy import func, select

from benchmarks.races import fresh_postgres
from conversations.database import Database
from handover.appointments import booking, slots
from handover.appointments.booking import Refusal, Wish
from handover.appointments.tables import appointment_units, appointments
from handover.appointments.visits import Visit
from knowledge_base.answers import HALL
from tests.appointments.offices import COMMUNITY, KYIV, NOW, OFFICE, at

DAYS = (25, 26, 30)
UNITS = 4
"""Of five minutes in a visit of this office."""
LOOKS = 50


@dataclass(frozen=True)
class Came:
    """What came of one person's wish: the beginning and the place, or why not; and after how many seconds."""

    at: datetime | None
    place: int | None
    refusal: str | None
    seconds: float


def wanted_times(count: int) -> list[datetime]:
    """So many different times of the hall, two people in each."""
    every = [
        at(day, 9) + timedelta(minutes=20 * number) for day in DAYS for number in (*range(9), *range(12, 24))
    ]
    return every[: count // 2]


def book(url: str, people: Sequence[int], times: Sequence[datetime], starts: float) -> list[Came]:
    """A process: these people at once, from one moment on."""

    async def run() -> list[Came]:
        database = Database(url)
        async with database.read():
            pass
        await asyncio.sleep(max(0.0, starts - time.time()))
        came = await asyncio.gather(
            *(_one(database, number, times[number % len(times)]) for number in people)
        )
        await database.close()
        return list(came)

    return asyncio.run(run())


async def _one(database: Database, number: int, starts_at: datetime) -> Came:
    began = time.perf_counter()
    wish = Wish(COMMUNITY, OFFICE, (HALL,), None, starts_at, "Галина", phone=f"+38067{number:07d}")
    async with database.write() as db:
        done = await booking.book(db, wish, NOW, KYIV)
    seconds = time.perf_counter() - began
    if isinstance(done, Refusal):
        return Came(None, None, done.value, seconds)
    assert isinstance(done, Visit)
    return Came(done.starts_at, done.place, None, seconds)


async def left(url: str) -> tuple[int, int, float]:
    """Visits and units in the database, and the median seconds of a look at the free times of two weeks."""
    database = Database(url)
    seconds = []
    async with database.read() as db:
        kept = await db.scalar(select(func.count()).select_from(appointments)) or 0
        units = await db.scalar(select(func.count()).select_from(appointment_units)) or 0
        for _ in range(LOOKS):
            began = time.perf_counter()
            await slots.free(db, COMMUNITY, OFFICE, (HALL,), None, NOW, KYIV)
            seconds.append(time.perf_counter() - began)
    await database.close()
    return kept, units, statistics.median(seconds)


def measured(url: str, options: argparse.Namespace) -> bool:
    """One run, told in a few lines; whether everything is as it must be."""
    times = wanted_times(options.times)
    shares = [range(first, options.people, options.processes) for first in range(options.processes)]
    starts = time.time() + 2.0
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(book, url, share, times, starts) for share in shares]
        came = [one for future in futures for one in future.result()]
    took = time.time() - starts
    kept, units, look = asyncio.run(left(url))
    given = Counter((one.at, one.place) for one in came if one.refusal is None)
    told = Counter(one.refusal for one in came if one.refusal is not None)
    expected = min(options.people, 2 * len(times))
    waited = sorted(one.seconds for one in came)
    twice = sum(count - 1 for count in given.values())
    print(
        f"booked {sum(given.values())} of {expected}, told so {dict(told)}, twice {twice}, "
        f"visits kept {kept}, units {units}\n"
        f"  {took:.2f} s for all, {options.people / took:.0f} wishes a second; a wish waited "
        f"{statistics.median(waited):.2f} s, at most {waited[-1]:.2f} s; free times of two weeks {look * 1000:.1f} ms"
    )
    whole = sum(given.values()) == kept == expected and twice == 0 and units == kept * UNITS
    return whole and len(came) == options.people and set(told) <= {Refusal.TAKEN.value}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    whole = []
    for _ in range(options.runs):
        with fresh_postgres() as url:
            whole.append(measured(url, options))
    if not all(whole):
        sys.exit("a booking was lost, doubled or not told of")


if __name__ == "__main__":
    main()
