"""The register itself: batches of records in, one application out. Connection first.

A batch is compared with what stands and only what differs is written, so that the same rows twice are the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.applications.record import Record, State
from handover.applications.tables import application_sources, application_states, applications

FILES, REGISTER = "files", "register"
"""Where applications come from: files somebody gives, and the department's own database."""

BATCH = 500
"""Rows compared and written in one transaction."""


class UnknownNumber(Exception):
    """No application of this community has the number."""


@dataclass(frozen=True)
class Counts:
    """What a batch came to."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.new + other.new, self.changed + other.changed, self.same + other.same)


@dataclass(frozen=True)
class Step:
    """A state of the history: since when, and when we heard of it."""

    state: State
    since: date
    at: datetime


@dataclass(frozen=True)
class Application:
    """An application as it stands. `as_of`: when its source last said so; `has_code`: a receipt was given."""

    record: Record
    as_of: datetime
    changed_at: datetime
    code_hash: str | None
    code_at: datetime | None


async def compared(db: AsyncConnection, community: str, records: Sequence[Record]) -> Counts:
    """What a batch would come to; nothing is written."""
    stand = await _digests(db, community, [one.number for one in records])
    new = sum(one.number not in stand for one in records)
    changed = sum(one.number in stand and stand[one.number][0] != one.digest for one in records)
    return Counts(new, changed, len(records) - new - changed)


async def put(
    db: AsyncConnection, community: str, records: Sequence[Record], source: str, now: datetime
) -> Counts:
    """Write a batch: what is new and what differs; of the rest only that it still stands. One writer at a time."""
    await _alone(db, community, source)
    records = sorted(records, key=lambda one: one.number)
    stand = await _digests(db, community, [one.number for one in records])
    new = [one for one in records if one.number not in stand]
    changed = [one for one in records if one.number in stand and stand[one.number][0] != one.digest]
    differing = {one.number for one in changed}
    same = [one.number for one in records if one.number in stand and one.number not in differing]
    if new:
        await db.execute(insert(applications), [_row(community, one, source, now) for one in new])
    if changed:
        await db.execute(_CHANGED, [_named_anew(_row(community, one, source, now)) for one in changed])
    if same:
        await db.execute(
            update(applications)
            .where(applications.c.community_id == community, applications.c.number.in_(same))
            .values(as_of=now, source=source)
        )
    moved = [one for one in changed if stand[one.number][1:] != (one.state.value, one.since.isoformat())]
    if steps := [_step(community, one, now) for one in (*new, *moved)]:
        await db.execute(insert(application_states), steps)
    return Counts(len(new), len(changed), len(same))


async def find(db: AsyncConnection, community: str, number: str) -> Application:
    """One application by its number as it is compared. Raises UnknownNumber."""
    row = await _one(db, community, number)
    if row is None:
        raise UnknownNumber
    return application_of(row)


async def history(db: AsyncConnection, community: str, number: str) -> list[Step]:
    """Every state, the latest first."""
    found = await db.execute(
        select(application_states.c.state, application_states.c.since, application_states.c.at)
        .where(application_states.c.community_id == community, application_states.c.number == number)
        .order_by(application_states.c.id.desc())
    )
    return [Step(State(row.state), date.fromisoformat(row.since), row.at) for row in found]


async def any_known(db: AsyncConnection, communities: Iterable[str]) -> set[str]:
    """Which of these communities have a register at all."""
    known = set()
    for community in communities:
        found = await db.execute(
            select(applications.c.number).where(applications.c.community_id == community).limit(1)
        )
        if found.first() is not None:
            known.add(community)
    return known


def application_of(row: RowMapping | Mapping[str, Any]) -> Application:
    """A row of the table; `good_at` beside it is when its source last answered."""
    day = {name: row[name] and date.fromisoformat(row[name]) for name in ("period_from", "period_to")}
    record = Record(
        number=row["number"],
        shown=row["shown"],
        matter=row["matter"],
        state=State(row["state"]),
        since=date.fromisoformat(row["since"]),
        amount=row["amount"],
        reason=row["reason"],
        next_step=row["next_step"],
        papers=row["papers"],
        **day,
    )
    good_at = row["good_at"]
    as_of = row["as_of"] if good_at is None or row["source"] != REGISTER else max(row["as_of"], good_at)
    return Application(record, as_of.astimezone(UTC), row["changed_at"], row["code_hash"], row["code_at"])


APPLICATION = (
    *applications.c,
    select(application_sources.c.good_at)
    .where(
        application_sources.c.community_id == applications.c.community_id,
        application_sources.c.source == applications.c.source,
    )
    .scalar_subquery()
    .label("good_at"),
)
"""What `application_of` reads."""


async def _one(db: AsyncConnection, community: str, number: str) -> RowMapping | None:
    found = await db.execute(
        select(*APPLICATION).where(applications.c.community_id == community, applications.c.number == number)
    )
    return found.mappings().first()


async def _digests(
    db: AsyncConnection, community: str, numbers: Sequence[str]
) -> dict[str, tuple[str, str, str]]:
    """Digest, state and its day of those that stand already, by number."""
    found = await db.execute(
        select(
            applications.c.number, applications.c.digest, applications.c.state, applications.c.since
        ).where(applications.c.community_id == community, applications.c.number.in_(numbers))
    )
    return {row.number: (row.digest, row.state, row.since) for row in found}


async def _alone(db: AsyncConnection, community: str, source: str) -> None:
    """Hold the row that stands for writing into this community's register until the end of the transaction."""
    for name in sorted({FILES, source}):
        held = upsert(db, application_sources).values(community_id=community, source=name, rows=0, wrong=0)
        await db.execute(
            held.on_conflict_do_update(
                index_elements=[application_sources.c.community_id, application_sources.c.source],
                set_={"rows": application_sources.c.rows},
            )
        )


_KEY = ("community_id", "number")
_CHANGED = (
    update(applications)
    .where(
        applications.c.community_id == bindparam("of_community_id"),
        applications.c.number == bindparam("of_number"),
    )
    .values(
        {
            column.name: bindparam(f"new_{column.name}")
            for column in applications.c
            if column.name not in (*_KEY, "code_hash", "code_at")
        }
    )
)
"""One row as it is now; many of them are one statement."""


def _named_anew(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values by the names that an update has for them."""
    return {f"of_{name}" if name in _KEY else f"new_{name}": value for name, value in row.items()}


def _row(community: str, one: Record, source: str, now: datetime) -> dict[str, Any]:
    return {
        "community_id": community,
        "number": one.number,
        "shown": one.shown,
        "matter": one.matter,
        "state": one.state.value,
        "since": one.since.isoformat(),
        "amount": one.amount,
        "period_from": one.period_from and one.period_from.isoformat(),
        "period_to": one.period_to and one.period_to.isoformat(),
        "reason": one.reason,
        "next_step": one.next_step,
        "papers": one.papers,
        "digest": one.digest,
        "source": source,
        "as_of": now,
        "changed_at": now,
    }


def _step(community: str, one: Record, now: datetime) -> dict[str, Any]:
    return {
        "community_id": community,
        "number": one.number,
        "state": one.state.value,
        "since": one.since.isoformat(),
        "at": now,
    }
