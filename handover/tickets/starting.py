"""A specialist writes first: a new consultation that is theirs from its first moment. Connection first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox, ownership, transcript
from conversations.messages import InternalEvent
from conversations.ownership import Owner
from handover.accounts.accounts import Account
from handover.tables import tickets
from handover.tickets import wording
from handover.tickets.due import dues, earliest
from handover.tickets.language import language_of
from handover.tickets.leading import AlreadyTaken
from handover.tickets.tickets import NORMAL, STARTED, Ticket, by_id, next_number, open_of, say_system


@dataclass
class AlreadyWaits(Exception):
    """The person has called somebody themselves: that consultation is to be taken."""

    ticket: Ticket

    def __str__(self) -> str:
        return "a ticket waits already"


class AsksForQuiet(Exception):
    """The person asked not to be written to first, or somebody else may be reading their phone."""


async def start(
    db: AsyncConnection,
    community: str,
    conversation_id: str,
    by: Account,
    about: str,
    now: datetime,
    *,
    introduced: bool,
) -> Ticket:
    """Lead this conversation in a new ticket; from now on the bot is silent in it.

    `about` is for colleagues. With `introduced` off the engine does not say who writes: where its words could not go,
    or would cost.

    Raises AlreadyTaken, AlreadyWaits, AsksForQuiet, StaleEpoch, UnknownConversation, ValueError (about nothing).
    """
    question = about.strip()
    if not question:
        raise ValueError("what it is about is needed")
    owner, epoch = await ownership.current(db, conversation_id)
    if owner.kind == "specialist":
        raise AlreadyTaken(owner.id, owner.name or "", now)
    await ownership.change(db, conversation_id, epoch, Owner(kind="specialist", id=by.id, name=by.name))
    # From here on the row is held: what is read now stays so. Raising takes the change back.
    if waits := (await open_of(db, [conversation_id])).get(conversation_id):
        raise AlreadyWaits(waits)
    if (await transcript.heads(db, [conversation_id]))[conversation_id].quiet:
        raise AsksForQuiet(conversation_id)
    ticket_id = uuid.uuid4().hex
    await db.execute(
        insert(tickets).values(
            id=ticket_id,
            community_id=community,
            number=await next_number(db, community, now),
            conversation_id=conversation_id,
            status="taken",
            priority=NORMAL,
            reason=STARTED,
            question=question,
            assigned_to=by.id,
            assigned_name=by.name,
            created_at=now,
            taken_at=now,
            due_at=earliest(dues(None, None)),
            language=language_of(question),
        )
    )
    ticket = await by_id(db, community, ticket_id)
    await say_system(db, conversation_id, wording.started_by(by.name, ticket.number, now), now)
    if introduced:
        facts = {"number": ticket.number, "name": by.name, "position": by.position}
        await inbox.tell(
            db, conversation_id, InternalEvent(name="specialist_writes_first", facts=facts, at=now)
        )
    return ticket
