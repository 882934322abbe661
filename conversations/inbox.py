"""The inbox: what came in, each event once, waiting to be thought about; claimed by one worker at a time.

Claiming leases the conversation, not the event, so everything of one conversation is thought about in order.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from conversations.messages import (
    PHONE,
    ChannelEvent,
    ConversationRef,
    InboxEvent,
    IncomingMessage,
    InternalEvent,
)
from conversations.ownership import Owner, current, owner_of, ref_of
from conversations.sharing import Share
from conversations.tables import attachments, conversations, inbound_keys, inbox, unreadable

log = logging.getLogger(__name__)

KEYS_KEPT = timedelta(days=7)
"""How long a repeat is recognised; vendors give up repeating after three days at most."""

LEASE = timedelta(seconds=30)

ALBUM_GATHERS = timedelta(seconds=1.5)
"""How long a part of an album waits for the next: the vendor sends them one by one and never says which is the last."""

EVENTS_AT_ONCE = 50
"""Events of one conversation in one claim; somebody who floods us must not stretch a batch beyond its lease."""

HEAD = 8
"""How many times the limit of a claim is looked at."""

LONGEST_KEY = 200
LONGEST_NAME = 200

_inbox_event: TypeAdapter[InboxEvent] = TypeAdapter(InboxEvent)


@dataclass(frozen=True)
class Accepted:
    """What became of a batch: events stored, events known already, and the conversations that have something new.

    `by_channel` has the two numbers of each channel.
    """

    new: int
    repeats: int
    conversations: tuple[str, ...]
    by_channel: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Claimed:
    """A conversation leased to one worker until `lease_until`; `events` are (inbox row id, event), in order."""

    id: str
    ref: ConversationRef
    owner: Owner
    epoch: int
    state: dict[str, Any] | None
    events: tuple[tuple[int, InboxEvent], ...]
    lease_until: datetime


class LeaseLost(Exception):
    """The lease ran out and somebody else has the conversation; whatever was written for it must be rolled back."""


async def accept(db: AsyncConnection, events: Sequence[ChannelEvent], now: datetime) -> Accepted:
    """Store each event once under its key, with its conversation, all in the caller's transaction.

    Events keep the order they are given in. Only a message starts a conversation: of one nobody knows, receipts,
    changes of reach and colleagues' words are dropped. The parts of an album wait for each other for a moment.
    """
    by_key = {_key(event): event for event in reversed(events)}
    # The same order in every transaction, so that two of them with common keys wait for each other, not in a circle.
    fresh = (
        await db.execute(
            upsert(db, inbound_keys)
            .on_conflict_do_nothing()
            .returning(
                inbound_keys.c.community_id,
                inbound_keys.c.channel,
                inbound_keys.c.bot,
                inbound_keys.c.event_key,
            ),
            [
                {
                    "community_id": key[0],
                    "channel": key[1],
                    "bot": key[2],
                    "event_key": key[3],
                    "seen_at": now,
                }
                for key in sorted(by_key)
            ],
        )
        if by_key
        else None
    )
    new_keys = {tuple(row) for row in fresh} if fresh is not None else set()
    new = [event for event in events if _key(event) in new_keys and by_key[_key(event)] is event]
    ids = await _conversations_of(db, new, now)
    kept = [(ids[event.ref], event) for event in new if event.ref in ids]
    if kept:
        await db.execute(
            insert(inbox),
            [
                {
                    "community_id": event.ref.community,
                    "conversation_id": conversation_id,
                    "event_key": _key(event)[3],
                    "event": event.model_dump(mode="json"),
                    "accepted_at": now,
                    "ready_at": now + ALBUM_GATHERS if _in_album(event) else None,
                }
                for conversation_id, event in kept
            ],
        )
        await _refer_to_files(db, kept)
    touched = tuple(dict.fromkeys(conversation_id for conversation_id, _ in kept))
    came, stored = (Counter(event.ref.channel for event in some) for some in (events, new))
    return Accepted(
        new=len(new),
        repeats=len(events) - len(new),
        conversations=touched,
        by_channel={name: (stored[name], count - stored[name]) for name, count in came.items()},
    )


def _in_album(event: ChannelEvent) -> bool:
    return isinstance(event, IncomingMessage) and event.album is not None


def _key(event: ChannelEvent) -> tuple[str, str, str, str]:
    return event.ref.community, event.ref.channel, event.ref.bot, storable_key(event.event_key)


def storable_key(key: str) -> str:
    """A key that both databases can index: itself, or its hash where it is too long or holds a NUL."""
    if len(key) <= LONGEST_KEY and "\0" not in key:
        return key
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def storable_name(name: str | None) -> str | None:
    """A person's name as a channel gives it, cut to what the column holds."""
    if name is None:
        return None
    return name.replace("\0", "").strip()[:LONGEST_NAME] or None


