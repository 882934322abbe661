"""What a channel tells that no one has to answer: receipts, people who shut us out or come back, colleagues' words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import outbox, remote_files, transcript
from conversations.inbox import Claimed
from conversations.messages import (
    Author,
    AuthorKind,
    ColleagueMessage,
    DeliveryReceipt,
    DeliveryState,
    ReachChange,
    Reply,
)
from handover.tickets import reach

COLLEAGUE = Author(kind=AuthorKind.SPECIALIST, name="Колега поза приймальнею")
A_FILE = "Файл"
SHUT_OUT = "the person blocked us or unsubscribed"


async def keep(
    db: AsyncConnection,
    claimed: Claimed,
    event: DeliveryReceipt | ReachChange | ColleagueMessage,
    now: datetime,
) -> None:
    """Keep one of them with its conversation."""
    match event:
        case DeliveryReceipt():
            await _receipt(db, claimed, event, now)
        case ReachChange(reachable=True):
            await outbox.let_in(db, claimed.id)
            await reach.reached(db, [claimed.id])
        case ReachChange():
            await outbox.shut_out(db, claimed.id, SHUT_OUT, now)
            await reach.not_delivered(
                db, claimed.ref.community, claimed.id, SHUT_OUT, now, author=AuthorKind.BOT
            )
        case ColleagueMessage():
            await _colleague(db, claimed, event, now)


async def _receipt(db: AsyncConnection, claimed: Claimed, event: DeliveryReceipt, now: datetime) -> None:
    moved = await outbox.record_receipt(db, claimed.id, event)
    if event.state is not DeliveryState.FAILED or not moved or event.external_id is None:
        return
    author = await outbox.author_of(db, claimed.id, event.external_id)
    if author is not None:
        reason = event.reason or "the vendor could not deliver it"
        await reach.not_delivered(db, claimed.ref.community, claimed.id, reason, now, author=author)


async def _colleague(db: AsyncConnection, claimed: Claimed, event: ColleagueMessage, now: datetime) -> None:
    text = event.text.strip() or A_FILE
    position = await transcript.say(db, claimed.id, COLLEAGUE, Reply(text=text), now, epoch=None)
    await remote_files.remember(
        db,
        claimed.id,
        claimed.ref.community,
        claimed.ref.channel,
        position,
        event.event_key,
        event.remote_files,
        now,
    )
