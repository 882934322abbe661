"""The transcript: every line of a conversation, in the order of its positions, which is the order of commits.

A position is given by whoever holds the conversation's row (`drafts.py`), whose lock lasts to the end of the
transaction. The row also tells the ownership epoch, so a stale writer is refused before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.channel import Payload
from conversations.drafts import hold, needs_label, write
from conversations.messages import (
    Author,
    AuthorKind,
    ConversationRef,
    IncomingMessage,
    MessageKind,
    Reply,
)
from conversations.ownership import Owner, StaleEpoch, UnknownConversation, owner_of, ref_of
from conversations.tables import conversations, messages, outbox

ERASED = Reply(text="Стерто")
"""What stands where a person's words were erased."""

RECENT = 10
"""How many lines back the label of a pressed button is looked for."""

# Of several parts of one line the least fortunate speaks for all.
_DELIVERY_ORDER = ("failed", "unknown", "withdrawn", "due", "sending", "sent", "delivered", "seen")


@dataclass(frozen=True)
class Line:
    """One line. `delivery` is None for what is never sent: a citizen's line, a note.

    `turn` is the kind of the bot's turn it belongs to. `withdrawn_at`: whoever leads took it back, it was wrong.
    """

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
    turn: str | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Head:
    """A conversation as lists show it. `unread` counts the citizen's lines after `seen_position`; `last` is the last
    line a citizen can see (no notes, no system lines), with no word about its delivery. `quiet`: the engine has been
    asked never to write first, or knows that somebody else may read it."""

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
    quiet: bool = False


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
    draft = (await hold(db, [conversation_id])).get(conversation_id)
    if draft is None:
        raise UnknownConversation(conversation_id) if epoch is None else StaleEpoch
    if epoch is not None and draft.epoch != epoch:
        raise StaleEpoch
    position = draft.say(
        author,
        reply,
        now,
        payloads=payloads,
        topic=topic,
        facet=facet,
        knowledge_version=knowledge_version,
    )
    await write(db, [draft])
    return position


async def hear(db: AsyncConnection, conversation_id: str, message: IncomingMessage, now: datetime) -> int:
    """Add a citizen's line and return its position; the person is reachable again. Raises UnknownConversation."""
    draft = (await hold(db, [conversation_id])).get(conversation_id)
    if draft is None:
        raise UnknownConversation(conversation_id)
    pressed = await label(db, conversation_id, message.choice_id) if needs_label(message) else None
    position = draft.hear(message, now, pressed)
    await write(db, [draft])
    return position


async def label(db: AsyncConnection, conversation_id: str, choice_id: str | None) -> str | None:
    """What stands on a button under one of the bot's last lines; None where it is no longer to be seen."""
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
    return None


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
        turn=row["turn"],
        withdrawn_at=row["withdrawn_at"],
    )


async def withdraw(db: AsyncConnection, conversation_id: str, position: int, now: datetime) -> None:
    """A line of ours was wrong: it stays in the transcript, marked. For whoever holds the conversation's row."""
    await db.execute(
        update(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.position == position)
        .values(withdrawn_at=now)
    )


async def withdrawn(db: AsyncConnection, conversation_id: str) -> list[Line]:
    """The lines of a conversation that were taken back, in order."""
    rows = await db.execute(
        select(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.withdrawn_at.is_not(None))
        .order_by(messages.c.position)
    )
    found = rows.mappings().all()
    if not found:
        return []
    deliveries = await _deliveries(db, conversation_id, found[0]["position"], found[-1]["position"])
    return [_line(row, deliveries.get(row["position"])) for row in found]


async def memory(db: AsyncConnection, conversation_id: str) -> dict[str, Any] | None:
    """What the engine keeps of a conversation, as JSON; None where it keeps nothing."""
    found = await db.execute(select(conversations.c.state).where(conversations.c.id == conversation_id))
    kept: dict[str, Any] | None = found.scalar_one_or_none()
    return kept


async def heard_after(db: AsyncConnection, conversation_id: str, position: int) -> bool:
    """Whether the person wrote after this line."""
    found = await db.execute(
        select(messages.c.position)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.position > position,
            messages.c.author_kind == AuthorKind.CITIZEN.value,
        )
        .limit(1)
    )
    return found.first() is not None


async def mark_seen(db: AsyncConnection, conversation_id: str, position: int) -> None:
    """The specialists have read up to this line; it only moves forward."""
    if not await hold(db, [conversation_id]):
        return
    # Counted while the row is held: nobody adds a line in between.
    later = select(func.count()).where(
        messages.c.conversation_id == conversation_id,
        messages.c.position > position,
        messages.c.author_kind == AuthorKind.CITIZEN.value,
    )
    await db.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.seen_position < position)
        .values(seen_position=position, unread=later.scalar_subquery())
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
            quiet=(row["state"] or {}).get("quiet") is True,
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
