"""Accounts.

Made, found, given a new password, and proved by a password with a lock-out after repeated failures.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import Database
from handover.accounts import attempts, passwords, sessions
from handover.accounts.attempts import LockedOut
from handover.accounts.permissions import Role
from handover.accounts.sessions import Session
from handover.tables import accounts

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@\-]{1,63}")


@dataclass(frozen=True)
class Account:
    """A person who may sign in."""

    id: str
    community: str
    login: str
    name: str
    position: str
    role: Role
    disabled: bool = False


class LoginTaken(Exception):
    """Another account already has this login."""


class BadLogin(ValueError):
    """A login is 2 to 64 Latin letters, digits, dots, hyphens, underscores or @, and starts with a letter or
    digit.
    """


class UnknownAccount(LookupError):
    """No such account."""


class OwnAccount(Exception):
    """Nobody disables themselves or changes their own role."""


class LastAdministrator(Exception):
    """Without this one nobody could look after the accounts."""


class WrongCredentials(Exception):
    """The login or the password is wrong; which of them is not said."""


def _account(row: RowMapping) -> Account:
    return Account(
        id=row["id"],
        community=row["community_id"],
        login=row["login"],
        name=row["name"],
        position=row["position"],
        role=Role.SENIOR if row["senior"] else Role(row["role"]),
        disabled=row["disabled_at"] is not None,
    )


def normal(login: str) -> str:
    """A login as it is stored and compared: without outer spaces, small letters, at most 64 characters."""
    return login.strip().casefold()[:64]


async def create(
    db: AsyncConnection,
    *,
    community: str,
    login: str,
    name: str,
    position: str,
    role: Role,
    password_hash: str,
    now: datetime,
) -> Account:
    """A new account; `password_hash` comes from `passwords.hash_password`. Raises BadLogin, LoginTaken."""
    wanted = normal(login)
    if not _LOGIN.fullmatch(wanted):
        raise BadLogin("login")
    account_id = uuid.uuid4().hex
    try:
        async with db.begin_nested():
            await db.execute(
                insert(accounts).values(
                    id=account_id,
                    community_id=community,
                    login=wanted,
                    name=name.strip(),
                    position=position.strip(),
                    **_stored(role),
                    password_hash=password_hash,
                    created_at=now,
                )
            )
    except IntegrityError as clash:
        raise LoginTaken(wanted) from clash
    return Account(account_id, community, wanted, name.strip(), position.strip(), role)


async def any_exist(db: AsyncConnection) -> bool:
    """Whether anyone can sign in at all; the first start makes an administrator where nobody can."""
    return (await db.execute(select(accounts.c.id).limit(1))).first() is not None


async def find(db: AsyncConnection, account_id: str) -> Account:
    """The account with this id. Raises UnknownAccount."""
    row = (await db.execute(select(accounts).where(accounts.c.id == account_id))).mappings().first()
    if row is None:
        raise UnknownAccount(account_id)
    return _account(row)


async def by_login(db: AsyncConnection, login: str) -> Account:
    """The account with this login. Raises UnknownAccount."""
    row = (await db.execute(select(accounts).where(accounts.c.login == normal(login)))).mappings().first()
    if row is None:
        raise UnknownAccount(normal(login))
    return _account(row)


async def colleagues(db: AsyncConnection, community: str) -> list[Account]:
    """Everyone of the community who is not disabled, by name."""
    rows = await db.execute(
        select(accounts)
        .where(accounts.c.community_id == community, accounts.c.disabled_at.is_(None))
        .order_by(accounts.c.name, accounts.c.login)
    )
    return [_account(row) for row in rows.mappings()]


async def everyone(db: AsyncConnection, community: str) -> list[Account]:
    """Everyone of the community, those who work here first, by name."""
    rows = await db.execute(
        select(accounts)
        .where(accounts.c.community_id == community)
        .order_by(accounts.c.disabled_at.is_not(None), accounts.c.name, accounts.c.login)
    )
    return [_account(row) for row in rows.mappings()]


async def of_community(db: AsyncConnection, community: str, account_id: str) -> Account:
    """The account with this id in this community. Raises UnknownAccount."""
    account = await find(db, account_id)
    if account.community != community:
        raise UnknownAccount(account_id)
    return account


async def reset_password(db: AsyncConnection, login: str, password_hash: str, now: datetime) -> Account:
    """A new password: every session of the account ends and its lock is lifted. Raises UnknownAccount."""
    account = await by_login(db, login)
    await db.execute(update(accounts).where(accounts.c.id == account.id).values(password_hash=password_hash))
    await attempts.forget(db, account.login)
    await sessions.revoke_all(db, account.id, now)
    return account


async def change_password(db: AsyncConnection, session: Session, password_hash: str, now: datetime) -> None:
    """A person's own new password: every other session of theirs ends."""
    await db.execute(
        update(accounts).where(accounts.c.id == session.account_id).values(password_hash=password_hash)
    )
    await sessions.revoke_all(db, session.account_id, now, but=session)


