"""Who answers: the bot, a queue or one specialist, and the epoch that grows with every change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.messages import AuthorKind, ConversationRef
from conversations.tables import conversations, outbox

OwnerKind = Literal["bot", "queue", "specialist"]


@dataclass(frozen=True)
class Owner:
    """Who leads a conversation. `id` and `name` are the specialist's; None for the bot and the queue."""

    kind: OwnerKind
    id: str | None = None
    name: str | None = None


def owner_of(row: Mapping[str, Any] | RowMapping) -> Owner:
    """The owner in a row of `conversations`."""
    return Owner(row["owner_kind"], row["owner_id"], row["owner_name"])


def ref_of(row: Mapping[str, Any] | RowMapping) -> ConversationRef:
    """Where the conversation in a row of `conversations` lives."""
    return ConversationRef(
        community=row["community_id"], channel=row["channel"], bot=row["bot"], address=row["address"]
    )


class StaleEpoch(Exception):
    """The conversation has changed hands since; nothing was written."""


class UnknownConversation(LookupError):
    """No conversation has this id."""


async def current(db: AsyncConnection, conversation_id: str) -> tuple[Owner, int]:
    """The owner and the epoch. Raises UnknownConversation."""
    found = await db.execute(
        select(
            conversations.c.owner_kind,
            conversations.c.owner_id,
            conversations.c.owner_name,
            conversations.c.epoch,
        ).where(conversations.c.id == conversation_id)
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise UnknownConversation(conversation_id)
    return owner_of(row), row["epoch"]


async def change(db: AsyncConnection, conversation_id: str, expected_epoch: int, owner: Owner) -> int:
    """Pass the conversation on and return the new epoch. Raises StaleEpoch.

    The row stays locked to the end of the transaction, so nobody speaks in between. When a specialist takes over,
    what the bot has said but not yet sent is withdrawn; what is on its way can't be called back.
    """
    changed = await db.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.epoch == expected_epoch)
        .values(
            owner_kind=owner.kind,
            owner_id=owner.id,
            owner_name=owner.name,
            epoch=conversations.c.epoch + 1,
        )
        .returning(conversations.c.epoch)
    )
    epoch: int | None = changed.scalar_one_or_none()
    if epoch is None:
        raise StaleEpoch
    if owner.kind == "specialist":
        await db.execute(
            update(outbox)
            .where(
                outbox.c.conversation_id == conversation_id,
                outbox.c.state == "due",
                outbox.c.author_kind == AuthorKind.BOT.value,
            )
            .values(state="withdrawn")
        )
    return epoch
