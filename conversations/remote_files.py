"""Files of citizens that still lie with the vendor: remembered with their line, fetched apart, then part of the line.

due ──claim──> fetching ──> fetched (the row goes, the line has the file)
 ^                │   └───> failed  (the line says why)
 └────retry───────┘
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from conversations.inbox import storable_key
from conversations.messages import Attachment, AttachmentKind, RemoteFile, Reply
from conversations.tables import attachments, conversations, messages, remote_files

LEASE = timedelta(minutes=3)
"""Longer than fetching the largest file a vendor hands out."""

LONGEST_ERROR = 500
LONGEST_NAME = 200


@dataclass(frozen=True)
class Wanted:
    """One file claimed for fetching. `attempts` counts this one too."""

    id: int
    community: str
    conversation_id: str
    position: int
    event_key: str
    handle: str
    name: str | None
    attempts: int
    created_at: datetime


@dataclass(frozen=True)
class Missing:
    """A file of a line that is not here: still on its way, or `failed` with the reason."""

    kind: AttachmentKind
    failed: bool
    reason: str | None


async def remember(
    db: AsyncConnection,
    conversation_id: str,
    community: str,
    channel: str,
    position: int,
    event_key: str,
    files: Iterable[RemoteFile],
    now: datetime,
) -> None:
    """Keep where these files of a line lie."""
    rows = [
        {
            "community_id": community,
            "conversation_id": conversation_id,
            "position": position,
            "event_key": storable_key(event_key),
            "channel": channel,
            "kind": file.kind.value,
            "handle": file.handle,
            "name": file.name and file.name[:LONGEST_NAME],
            "state": "due",
            "attempts": 0,
            "due_at": now,
            "created_at": now,
        }
        for file in files
    ]
    if rows:
        await db.execute(insert(remote_files), rows)


async def claim_due(
    db: AsyncConnection, worker: str, now: datetime, *, channel: str, communities: Collection[str], limit: int
) -> list[Wanted]:
    """Take up to `limit` files whose time has come; one whose worker did not come back in time is taken again."""
    chosen = (
        select(remote_files.c.id)
        .where(
            remote_files.c.channel == channel,
            remote_files.c.community_id.in_(communities),
            or_(
                (remote_files.c.state == "due") & (remote_files.c.due_at <= now),
                (remote_files.c.state == "fetching") & (remote_files.c.claimed_until <= now),
            ),
        )
        .order_by(remote_files.c.due_at, remote_files.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    claimed = await db.execute(
        update(remote_files)
        .where(
            remote_files.c.id.in_(select(chosen.c.id)),
            or_(remote_files.c.state == "due", remote_files.c.claimed_until <= now),
        )
        .values(
            state="fetching",
            claimed_by=worker,
            claimed_until=now + LEASE,
            attempts=remote_files.c.attempts + 1,
        )
        .returning(remote_files)
    )
    return [
        Wanted(
            id=row["id"],
            community=row["community_id"],
            conversation_id=row["conversation_id"],
            position=row["position"],
            event_key=row["event_key"],
            handle=row["handle"],
            name=row["name"],
            attempts=row["attempts"],
            created_at=row["created_at"],
        )
        for row in claimed.mappings()
    ]


async def arrived(db: AsyncConnection, wanted: Wanted, file: Attachment) -> bool:
    """The file is in the store: it joins its line. False where the line was erased meanwhile: nobody refers to it."""
    # The conversation's row first, as everybody does: erasing and arriving must not pass each other by.
    await db.execute(
        select(conversations.c.id).where(conversations.c.id == wanted.conversation_id).with_for_update()
    )
    gone = await db.execute(
        delete(remote_files)
        .where(remote_files.c.id == wanted.id, remote_files.c.attempts == wanted.attempts)
        .returning(remote_files.c.id)
    )
    if gone.first() is None:
        return False
    line = (messages.c.conversation_id == wanted.conversation_id) & (messages.c.position == wanted.position)
    kept = (await db.execute(select(messages.c.reply).where(line))).scalar_one_or_none()
    if kept is None:
        return False
    reply = Reply.model_validate(kept)
    reply = reply.model_copy(update={"attachments": (*reply.attachments, file)})
    await db.execute(
        update(messages).where(line).values(reply=reply.model_dump(mode="json", exclude_defaults=True))
    )
    statement = upsert(db, attachments)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=list(attachments.primary_key.columns),
            set_={"position": statement.excluded.position},
        ),
        {
            "conversation_id": wanted.conversation_id,
            "event_key": wanted.event_key,
            "content_hash": file.content_hash,
            "community_id": wanted.community,
            "position": wanted.position,
        },
    )
    return True


async def refer_to(db: AsyncConnection, content_hash: str) -> bool:
    """Whether any line refers to this file."""
    found = await db.execute(
        select(attachments.c.content_hash).where(attachments.c.content_hash == content_hash).limit(1)
    )
    return found.first() is not None


async def later(db: AsyncConnection, wanted: Wanted, at: datetime, reason: str) -> None:
    """It did not come; try again at `at`."""
    await _end(db, wanted, "due", at, reason)


async def failed(db: AsyncConnection, wanted: Wanted, reason: str) -> None:
    """It will never come; the line says so."""
    await _end(db, wanted, "failed", wanted.created_at, reason)


async def _end(db: AsyncConnection, wanted: Wanted, state: str, at: datetime, reason: str) -> None:
    await db.execute(
        update(remote_files)
        .where(remote_files.c.id == wanted.id, remote_files.c.attempts == wanted.attempts)
        .values(
            state=state,
            due_at=at,
            error=reason.replace("\0", "")[:LONGEST_ERROR],
            claimed_by=None,
            claimed_until=None,
        )
    )


async def missing(
    db: AsyncConnection, conversation_id: str, positions: Sequence[int]
) -> dict[int, list[Missing]]:
    """The files of these lines that are not here, by position."""
    if not positions:
        return {}
    rows = await db.execute(
        select(remote_files)
        .where(
            remote_files.c.conversation_id == conversation_id,
            remote_files.c.position.between(positions[0], positions[-1]),
        )
        .order_by(remote_files.c.id)
    )
    found: dict[int, list[Missing]] = {}
    for row in rows.mappings():
        failed_ = row["state"] == "failed"
        found.setdefault(row["position"], []).append(
            Missing(AttachmentKind(row["kind"]), failed_, row["error"] if failed_ else None)
        )
    return found
