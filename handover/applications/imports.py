"""Files of applications given on the page: looked through, then imported, by a task that tells how far it is.

The row says what goes on to every process; a task that ended without a word is seen by its silence, and can be begun
anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.accounts.accounts import Account
from handover.applications.importing import Imported
from handover.applications.parsing import Fault
from handover.applications.register import Counts
from handover.applications.tables import application_imports

SILENT = timedelta(seconds=30)
"""So long without a word, and the task is taken for dead."""

Stage = Literal["looking", "looked", "importing", "done", "cancelled", "refused"]


class UnknownImport(Exception):
    """No import of this community has the id."""


@dataclass(frozen=True)
class Import:
    """One file: how far it is, what it comes to, what is wrong in it. `header_fault`: why it is no table of ours."""

    id: str
    file_name: str
    content_hash: str
    stage: Stage
    total: int
    passed: int
    counts: Counts
    wrong: int
    faults: tuple[Fault, ...]
    header_fault: str
    stop_asked: bool
    created_at: datetime
    touched_at: datetime

    def goes_on(self, now: datetime) -> bool:
        """Whether somebody works on it."""
        return self.stage in ("looking", "importing") and now - self.touched_at < SILENT

    def broken_off(self, now: datetime) -> bool:
        """Whether whoever worked on it is gone."""
        return self.stage in ("looking", "importing") and not self.goes_on(now)


async def begin(db: AsyncConnection, me: Account, file_name: str, content_hash: str, now: datetime) -> Import:
    """A new file, to be looked through."""
    values: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "community_id": me.community,
        "account_id": me.id,
        "file_name": file_name[:200],
        "content_hash": content_hash,
        "state": "looking",
        "total": 1,
        "passed": 0,
        "counts": {},
        "faults": [],
        "header_fault": "",
        "stop_asked": False,
        "created_at": now,
        "touched_at": now,
    }
    await db.execute(insert(application_imports).values(values))
    return _import(values)


async def find(db: AsyncConnection, community: str, import_id: str) -> Import:
    """One file of this community. Raises UnknownImport."""
    found = await db.execute(
        select(application_imports).where(
            application_imports.c.id == import_id, application_imports.c.community_id == community
        )
    )
    row = found.mappings().first()
    if row is None:
        raise UnknownImport
    return _import(row)


async def latest(db: AsyncConnection, community: str, limit: int = 5) -> list[Import]:
    """The files of late, the newest first."""
    found = await db.execute(
        select(application_imports)
        .where(application_imports.c.community_id == community)
        .order_by(application_imports.c.created_at.desc())
        .limit(limit)
    )
    return [_import(row) for row in found.mappings()]


async def refuse(db: AsyncConnection, import_id: str, why: str, now: datetime) -> None:
    """The file is no table of ours; nothing of it was written."""
    await db.execute(
        update(application_imports)
        .where(application_imports.c.id == import_id)
        .values(state="refused", header_fault=why, touched_at=now)
    )


async def enter(db: AsyncConnection, one: Import, stage: Stage, now: datetime) -> bool:
    """Go from the stage it was seen in to another; False where somebody else was quicker."""
    fresh = {"passed": 0, "stop_asked": False} if stage in ("looking", "importing") else {}
    entered = await db.execute(
        update(application_imports)
        .where(
            application_imports.c.id == one.id,
            application_imports.c.state == one.stage,
            application_imports.c.touched_at == one.touched_at,
        )
        .values(state=stage, touched_at=now, **fresh)
        .returning(application_imports.c.id)
    )
    return entered.first() is not None


async def told(db: AsyncConnection, import_id: str, so_far: Imported, stage: Stage, now: datetime) -> bool:
    """How far it is; False where it is to stop, or was ended meanwhile. Faults are written once the stage has ended."""
    ended = stage not in ("looking", "importing")
    faults = {"faults": [[one.line, one.column, one.why, one.mend] for one in so_far.faults]} if ended else {}
    kept = await db.execute(
        update(application_imports)
        .where(
            application_imports.c.id == import_id, application_imports.c.state.in_(("looking", "importing"))
        )
        .values(
            state=stage,
            total=so_far.total,
            passed=so_far.passed,
            counts={
                "new": so_far.counts.new,
                "changed": so_far.counts.changed,
                "same": so_far.counts.same,
                "wrong": so_far.wrong,
            },
            touched_at=now,
            **faults,
        )
        .returning(application_imports.c.stop_asked)
    )
    asked = kept.first()
    return asked is not None and not asked.stop_asked


async def ask_to_stop(db: AsyncConnection, import_id: str) -> None:
    """Whoever works on it stops after the batch in hand; what is in stays in."""
    await db.execute(
        update(application_imports).where(application_imports.c.id == import_id).values(stop_asked=True)
    )


def _import(row: RowMapping | Mapping[str, Any]) -> Import:
    counts = row["counts"]
    return Import(
        id=row["id"],
        file_name=row["file_name"],
        content_hash=row["content_hash"],
        stage=cast("Stage", row["state"]),
        total=row["total"],
        passed=row["passed"],
        counts=replace(
            Counts(), **{name: counts[name] for name in ("new", "changed", "same") if name in counts}
        ),
        wrong=counts.get("wrong", 0),
        faults=tuple(Fault(*fault) for fault in row["faults"]),
        header_fault=row["header_fault"],
        stop_asked=bool(row["stop_asked"]),
        created_at=row["created_at"],
        touched_at=row["touched_at"],
    )
