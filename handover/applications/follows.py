"""Who is told when an application changes: each change once, and only what is still unknown to them.

A following remembers the digest of what it knows. Whoever is told is told within the transaction that says so, under
the conversation's row, so that neither a second worker nor a second import tells the same again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox
from conversations.database import Database, upsert
from conversations.messages import PHONE, InternalEvent
from conversations.tables import conversations
from handover.applications.codes import PROOF
from handover.applications.register import APPLICATION, Application, application_of
from handover.applications.tables import application_follows, applications

MOST = 10
"""Applications one conversation follows."""
AT_ONCE = 50
CHANGED = "application_changed"
"""The internal event by which a conversation is told."""

Facts = Callable[[Application], Mapping[str, Any]]
"""An application as an event carries it."""

Reaches = Callable[[str, datetime | None], bool]
"""Whether a message to this channel, whose person wrote last at that moment, would arrive now."""


@dataclass(frozen=True)
class Followed:
    """One application a conversation follows; `id` is what its buttons carry."""

    id: str
    number: str
    proof: str
    application: Application


async def follow(
    db: AsyncConnection, community: str, conversation_id: str, number: str, proof: str, now: datetime
) -> str | None:
    """Follow an application whose code was shown; its key. None where the code is no longer good, or at `MOST`."""
    mine = await followed(db, conversation_id)
    kept = next((one.id for one in mine if one.number == number), None)
    if kept is not None or len(mine) >= MOST:
        return kept
    digest = await db.scalar(
        select(applications.c.digest)
        .where(
            applications.c.community_id == community,
            applications.c.number == number,
            applications.c.code_hash.startswith(proof, autoescape=True),
        )
        .with_for_update(read=True)
    )
    if digest is None or len(proof) != PROOF:
        return None
    key = secrets.token_hex(6)
    await db.execute(
        upsert(db, application_follows)
        .values(
            id=key,
            community_id=community,
            number=number,
            conversation_id=conversation_id,
            told=digest,
            since=now,
        )
        .on_conflict_do_nothing()
    )
    return key


async def stop(db: AsyncConnection, conversation_id: str, key: str) -> None:
    """Follow no more. A key of somebody else's changes nothing."""
    await db.execute(
        delete(application_follows).where(
            application_follows.c.id == key, application_follows.c.conversation_id == conversation_id
        )
    )


async def followed(db: AsyncConnection, conversation_id: str) -> list[Followed]:
    """What a conversation follows, in the order it began."""
    found = await db.execute(
        select(*APPLICATION, application_follows.c.id.label("follow"))
        .join(
            application_follows,
            (application_follows.c.community_id == applications.c.community_id)
            & (application_follows.c.number == applications.c.number),
        )
        .where(application_follows.c.conversation_id == conversation_id)
        .order_by(application_follows.c.since, application_follows.c.id)
    )
    return [
        Followed(row["follow"], row["number"], (row["code_hash"] or "")[:PROOF], application_of(row))
        for row in found.mappings()
    ]


async def erase(db: AsyncConnection, conversation_id: str) -> None:
    """Forget what a person followed."""
    await db.execute(
        delete(application_follows).where(application_follows.c.conversation_id == conversation_id)
    )


async def tell_changes(
    database: Database,
    community: str,
    reaches: Reaches,
    facts: Facts,
    now: datetime,
) -> list[str]:
    """Tell every conversation of what changed since it was told last; the ids of those told.

    Who can't be reached now, or is with a specialist, is told later of what then stands.
    """
    told: list[str] = []
    after = ("", "")
    while page := await _behind(database, community, after):
        after = (page[-1]["conversation_id"], page[-1]["follow"])
        told += [
            row["conversation_id"]
            for row in page
            if reaches(row["channel"], row["last_incoming_at"]) and await _tell(database, row, facts, now)
        ]
    return told


async def _behind(database: Database, community: str, after: tuple[str, str]) -> Sequence[Any]:
    """The next followings that know another state than the one that stands."""
    place = (application_follows.c.conversation_id, application_follows.c.id)
    async with database.read() as db:
        found = await db.execute(
            select(
                application_follows.c.id.label("follow"),
                application_follows.c.conversation_id,
                application_follows.c.number,
                application_follows.c.community_id,
                application_follows.c.told,
                conversations.c.channel,
                conversations.c.last_incoming_at,
            )
            .join(
                applications,
                (application_follows.c.community_id == applications.c.community_id)
                & (application_follows.c.number == applications.c.number),
            )
            .join(conversations, conversations.c.id == application_follows.c.conversation_id)
            .where(
                application_follows.c.community_id == community,
                application_follows.c.told != applications.c.digest,
                conversations.c.channel != PHONE,
                conversations.c.owner_kind != "specialist",
                conversations.c.unreachable_at.is_(None),
                (place[0] > after[0]) | ((place[0] == after[0]) & (place[1] > after[1])),
            )
            .order_by(*place)
            .limit(AT_ONCE)
        )
        return found.mappings().all()


async def _tell(database: Database, row: Any, facts: Facts, now: datetime) -> bool:
    """Tell one conversation of one application, unless another process was quicker."""
    async with database.write() as db:
        # The conversation's row first, as everybody does.
        await db.execute(
            select(conversations.c.id)
            .where(conversations.c.id == row["conversation_id"])
            .with_for_update(key_share=True)
        )
        stands = await db.execute(
            select(*APPLICATION).where(
                applications.c.community_id == row["community_id"], applications.c.number == row["number"]
            )
        )
        found = stands.mappings().first()
        if found is None or found["digest"] == row["told"]:
            return False
        still = await db.execute(
            update(application_follows)
            .where(application_follows.c.id == row["follow"], application_follows.c.told == row["told"])
            .values(told=found["digest"])
            .returning(application_follows.c.id)
        )
        if still.first() is None:
            return False
        told = {"follow": row["follow"], **facts(application_of(found))}
        await inbox.tell(db, row["conversation_id"], InternalEvent(name=CHANGED, facts=told, at=now))
    return True
