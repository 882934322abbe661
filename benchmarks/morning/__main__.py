"""A morning of a reception: 400 contacts over all channels, 300 visits to the hall, 20 specialists, one report.

`python -m benchmarks.morning [--databases sqlite,postgresql] [--seed N] [--contacts N …]`; exit code 1 where somebody
ended without an outcome, or the report does not say what the log says.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.morning.day import Morning, Size, morning_of, play
from benchmarks.options import count, some_of
from benchmarks.races import fresh_postgres
from conversations.database import migrate

DAY = datetime(2026, 12, 3, 6, tzinfo=UTC)
"""A Thursday: some specialists of the sample department receive then."""

DATABASES = ("sqlite", "postgresql")


def main(arguments: Sequence[str] | None = None) -> int:
    """Play and print. Returns the exit code."""
    options = _options(arguments)
    size = Size(options.contacts, options.calls, options.visits, options.specialists, options.rooms)
    failed = False
    for kind in options.databases:
        with _database(kind) as url, tempfile.TemporaryDirectory(prefix="pryimalnia-morning-") as made:
            folder = Path(options.folder or made)
            morning = asyncio.run(play(folder, url, size, options.seed, *morning_of(DAY)))
        print("\n".join(_lines(kind, morning)), flush=True)
        failed = failed or bool(morning.outcomes.faults)
    return 1 if failed else 0


def _lines(kind: str, morning: Morning) -> Iterator[str]:
    found, hall = morning.outcomes, morning.outcomes.hall
    yield f"{kind}, {os.cpu_count()} processors: {morning.minutes} minutes of that day in {morning.seconds:.0f} s"
    yield f"  contacts     {found.report.visited.total.total}: {_counted(found.contacts)}"
    channels = ", ".join(f"{name} {split.total}" for name, split in found.report.visited.channels)
    yield f"  by channel   {channels}; {found.written} messages of citizens, {morning.events} steps of the house"
    answered = found.report.consulted
    yield (
        f"  consulted    {answered.opened} opened, {answered.resolved} closed, {len(answered.overdue)} overdue; first "
        f"answer after {answered.first_answer.middle} min in the middle, {answered.first_answer.most} at most"
    )
    yield (
        f"  hall         {hall.total} visits, {hall.booked} booked: {hall.served} served, {hall.no_shows} did not "
        f"come, {hall.expected} still to come; wait {hall.middle_wait} min in the middle, {hall.longest_wait} at most"
    )
    yield f"  races        {morning.lost_races} times two specialists wanted the same conversation"
    yield f"  memory       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most, emulators included"
    yield f"  reconciled   {'yes' if not found.faults else 'NO'}"
    yield from (f"    {fault}" for fault in found.faults[:40])


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.most_common())


@contextlib.contextmanager
def _database(kind: str) -> Iterator[str]:
    """The address of a migrated, empty database."""
    if kind == "postgresql":
        with fresh_postgres() as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="pryimalnia-morning-") as folder:
        url = f"sqlite+aiosqlite:///{folder}/morning.sqlite"
        asyncio.run(migrate(url))
        yield url


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    usual = Size()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.morning", description=__doc__)
    parser.add_argument("--databases", type=some_of(DATABASES), default=list(DATABASES))
    parser.add_argument("--seed", type=int, default=20261203)
    parser.add_argument("--contacts", type=count, default=usual.contacts)
    parser.add_argument("--calls", type=count, default=usual.calls)
    parser.add_argument("--visits", type=count, default=usual.visits)
    parser.add_argument("--specialists", type=count, default=usual.specialists)
    parser.add_argument("--rooms", type=count, default=usual.rooms)
    parser.add_argument("--folder", help="where a built knowledge base lies; it is built anew otherwise")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
