"""The outbox: what is to be sent, in order within a conversation, side by side across conversations.

due ──claim──> sending ──> sent ──> delivered ──> seen
 ^               │  │  └─> failed
 └────retry──────┘  └────> unknown      (nobody knows whether it arrived; it is not repeated by itself)
due ──a specialist takes over──> withdrawn
due, failed ──whoever leads takes the line back──> withdrawn
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, exists, or_, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.channel import Payload, Sent
from conversations.messages import AuthorKind, ConversationRef, DeliveryReceipt, DeliveryState
from conversations.ownership import ref_of
from conversations.sharing import Share
from conversations.tables import conversations, messages, outbox

LEASE = timedelta(seconds=60)
"""Longer than the longest sending; after it the worker is taken for dead and the row becomes unknown."""

FURTHEST = timedelta(hours=1)
"""No sending is put off for longer, whatever a vendor asks: what it refuses again is put off again."""

FURTHEST_BY_OURSELVES = timedelta(minutes=5)
"""Nor for longer than this where no vendor asks."""

MARGIN = timedelta(minutes=1)
"""By how much the clocks of several machines may differ."""

PATIENCE = "rate limited"
"""The reason of a sending that the vendor asked to put off."""

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
    share: Share | None = None,
) -> list[Due]:
    """Take up to `limit` rows whose time has come and mark them *sending*, at most one a conversation: its oldest.

    Only those of `communities` and `channels` where they are given: the rest is left to the workers that serve it. Of
    `share` are those of this worker, and any that its own worker has left waiting.
    """
    earlier = outbox.alias("earlier")
    chosen = (
        select(outbox.c.id)
        .where(
            outbox.c.state == "due",
            outbox.c.due_at <= now,
            true() if communities is None else outbox.c.community_id.in_(communities),
            true() if channels is None else outbox.c.channel.in_(channels),
            true() if share is None else share.holds(outbox.c.conversation_id, outbox.c.due_at, now),
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


@dataclass(frozen=True)
class Arrived:
    """The channel took it under an id, at a price."""

    sent: Sent


@dataclass(frozen=True)
class Retry:
    """It surely did not arrive; to be tried again at `at`."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Unknown:
    """It may have arrived or not; a person decides about it."""

    reason: str


@dataclass(frozen=True)
class Failed:
    """It will never arrive. `unreachable`: nor will anything else, so all that waits for this person fails with it."""

    reason: str
    unreachable: bool = False


Outcome = Arrived | Retry | Unknown | Failed
"""What became of one sending."""


def _in_one_of(states: Iterable[str]) -> ColumnElement[bool]:
    """Spelled out: an IN can't be executed for many rows at once."""
    return or_(*(outbox.c.state == state for state in states))


_HELD = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("held"),
        outbox.c.attempts == bindparam("attempt"),
        # Also when it was given up as unknown meanwhile, since now we know.
        _in_one_of(("sending", "unknown")),
    )
    .values(claimed_by=None, claimed_until=None)
)
_ARRIVED = _HELD.values(
    state="sent",
    external_id=bindparam("external"),
    billing=bindparam("price"),
    sent_at=bindparam("now"),
    error=None,
)
# One that was given up meanwhile is not due again: later messages may have gone out before it.
_AGAIN = _HELD.where(outbox.c.state == "sending").values(
    state=bindparam("next"), due_at=bindparam("at"), error=bindparam("reason")
)
_UNKNOWN = _HELD.values(state="unknown", error=bindparam("reason"), sent_at=bindparam("now"))
_FAILED = _HELD.values(state="failed", error=bindparam("reason"))


