"""The outbox: what is to be sent, in order within a conversation, side by side across conversations.

due ──claim──> sending ──> sent ──> delivered ──> seen
 ^               │  │  └─> failed
 └────retry──────┘  └────> unknown      (nobody knows whether it arrived; it is not repeated by itself)
due ──a specialist takes over──> withdrawn
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.channel import Payload, Sent
from conversations.messages import AuthorKind, ConversationRef, DeliveryReceipt, DeliveryState
from conversations.ownership import ref_of
from conversations.tables import conversations, outbox

LEASE = timedelta(seconds=60)
"""Longer than the longest sending; after it the worker is taken for dead and the row becomes unknown."""

LONGEST_ERROR = 500
LONGEST_ID = 200
LONGEST_BILLING = 100

_BEFORE = {
    DeliveryState.DELIVERED: ("sending", "unknown", "sent"),
    DeliveryState.SEEN: ("sending", "unknown", "sent", "delivered"),
    DeliveryState.FAILED: ("sending", "unknown", "sent"),
}
"""From which states a receipt may move a row: only ever forwards."""


@dataclass(frozen=True)
class Due:
    """One payload claimed for sending. `attempts` counts this one too; `heard_at` is when the person last wrote."""

    id: int
    conversation_id: str
    ref: ConversationRef
    position: int
    part: int
    payload: Payload
    author_kind: AuthorKind
    epoch: int
    attempts: int
    created_at: datetime
    heard_at: datetime | None = None


async def claim_due(
    db: AsyncConnection,
    worker: str,
    now: datetime,
    limit: int = 50,
    lease: timedelta = LEASE,
    *,
    communities: Collection[str] | None = None,
    channels: Collection[str] | None = None,
) -> list[Due]:
    """Take up to `limit` rows whose time has come and mark them *sending*, at most one a conversation: its oldest.

    Only those of `communities` and `channels` where they are given: the rest is left to the workers that serve it.

    Rows whose worker died while sending become unknown first, so that they never hold up their conversation.
    """
    await recover(db, now)
    earlier = outbox.alias("earlier")
    chosen = (
        select(outbox.c.id)
        .where(
            outbox.c.state == "due",
            outbox.c.due_at <= now,
            true() if communities is None else outbox.c.community_id.in_(communities),
            true() if channels is None else outbox.c.channel.in_(channels),
            ~exists().where(
                earlier.c.conversation_id == outbox.c.conversation_id,
                earlier.c.id < outbox.c.id,
                earlier.c.state.in_(("due", "sending")),
            ),
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=outbox)
        .cte("chosen")
    )
    claimed = await db.execute(
        update(outbox)
        .where(outbox.c.id.in_(select(chosen.c.id)), outbox.c.state == "due")
        .values(
            state="sending",
            claimed_by=worker,
            claimed_until=now + lease,
            attempts=outbox.c.attempts + 1,
            error=None,
        )
        .returning(outbox)
    )
    rows = claimed.mappings().all()
    refs = await _refs(db, {row["conversation_id"] for row in rows})
    return [
        Due(
            id=row["id"],
            conversation_id=row["conversation_id"],
            ref=refs[row["conversation_id"]][0],
            position=row["position"],
            part=row["part"],
            payload=row["payload"],
            author_kind=AuthorKind(row["author_kind"]),
            epoch=row["epoch"],
            attempts=row["attempts"],
            created_at=row["created_at"],
            heard_at=refs[row["conversation_id"]][1],
        )
        for row in sorted(rows, key=lambda row: int(row["id"]))
    ]


async def _refs(db: AsyncConnection, ids: set[str]) -> dict[str, tuple[ConversationRef, datetime | None]]:
    if not ids:
        return {}
    rows = await db.execute(
        select(
            conversations.c.id,
            conversations.c.community_id,
            conversations.c.channel,
            conversations.c.bot,
            conversations.c.address,
            conversations.c.last_incoming_at,
        ).where(conversations.c.id.in_(ids))
    )
    return {row["id"]: (ref_of(row), row["last_incoming_at"]) for row in rows.mappings()}


def _held(due: Due) -> ColumnElement[bool]:
    """This very attempt; also when it was given up as unknown meanwhile, since now we know."""
    return and_(
        outbox.c.id == due.id, outbox.c.attempts == due.attempts, outbox.c.state.in_(("sending", "unknown"))
    )


async def mark_sent(db: AsyncConnection, due: Due, sent: Sent, now: datetime) -> None:
    """The channel took it under this id, at this price."""
    await db.execute(
        update(outbox)
        .where(_held(due))
        .values(
            state="sent",
            external_id=sent.external_id[:LONGEST_ID],
            billing=sent.billing and sent.billing[:LONGEST_BILLING],
            sent_at=now,
            error=None,
            claimed_by=None,
            claimed_until=None,
        )
    )


async def mark_retry(db: AsyncConnection, due: Due, at: datetime, reason: str) -> None:
    """It surely did not arrive; try again at `at`. The bot's line is withdrawn instead if a specialist leads by now."""
    # The conversation's row first, as everybody does: without its lock a take-over could slip in between.
    leads = await db.execute(
        select(conversations.c.owner_kind, conversations.c.epoch)
        .where(conversations.c.id == due.conversation_id)
        .with_for_update(key_share=True)
    )
    owner_kind, epoch = leads.one()
    overtaken = due.author_kind is AuthorKind.BOT and owner_kind == "specialist" and epoch > due.epoch
    await db.execute(
        update(outbox)
        .where(_held(due))
        .values(
            state="withdrawn" if overtaken else "due",
            due_at=at,
            error=_cut(reason),
            claimed_by=None,
            claimed_until=None,
        )
    )


