"""A talk on the phone becomes a conversation and a consultation, counted like all others. Connection first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox, transcript
from conversations.messages import PHONE, ConversationRef, IncomingMessage, MessageKind
from conversations.tables import conversations
from handover.accounts.accounts import Account
from handover.tables import tickets
from handover.tickets import leading, wording
from handover.tickets.tickets import Ticket, by_id, next_number, open_ticket, say_system

DESK = "desk"
"""What stands for a bot in the address of a talk on the phone."""

End = Literal["resolved", "mine", "queue", "colleague"]
"""What becomes of the consultation: closed at once, led on, left to whoever is free, or passed to a colleague."""

_UKRAINIAN = re.compile(r"\+?\s*3?8?[\s(.-]*(0\d{2})[\s).-]*(\d{3})[\s.-]*(\d{2})[\s.-]*(\d{2})")
_SIGNS = re.compile(r"[\d\s()+.-]{3,32}")


class BadPhone(ValueError):
    """What was typed is no number one could dial."""


@dataclass(frozen=True)
class Talk:
    """What is filed. `told` are facts and what they come to: a name and a value each, in words."""

    question: str
    began_at: datetime
    name: str = ""
    phone: str | None = None
    topic: str | None = None
    told: Sequence[tuple[str, str]] = ()
    summary: str = ""


def phone_of(typed: str) -> str | None:
    """A number as it is dialled, `+380671234567` where it is a Ukrainian one; None for nothing. Raises BadPhone."""
    text = typed.strip()
    if not text:
        return None
    if (found := _UKRAINIAN.fullmatch(text)) is not None:
        return "+38" + "".join(found.groups())
    if _SIGNS.fullmatch(text) and any(map(str.isdigit, text)):
        return text
    raise BadPhone


async def file(
    db: AsyncConnection,
    community: str,
    talk: Talk,
    by: Account,
    now: datetime,
    *,
    end: End,
    promised_at: datetime,
    colleague: Account | None = None,
) -> Ticket:
    """Write the talk down; a caller of a known number goes on in their conversation.

    Where a colleague leads that conversation already, they are left it whatever `end` says. `promised_at` is for one
    that is left to the queue. Raises WrongReceiver, ValueError (closed without a summary).
    """
    ref, conversation_id = await _conversation(db, community, talk, now)
    message = IncomingMessage(
        ref=ref,
        event_key=f"talk-{uuid.uuid4().hex}",
        kind=MessageKind.TEXT,
        text=talk.question,
        author_name=talk.name or None,
        sent_at=talk.began_at,
    )
    heard = await transcript.hear(db, conversation_id, message, now)
    await say_system(db, conversation_id, wording.phone_talk(by.name, now), now)
    ticket = await open_ticket(
        db,
        community=community,
        conversation_id=conversation_id,
        number=await next_number(db, community, now),
        reason="phone",
        question=talk.question,
        now=now,
        promised_at=promised_at,
        topic=talk.topic,
        phone=talk.phone,
        told=talk.told,
    )
    if ticket.status == "taken" and ticket.assigned_to != by.id:
        if talk.summary:
            await leading.note(db, conversation_id, by, talk.summary, now)
        return ticket
    if end != "queue":
        await transcript.mark_seen(db, conversation_id, heard)
    if end == "resolved":
        return await leading.resolve_by_call(db, community, ticket.id, by, talk.summary, now)
    if talk.summary:
        await leading.note(db, conversation_id, by, talk.summary, now)
    if end in ("mine", "colleague"):
        if ticket.status == "waiting":
            ticket = await leading.take(db, community, ticket.id, by, now)
        await leading.answered(db, conversation_id, now)
        if colleague is not None and end == "colleague":
            await leading.transfer(db, community, ticket.id, by, colleague, now)
    return await by_id(db, community, ticket.id)


async def _conversation(
    db: AsyncConnection, community: str, talk: Talk, now: datetime
) -> tuple[ConversationRef, str]:
    """The conversation of this number, else a new one. No number stands in its address: that is kept for ever."""
    address = f"talk-{uuid.uuid4().hex}"
    if talk.phone is not None:
        known = await db.execute(
            select(conversations.c.address)
            .join(tickets, tickets.c.conversation_id == conversations.c.id)
            .where(
                tickets.c.community_id == community,
                tickets.c.phone == talk.phone,
                conversations.c.channel == PHONE,
            )
            .order_by(tickets.c.created_at.desc())
            .limit(1)
        )
        address = known.scalar_one_or_none() or address
    ref = ConversationRef(community=community, channel=PHONE, bot=DESK, address=address)
    return ref, await inbox.begun(db, ref, talk.name or None, now)