async def change(
    db: AsyncConnection, by: Account, account_id: str, *, name: str, position: str, role: Role
) -> Account:
    """Another name, position or role; returns the account as it was. Raises UnknownAccount, OwnAccount,
    LastAdministrator.
    """
    before = await _spared(db, by, account_id, keeps=role is Role.ADMINISTRATOR)
    if before.id == by.id and role is not before.role:
        raise OwnAccount
    await db.execute(
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(name=name.strip(), position=position.strip(), **_stored(role))
    )
    return before


async def dismiss(db: AsyncConnection, by: Account, account_id: str, now: datetime) -> Account:
    """An administrator disables a colleague. Raises UnknownAccount, OwnAccount, LastAdministrator."""
    account = await _spared(db, by, account_id, keeps=False)
    if account.id == by.id:
        raise OwnAccount
    await disable(db, account_id, now)
    return account


async def readmit(db: AsyncConnection, by: Account, account_id: str) -> Account:
    """The person works here again. Raises UnknownAccount."""
    account = await of_community(db, by.community, account_id)
    await db.execute(update(accounts).where(accounts.c.id == account_id).values(disabled_at=None))
    return account


async def _spared(db: AsyncConnection, by: Account, account_id: str, *, keeps: bool) -> Account:
    """The account, while nobody else changes administrators: two can't take the last one away together."""
    rows = await db.execute(
        select(accounts)
        .where(
            accounts.c.community_id == by.community,
            accounts.c.role == Role.ADMINISTRATOR.value,
            accounts.c.disabled_at.is_(None),
        )
        .order_by(accounts.c.id)
        .with_for_update()
    )
    administrators = {row["id"] for row in rows.mappings()}
    account = await of_community(db, by.community, account_id)
    if not keeps and administrators <= {account_id}:
        raise LastAdministrator
    return account


def _stored(role: Role) -> dict[str, str | bool]:
    """The columns of a role. The program of the release before knows no senior: to it this is a specialist."""
    return {
        "role": (Role.SPECIALIST if role is Role.SENIOR else role).value,
        "senior": role is Role.SENIOR,
    }


async def disable(db: AsyncConnection, account_id: str, now: datetime) -> None:
    """The person no longer works here: no sign-in, and every session ends."""
    await db.execute(update(accounts).where(accounts.c.id == account_id).values(disabled_at=now))
    await sessions.revoke_all(db, account_id, now)


async def authenticate(database: Database, login: str, password: str, now: datetime) -> Account:
    """The account this login and password belong to. Raises WrongCredentials, LockedOut.

    The attempt is counted before the password is looked at, so that a hundred guesses at once are a hundred
    guesses. Hashing runs in a thread between two short transactions.
    """
    wanted = normal(login)
    async with database.write() as db:
        locked_until = await attempts.count(db, wanted, now)
        row = (await db.execute(select(accounts).where(accounts.c.login == wanted))).mappings().first()
    if locked_until is not None:
        raise LockedOut(locked_until)
    stored = row["password_hash"] if row is not None and row["disabled_at"] is None else None
    if not await asyncio.to_thread(passwords.verify, stored, password) or row is None or stored is None:
        raise WrongCredentials
    renewed = (
        await asyncio.to_thread(passwords.hash_password, password) if passwords.outdated(stored) else None
    )
    async with database.write() as db:
        await attempts.forget(db, wanted)
        if renewed is not None:
            await db.execute(update(accounts).where(accounts.c.id == row["id"]).values(password_hash=renewed))
    return _account(row)
