"""Accounts from the command line, and the administrator of the first start."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.app import house
from bots.app.faults import StartFault
from bots.app.settings import Settings
from conversations.clock import utc_now
from conversations.database import Database
from handover import audit
from handover.accounts import accounts, passwords, second_factor, sessions
from handover.accounts.accounts import Account
from handover.accounts.permissions import Role
from handover.audit import Action

ADMINISTRATOR = "admin"


async def first_administrator(database: Database, settings: Settings) -> str | None:
    """Make the administrator where nobody can sign in yet and return the password; None at every later start."""
    async with database.read() as db:
        if await accounts.any_exist(db):
            return None
    password = passwords.generate()
    password_hash = await asyncio.to_thread(passwords.hash_password, password)
    async with database.write() as db:
        if await accounts.any_exist(db):
            return None
        try:
            await accounts.create(
                db,
                community=settings.community,
                login=ADMINISTRATOR,
                name="Адміністратор приймальні",
                position="спеціаліст",
                role=Role.ADMINISTRATOR,
                password_hash=password_hash,
                now=utc_now(),
            )
        except accounts.LoginTaken:
            # Another process of this reception started at the same moment, and told the password.
            return None
    return password


async def add(settings: Settings, login: str, name: str, position: str, role: str) -> str:
    """Make an account and return its generated password. Raises StartFault with the mend."""
    try:
        wanted = Role(role)
    except ValueError:
        known = ", ".join(one.value for one in Role)
        raise StartFault(f"role {role!r} does not exist; choose one of {known}") from None
    password = passwords.generate()
    password_hash = await asyncio.to_thread(passwords.hash_password, password)
    async with house.database(settings) as database:
        try:
            async with database.write() as db:
                made = await accounts.create(
                    db,
                    community=settings.community,
                    login=login,
                    name=name,
                    position=position,
                    role=wanted,
                    password_hash=password_hash,
                    now=utc_now(),
                )
                await _remember(db, made, Action.ACCOUNT_ADDED)
        except accounts.BadLogin:
            raise StartFault(
                f"login {login!r} can't be used; take 2 to 64 Latin letters, digits, dots or hyphens"
            ) from None
        except accounts.LoginTaken:
            raise StartFault(
                f"login {login!r} is taken; choose another or use account reset-password"
            ) from None
    return password


async def reset_password(settings: Settings, login: str) -> str:
    """Give an account a new generated password, sign it out everywhere, and return the password. Raises StartFault."""
    password = passwords.generate()
    password_hash = await asyncio.to_thread(passwords.hash_password, password)
    async with house.database(settings) as database:
        try:
            async with database.write() as db:
                account = await accounts.reset_password(db, login, password_hash, utc_now())
                await _remember(db, account, Action.ACCESS_RESET)
        except accounts.UnknownAccount:
            raise StartFault(f"there is no account {login!r}; make one with account add") from None
    return password


async def reset_second_factor(settings: Settings, login: str) -> str:
    """Let an account in by its password alone and sign it out everywhere; returns what there was, in words.

    Raises StartFault.
    """
    async with house.database(settings) as database, database.write() as db:
        try:
            account = await accounts.by_login(db, login)
        except accounts.UnknownAccount:
            raise StartFault(f"there is no account {login!r}; make one with account add") from None
        had_one = await second_factor.remove(db, account.id)
        if had_one:
            await sessions.revoke_all(db, account.id, utc_now())
            await _remember(db, account, Action.FACTOR_RESET)
    return "reset" if had_one else "there was none"


async def _remember(db: AsyncConnection, account: Account, action: Action) -> None:
    """Who can run commands here is not known to the reception, so nobody is named."""
    facts = {"login": account.login, "by": "server"}
    await audit.record(
        db,
        community=account.community,
        account_id=None,
        action=action,
        subject=account.id,
        now=utc_now(),
        facts=facts,
    )
