"""Retention of the log: what is older than the policy allows goes for good, some rows at a time.

A kind counts and removes by one and the same condition, so what it counts afterwards proves what went. Nothing goes
that still waits: an event nobody thought about, a message that is due, on its way or of unknown fate, a file being
fetched. As at a person's own erasure (`erasure.py`), words and files go, and lines, times and authors stay.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.attachments import FolderStore
from conversations.erasure import orphans
from conversations.messages import Reply
from conversations.tables import (
    attachments,
    conversations,
    inbound_keys,
    inbox,
    messages,
    outbox,
    remote_files,
    unreadable,
)

_SETTLED = ("sent", "delivered", "seen", "failed", "withdrawn")
"""Of a message in any other state something is still to be done or to be decided."""


@dataclass(frozen=True)
class Removed:
    """Rows that went or lost their words, and content hashes nobody refers to any more.

    The caller drops `orphans` from the store once the transaction is kept: a file can't be rolled back.
    """

    rows: int = 0
    orphans: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of what is kept. `count(db, before)` tells what is older, `remove(db, before, limit)` takes some."""

    name: str
    count: Callable[[AsyncConnection, datetime], Awaitable[int]]
    remove: Callable[[AsyncConnection, datetime, int], Awaitable[Removed]]


def rows(name: str, table: Table, older: Callable[[datetime], ColumnElement[bool]]) -> Kind:
    """A kind whose rows are deleted."""
    keys = list(table.primary_key.columns)

    async def count(db: AsyncConnection, before: datetime) -> int:
        found = await db.execute(select(func.count()).select_from(table).where(older(before)))
        return found.scalar_one()

    async def remove(db: AsyncConnection, before: datetime, limit: int) -> Removed:
        chosen = (
            select(*keys).where(older(before)).limit(limit).with_for_update(skip_locked=True).cte("chosen")
        )
        deleted = await db.execute(
            delete(table).where(tuple_(*keys).in_(select(*chosen.c))).returning(keys[0])
        )
        return Removed(len(deleted.all()))

    return Kind(name, count, remove)


def emptied(
    name: str, table: Table, older: Callable[[datetime], ColumnElement[bool]], /, **values: object
) -> Kind:
    """A kind whose rows stay and get these values instead; `older` has to leave out those that have them already."""
    (key,) = table.primary_key.columns

    async def count(db: AsyncConnection, before: datetime) -> int:
        found = await db.execute(select(func.count()).select_from(table).where(older(before)))
        return found.scalar_one()

    async def remove(db: AsyncConnection, before: datetime, limit: int) -> Removed:
        chosen = select(key).where(older(before)).limit(limit).with_for_update(skip_locked=True).cte("chosen")
        changed = await db.execute(
            update(table).where(key.in_(select(*chosen.c))).values(values).returning(key)
        )
        return Removed(len(changed.all()))

    return Kind(name, count, remove)


EVENTS = rows(
    "events", inbox, lambda before: and_(inbox.c.processed_at < before, inbox.c.set_aside_reason.is_(None))
)
"""Events that were thought about: their words left them at that moment, the transcript has them."""

UNREADABLE = rows("unreadable", unreadable, lambda before: unreadable.c.at < before)
EVENT_KEYS = rows("event_keys", inbound_keys, lambda before: inbound_keys.c.seen_at < before)

PAYLOADS = emptied(
    "payloads",
    outbox,
    lambda before: and_(
        outbox.c.payload.is_not(None),
        outbox.c.state.in_(_SETTLED),
        func.coalesce(outbox.c.sent_at, outbox.c.created_at) < before,
    ),
    payload=None,
)
"""What went to the vendor word for word; the line keeps the words, the row its fate."""


def _is_rejected(before: datetime) -> ColumnElement[bool]:
    return and_(inbox.c.processed_at < before, inbox.c.set_aside_reason.is_not(None))


async def _count_rejected(db: AsyncConnection, before: datetime) -> int:
    return (
        await db.execute(select(func.count()).select_from(inbox).where(_is_rejected(before)))
    ).scalar_one()


