"""The transcript: every line of a conversation, in the order of its positions, which is the order of commits.

A position is given by an UPDATE of the conversation's row, whose lock is held to the end of the transaction. The same
statement carries the ownership epoch, so a stale writer is refused before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.channel import Payload
from conversations.inbox import storable_key, storable_name, upsert
from conversations.messages import (
    Author,
    AuthorKind,
    ConversationRef,
    IncomingMessage,
    MessageKind,
    Reply,
)
from conversations.ownership import Owner, StaleEpoch, UnknownConversation, owner_of, ref_of
from conversations.tables import attachments, conversations, messages, outbox

ERASED = Reply(text="Стерто")
"""What stands where a person's words were erased."""

EDITED = "Виправлено: "
"""Stands before words that the person changed after sending."""

WITHOUT_WORDS = {
    MessageKind.PRESS: "Кнопка",
    MessageKind.PHOTO: "Фото",
    MessageKind.VOICE: "Голосове повідомлення",
    MessageKind.DOCUMENT: "Файл",
    MessageKind.STICKER: "Наліпка",
    MessageKind.LOCATION: "Місце на карті",
    MessageKind.CONTACT: "Контакт",
}
SOMETHING = "Повідомлення без тексту"

RECENT = 10
"""How many lines back the label of a pressed button is looked for."""

# Of several parts of one line the least fortunate speaks for all.
_DELIVERY_ORDER = ("failed", "unknown", "withdrawn", "due", "sending", "sent", "delivered", "seen")


@dataclass(frozen=True)
class Line:
    """One line. `delivery` is None for what is never sent: a citizen's, a system's line, a note."""

    position: int
    conversation_id: str
    author: Author
    reply: Reply
    at: datetime
    event_key: str | None = None
    kind: MessageKind | None = None
    delivery: str | None = None
    delivery_error: str | None = None
    topic: str | None = None
    facet: str | None = None
    knowledge_version: str | None = None
    erased: bool = False


@dataclass(frozen=True)
class Head:
    """A conversation as lists show it. `unread` counts the citizen's lines after `seen_position`; `last` is the last
    line a citizen can see (no notes, no system lines), with no word about its delivery."""

    id: str
    ref: ConversationRef
    owner: Owner
    epoch: int
    author_name: str | None
    last_position: int
    seen_position: int
    unread: int
    last: Line | None
    created_at: datetime
    last_incoming_at: datetime | None
    unreachable_at: datetime | None
    erased_at: datetime | None


async def say(
    db: AsyncConnection,
    conversation_id: str,
    author: Author,
    reply: Reply,
    now: datetime,
    *,
    epoch: int | None,
    payloads: Sequence[Payload] = (),
    topic: str | None = None,
    facet: str | None = None,
    knowledge_version: str | None = None,
) -> int:
    """Add a line of ours, with one outbox row a payload, and return its position.

    Raises StaleEpoch when the conversation changed hands after `epoch`; with None (notes, system lines) nothing is
    guarded. Raises UnknownConversation.
    """
    guard = conversations.c.id == conversation_id
    if epoch is not None:
        guard = and_(guard, conversations.c.epoch == epoch)
    place = await db.execute(
        update(conversations)
        .where(guard)
        .values(last_position=conversations.c.last_position + 1)
        .returning(
            conversations.c.last_position,
            conversations.c.community_id,
            conversations.c.channel,
            conversations.c.epoch,
        )
    )
    row = place.one_or_none()
    if row is None:
        raise UnknownConversation(conversation_id) if epoch is None else StaleEpoch
    position: int = row.last_position
    await db.execute(
        insert(messages).values(
            conversation_id=conversation_id,
            position=position,
            community_id=row.community_id,
            author_kind=author.kind.value,
            author_id=author.id,
            author_name=author.name,
            reply=reply.model_dump(mode="json", exclude_defaults=True),
            at=now,
            topic=topic,
            facet=facet,
            knowledge_version=knowledge_version,
        )
    )
    if payloads:
        await db.execute(
            insert(outbox),
            [
                {
                    "community_id": row.community_id,
                    "conversation_id": conversation_id,
                    "position": position,
                    "part": part,
                    "channel": row.channel,
                    "payload": dict(payload),
                    "author_kind": author.kind.value,
                    "epoch": row.epoch,
                    "state": "due",
                    "attempts": 0,
                    "due_at": now,
                    "created_at": now,
                }
                for part, payload in enumerate(payloads)
            ],
        )
    await _refer_to_files(db, conversation_id, row.community_id, f"line:{position}", position, reply)
    return position