async def mark(db: AsyncConnection, outcomes: Iterable[tuple[Due, Outcome]], now: datetime) -> None:
    """Write down what became of these sendings, a statement a kind.

    The bot's line is withdrawn instead of tried again if a specialist leads by now, and so is one taken back.
    """
    ordered = sorted(outcomes, key=lambda one: (one[0].conversation_id, one[0].id))
    to_lock = {due.conversation_id for due, outcome in ordered if isinstance(outcome, Retry | Failed)}
    # Conversations first, as everybody does: without the lock a take-over could slip in between.
    leaders = await _leaders(db, to_lock) if to_lock else {}
    taken_back = await _taken_back(db, [due for due, outcome in ordered if isinstance(outcome, Retry)])
    arrived, again, unknown, failed = [], [], [], []
    for due, outcome in ordered:
        held = {"held": due.id, "attempt": due.attempts}
        match outcome:
            case Arrived(sent):
                price = sent.billing and sent.billing[:LONGEST_BILLING]
                arrived.append(held | {"external": sent.external_id[:LONGEST_ID], "price": price, "now": now})
            case Retry(at, reason):
                owner_kind, epoch = leaders[due.conversation_id]
                overtaken = (
                    due.author_kind is AuthorKind.BOT and owner_kind == "specialist" and epoch > due.epoch
                )
                gone = overtaken or (due.conversation_id, due.position) in taken_back
                state = "withdrawn" if gone else "due"
                again.append(held | {"next": state, "at": min(at, now + FURTHEST), "reason": _cut(reason)})
            case Unknown(reason):
                unknown.append(held | {"reason": _cut(reason), "now": now})
            case Failed(reason, unreachable):
                if unreachable:
                    await shut_out(db, due.conversation_id, reason, now)
                failed.append(held | {"reason": _cut(reason)})
    for statement, rows in ((_ARRIVED, arrived), (_AGAIN, again), (_UNKNOWN, unknown), (_FAILED, failed)):
        if rows:
            await db.execute(statement, rows)


async def _leaders(db: AsyncConnection, conversation_ids: Collection[str]) -> dict[str, tuple[str, int]]:
    rows = await db.execute(
        select(conversations.c.id, conversations.c.owner_kind, conversations.c.epoch)
        .where(conversations.c.id.in_(conversation_ids))
        .order_by(conversations.c.id)
        .with_for_update(key_share=True)
    )
    return {conversation_id: (owner_kind, epoch) for conversation_id, owner_kind, epoch in rows}


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


async def send_again(
    db: AsyncConnection, conversation_id: str, position: int, epoch: int, now: datetime
) -> int:
    """What of a line failed, may not have arrived, or is put off goes out now, under this epoch; returns the rows.

    For whoever holds the conversation's row and has seen that the epoch still stands. Attempts go on being counted, so
    a worker that comes back late with the fate of an earlier one changes nothing.
    """
    again = await db.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.position == position,
            or_(
                _in_one_of(("failed", "unknown")),
                and_(outbox.c.state == "due", outbox.c.error.is_not(None)),
            ),
        )
        .values(
            state="due", due_at=now, created_at=now, epoch=epoch, external_id=None, sent_at=None, error=None
        )
    )
    return again.rowcount


@dataclass(frozen=True)
class Recalled:
    """What became of a line that was taken back.

    `arrived`: the channel's ids of the parts that went out, with the moment each did, but for those that a later line
    has taken the place of. `may_be_seen`: a part went out, or is on its way, or nobody knows.
    """

    arrived: tuple[tuple[str, datetime], ...]
    may_be_seen: bool


async def recall(db: AsyncConnection, conversation_id: str, position: int) -> Recalled:
    """What of a line has not gone out never will; the rest can't be called back from here.

    For whoever holds the conversation's row.
    """
    of_line = (outbox.c.conversation_id == conversation_id, outbox.c.position == position)
    await db.execute(
        update(outbox)
        .where(*of_line, _in_one_of(("due", "failed")))
        .values(state="withdrawn", claimed_by=None, claimed_until=None)
    )
    later = outbox.alias("later")
    renewed = exists().where(
        later.c.conversation_id == conversation_id,
        later.c.position > position,
        later.c.external_id == outbox.c.external_id,
    )
    rows = await db.execute(
        select(outbox.c.state, outbox.c.external_id, outbox.c.sent_at, renewed.label("renewed"))
        .where(*of_line, outbox.c.state != "withdrawn")
        .order_by(outbox.c.part)
    )
    gone_out = rows.all()
    return Recalled(
        tuple(
            (row.external_id, row.sent_at)
            for row in gone_out
            if row.external_id is not None and row.sent_at is not None and not row.renewed
        ),
        may_be_seen=bool(gone_out),
    )


