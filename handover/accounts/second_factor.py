"""The second factor: codes of an authenticator (RFC 6238), recovery codes, and who has to have one.

The secret is never stored. It is derived from the house's own secret and a random seed, so that neither the database
nor a backup gives anybody a code; who changes the house's secret resets the second factors with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import Database, upsert
from handover.accounts import attempts, passwords
from handover.accounts.attempts import LockedOut
from handover.tables import recovery_codes, second_factors, sign_in_rules

STEP = 30
"""Seconds a code is for."""

AROUND = (0, -1, 1)
"""A code of the step before or after is taken too: clocks differ, and people type slowly."""

DIGITS = 6
RECOVERY_CODES = 10
SET_UP_LASTS = timedelta(minutes=15)
"""From the password to the first code; after it the secret is shown to nobody."""

ISSUER = "Приймальня"


class WrongCode(Exception):
    """The code does not fit, was used already, or the account has no second factor."""


class AlreadySet(Exception):
    """The factor is confirmed: its secret is never shown again."""


@dataclass(frozen=True)
class Factor:
    """How an account's second factor stands. `recovery_left`: codes nobody has used yet."""

    confirmed_at: datetime | None
    recovery_left: int


def code_at(secret: bytes, step: int) -> str:
    """The code of this step: HOTP of RFC 4226 over SHA-1, which every authenticator knows."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_at(now: datetime) -> int:
    """The number of the step this moment is in."""
    return int(now.timestamp()) // STEP


def derived(house_secret: bytes, account_id: str, seed: str) -> bytes:
    """The 20 bytes an authenticator and we share. Raises ValueError where the house has no secret."""
    if not house_secret:
        raise ValueError("the house has no secret")
    return hmac.digest(house_secret, f"second-factor:{account_id}:{seed}".encode(), hashlib.sha256)[:20]


def typed(secret: bytes) -> str:
    """The secret as one types it into an authenticator: base32 in groups of four."""
    whole = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def address(secret: bytes, login: str) -> str:
    """The otpauth:// address that a QR code carries."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{quote(login)}?secret={plain}&issuer={quote(ISSUER)}"


async def standing(db: AsyncConnection, account_id: str) -> Factor:
    """How the account's second factor stands; one that was begun and not confirmed asks for nothing yet."""
    left = (
        select(func.count())
        .where(recovery_codes.c.account_id == account_id, recovery_codes.c.used_at.is_(None))
        .scalar_subquery()
    )
    row = (
        await db.execute(
            select(second_factors.c.confirmed_at, left).where(second_factors.c.account_id == account_id)
        )
    ).first()
    return Factor(None, 0) if row is None else Factor(row[0], row[1])


async def holders(db: AsyncConnection, community: str) -> set[str]:
    """Accounts of the community that are asked for a code."""
    found = await db.execute(
        select(second_factors.c.account_id).where(
            second_factors.c.community_id == community, second_factors.c.confirmed_at.is_not(None)
        )
    )
    return set(found.scalars())


async def begin(db: AsyncConnection, community: str, account_id: str, now: datetime) -> None:
    """Start setting a factor up, with a new secret each time. Raises AlreadySet."""
    seed = secrets.token_urlsafe(32)
    statement = upsert(db, second_factors).values(
        account_id=account_id, community_id=community, seed=seed, created_at=now
    )
    begun = await db.execute(
        statement.on_conflict_do_update(
            index_elements=[second_factors.c.account_id],
            set_={"seed": seed, "created_at": now},
            where=second_factors.c.confirmed_at.is_(None),
        ).returning(second_factors.c.account_id)
    )
    if begun.first() is None:
        raise AlreadySet


async def unconfirmed(db: AsyncConnection, account_id: str, now: datetime) -> str | None:
    """The seed of a factor that is being set up, None where none was begun lately. Raises AlreadySet."""
    row = (
        await db.execute(
            select(second_factors.c.seed, second_factors.c.confirmed_at, second_factors.c.created_at).where(
                second_factors.c.account_id == account_id
            )
        )
    ).first()
    if row is None:
        return None
    if row.confirmed_at is not None:
        raise AlreadySet
    seed: str = row.seed
    return seed if row.created_at > now - SET_UP_LASTS else None