async def hear(db: AsyncConnection, conversation_id: str, message: IncomingMessage, now: datetime) -> int:
    """Add a citizen's line and return its position; the person is reachable again. Raises UnknownConversation."""
    fresh: dict[str, Any] = {
        "last_position": conversations.c.last_position + 1,
        "last_incoming_at": now,
        "unreachable_at": None,
    }
    name = storable_name(message.author_name)
    if name:
        fresh["author_name"] = name
    place = await db.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(fresh)
        .returning(conversations.c.last_position, conversations.c.community_id, conversations.c.author_name)
    )
    row = place.one_or_none()
    if row is None:
        raise UnknownConversation(conversation_id)
    position: int = row.last_position
    reply = Reply(text=await _words(db, conversation_id, message), attachments=message.attachments)
    event_key = storable_key(message.event_key)
    await db.execute(
        insert(messages).values(
            conversation_id=conversation_id,
            position=position,
            community_id=row.community_id,
            author_kind=AuthorKind.CITIZEN.value,
            author_name=row.author_name,
            reply=reply.model_dump(mode="json", exclude_defaults=True),
            kind=message.kind.value,
            event_key=event_key,
            at=now,
        )
    )
    await _refer_to_files(db, conversation_id, row.community_id, event_key, position, reply)
    return position


async def _words(db: AsyncConnection, conversation_id: str, message: IncomingMessage) -> str:
    """What the transcript shows for a message: its text, the label of its button, or the name of its kind."""
    text = message.text.strip()
    if text:
        return EDITED + text if message.edited else text
    if message.kind is MessageKind.PRESS and message.choice_id:
        return await _label(db, conversation_id, message.choice_id)
    if message.location is not None:
        return f"Місце на карті: {message.location.latitude:.5f}, {message.location.longitude:.5f}"
    if message.phone:
        return message.phone
    return WITHOUT_WORDS.get(message.kind, SOMETHING)


async def _label(db: AsyncConnection, conversation_id: str, choice_id: str) -> str:
    rows = await db.execute(
        select(messages.c.reply)
        .where(messages.c.conversation_id == conversation_id, messages.c.author_kind == AuthorKind.BOT.value)
        .order_by(messages.c.position.desc())
        .limit(RECENT)
    )
    for kept in rows.scalars():
        for choice in (kept or {}).get("choices", ()):
            if choice["id"] == choice_id:
                return str(choice["label"])
    return WITHOUT_WORDS[MessageKind.PRESS]


async def _refer_to_files(
    db: AsyncConnection, conversation_id: str, community: str, event_key: str, position: int, reply: Reply
) -> None:
    if reply.attachments:
        statement = upsert(db, attachments)
        await db.execute(
            statement.on_conflict_do_update(
                index_elements=list(attachments.primary_key.columns),
                set_={"position": statement.excluded.position},
            ),
            [
                {
                    "conversation_id": conversation_id,
                    "event_key": event_key,
                    "content_hash": content_hash,
                    "community_id": community,
                    "position": position,
                }
                for content_hash in sorted({one.content_hash for one in reply.attachments})
            ],
        )


