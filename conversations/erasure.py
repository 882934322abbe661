"""What is stored of a person's conversation, and taking it away: words and files go, the rows stay for audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.messages import AuthorKind, Reply
from conversations.ownership import UnknownConversation
from conversations.tables import attachments, conversations, inbox, messages, outbox, remote_files

Scope = Literal["all", "files"]


@dataclass(frozen=True)
class Stored:
    """How many messages of the citizen and files of the conversation are kept, and since when."""

    messages: int
    files: int
    since: datetime | None


@dataclass(frozen=True)
class Erased:
    """What was taken away: lines whose words went, files, and the content hashes nobody refers to any more.

    The caller drops `orphans` from the store once the transaction is kept: a file can't be rolled back.
    """

    messages: int
    files: int
    orphans: tuple[str, ...]


async def stored(db: AsyncConnection, conversation_id: str) -> Stored:
    """What is kept of this conversation now."""
    heard = await db.execute(
        select(func.count(), func.min(messages.c.at)).where(
            messages.c.conversation_id == conversation_id,
            messages.c.author_kind == AuthorKind.CITIZEN.value,
            messages.c.reply.is_not(None),
        )
    )
    count, since = heard.one()
    files = await db.execute(
        select(func.count(attachments.c.content_hash.distinct())).where(
            attachments.c.conversation_id == conversation_id
        )
    )
    return Stored(messages=count, files=files.scalar_one(), since=since)


async def erase(db: AsyncConnection, conversation_id: str, scope: Scope, now: datetime) -> Erased:
    """Take away everything said so far, or only the files. Raises UnknownConversation.

    Everything means the words of all sides, what waits to be sent, the name and the state; a message that came in
    meanwhile and was not read yet stays. Lines, times, authors and events' keys stay.
    """
    # The conversation's row first, as everybody does, so that nobody speaks in between.
    values: dict[str, object] = {"erased_at": now, "said_file": None}
    if scope == "all":
        values |= {"author_name": None, "name_key": None, "state": None, "said": None}
    locked = await db.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(values)
        .returning(conversations.c.id)
    )
    if locked.first() is None:
        raise UnknownConversation(conversation_id)
    count = await _erase_words(db, conversation_id) if scope == "all" else 0
    if scope == "files":
        await _take_files_out_of_lines(db, conversation_id)
    await db.execute(delete(remote_files).where(remote_files.c.conversation_id == conversation_id))
    hashes = await _forget_files(db, conversation_id)
    return Erased(messages=count, files=len(hashes), orphans=await orphans(db, hashes))


async def _erase_words(db: AsyncConnection, conversation_id: str) -> int:
    erased = await db.execute(
        update(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.reply.is_not(None))
        .values(reply=None, author_name=None, topic=None, facet=None, turn=None)
        .returning(messages.c.position)
    )
    count = len(erased.all())
    await db.execute(
        update(inbox)
        .where(inbox.c.conversation_id == conversation_id, inbox.c.processed_at.is_not(None))
        .values(event=None)
    )
    await db.execute(
        update(outbox)
        .where(outbox.c.conversation_id == conversation_id, outbox.c.state == "due")
        .values(state="withdrawn")
    )
    await db.execute(
        update(outbox).where(outbox.c.conversation_id == conversation_id).values(payload=None, error=None)
    )
    return count


async def _take_files_out_of_lines(db: AsyncConnection, conversation_id: str) -> None:
    rows = await db.execute(
        select(messages.c.position, messages.c.reply).where(
            messages.c.conversation_id == conversation_id,
            messages.c.position.in_(
                select(attachments.c.position).where(attachments.c.conversation_id == conversation_id)
            ),
            messages.c.reply.is_not(None),
        )
    )
    for position, kept in rows.all():
        reply = Reply.model_validate(kept).model_copy(update={"attachments": ()})
        await db.execute(
            update(messages)
            .where(messages.c.conversation_id == conversation_id, messages.c.position == position)
            .values(reply=reply.model_dump(mode="json", exclude_defaults=True))
        )


async def _forget_files(db: AsyncConnection, conversation_id: str) -> set[str]:
    """Drop the references of lines and of events set aside, not those of events that still wait."""
    aside = select(inbox.c.event_key).where(
        inbox.c.conversation_id == conversation_id,
        inbox.c.set_aside_reason.is_not(None),
        inbox.c.event_key.is_not(None),
    )
    dropped = await db.execute(
        delete(attachments)
        .where(
            attachments.c.conversation_id == conversation_id,
            or_(attachments.c.position.is_not(None), attachments.c.event_key.in_(aside)),
        )
        .returning(attachments.c.content_hash)
    )
    return set(dropped.scalars())


async def orphans(db: AsyncConnection, hashes: set[str]) -> tuple[str, ...]:
    """Those of these content hashes that nobody refers to any more."""
    if not hashes:
        return ()
    wanted = await db.execute(
        select(attachments.c.content_hash).where(attachments.c.content_hash.in_(hashes)).distinct()
    )
    return tuple(sorted(hashes - set(wanted.scalars())))