async def _conversations_of(
    db: AsyncConnection, events: Iterable[ChannelEvent], now: datetime
) -> dict[ConversationRef, str]:
    """The ids of the events' conversations; those of messages are made where they are missing."""
    names = {event.ref: None for event in events}
    if not names:
        return {}
    ids = await _find_all(db, names)
    missing: dict[ConversationRef, str | None] = {}
    for event in events:
        if isinstance(event, IncomingMessage) and event.ref not in ids:
            missing.setdefault(event.ref, storable_name(event.author_name))
    if missing:
        await _make(db, missing, now)
        # Asked again and not taken from above: another transaction may have made the same conversation first.
        ids |= await _find_all(db, missing)
    return ids


async def _make(db: AsyncConnection, missing: Mapping[ConversationRef, str | None], now: datetime) -> None:
    """Conversations at these addresses, with the names of their people; one that is there already stays as it is."""
    await db.execute(
        upsert(db, conversations).on_conflict_do_nothing(),
        [
            {
                "id": _new_id(now),
                "community_id": ref.community,
                "channel": ref.channel,
                "bot": ref.bot,
                "address": ref.address,
                "author_name": name,
                "owner_kind": "bot",
                "epoch": 0,
                "last_position": 0,
                "seen_position": 0,
                "created_at": now,
                "last_incoming_at": now,
            }
            for ref, name in sorted(missing.items(), key=lambda one: _place(one[0]))
        ],
    )


_PLACE = (
    conversations.c.community_id,
    conversations.c.channel,
    conversations.c.bot,
    conversations.c.address,
)


async def _find_all(db: AsyncConnection, refs: Iterable[ConversationRef]) -> dict[ConversationRef, str]:
    rows = await db.execute(
        select(conversations.c.id, *_PLACE).where(tuple_(*_PLACE).in_([_place(ref) for ref in refs]))
    )
    return {ref_of(row): row["id"] for row in rows.mappings()}


def _place(ref: ConversationRef) -> tuple[str, str, str, str]:
    return ref.community, ref.channel, ref.bot, ref.address


def _new_id(now: datetime) -> str:
    """32 hex characters that sort by time (milliseconds, then chance): new rows land side by side in indexes."""
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"


async def _refer_to_files(db: AsyncConnection, kept: Iterable[tuple[str, ChannelEvent]]) -> None:
    references = [
        {
            "conversation_id": conversation_id,
            "event_key": storable_key(event.event_key),
            "content_hash": attachment.content_hash,
            "community_id": event.ref.community,
        }
        for conversation_id, event in kept
        if isinstance(event, IncomingMessage)
        for attachment in event.attachments
    ]
    if references:
        await db.execute(upsert(db, attachments).on_conflict_do_nothing(), references)


async def begun(db: AsyncConnection, ref: ConversationRef, name: str | None, now: datetime) -> str:
    """The id of the conversation at this address, made where there was none: of one that begins without a message."""
    if name is not None:
        await db.execute(
            update(conversations)
            .where(*(column == value for column, value in zip(_PLACE, _place(ref), strict=True)))
            .values(author_name=storable_name(name))
        )
    await _make(db, {ref: storable_name(name)}, now)
    return (await _find_all(db, [ref]))[ref]


async def find(db: AsyncConnection, ref: ConversationRef) -> str | None:
    """The id of the conversation at this address; None where nobody has written yet."""
    return (await _find_all(db, [ref])).get(ref)


async def keep_unreadable(
    db: AsyncConnection, community: str, channel: str, body: bytes, reason: str, now: datetime
) -> None:
    """Keep an authentic body that no events could be made of, as it came."""
    await db.execute(
        insert(unreadable).values(
            community_id=community, channel=channel, body=body, reason=reason.replace("\0", ""), at=now
        )
    )


