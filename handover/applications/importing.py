"""A file into the register: rows that are right go in by batches, rows that are not are told with how to mend them.

A batch is a transaction: never half a row. The same file again finds everything as it is and changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from conversations.database import Database
from handover.applications import reading, register
from handover.applications.parsing import NUMBER, Fault, heading, parsed
from handover.applications.reading import Line
from handover.applications.record import Record
from handover.applications.register import BATCH, FILES, Counts

FAULTS_KEPT = 5_000
"""Faults that are told one by one; beyond them only how many rows are wrong."""


@dataclass
class Imported:
    """How far an import has come. `wrong` are rows left out; `faults` what is wrong in them."""

    total: int
    passed: int = 0
    counts: Counts = field(default_factory=Counts)
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)
    stopped: bool = False


@dataclass(frozen=True)
class _Batch:
    records: Sequence[Record]
    faults: Sequence[Fault]
    wrong: int
    passed: int


Told = Callable[[Imported], Awaitable[bool]]
"""Is told after every batch how far it is; False stops."""


async def _go_on(_: Imported) -> bool:
    return True


async def run(
    database: Database,
    community: str,
    path: Path,
    today: date,
    clock: Callable[[], datetime],
    *,
    dry_run: bool = False,
    told: Told = _go_on,
) -> Imported:
    """Import a file, or with `dry_run` only say what it would come to. Raises BadFile, before anything is written."""
    table = await asyncio.to_thread(reading.read, path)
    so_far = Imported(max(table.total, 1))
    batches = _batches(table.lines, community, today)
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        if dry_run:
            async with database.read() as db:
                counts = await register.compared(db, community, batch.records)
        else:
            async with database.write() as db:
                counts = await register.put(db, community, batch.records, FILES, clock())
        so_far.counts += counts
        so_far.passed += batch.passed
        so_far.wrong += batch.wrong
        so_far.faults.extend(batch.faults[: FAULTS_KEPT - len(so_far.faults)])
        so_far.total = max(so_far.total, so_far.passed)
        if not await told(so_far):
            so_far.stopped = True
            return so_far
    so_far.total = max(so_far.passed, 1)
    return so_far


def _batches(lines: Iterator[Line], community: str, today: date) -> Iterator[_Batch]:
    """Rows as records, so many at once; a number that stood before in the file is a fault."""
    seen: dict[str, int] = {}
    records: list[Record] = []
    faults: list[Fault] = []
    wrong = passed = 0
    for line in lines:
        passed += 1
        one = parsed(line.number, line.cells, community, today)
        if isinstance(one, Record) and (before := seen.get(one.number)) is not None:
            why = f"номер уже є в рядку {before}"
            one = [Fault(line.number, heading(NUMBER), why, "залиште останній стан заяви")]
        if isinstance(one, Record):
            seen[one.number] = line.number
            records.append(one)
        else:
            faults += one
            wrong += 1
        if passed == BATCH:
            yield _Batch(records, faults, wrong, passed)
            records, faults, wrong, passed = [], [], 0, 0
    if passed:
        yield _Batch(records, faults, wrong, passed)
