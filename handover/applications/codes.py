"""Receipts' codes: made at random, told once, kept as a keyed hash. A new one makes the old one worth nothing."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.applications.register import UnknownNumber
from handover.applications.tables import application_follows, applications
from knowledge_base.understanding.receipts import CODE_LENGTH, DIGITS, LETTERS

PROOF = 16
"""Signs of the hash that prove, within the house, that a code was known."""

_NOBODYS = "0" * 64
"""What a number without a code is compared with."""


def digest(key: bytes, community: str, number: str, code: str) -> str:
    """The hash of a code of this number. Without the house's secret it can't be tried out on a stolen database."""
    said = "\0".join(("application", community, number, code)).encode()
    return hmac.digest(key, said, "sha256").hex()


def fits(key: bytes, community: str, number: str, code: str, code_hash: str | None) -> bool:
    """Whether the code is this number's. The same work whatever the answer, with no hash to compare with too."""
    same = hmac.compare_digest(digest(key, community, number, code), code_hash or _NOBODYS)
    return same and code_hash is not None


def made() -> str:
    """A new code: a letter and a digit by turns."""
    return "".join(secrets.choice(DIGITS if place % 2 else LETTERS) for place in range(CODE_LENGTH))


async def issue(db: AsyncConnection, community: str, number: str, key: bytes, now: datetime) -> str:
    """A new code for an application; who came in by the old one follows no more. Raises UnknownNumber."""
    code = made()
    given = await db.execute(
        update(applications)
        .where(applications.c.community_id == community, applications.c.number == number)
        .values(code_hash=digest(key, community, number, code), code_at=now)
        .returning(applications.c.number)
    )
    if given.first() is None:
        raise UnknownNumber
    await db.execute(
        delete(application_follows).where(
            application_follows.c.community_id == community, application_follows.c.number == number
        )
    )
    return code
