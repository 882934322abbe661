"""The caller a specialist has on the line, kept on the server: nothing that was said is lost. Connection first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.accounts.accounts import Account
from handover.tables import callers


@dataclass(frozen=True)
class Caller:
    """What is known of a caller. `told` and `skipped` are the interview's; `situations` are asked about all at once.

    `page` is what the desk shows: words looked for, a life event, a fact asked anew. None of it stands in an address,
    which is logged. `id` is None before anything was kept.
    """

    began_at: datetime
    id: str | None = None
    name: str = ""
    phone: str = ""
    question: str = ""
    summary: str = ""
    topic: str | None = None
    situations: tuple[str, ...] = ()
    told: dict[str, Any] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    page: dict[str, str] = field(default_factory=dict)


async def on_the_line(db: AsyncConnection, account: Account, now: datetime) -> Caller:
    """The caller this person has, or a new one of whom nothing is known."""
    rows = await db.execute(
        select(callers).where(callers.c.account_id == account.id, callers.c.community_id == account.community)
    )
    row = rows.mappings().first()
    if row is None:
        return Caller(now)
    return Caller(
        began_at=row["began_at"],
        id=row["id"],
        name=row["name"],
        phone=row["phone"],
        question=row["question"],
        summary=row["summary"],
        topic=row["topic"],
        situations=tuple(row["situations"]),
        told=dict(row["told"]),
        skipped=tuple(row["skipped"]),
        page=dict(row["page"]),
    )


async def keep(db: AsyncConnection, account: Account, caller: Caller) -> None:
    """Keep what is known of this person's caller in place of what was."""
    values = {
        "name": caller.name,
        "phone": caller.phone,
        "question": caller.question,
        "summary": caller.summary,
        "topic": caller.topic,
        "situations": list(caller.situations),
        "told": caller.told,
        "skipped": list(caller.skipped),
        "page": caller.page,
    }
    await db.execute(
        upsert(db, callers)
        .values(
            id=caller.id or uuid.uuid4().hex,
            community_id=account.community,
            account_id=account.id,
            began_at=caller.began_at,
            **values,
        )
        .on_conflict_do_update(index_elements=[callers.c.account_id], set_=values)
    )


async def hang_up(db: AsyncConnection, account: Account) -> None:
    """Nobody is on the line any more, and nothing of what was said is kept here."""
    await db.execute(delete(callers).where(callers.c.account_id == account.id))