async def tell(db: AsyncConnection, conversation_id: str, event: InternalEvent) -> None:
    """Put an event of the house into a conversation's inbox. Raises UnknownConversation.

    Of a talk on the phone nobody makes words: what there is to say is said on the phone.
    """
    told = await db.execute(
        insert(inbox)
        .from_select(
            ["community_id", "conversation_id", "event", "accepted_at"],
            _told(event).where(conversations.c.id == conversation_id, conversations.c.channel != PHONE),
        )
        .returning(inbox.c.id)
    )
    if told.first() is None:
        await current(db, conversation_id)


async def tell_all(db: AsyncConnection, conversation_ids: Select[tuple[str]], event: InternalEvent) -> None:
    """Put one event of the house into the inbox of every conversation that the query gives; one statement."""
    await db.execute(
        insert(inbox).from_select(
            ["community_id", "conversation_id", "event", "accepted_at"],
            _told(event).where(conversations.c.id.in_(conversation_ids), conversations.c.channel != PHONE),
        )
    )


def _told(event: InternalEvent) -> Select[tuple[str, str, Any, datetime]]:
    """The rows of the inbox that tell conversations of an event."""
    return select(
        conversations.c.community_id,
        conversations.c.id,
        literal(event.model_dump(mode="json"), inbox.c.event.type),
        literal(event.at, inbox.c.accepted_at.type),
    )


async def claim(
    db: AsyncConnection,
    worker: str,
    now: datetime,
    limit: int = 100,
    lease: timedelta = LEASE,
    *,
    communities: Collection[str] | None = None,
    channels: Collection[str] | None = None,
    share: Share | None = None,
) -> list[Claimed]:
    """Lease up to `limit` conversations with waiting events, those that wait longest first.

    Only those of `communities` and `channels` where they are given: the rest is left to the workers that serve it. Of
    `share` are those of this worker, and any whose events its own worker has left waiting.

    Right on both databases: the lease is taken by one guarded UPDATE; SKIP LOCKED only spares PostgreSQL's workers
    from waiting for each other. An event this version can't read is set aside, so that it can't stop the others.
    """
    # A moment further ahead than anybody sets one was set by a clock that went wrong.
    gathering = select(inbox.c.conversation_id).where(
        inbox.c.processed_at.is_(None),
        inbox.c.ready_at > now,
        inbox.c.ready_at <= now + 2 * ALBUM_GATHERS,
    )
    free = and_(
        conversations.c.id.not_in(gathering),
        or_(
            conversations.c.lease_until.is_(None),
            conversations.c.lease_until <= now,
            conversations.c.lease_until > now + 2 * lease,
        ),
        true() if communities is None else conversations.c.community_id.in_(communities),
        true() if channels is None else conversations.c.channel.in_(channels),
    )
    mine = true() if share is None else share.holds(inbox.c.conversation_id, inbox.c.accepted_at, now)
    rows: list[dict[str, Any]] = []
    # Again until there is enough: a flood from one person fills the head of the queue, and others stand behind it.
    while len(rows) < limit and (
        more := await _lease(db, worker, limit - len(rows), now + lease, free, mine)
    ):
        rows += more
    if not rows:
        return []
    events = await _waiting(db, [row["id"] for row in rows], now)
    return [
        Claimed(
            id=row["id"],
            ref=ref_of(row),
            owner=owner_of(row),
            epoch=row["epoch"],
            state=row["state"],
            events=tuple(events.get(row["id"], ())),
            lease_until=row["lease_until"],
        )
        for row in sorted(rows, key=lambda row: _first(events.get(row["id"], ())))
    ]


def _first(events: Sequence[tuple[int, InboxEvent]]) -> int:
    return events[0][0] if events else 0


async def _lease(
    db: AsyncConnection,
    worker: str,
    limit: int,
    until: datetime,
    free: ColumnElement[bool],
    mine: ColumnElement[bool],
) -> list[dict[str, Any]]:
    # Some more than `limit` events from the head of the queue: the cost stays the same however long the queue is,
    # and workers that come at the same moment find something left behind each other's rows.
    head = (
        select(inbox.c.id, inbox.c.conversation_id)
        .join(conversations, conversations.c.id == inbox.c.conversation_id)
        .where(inbox.c.processed_at.is_(None), mine, free)
        .order_by(inbox.c.id)
        .limit(limit * HEAD)
        .subquery("head")
    )
    oldest = (
        select(head.c.conversation_id, func.min(head.c.id).label("event"))
        .group_by(head.c.conversation_id)
        .subquery("oldest")
    )
    # The lock keeps PostgreSQL from folding this into the UPDATE and asking it more than once; NO KEY UPDATE
    # (key_share) lets `accept` go on storing events of these conversations meanwhile.
    chosen = (
        select(conversations.c.id)
        .join(oldest, oldest.c.conversation_id == conversations.c.id)
        .where(free)
        .order_by(oldest.c.event)
        .limit(limit)
        .with_for_update(of=conversations, skip_locked=True, key_share=True)
        .cte("chosen")
    )
    leased = await db.execute(
        update(conversations)
        .where(conversations.c.id.in_(select(chosen.c.id)), free)
        .values(lease_by=worker, lease_until=until)
        .returning(conversations)
    )
    return [dict(row) for row in leased.mappings()]


