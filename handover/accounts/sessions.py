"""Sessions kept on the server.

A random token in the browser, only its hash in the database, a CSRF token beside it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.tables import account_sessions, accounts, half_sessions, second_factors, sign_in_rules

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=3)
HALF_LASTS = timedelta(minutes=5)
"""From the right password to the code."""

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
    owes_factor: bool = False
    """The community asks everybody for a second factor and this account has none yet."""


@dataclass(frozen=True)
class Seen:
    """A session as its owner sees it. `id` begins the hash of its token and opens nothing."""

    id: str
    browser: str | None
    created_at: datetime
    last_seen_at: datetime
    here: bool


_ID = 16
"""Characters of the hash that tell one session of an account from another."""


def hash_token(token: str) -> str:
    """What is stored of a token: sha256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


async def start(db: AsyncConnection, account_id: str, now: datetime, browser: str | None = None) -> Opened:
    """Sign an account in for twelve hours; `browser` is a short name, as its owner would call it."""
    opened = Opened(secrets.token_urlsafe(32), secrets.token_urlsafe(32), now + LASTS)
    await db.execute(
        insert(account_sessions).values(
            token_hash=hash_token(opened.token),
            account_id=account_id,
            csrf_token=opened.csrf_token,
            created_at=now,
            last_seen_at=now,
            expires_at=opened.expires_at,
            browser=browser,
        )
    )
    return opened


async def current(db: AsyncConnection, token: str, now: datetime) -> Session:
    """The session of this token. Raises NoSession."""
    table, factor, rules = account_sessions, second_factors, sign_in_rules
    row = (
        (
            await db.execute(
                select(table, factor.c.confirmed_at, rules.c.second_factor)
                .join(accounts, accounts.c.id == table.c.account_id)
                .outerjoin(factor, factor.c.account_id == accounts.c.id)
                .outerjoin(rules, rules.c.community_id == accounts.c.community_id)
                .where(table.c.token_hash == hash_token(token), _holds(now), accounts.c.disabled_at.is_(None))
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NoSession
    return Session(
        row["token_hash"],
        row["account_id"],
        row["csrf_token"],
        now - row["last_seen_at"] > _SEEN_STEP,
        bool(row["second_factor"]) and row["confirmed_at"] is None,
    )


def _holds(now: datetime) -> ColumnElement[bool]:
    table = account_sessions
    return and_(table.c.revoked_at.is_(None), table.c.expires_at > now, table.c.last_seen_at > now - IDLE)


async def held(db: AsyncConnection, session: Session, now: datetime) -> list[Seen]:
    """Where this session's account is signed in now, the one used last first."""
    table = account_sessions
    rows = await db.execute(
        select(table)
        .where(table.c.account_id == session.account_id, _holds(now))
        .order_by(table.c.last_seen_at.desc(), table.c.token_hash)
    )
    return [_seen(row, session) for row in rows.mappings()]


def _seen(row: RowMapping, session: Session) -> Seen:
    return Seen(
        row["token_hash"][:_ID],
        row["browser"],
        row["created_at"],
        row["last_seen_at"],
        row["token_hash"] == session.token_hash,
    )


async def begin(db: AsyncConnection, account_id: str, now: datetime) -> str:
    """Half a session: the password was right, the code is still to come. Returns its token."""
    token = secrets.token_urlsafe(32)
    await db.execute(delete(half_sessions).where(half_sessions.c.expires_at <= now))
    await db.execute(
        insert(half_sessions).values(
            token_hash=hash_token(token), account_id=account_id, expires_at=now + HALF_LASTS
        )
    )
    return token


async def begun(db: AsyncConnection, token: str, now: datetime) -> str:
    """The account whose password this half a session proved. Raises NoSession."""
    found = await db.execute(
        select(half_sessions.c.account_id)
        .join(accounts, accounts.c.id == half_sessions.c.account_id)
        .where(
            half_sessions.c.token_hash == hash_token(token),
            half_sessions.c.expires_at > now,
            accounts.c.disabled_at.is_(None),
        )
    )
    account_id = found.scalar_one_or_none()
    if account_id is None:
        raise NoSession
    return str(account_id)


async def complete(db: AsyncConnection, token: str, now: datetime, browser: str | None = None) -> Opened:
    """The code was right too: a whole session in place of the half. Raises NoSession, also for a second press."""
    spent = await db.execute(
        delete(half_sessions)
        .where(half_sessions.c.token_hash == hash_token(token), half_sessions.c.expires_at > now)
        .returning(half_sessions.c.account_id)
    )
    account_id = spent.scalar_one_or_none()
    if account_id is None:
        raise NoSession
    return await start(db, account_id, now, browser)


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


async def revoke_seen(db: AsyncConnection, session: Session, seen_id: str, now: datetime) -> bool:
    """Sign another session of the same account out; returns whether there was one."""
    table = account_sessions
    gone = await db.execute(
        update(table)
        .where(
            table.c.account_id == session.account_id,
            func.substr(table.c.token_hash, 1, _ID) == seen_id,
            table.c.token_hash != session.token_hash,
            table.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(table.c.token_hash)
    )
    return gone.first() is not None


async def revoke_all(
    db: AsyncConnection, account_id: str, now: datetime, *, but: Session | None = None
) -> None:
    """Sign every session of the account out, whole and half ones; `but` stays."""
    table = account_sessions
    await db.execute(delete(half_sessions).where(half_sessions.c.account_id == account_id))
    await db.execute(
        update(table)
        .where(
            table.c.account_id == account_id,
            table.c.revoked_at.is_(None),
            table.c.token_hash != (but.token_hash if but else ""),
        )
        .values(revoked_at=now)
    )


def check_csrf(session: Session, token: str | None) -> None:
    """Compare in constant time. Raises BadCsrf."""
    if token is None or not hmac.compare_digest(token.encode(), session.csrf_token.encode()):
        raise BadCsrf