async def mark_failed(
    db: AsyncConnection, due: Due, reason: str, now: datetime, *, unreachable: bool = False
) -> None:
    """It will never arrive. `unreachable`: nor will anything else, so all that waits for this person fails with it."""
    # The conversation's row first, as everybody does.
    await db.execute(
        select(conversations.c.id)
        .where(conversations.c.id == due.conversation_id)
        .with_for_update(key_share=True)
    )
    failed: dict[str, Any] = {
        "state": "failed",
        "error": _cut(reason),
        "claimed_by": None,
        "claimed_until": None,
    }
    if unreachable:
        await shut_out(db, due.conversation_id, reason, now)
    await db.execute(update(outbox).where(_held(due)).values(failed))


async def shut_out(db: AsyncConnection, conversation_id: str, reason: str, now: datetime) -> None:
    """Nothing reaches this person any more until they write: what waits for them fails."""
    await db.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(unreachable_at=now)
    )
    await db.execute(
        update(outbox)
        .where(outbox.c.conversation_id == conversation_id, outbox.c.state == "due")
        .values(state="failed", error=_cut(reason), claimed_by=None, claimed_until=None)
    )


async def let_in(db: AsyncConnection, conversation_id: str) -> None:
    """The person is reachable again."""
    await db.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(unreachable_at=None)
    )


async def author_of(db: AsyncConnection, conversation_id: str, external_id: str) -> AuthorKind | None:
    """Whose words went out under this id; None where none did."""
    found = await db.execute(
        select(outbox.c.author_kind).where(
            outbox.c.conversation_id == conversation_id, outbox.c.external_id == external_id
        )
    )
    kind = found.scalars().first()
    return None if kind is None else AuthorKind(kind)


async def mark_unknown(db: AsyncConnection, due: Due, reason: str, now: datetime) -> None:
    """It may have arrived or not, as of `now`; a person decides about it."""
    await db.execute(
        update(outbox)
        .where(_held(due))
        .values(state="unknown", error=_cut(reason), sent_at=now, claimed_by=None, claimed_until=None)
    )


async def recover(db: AsyncConnection, now: datetime) -> int:
    """Rows whose worker did not come back in time become unknown; returns how many."""
    return await _give_up(db, outbox.c.claimed_until <= now, outbox.c.claimed_until)


async def give_up(db: AsyncConnection, worker: str, now: datetime) -> int:
    """Rows of a worker that is known to have ended become unknown as of `now`; returns how many."""
    return await _give_up(db, outbox.c.claimed_by == worker, now)


async def _give_up(
    db: AsyncConnection, which: ColumnElement[bool], at: ColumnElement[datetime] | datetime
) -> int:
    given_up = await db.execute(
        update(outbox)
        .where(outbox.c.state == "sending", which)
        .values(
            state="unknown",
            error="the worker stopped while sending",
            sent_at=at,
            claimed_by=None,
            claimed_until=None,
        )
    )
    return given_up.rowcount


async def holders(db: AsyncConnection) -> set[str]:
    """The workers that are sending something."""
    rows = await db.execute(select(outbox.c.claimed_by).where(outbox.c.state == "sending").distinct())
    return {worker for worker in rows.scalars() if worker}


async def record_receipt(db: AsyncConnection, conversation_id: str, receipt: DeliveryReceipt) -> int:
    """Keep a channel's word about one external id, or about everything sent up to a moment; returns the rows moved."""
    if receipt.external_id is not None:
        which = outbox.c.external_id == receipt.external_id
    elif receipt.until is not None and receipt.state is not DeliveryState.FAILED:
        which = outbox.c.sent_at <= receipt.until
    else:
        return 0
    moved = await db.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id == conversation_id,
            which,
            outbox.c.state.in_(_BEFORE[receipt.state]),
        )
        .values(
            state=receipt.state.value,
            error=_cut(receipt.reason) if receipt.reason else None,
            claimed_by=None,
            claimed_until=None,
        )
    )
    return moved.rowcount


def _cut(reason: str) -> str:
    return reason.replace("\0", "")[:LONGEST_ERROR]
