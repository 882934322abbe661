"""Short ways for these tests to say what somebody wrote and what was answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from conversations import inbox
from conversations.database import Database
from conversations.messages import (
    Author,
    AuthorKind,
    ConversationRef,
    DeliveryReceipt,
    DeliveryState,
    IncomingMessage,
    MessageKind,
    Reply,
)

MOMENT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)

BOT = Author(kind=AuthorKind.BOT)
SPECIALIST = Author(kind=AuthorKind.SPECIALIST, id="a1", name="Ірина")
PAYLOAD = {"text": "payload"}


def place(address: str = "citizen-1", community: str = "sample") -> ConversationRef:
    return ConversationRef(community=community, channel="web", bot="web", address=address)


def wrote(
    key: str, text: str = "Доброго дня", *, ref: ConversationRef | None = None, **more: Any
) -> IncomingMessage:
    return IncomingMessage(
        **{
            "ref": ref or place(),
            "event_key": key,
            "kind": MessageKind.TEXT,
            "text": text,
            "sent_at": MOMENT,
            **more,
        }
    )


def receipt(key: str, state: DeliveryState, **more: Any) -> DeliveryReceipt:
    return DeliveryReceipt(**{"ref": place(), "event_key": key, "state": state, "at": MOMENT, **more})


def answer(text: str = "Ось відповідь") -> Reply:
    return Reply(text=text)


async def begun(database: Database, now: datetime, *addresses: str) -> list[str]:
    """Conversations with one processed event each; returns their ids, in the order asked for."""
    refs = [place(address) for address in addresses or ("citizen-1",)]
    async with database.write() as db:
        await inbox.accept(db, [wrote(f"begin-{ref.address}", ref=ref) for ref in refs], now)
        for claimed in await inbox.claim(db, "beginner", now, limit=len(refs)):
            await inbox.finish(db, claimed, "beginner", [row for row, _ in claimed.events], None, now)
        found = [await inbox.find(db, ref) for ref in refs]
    return [conversation_id for conversation_id in found if conversation_id]
