"""The audit log as it is read: who did what, who read which conversation, a page at a time, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Select, and_, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.tables import attachments
from handover.audit import Action
from handover.tables import accounts, audit, tickets

SHOWN = 50


@dataclass(frozen=True)
class Wanted:
    """What of the log is asked for; None of anything: all of it. Times are UTC, `until` is not included.

    `number` is a consultation's. `before` is the id of the last line of the page before.
    """

    who: str | None = None
    action: Action | None = None
    number: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class Entry:
    """One line. `name` is None where the house did it by itself. `number` is the consultation's it is about, and
    `about` the account's name."""

    id: int
    at: datetime
    action: str
    account_id: str | None
    name: str | None
    subject: str | None
    number: str | None
    about: str | None
    facts: Mapping[str, str | int]


async def page(db: AsyncConnection, community: str, wanted: Wanted, limit: int = SHOWN) -> list[Entry]:
    """The lines that fit, at most `limit`, the newest first; three queries."""
    statement = (
        select(audit, accounts.c.name)
        .outerjoin(accounts, accounts.c.id == audit.c.account_id)
        .where(audit.c.community_id == community, *_conditions(community, wanted))
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(limit)
    )
    rows = list((await db.execute(statement)).mappings())
    subjects = {row["subject"] for row in rows if row["subject"]}
    numbers = await _numbers(db, community, subjects)
    names = await _names(db, community, subjects)
    return [_entry(row, numbers, names) for row in rows]


def _conditions(community: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.who is not None:
        conditions.append(audit.c.account_id == wanted.who)
    if wanted.action is not None:
        conditions.append(audit.c.action == wanted.action.value)
    if wanted.number is not None:
        conditions.append(audit.c.subject.in_(_subjects(community, wanted.number)))
    if wanted.since is not None:
        conditions.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(audit.c.at < wanted.until)
    if wanted.before is not None:
        last = (
            select(audit.c.at)
            .where(audit.c.community_id == community, audit.c.id == wanted.before)
            .scalar_subquery()
        )
        conditions.append(or_(audit.c.at < last, and_(audit.c.at == last, audit.c.id < wanted.before)))
    return conditions


def _subjects(community: str, number: str) -> Select[tuple[str]]:
    """A consultation's conversation and the files that were sent in it."""
    about = (
        select(tickets.c.conversation_id)
        .where(tickets.c.community_id == community, tickets.c.number == number)
        .scalar_subquery()
    )
    found = union_all(
        select(tickets.c.conversation_id.label("subject")).where(
            tickets.c.community_id == community, tickets.c.number == number
        ),
        select(attachments.c.content_hash).where(attachments.c.conversation_id == about),
    ).subquery()
    return select(found.c.subject)


async def _numbers(db: AsyncConnection, community: str, subjects: set[str]) -> dict[str, str]:
    """The newest consultation's number of each conversation."""
    rows = await db.execute(
        select(tickets.c.conversation_id, tickets.c.number)
        .where(tickets.c.community_id == community, tickets.c.conversation_id.in_(subjects))
        .order_by(tickets.c.created_at)
    )
    return {row.conversation_id: row.number for row in rows}


async def _names(db: AsyncConnection, community: str, subjects: set[str]) -> dict[str, str]:
    rows = await db.execute(
        select(accounts.c.id, accounts.c.name).where(
            accounts.c.community_id == community, accounts.c.id.in_(subjects)
        )
    )
    return {row.id: row.name for row in rows}


def _entry(row: RowMapping, numbers: Mapping[str, str], names: Mapping[str, str]) -> Entry:
    subject: str | None = row["subject"]
    return Entry(
        id=row["id"],
        at=row["at"],
        action=row["action"],
        account_id=row["account_id"],
        name=row["name"],
        subject=subject,
        number=numbers.get(subject or ""),
        about=names.get(subject or ""),
        facts=row["facts"],
    )


async def deletions(db: AsyncConnection, community: str, limit: int = 30) -> Sequence[Entry]:
    """What retention took, the newest first: the proof that it is gone."""
    return await page(db, community, Wanted(action=Action.EXPIRED), limit)