async def _waiting(
    db: AsyncConnection, conversation_ids: Sequence[str], now: datetime
) -> dict[str, list[tuple[int, InboxEvent]]]:
    place = func.row_number().over(partition_by=inbox.c.conversation_id, order_by=inbox.c.id).label("place")
    numbered = (
        select(inbox.c.id, inbox.c.conversation_id, inbox.c.event, place)
        .where(inbox.c.conversation_id.in_(conversation_ids), inbox.c.processed_at.is_(None))
        .subquery("numbered")
    )
    rows = await db.execute(
        select(numbered).where(numbered.c.place <= EVENTS_AT_ONCE).order_by(numbered.c.id)
    )
    events: dict[str, list[tuple[int, InboxEvent]]] = {}
    for row in rows.all():
        try:
            read = _inbox_event.validate_python(row.event)
        except ValidationError as fault:
            log.error("inbox row %d can't be read and is set aside (%d faults)", row.id, fault.error_count())
            await set_aside(db, row.id, "unreadable event", now)
            continue
        events.setdefault(row.conversation_id, []).append((row.id, read))
    return events


async def finish(
    db: AsyncConnection,
    claimed: Claimed,
    worker: str,
    event_ids: Sequence[int],
    state: dict[str, Any] | None,
    now: datetime,
) -> None:
    """Mark these events done, keep the state, give the lease back. Raises LeaseLost when somebody else has it."""
    held = await db.execute(
        select(conversations.c.id)
        .where(
            conversations.c.id == claimed.id,
            conversations.c.lease_by == worker,
            conversations.c.lease_until == claimed.lease_until,
        )
        .with_for_update(key_share=True)
    )
    if held.first() is None:
        raise LeaseLost
    await finish_all(db, {claimed.id: state}, event_ids, now)


_LEFT = (
    update(conversations)
    .where(conversations.c.id == bindparam("left"))
    .values(state=bindparam("state_now"), lease_by=None, lease_until=None)
)


async def finish_all(
    db: AsyncConnection,
    states: Mapping[str, dict[str, Any] | None],
    event_ids: Sequence[int],
    now: datetime,
) -> None:
    """Mark these events done, keep the state of each conversation, give the leases back. The caller holds the rows and
    has seen that the leases stand.

    The events' words leave the inbox here: the transcript has them, without what must not be kept.
    """
    if states:
        await db.execute(
            _LEFT,
            [
                {"left": conversation_id, "state_now": states[conversation_id]}
                for conversation_id in sorted(states)
            ],
        )
    if event_ids:
        await db.execute(
            update(inbox)
            .where(inbox.c.id.in_(event_ids), inbox.c.processed_at.is_(None))
            .values(processed_at=now, event=None)
        )


async def release(db: AsyncConnection, worker: str) -> None:
    """Give back every lease of a worker that stops."""
    await db.execute(
        update(conversations)
        .where(conversations.c.lease_by == worker)
        .values(lease_by=None, lease_until=None)
    )


async def holders(db: AsyncConnection) -> set[str]:
    """The workers that hold a lease, also one that has run out."""
    rows = await db.execute(
        select(conversations.c.lease_by).where(conversations.c.lease_by.is_not(None)).distinct()
    )
    return set(rows.scalars())


async def set_aside(db: AsyncConnection, event_id: int, reason: str, now: datetime) -> None:
    """Keep an event that can't be processed, out of the way of those that can."""
    await db.execute(
        update(inbox)
        .where(inbox.c.id == event_id, inbox.c.processed_at.is_(None))
        .values(processed_at=now, set_aside_reason=reason.replace("\0", "")[:200])
    )


async def forget_keys(db: AsyncConnection, now: datetime) -> int:
    """Drop keys older than a week; returns how many."""
    dropped = await db.execute(delete(inbound_keys).where(inbound_keys.c.seen_at < now - KEYS_KEPT))
    return dropped.rowcount