async def _remove_rejected(db: AsyncConnection, before: datetime, limit: int) -> Removed:
    chosen = (
        select(inbox.c.id)
        .where(_is_rejected(before))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    deleted = await db.execute(
        delete(inbox)
        .where(inbox.c.id.in_(select(chosen.c.id)))
        .returning(inbox.c.conversation_id, inbox.c.event_key)
    )
    events = [tuple(row) for row in deleted]
    files = await db.execute(
        delete(attachments)
        .where(
            attachments.c.position.is_(None),
            tuple_(attachments.c.conversation_id, attachments.c.event_key).in_(events),
        )
        .returning(attachments.c.content_hash)
    )
    return Removed(len(events), await orphans(db, set(files.scalars())))


REJECTED = Kind("rejected", _count_rejected, _remove_rejected)
"""Events that could not be processed and were set aside, with the files only they refer to."""


# Lines of conversations. `spared` are conversations whose lines stay for now, whatever their age.


def _settled_line(before: datetime, spared: Select[tuple[str]]) -> ColumnElement[bool]:
    """That a line is older, and nothing of it or its conversation still waits."""
    return and_(
        messages.c.at < before,
        messages.c.conversation_id.not_in(spared),
        ~exists().where(
            inbox.c.conversation_id == messages.c.conversation_id, inbox.c.processed_at.is_(None)
        ),
        ~exists().where(_of_the_line(outbox), outbox.c.state.not_in(_SETTLED)),
        ~exists().where(_of_the_line(remote_files), remote_files.c.state != "failed"),
    )


def _of_the_line(table: Table) -> ColumnElement[bool]:
    return and_(
        table.c.conversation_id == messages.c.conversation_id, table.c.position == messages.c.position
    )


def _has_words() -> ColumnElement[bool]:
    return messages.c.reply.is_not(None)


def _has_files() -> ColumnElement[bool]:
    return or_(*(exists().where(_of_the_line(table)) for table in (attachments, remote_files)))


Line = tuple[str, int]


async def _held(db: AsyncConnection, condition: ColumnElement[bool], limit: int) -> list[Line]:
    """Up to `limit` lines that meet a condition, with their conversations' rows locked, as everybody does first."""
    wanted = select(messages.c.conversation_id, messages.c.position).where(condition).limit(limit)
    found = {row.conversation_id for row in await db.execute(wanted)}
    locked = await db.execute(
        select(conversations.c.id)
        .where(conversations.c.id.in_(found))
        .order_by(conversations.c.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    mine = messages.c.conversation_id.in_(list(locked.scalars()))
    # Asked again under the lock: nobody adds to these conversations any more.
    return [(row.conversation_id, row.position) for row in await db.execute(wanted.where(mine))]


async def _drop_files(db: AsyncConnection, lines: Sequence[Line]) -> tuple[str, ...]:
    dropped = await db.execute(
        delete(attachments)
        .where(tuple_(attachments.c.conversation_id, attachments.c.position).in_(lines))
        .returning(attachments.c.content_hash)
    )
    hashes = set(dropped.scalars())
    await db.execute(
        delete(remote_files).where(tuple_(remote_files.c.conversation_id, remote_files.c.position).in_(lines))
    )
    return await orphans(db, hashes)


def words(spared: Select[tuple[str]]) -> Kind:
    """What was said, with its files; a conversation with no words left loses the person's name and state too."""

    def older(before: datetime) -> ColumnElement[bool]:
        return and_(_settled_line(before, spared), _has_words())

    async def count(db: AsyncConnection, before: datetime) -> int:
        found = await db.execute(select(func.count()).select_from(messages).where(older(before)))
        return found.scalar_one()

    async def remove(db: AsyncConnection, before: datetime, limit: int) -> Removed:
        lines = await _held(db, older(before), limit)
        if not lines:
            return Removed()
        await db.execute(
            update(messages)
            .where(tuple_(messages.c.conversation_id, messages.c.position).in_(lines))
            .values(reply=None, author_name=None, topic=None, facet=None, turn=None)
        )
        await db.execute(
            update(outbox)
            .where(tuple_(outbox.c.conversation_id, outbox.c.position).in_(lines))
            .values(payload=None, error=None)
        )
        files = await _drop_files(db, lines)
        ids = {conversation for conversation, _ in lines}
        await _forget_people(db, ids)
        await _forget_shown(db, ids, before, said=None, said_file=None)
        return Removed(len(lines), files)

    return Kind("words", count, remove)


async def _forget_people(db: AsyncConnection, ids: Iterable[str]) -> None:
    await db.execute(
        update(conversations)
        .where(
            conversations.c.id.in_(list(ids)),
            ~exists().where(messages.c.conversation_id == conversations.c.id, messages.c.reply.is_not(None)),
        )
        .values(author_name=None, name_key=None, state=None)
    )


async def _forget_shown(
    db: AsyncConnection, ids: Iterable[str], before: datetime, **values: str | None
) -> None:
    """What lists show of a last line goes with that line's own words and files."""
    await db.execute(
        update(conversations)
        .where(conversations.c.id.in_(list(ids)), conversations.c.said_at < before)
        .values(values)
    )


def files(spared: Select[tuple[str]]) -> Kind:
    """The files of lines; the words of the lines stay."""

    def older(before: datetime) -> ColumnElement[bool]:
        return and_(_settled_line(before, spared), _has_files())

    async def count(db: AsyncConnection, before: datetime) -> int:
        found = await db.execute(select(func.count()).select_from(messages).where(older(before)))
        return found.scalar_one()

    async def remove(db: AsyncConnection, before: datetime, limit: int) -> Removed:
        lines = await _held(db, older(before), limit)
        if not lines:
            return Removed()
        kept = await db.execute(
            select(messages.c.conversation_id, messages.c.position, messages.c.reply).where(
                tuple_(messages.c.conversation_id, messages.c.position).in_(lines),
                messages.c.reply.is_not(None),
            )
        )
        for conversation, position, said in kept.all():
            reply = Reply.model_validate(said).model_copy(update={"attachments": ()})
            await db.execute(
                update(messages)
                .where(messages.c.conversation_id == conversation, messages.c.position == position)
                .values(reply=reply.model_dump(mode="json", exclude_defaults=True))
            )
        await _forget_shown(db, {conversation for conversation, _ in lines}, before, said_file=None)
        return Removed(len(lines), await _drop_files(db, lines))

    return Kind("files", count, remove)


async def stray_files(db: AsyncConnection, store: FolderStore, before: datetime) -> tuple[str, ...]:
    """Files put before this moment that no row refers to: sent by nobody in the end, or left by a crash."""
    old = await store.older(before)
    strays: list[str] = []
    for start in range(0, len(old), 500):
        strays += await orphans(db, set(old[start : start + 500]))
    return tuple(strays)
