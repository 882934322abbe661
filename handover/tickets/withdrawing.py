"""A wrong answer is taken back: out of the outbox, out of the person's chat, or by a word that it was wrong.

Connection first; one piece of one transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox, outbox, transcript
from conversations.channel import Payload
from conversations.drafts import preview
from conversations.messages import AuthorKind, ConversationRef, InternalEvent
from conversations.transcript import Line
from handover.accounts.accounts import Account
from handover.tickets import wording
from handover.tickets.leading import led_and_held
from handover.tickets.tickets import Ticket, Unanswered, note_unanswered, say_system
from knowledge_base.understanding.impersonal import impersonal
from knowledge_base.understanding.secrets import mask

How = Literal["unsent", "hidden", "taken_back", "corrected"]
"""Never went out; our own page shows it no more; the channel is asked to delete it; only told that it was wrong.

But for the first the person is told so too: they may have read it.
"""

TakeBack = Callable[[ConversationRef, str], Payload | None]
"""What asks a channel to take a message of ours out of the chat, by the channel's id of it; None where nothing does."""

REASON = "withdrawn"
"""Why the question that a bot's wrong answer was given to is kept for the editor."""

NAMED = 60
LOOKED_BACK = 20


class NothingToWithdraw(LookupError):
    """No line of ours stands at this place, or it is taken back already."""


async def withdraw(
    db: AsyncConnection,
    community: str,
    ticket_id: str,
    by: Account,
    position: int,
    take_back: TakeBack,
    within: timedelta | None,
    now: datetime,
) -> tuple[How, AuthorKind]:
    """Take a line of the bot or of a specialist back; returns what became of it and whose it was.

    `within`: for how long after sending the channel can take a message out of the chat; None: it can't.
    Raises NotYours, StaleEpoch, UnknownTicket, NothingToWithdraw.
    """
    ticket = await led_and_held(db, community, ticket_id, by)
    line = await _line(db, ticket.conversation_id, position)
    recalled = await outbox.recall(db, ticket.conversation_id, position)
    await transcript.withdraw(db, ticket.conversation_id, position, now)
    payloads: list[Payload] = []
    how: How = "unsent"
    if recalled.may_be_seen:
        ref = (await transcript.heads(db, [ticket.conversation_id]))[ticket.conversation_id].ref
        young = [one for one, sent_at in recalled.arrived if within is not None and now - sent_at <= within]
        payloads = [payload for one in young if (payload := take_back(ref, one)) is not None]
        how = "taken_back" if payloads else "hidden" if within == timedelta.max else "corrected"
    line_of_ours = wording.withdrawn(by.name, how, now)
    await say_system(db, ticket.conversation_id, line_of_ours, now, payloads=payloads)
    if how != "unsent":
        await _tell(db, ticket, line, how, now)
    if line.author.kind is AuthorKind.BOT:
        await _note(db, ticket, line, now)
    return how, line.author.kind


async def _line(db: AsyncConnection, conversation_id: str, position: int) -> Line:
    read = await transcript.lines(db, conversation_id, after=position - 1, limit=1)
    line = next((one for one in read if one.position == position), None)
    if (
        line is None
        or line.author.kind not in (AuthorKind.BOT, AuthorKind.SPECIALIST)
        or line.delivery is None
        or line.erased
        or line.withdrawn_at is not None
    ):
        raise NothingToWithdraw(position)
    return line


async def _tell(db: AsyncConnection, ticket: Ticket, line: Line, how: How, now: datetime) -> None:
    """The engine says it; a line that stays in the chat is named by its first words."""
    stays = how == "corrected"
    words = preview(line.reply.text)[:NAMED].rstrip(" …") if stays else ""
    facts = {"words": f"{words}…" if len(line.reply.text) > len(words) > 0 else words}
    event = InternalEvent(name="answer_withdrawn", facts=facts, at=now)
    await inbox.tell(db, ticket.conversation_id, event)


async def _note(db: AsyncConnection, ticket: Ticket, line: Line, now: datetime) -> None:
    """What the person had asked goes to the editor, with the topic that was answered about."""
    before = await transcript.lines(db, ticket.conversation_id, before=line.position, limit=LOOKED_BACK)
    asked = [one for one in before if one.author.kind is AuthorKind.CITIZEN and not one.erased]
    if asked:
        question, _ = mask(asked[-1].reply.text)
        note = Unanswered(
            ticket.community,
            ticket.conversation_id,
            impersonal(question),
            (line.topic,) if line.topic else (),
            now,
            REASON,
        )
        await note_unanswered(db, [note])
