"""Sessions kept on the server.

A random token in the browser, only its hash in the database, a CSRF token beside it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.tables import account_sessions, accounts

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=3)
_SEEN_STEP = timedelta(minutes=1)


class NoSession(Exception):
    """Nobody is signed in with this token: it is unknown, ended, revoked, or the account is disabled."""


class BadCsrf(Exception):
    """The form was not made by this session's pages."""


@dataclass(frozen=True)
class Opened:
    """A new session: `token` goes into the cookie and nowhere else."""

    token: str
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True)
class Session:
    """A session that holds at this moment."""

    token_hash: str
    account_id: str
    csrf_token: str
    stale: bool
    """Whether `touch` is due."""


def hash_token(token: str) -> str:
    """What is stored of a token: sha256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


async def start(db: AsyncConnection, account_id: str, now: datetime) -> Opened:
    """Sign an account in for twelve hours."""
    opened = Opened(secrets.token_urlsafe(32), secrets.token_urlsafe(32), now + LASTS)
    await db.execute(
        insert(account_sessions).values(
            token_hash=hash_token(opened.token),
            account_id=account_id,
            csrf_token=opened.csrf_token,
            created_at=now,
            last_seen_at=now,
            expires_at=opened.expires_at,
        )
    )
    return opened


async def current(db: AsyncConnection, token: str, now: datetime) -> Session:
    """The session of this token. Raises NoSession."""
    table = account_sessions
    row = (
        (
            await db.execute(
                select(table)
                .join(accounts, accounts.c.id == table.c.account_id)
                .where(
                    table.c.token_hash == hash_token(token),
                    table.c.revoked_at.is_(None),
                    table.c.expires_at > now,
                    table.c.last_seen_at > now - IDLE,
                    accounts.c.disabled_at.is_(None),
                )
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NoSession
    return Session(
        row["token_hash"], row["account_id"], row["csrf_token"], now - row["last_seen_at"] > _SEEN_STEP
    )


async def touch(db: AsyncConnection, session: Session, now: datetime) -> None:
    """The person is still here: the idle time starts over."""
    await db.execute(
        update(account_sessions)
        .where(account_sessions.c.token_hash == session.token_hash)
        .values(last_seen_at=now)
    )


async def revoke(db: AsyncConnection, token_hash: str, now: datetime) -> None:
    """Sign this session out."""
    await db.execute(
        update(account_sessions)
        .where(account_sessions.c.token_hash == token_hash, account_sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def revoke_all(db: AsyncConnection, account_id: str, now: datetime) -> None:
    """Sign every session of the account out."""
    await db.execute(
        update(account_sessions)
        .where(account_sessions.c.account_id == account_id, account_sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def check_csrf(session: Session, token: str | None) -> None:
    """Compare in constant time. Raises BadCsrf."""
    if token is None or not hmac.compare_digest(token.encode(), session.csrf_token.encode()):
        raise BadCsrf
