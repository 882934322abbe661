"""Accounts: sign-in, lock-out, sessions, and what each role may do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from handover.accounts import accounts, passwords, sessions
from handover.accounts.accounts import WrongCredentials
from handover.accounts.attempts import FAILURES_ALLOWED, LOCKED_FOR, LockedOut
from handover.accounts.permissions import Forbidden, Permission, Role, allows, require
from handover.accounts.sessions import BadCsrf, NoSession
from handover.tables import account_sessions
from tests.handover.handover_world import COMMUNITY, HASH, PASSWORD, account


async def fail(database, login, times, now):
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            await accounts.authenticate(database, login, "не той пароль", now)


async def test_the_right_password_signs_in_whatever_the_case_of_the_login(database, now):
    iryna = await account(database, "iryna")
    assert await accounts.authenticate(database, " Iryna ", PASSWORD, now) == iryna


async def test_unknown_and_disabled_logins_are_refused_in_the_same_words(database, now):
    iryna = await account(database, "iryna")
    async with database.write() as db:
        await accounts.disable(db, iryna.id, now)
    for login in ("iryna", "nobody"):
        with pytest.raises(WrongCredentials) as refused:
            await accounts.authenticate(database, login, PASSWORD, now)
        assert str(refused.value) == ""


@pytest.mark.parametrize("login", ["iryna", "nobody"])
async def test_after_repeated_failures_even_the_right_password_waits(database, now, login):
    await account(database, "iryna")
    await fail(database, login, FAILURES_ALLOWED, now)
    with pytest.raises(LockedOut) as locked:
        await accounts.authenticate(database, login, PASSWORD, now + timedelta(minutes=1))
    assert locked.value.until == now + LOCKED_FOR


async def test_the_lock_ends_by_itself_and_success_forgets_failures(database, now):
    await account(database, "iryna")
    await fail(database, "iryna", FAILURES_ALLOWED, now)
    after = now + LOCKED_FOR
    assert (await accounts.authenticate(database, "iryna", PASSWORD, after)).login == "iryna"
    await fail(database, "iryna", FAILURES_ALLOWED - 1, after)
    assert (await accounts.authenticate(database, "iryna", PASSWORD, after)).login == "iryna"
    await fail(database, "iryna", FAILURES_ALLOWED - 1, after)


async def test_guesses_made_at_once_are_counted_one_by_one(database, now):
    await account(database, "iryna")
    results = await asyncio.gather(
        *(accounts.authenticate(database, "iryna", f"здогад {index}", now) for index in range(12)),
        return_exceptions=True,
    )
    tried = [result for result in results if isinstance(result, WrongCredentials)]
    assert len(tried) == FAILURES_ALLOWED
    assert all(isinstance(result, (WrongCredentials, LockedOut)) for result in results)


async def test_a_new_password_ends_sessions_and_lifts_the_lock(database, now):
    iryna = await account(database, "iryna")
    async with database.write() as db:
        opened = await sessions.start(db, iryna.id, now)
    await fail(database, "iryna", FAILURES_ALLOWED, now)
    fresh = passwords.generate()
    async with database.write() as db:
        await accounts.reset_password(db, "iryna", passwords.hash_password(fresh), now)
    assert (await accounts.authenticate(database, "iryna", fresh, now)).id == iryna.id
    with pytest.raises(NoSession):
        async with database.read() as db:
            await sessions.current(db, opened.token, now)
    with pytest.raises(accounts.UnknownAccount):
        async with database.write() as db:
            await accounts.reset_password(db, "nobody", HASH, now)


async def test_only_the_hash_of_a_token_is_stored(database, now):
    iryna = await account(database, "iryna")
    async with database.write() as db:
        opened = await sessions.start(db, iryna.id, now)
        row = (await db.execute(select(account_sessions))).one()
        assert opened.token not in str(tuple(row))
        found = await sessions.current(db, opened.token, now)
    assert found.account_id == iryna.id


async def test_a_session_ends_by_revoking_by_silence_and_by_its_term(database, now):
    iryna = await account(database, "iryna")

    async def holds(token: str, at) -> bool:
        try:
            async with database.read() as db:
                await sessions.current(db, token, at)
        except NoSession:
            return False
        return True

    async with database.write() as db:
        revoked = await sessions.start(db, iryna.id, now)
        await sessions.revoke(db, sessions.hash_token(revoked.token), now)
        silent = await sessions.start(db, iryna.id, now)
        long = await sessions.start(db, iryna.id, now)
    assert not await holds(revoked.token, now)
    assert await holds(silent.token, now + sessions.IDLE - timedelta(minutes=1))
    assert not await holds(silent.token, now + sessions.IDLE)
    at = now
    while at + timedelta(hours=2) < now + sessions.LASTS:
        at += timedelta(hours=2)
        async with database.write() as db:
            await sessions.touch(db, await sessions.current(db, long.token, at), at)
    assert await holds(long.token, at)
    assert not await holds(long.token, now + sessions.LASTS)
    assert not await holds("made up", now)


async def test_the_token_of_another_sessions_form_is_refused(database, now):
    iryna = await account(database, "iryna")
    async with database.write() as db:
        one, other = await sessions.start(db, iryna.id, now), await sessions.start(db, iryna.id, now)
        session = await sessions.current(db, one.token, now)
    sessions.check_csrf(session, one.csrf_token)
    for wrong in (other.csrf_token, "", None, "ї"):
        with pytest.raises(BadCsrf):
            sessions.check_csrf(session, wrong)


async def test_logins_are_unique_and_plain(database, now):
    await account(database, "iryna")
    with pytest.raises(accounts.LoginTaken):
        await account(database, "IRYNA", community="another")
    for bad in ("", "a", "ірина", "two words", "-dash"):
        with pytest.raises(accounts.BadLogin):
            await account(database, bad)
    async with database.read() as db:
        assert await accounts.any_exist(db)
        assert [person.login for person in await accounts.colleagues(db, COMMUNITY)] == ["iryna"]


def test_a_generated_password_is_long_and_new_each_time():
    made = {passwords.generate() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) >= 16 for password in made)
    with pytest.raises(passwords.WeakPassword):
        passwords.hash_password("коротко")
    assert HASH.startswith("$argon2id$")
    assert not passwords.outdated(HASH)


CONSULTS = {
    Permission.READ,
    Permission.NOTE,
    Permission.CONSULT,
    Permission.UNMASK,
    Permission.APPLICATIONS,
}
LEADS = {Permission.LEAD, Permission.REPORTS, Permission.READY, Permission.PAUSE}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.SPECIALIST, CONSULTS),
        (Role.SENIOR, CONSULTS | LEADS),
        (
            Role.HEAD,
            CONSULTS
            | LEADS
            | {Permission.AUDIT, Permission.RETENTION, Permission.TEAMS, Permission.CALENDARS}
            | {Permission.IMPORTS},
        ),
        (Role.EDITOR, {Permission.READ, Permission.NOTE, Permission.READY}),
        (Role.ADMINISTRATOR, set(Permission)),
    ],
)
def test_what_each_role_may_do(role, may):
    assert {permission for permission in Permission if allows(role, permission)} == may
    for permission in set(Permission) - may:
        with pytest.raises(Forbidden):
            require(role, permission)
