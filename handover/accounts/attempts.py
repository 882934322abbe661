"""Attempts to sign in: counted before anything is compared, and a lock-out after repeated failures.

Passwords are counted by login, codes of a second factor by account: `key` is either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.tables import login_attempts

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
"""Failures this far apart are not one attack."""


@dataclass
class LockedOut(Exception):
    """Too many failures: the login is locked until this moment, known or not."""

    until: datetime

    def __str__(self) -> str:
        return "locked out"


async def count(db: AsyncConnection, key: str, now: datetime) -> datetime | None:
    """Count one attempt; returns until when the key is locked, None when this attempt may be tried."""
    await db.execute(
        delete(login_attempts).where(
            login_attempts.c.last_at < now - FORGOTTEN_AFTER,
            login_attempts.c.locked_until.is_(None) | (login_attempts.c.locked_until <= now),
        )
    )
    await db.execute(
        delete(login_attempts).where(login_attempts.c.login == key, login_attempts.c.locked_until <= now)
    )
    counted = await _increase(db, key, now)
    if counted["locked_until"] is not None:
        until: datetime = counted["locked_until"]
        return until
    if counted["failures"] >= FAILURES_ALLOWED:
        await db.execute(
            update(login_attempts).where(login_attempts.c.login == key).values(locked_until=now + LOCKED_FOR)
        )
    return None


async def forget(db: AsyncConnection, key: str) -> None:
    """The right one came, or an administrator lifted the lock."""
    await db.execute(delete(login_attempts).where(login_attempts.c.login == key))


async def _increase(db: AsyncConnection, key: str, now: datetime) -> RowMapping:
    statement = upsert(db, login_attempts).values(login=key, failures=1, last_at=now)
    result = await db.execute(
        statement.on_conflict_do_update(
            index_elements=[login_attempts.c.login],
            set_={"failures": login_attempts.c.failures + 1, "last_at": now},
        ).returning(login_attempts.c.failures, login_attempts.c.locked_until)
    )
    return result.mappings().one()