async def _taken_back(db: AsyncConnection, sendings: Collection[Due]) -> set[tuple[str, int]]:
    """Which of these belong to lines that were taken back: conversation and position."""
    if not sendings:
        return set()
    lines = {(due.conversation_id, due.position) for due in sendings}
    rows = await db.execute(
        select(messages.c.conversation_id, messages.c.position).where(
            tuple_(messages.c.conversation_id, messages.c.position).in_(lines),
            messages.c.withdrawn_at.is_not(None),
        )
    )
    return {(conversation_id, position) for conversation_id, position in rows}


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


async def recover(db: AsyncConnection, now: datetime) -> int:
    """Rows whose worker did not come back in time become unknown; returns how many.

    Also those claimed until a moment nobody claims until: a clock went wrong.
    """
    late = outbox.c.claimed_until <= now
    return await _give_up(db, or_(late, outbox.c.claimed_until > now + 2 * LEASE), now)


async def bring_forward(db: AsyncConnection, now: datetime) -> int:
    """What is put off until a moment nobody puts off until is due now: a clock went wrong. Returns how many."""
    too_far = or_(
        outbox.c.due_at > now + FURTHEST + MARGIN,
        and_(
            outbox.c.due_at > now + FURTHEST_BY_OURSELVES + MARGIN,
            or_(outbox.c.error.is_(None), outbox.c.error != PATIENCE),
        ),
    )
    moved = await db.execute(update(outbox).where(outbox.c.state == "due", too_far).values(due_at=now))
    return moved.rowcount


async def give_up(db: AsyncConnection, worker: str, now: datetime) -> int:
    """Rows of a worker that is known to have ended become unknown as of `now`; returns how many."""
    return await _give_up(db, outbox.c.claimed_by == worker, now)


async def _give_up(db: AsyncConnection, which: ColumnElement[bool], at: datetime) -> int:
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
    if receipt.external_id is None and (receipt.until is None or receipt.state is DeliveryState.FAILED):
        return 0
    moved = await db.execute(
        _TOLD[receipt.state, receipt.external_id is None], _told(conversation_id, receipt)
    )
    return moved.rowcount


async def record_receipts(db: AsyncConnection, receipts: Iterable[tuple[str, DeliveryReceipt]]) -> None:
    """The same for many conversations, a statement a kind of receipt."""
    kinds: dict[tuple[DeliveryState, bool], list[dict[str, Any]]] = {}
    for conversation_id, receipt in sorted(receipts, key=lambda one: one[0]):
        if receipt.external_id is not None or receipt.until is not None:
            kind = receipt.state, receipt.external_id is None
            kinds.setdefault(kind, []).append(_told(conversation_id, receipt))
    for kind in sorted(kinds):
        await db.execute(_TOLD[kind], kinds[kind])


def _told_of(state: DeliveryState, up_to: bool) -> Update:
    which = outbox.c.sent_at <= bindparam("until") if up_to else outbox.c.external_id == bindparam("external")
    # «Everything up to now was read» says nothing of a message that may never have arrived.
    before = [one for one in _BEFORE[state] if not up_to or one in ("sent", "delivered")]
    return (
        update(outbox)
        .where(outbox.c.conversation_id == bindparam("of"), which, _in_one_of(before))
        .values(state=state.value, error=bindparam("reason"), claimed_by=None, claimed_until=None)
    )


_TOLD = {(state, up_to): _told_of(state, up_to) for state in DeliveryState for up_to in (False, True)}
"""A statement for each kind of receipt: its state, and whether it is about everything up to a moment."""


def _told(conversation_id: str, receipt: DeliveryReceipt) -> dict[str, Any]:
    about: dict[str, Any] = (
        {"until": receipt.until} if receipt.external_id is None else {"external": receipt.external_id}
    )
    return about | {"of": conversation_id, "reason": _cut(receipt.reason) if receipt.reason else None}


def _cut(reason: str) -> str:
    return reason.replace("\0", "")[:LONGEST_ERROR]
