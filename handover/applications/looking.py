"""Looking an application up from a chat: by number and code, five times a day, and by what was proven before.

Number and code are one question: whatever is wrong, the same statements are executed and the same is answered. A try is
counted by its own statement in the transaction that answers, so that a storm of them counts no less.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.applications import codes, register
from handover.applications.codes import PROOF
from handover.applications.register import APPLICATION, Application, Step, application_of
from handover.applications.tables import application_follows, application_tries, applications

TRIES = 5
"""Tries a day of one conversation, and for one number."""
KYIV = ZoneInfo("Europe/Kyiv")
TRIES_KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Looked:
    """What a look-up came to. `follow` is the key of this conversation's own following, where it follows."""

    outcome: Literal["found", "wrong", "limit"]
    application: Application | None = None
    proof: str = ""
    follow: str | None = None
    steps: tuple[Step, ...] = ()


WRONG, LIMIT = Looked("wrong"), Looked("limit")


async def by_code(
    db: AsyncConnection,
    community: str,
    conversation_id: str,
    number: str,
    code: str,
    key: bytes,
    now: datetime,
) -> Looked:
    """The application of a number and its code. A try of the conversation and of the number, right or wrong."""
    of_number = hmac.digest(key, f"tried\0{community}\0{number}".encode(), "sha256").hex()
    if not await _counted(db, community, f"c:{conversation_id}", now):
        return LIMIT
    if not await _counted(db, community, f"n:{of_number}", now):
        return LIMIT
    row = await _row(db, community, conversation_id, number)
    if not codes.fits(key, community, number, code, row["code_hash"] if row else None) or row is None:
        return WRONG
    return Looked("found", application_of(row), row["code_hash"][:PROOF], row["follow"])


async def by_proof(
    db: AsyncConnection, community: str, conversation_id: str, number: str, proof: str
) -> Looked:
    """The application whose code this conversation has shown before, with its history; wrong after a new code."""
    row = await _row(db, community, conversation_id, number, held=True)
    if row is None or not proof or not hmac.compare_digest((row["code_hash"] or "")[:PROOF], proof):
        return WRONG
    steps = await register.history(db, community, number)
    return Looked("found", application_of(row), proof, row["follow"], tuple(steps))


async def _row(
    db: AsyncConnection, community: str, conversation_id: str, number: str, *, held: bool = False
) -> RowMapping | None:
    """The application with the key of this conversation's following. `held`: nobody changes it meanwhile."""
    mine = and_(
        application_follows.c.community_id == applications.c.community_id,
        application_follows.c.number == applications.c.number,
        application_follows.c.conversation_id == conversation_id,
    )
    wanted = (
        select(*APPLICATION, application_follows.c.id.label("follow"))
        .select_from(applications.outerjoin(application_follows, mine))
        .where(applications.c.community_id == community, applications.c.number == number)
    )
    if held:
        wanted = wanted.with_for_update(read=True, of=applications)
    return (await db.execute(wanted)).mappings().first()


async def _counted(db: AsyncConnection, community: str, who: str, now: datetime) -> bool:
    """Count one more try; False where the day's are used up, and then nothing is counted."""
    counting = upsert(db, application_tries).values(
        community_id=community,
        day=now.astimezone(KYIV).date().isoformat(),
        who=who,
        count=1,
        last_at=now,
    )
    counted = await db.execute(
        counting.on_conflict_do_update(
            index_elements=list(application_tries.primary_key.columns),
            set_={"count": application_tries.c.count + 1, "last_at": now},
            where=application_tries.c.count < TRIES,
        ).returning(application_tries.c.count)
    )
    return counted.first() is not None