async def lines(
    db: AsyncConnection,
    conversation_id: str,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = 200,
) -> list[Line]:
    """Lines in order: the first `limit` after a position or, with `before`, the last `limit` under that one."""
    statement = select(messages).where(
        messages.c.conversation_id == conversation_id, messages.c.position > after
    )
    if before is None:
        statement = statement.order_by(messages.c.position)
    else:
        statement = statement.where(messages.c.position < before).order_by(messages.c.position.desc())
    rows = sorted((await db.execute(statement.limit(limit))).mappings(), key=lambda row: int(row["position"]))
    if not rows:
        return []
    deliveries = await _deliveries(db, conversation_id, rows[0]["position"], rows[-1]["position"])
    return [_line(row, deliveries.get(row["position"])) for row in rows]


async def _deliveries(
    db: AsyncConnection, conversation_id: str, first: int, last: int
) -> dict[int, tuple[str, str | None]]:
    rows = await db.execute(
        select(outbox.c.position, outbox.c.state, outbox.c.error).where(
            outbox.c.conversation_id == conversation_id, outbox.c.position.between(first, last)
        )
    )
    worst: dict[int, tuple[str, str | None]] = {}
    for position, state, error in rows:
        before = worst.get(position)
        if before is None or _DELIVERY_ORDER.index(state) < _DELIVERY_ORDER.index(before[0]):
            worst[position] = (state, error)
    return worst


def _line(row: RowMapping, delivery: tuple[str, str | None] | None) -> Line:
    return Line(
        position=row["position"],
        conversation_id=row["conversation_id"],
        author=Author(kind=row["author_kind"], id=row["author_id"], name=row["author_name"]),
        reply=ERASED if row["reply"] is None else Reply.model_validate(row["reply"]),
        at=row["at"],
        event_key=row["event_key"],
        kind=None if row["kind"] is None else MessageKind(row["kind"]),
        delivery=delivery[0] if delivery else None,
        delivery_error=delivery[1] if delivery else None,
        topic=row["topic"],
        facet=row["facet"],
        knowledge_version=row["knowledge_version"],
        erased=row["reply"] is None,
    )


async def mark_seen(db: AsyncConnection, conversation_id: str, position: int) -> None:
    """The specialists have read up to this line; it only moves forward."""
    await db.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.seen_position < position)
        .values(seen_position=position)
    )


async def heads(db: AsyncConnection, ids: Iterable[str]) -> dict[str, Head]:
    """The heads of these conversations, by id, in three queries; unknown ids are left out."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = (await db.execute(select(conversations).where(conversations.c.id.in_(wanted)))).mappings().all()
    unread = await _unread(db, wanted)
    last = await _last_lines(db, wanted)
    return {
        row["id"]: Head(
            id=row["id"],
            ref=ref_of(row),
            owner=owner_of(row),
            epoch=row["epoch"],
            author_name=row["author_name"],
            last_position=row["last_position"],
            seen_position=row["seen_position"],
            unread=unread.get(row["id"], 0),
            last=last.get(row["id"]),
            created_at=row["created_at"],
            last_incoming_at=row["last_incoming_at"],
            unreachable_at=row["unreachable_at"],
            erased_at=row["erased_at"],
        )
        for row in rows
    }


async def _unread(db: AsyncConnection, ids: Sequence[str]) -> dict[str, int]:
    rows = await db.execute(
        select(messages.c.conversation_id, func.count())
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            messages.c.conversation_id.in_(ids),
            messages.c.position > conversations.c.seen_position,
            messages.c.author_kind == AuthorKind.CITIZEN.value,
        )
        .group_by(messages.c.conversation_id)
    )
    return {row[0]: row[1] for row in rows}


async def _last_lines(db: AsyncConnection, ids: Sequence[str]) -> dict[str, Line]:
    visible = messages.c.author_kind.in_(
        (AuthorKind.CITIZEN.value, AuthorKind.BOT.value, AuthorKind.SPECIALIST.value)
    )
    newest = (
        select(func.max(messages.c.position))
        .where(messages.c.conversation_id == conversations.c.id, visible)
        .correlate(conversations)
        .scalar_subquery()
    )
    rows = await db.execute(
        select(messages)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(conversations.c.id.in_(ids), messages.c.position == newest)
    )
    return {row["conversation_id"]: _line(row, None) for row in rows.mappings()}
