"""Typed words that are not sent yet: one reply and one note a conversation for each specialist.

Connection first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.tables import composer_drafts

Mode = Literal["reply", "note"]


@dataclass(frozen=True)
class Drafts:
    """What one specialist has typed in one conversation; empty where nothing waits."""

    reply: str = ""
    note: str = ""


async def of(db: AsyncConnection, community: str, account_id: str, conversation_id: str) -> Drafts:
    """Both drafts of this specialist in this conversation."""
    rows = await db.execute(
        select(composer_drafts.c.mode, composer_drafts.c.text).where(
            _place(community, account_id, conversation_id)
        )
    )
    typed = {row.mode: row.text for row in rows}
    return Drafts(typed.get("reply", ""), typed.get("note", ""))


async def begun(
    db: AsyncConnection, community: str, account_id: str, conversation_ids: Collection[str]
) -> frozenset[str]:
    """Those of these conversations in which this specialist has a draft; one query."""
    if not conversation_ids:
        return frozenset()
    rows = await db.execute(
        select(composer_drafts.c.conversation_id)
        .where(
            composer_drafts.c.community_id == community,
            composer_drafts.c.account_id == account_id,
            composer_drafts.c.conversation_id.in_(conversation_ids),
        )
        .distinct()
    )
    return frozenset(rows.scalars())


async def save(
    db: AsyncConnection,
    community: str,
    account_id: str,
    conversation_id: str,
    mode: Mode,
    text: str,
    now: datetime,
) -> None:
    """Keep what is typed now in place of what was; blank words are no draft."""
    if not text.strip():
        await clear(db, community, account_id, conversation_id, mode)
        return
    statement = upsert(db, composer_drafts).values(
        community_id=community,
        account_id=account_id,
        conversation_id=conversation_id,
        mode=mode,
        text=text,
        saved_at=now,
    )
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=list(composer_drafts.primary_key.columns),
            set_={"text": statement.excluded.text, "saved_at": statement.excluded.saved_at},
        )
    )


async def clear(
    db: AsyncConnection, community: str, account_id: str, conversation_id: str, mode: Mode
) -> None:
    """The words are sent, or given up."""
    await db.execute(
        delete(composer_drafts).where(
            _place(community, account_id, conversation_id), composer_drafts.c.mode == mode
        )
    )


def _place(community: str, account_id: str, conversation_id: str) -> ColumnElement[bool]:
    return and_(
        composer_drafts.c.community_id == community,
        composer_drafts.c.account_id == account_id,
        composer_drafts.c.conversation_id == conversation_id,
    )
