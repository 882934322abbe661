"""Colleagues named in a note with `@`: they see where, until they have opened it.

Connection first. A name is the whole name of somebody who works in the community; of namesakes all are meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.accounts import accounts
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.tables import mentions


def may_be_mentioned(colleagues: Sequence[Account], by: Account) -> list[Account]:
    """Whom this person may name: everybody else who may read conversations here."""
    return [one for one in colleagues if one.id != by.id and allows(one.role, Permission.READ)]


def named(text: str, colleagues: Sequence[Account]) -> list[Account]:
    """Those of these colleagues whom a text names. Of names that begin alike the longest one is meant."""
    names = sorted({one.name for one in colleagues if one.name}, key=len, reverse=True)
    if not names:
        return []
    # Not inside an address (`iryna@Ірина`), and not the beginning of a longer word.
    sought = re.compile(rf"(?<!\w)@({'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)
    said = {found.group(1).casefold() for found in sought.finditer(text)}
    return [one for one in colleagues if one.name.casefold() in said]


async def keep(
    db: AsyncConnection,
    community: str,
    conversation_id: str,
    position: int,
    by: Account,
    text: str,
    now: datetime,
) -> list[Account]:
    """Remember whom the note at this position names; returns them."""
    colleagues = may_be_mentioned(await accounts.colleagues(db, community), by) if "@" in text else []
    found = named(text, colleagues)
    if found:
        await db.execute(
            insert(mentions),
            [
                {
                    "community_id": community,
                    "account_id": one.id,
                    "conversation_id": conversation_id,
                    "position": position,
                    "by_id": by.id,
                    "at": now,
                }
                for one in found
            ],
        )
    return found


async def read(
    db: AsyncConnection, community: str, account_id: str, conversation_id: str, until: int, now: datetime
) -> bool:
    """This person has the conversation before their eyes, up to a line. Returns whether anything was unread."""
    seen = await db.execute(
        update(mentions)
        .where(
            mentions.c.community_id == community,
            mentions.c.account_id == account_id,
            mentions.c.conversation_id == conversation_id,
            mentions.c.position <= until,
            mentions.c.read_at.is_(None),
        )
        .values(read_at=now)
    )
    return bool(seen.rowcount)


async def unread(
    db: AsyncConnection, community: str, account_id: str, conversation_ids: Collection[str]
) -> frozenset[str]:
    """Those of these conversations in which a mention of this person is unread; one query."""
    if not conversation_ids:
        return frozenset()
    rows = await db.execute(
        select(mentions.c.conversation_id).where(
            mentions.c.community_id == community,
            mentions.c.account_id == account_id,
            mentions.c.conversation_id.in_(conversation_ids),
            mentions.c.read_at.is_(None),
        )
    )
    return frozenset(rows.scalars())


async def lines(
    db: AsyncConnection, community: str, account_id: str, conversation_id: str
) -> dict[int, bool]:
    """The lines of a conversation that name this person, and whether each is unread."""
    rows = await db.execute(
        select(mentions.c.position, mentions.c.read_at).where(
            mentions.c.community_id == community,
            mentions.c.account_id == account_id,
            mentions.c.conversation_id == conversation_id,
        )
    )
    return {row.position: row.read_at is None for row in rows}