async def confirm(
    database: Database, house_secret: bytes, account_id: str, code: str, now: datetime
) -> list[str]:
    """The authenticator shows the right code: from now on it is asked for. Returns the recovery codes, once.

    Raises WrongCode, LockedOut, AlreadySet.
    """
    async with database.write() as db:
        locked_until = await attempts.count(db, _key(account_id), now)
    if locked_until is not None:
        raise LockedOut(locked_until)
    async with database.write() as db:
        seed = await unconfirmed(db, account_id, now)
        if seed is None:
            raise WrongCode
        step = _fitting(derived(house_secret, account_id, seed), code, now)
        done = await db.execute(
            update(second_factors)
            .where(second_factors.c.account_id == account_id, second_factors.c.confirmed_at.is_(None))
            .values(confirmed_at=now, last_step=step)
            .returning(second_factors.c.account_id)
        )
        if done.first() is None:
            raise AlreadySet
        await attempts.forget(db, _key(account_id))
        return await new_recovery_codes(db, account_id)


async def new_recovery_codes(db: AsyncConnection, account_id: str) -> list[str]:
    """Ten codes in place of all there were; only their hashes are kept."""
    made = [passwords.generate() for _ in range(RECOVERY_CODES)]
    await db.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    await db.execute(
        insert(recovery_codes), [{"account_id": account_id, "code_hash": _hashed(code)} for code in made]
    )
    return made


async def prove(database: Database, house_secret: bytes, account_id: str, code: str, now: datetime) -> bool:
    """Take a code of the authenticator or a recovery code, each once; returns whether it was a recovery code.

    The attempt is counted before the code is looked at. Raises WrongCode, LockedOut.
    """
    async with database.write() as db:
        locked_until = await attempts.count(db, _key(account_id), now)
    if locked_until is not None:
        raise LockedOut(locked_until)
    async with database.write() as db:
        by_recovery = await _spend(db, house_secret, account_id, code, now)
        await attempts.forget(db, _key(account_id))
    return by_recovery


async def _spend(db: AsyncConnection, house_secret: bytes, account_id: str, code: str, now: datetime) -> bool:
    row = (
        await db.execute(
            select(second_factors.c.seed).where(
                second_factors.c.account_id == account_id, second_factors.c.confirmed_at.is_not(None)
            )
        )
    ).first()
    if row is None:
        raise WrongCode
    if len(_plain(code)) > DIGITS:
        used = await db.execute(
            update(recovery_codes)
            .where(
                recovery_codes.c.account_id == account_id,
                recovery_codes.c.code_hash == _hashed(code),
                recovery_codes.c.used_at.is_(None),
            )
            .values(used_at=now)
            .returning(recovery_codes.c.account_id)
        )
        if used.first() is None:
            raise WrongCode
        return True
    step = _fitting(derived(house_secret, account_id, row.seed), code, now)
    last = second_factors.c.last_step
    fresh = await db.execute(
        update(second_factors)
        .where(second_factors.c.account_id == account_id, or_(last.is_(None), last < step))
        .values(last_step=step)
        .returning(second_factors.c.account_id)
    )
    if fresh.first() is None:
        raise WrongCode
    return False


async def remove(db: AsyncConnection, account_id: str) -> bool:
    """The account is asked for no code any more; returns whether it was."""
    await db.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    await attempts.forget(db, _key(account_id))
    gone = await db.execute(
        delete(second_factors)
        .where(second_factors.c.account_id == account_id)
        .returning(second_factors.c.confirmed_at)
    )
    return any(at is not None for at in gone.scalars())


async def required(db: AsyncConnection, community: str) -> bool:
    """Whether everybody of the community has to have a second factor."""
    found = await db.execute(
        select(sign_in_rules.c.second_factor).where(sign_in_rules.c.community_id == community)
    )
    return bool(found.scalar_one_or_none())


async def require(db: AsyncConnection, community: str, on: bool, now: datetime) -> None:
    """From now on it is, or is not, asked of everybody."""
    await db.execute(
        upsert(db, sign_in_rules)
        .values(community_id=community, second_factor=on, changed_at=now)
        .on_conflict_do_update(
            index_elements=[sign_in_rules.c.community_id], set_={"second_factor": on, "changed_at": now}
        )
    )


def _fitting(secret: bytes, code: str, now: datetime) -> int:
    """The step whose code this is. Raises WrongCode."""
    given = _plain(code).encode()
    for away in AROUND:
        step = step_at(now) + away
        if hmac.compare_digest(code_at(secret, step).encode(), given):
            return step
    raise WrongCode


def _plain(code: str) -> str:
    return re.sub(r"[\s\-]", "", code).casefold()


def _hashed(code: str) -> str:
    """Eighty random bits need no slow hash."""
    return hashlib.sha256(_plain(code).encode()).hexdigest()


def _key(account_id: str) -> str:
    """No login has a colon."""
    return f"code:{account_id}"
