"""What a specialist does with a conversation: take, answer, note, pass on, give back, close.

Connection first.

Each function is one piece of one transaction of the caller: ticket, ownership, the line in the transcript
and the internal event stand or fall together. Only the engine speaks to the citizen about it
(`inbox.tell`); a specialist's own words go out through `reply`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox, ownership, transcript
from conversations.channel import Payload
from conversations.messages import (
    Author,
    AuthorKind,
    ConversationRef,
    InternalEvent,
    OutgoingMessage,
    Reply,
)
from conversations.ownership import Owner, StaleEpoch
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.tables import tickets
from handover.tickets import wording
from handover.tickets.tickets import Ticket, by_id, from_row, say_system

Render = Callable[[ConversationRef, OutgoingMessage], Sequence[Payload]]
"""How the conversation's channel puts a message into vendor requests; may raise what the channel raises."""

_TRIES = 5


@dataclass
class AlreadyTaken(Exception):
    """Somebody was first: who and when. `by` is an account's id."""

    by: str | None
    name: str
    at: datetime

    def __str__(self) -> str:
        return "already taken"


class NotWaiting(Exception):
    """The ticket is resolved or cancelled: nobody waits any more."""


@dataclass
class NotYours(Exception):
    """Another specialist, or nobody, leads this conversation.

    `name` is None when the bot or the queue has it.
    """

    name: str | None

    def __str__(self) -> str:
        return "not led by this account"


class WrongReceiver(ValueError):
    """The receiver is of another community, disabled, or may not consult."""


async def take(db: AsyncConnection, community: str, ticket_id: str, by: Account, now: datetime) -> Ticket:
    """Exactly one of many wins; from then on the bot is silent.

    Raises AlreadyTaken, NotWaiting, UnknownTicket.
    """
    for _ in range(_TRIES):
        ticket = _still_waiting(await by_id(db, community, ticket_id))
        _, epoch = await ownership.current(db, ticket.conversation_id)
        try:
            await ownership.change(db, ticket.conversation_id, epoch, _specialist(by))
        except StaleEpoch:
            continue
        won = await db.execute(
            update(tickets)
            .where(tickets.c.id == ticket_id, tickets.c.status == "waiting")
            .values(status="taken", taken_at=now, assigned_to=by.id, assigned_name=by.name)
            .returning(tickets)
        )
        row = won.mappings().first()
        if row is None:
            # Raising undoes the change of ownership together with the rest of the caller's transaction.
            _still_waiting(await by_id(db, community, ticket_id))
            raise NotWaiting(ticket_id)
        taken = from_row(row)
        await say_system(db, taken.conversation_id, wording.led_by(by.name, now), now)
        await _tell(db, taken, "ticket_taken", by, now)
        return taken
    raise StaleEpoch


def _still_waiting(ticket: Ticket) -> Ticket:
    if ticket.status == "taken":
        raise AlreadyTaken(
            ticket.assigned_to, ticket.assigned_name or "", ticket.taken_at or ticket.created_at
        )
    if ticket.status == "resolved":
        raise NotWaiting(ticket.id)
    return ticket


async def transfer(
    db: AsyncConnection,
    community: str,
    ticket_id: str,
    by: Account,
    to: Account,
    now: datetime,
    *,
    reason: str = "",
) -> Ticket:
    """Pass a taken ticket to a colleague. Raises WrongReceiver, NotYours, UnknownTicket."""
    if to.community != community or to.disabled or not allows(to.role, Permission.CONSULT):
        raise WrongReceiver(to.id)
    ticket, epoch = await _led(db, community, ticket_id, by)
    if to.id == ticket.assigned_to:
        raise WrongReceiver(to.id)
    await ownership.change(db, ticket.conversation_id, epoch, _specialist(to))
    passed = await _put(db, ticket, assigned_to=to.id, assigned_name=to.name)
    giver = ticket.assigned_name or by.name
    await say_system(
        db, ticket.conversation_id, wording.transferred(giver, to.name, reason.strip(), now), now
    )
    await _tell(db, passed, "ticket_transferred", to, now)
    return passed


async def return_to_queue(
    db: AsyncConnection, community: str, ticket_id: str, by: Account, now: datetime
) -> Ticket:
    """Let somebody else take it; the bot answers again while it waits. Raises NotYours, UnknownTicket."""
    ticket, epoch = await _led(db, community, ticket_id, by)
    await ownership.change(db, ticket.conversation_id, epoch, Owner(kind="queue", id=None, name=None))
    waiting = await _put(db, ticket, status="waiting", assigned_to=None, assigned_name=None, taken_at=None)
    await say_system(db, ticket.conversation_id, wording.returned_to_queue(by.name, now), now)
    await _tell(db, waiting, "ticket_returned", by, now)
    return waiting


async def return_to_bot(
    db: AsyncConnection, community: str, ticket_id: str, by: Account, now: datetime
) -> Ticket:
    """End the consultation without a summary: the bot goes on where the person writes.

    Raises NotYours, UnknownTicket.
    """
    ticket, epoch = await _led(db, community, ticket_id, by)
    return await _finish(db, ticket, epoch, by, now, None, wording.handed_back(by.name, now), "handed_back")


async def resolve(
    db: AsyncConnection, community: str, ticket_id: str, by: Account, summary: str, now: datetime
) -> Ticket:
    """Close the consultation with a summary for colleagues.

    Raises NotYours, UnknownTicket, ValueError (empty).
    """
    said = summary.strip()
    if not said:
        raise ValueError("a summary is needed")
    ticket, epoch = await _led(db, community, ticket_id, by)
    line = wording.resolved(by.name, said, now)
    return await _finish(db, ticket, epoch, by, now, said, line, "ticket_resolved")


async def resolve_by_call(
    db: AsyncConnection, community: str, ticket_id: str, by: Account, summary: str, now: datetime
) -> Ticket:
    """Close a consultation that a call has answered, also one that nobody had taken: the person hears of it once.

    Raises NotYours, NotWaiting, UnknownTicket, ValueError (empty).
    """
    said = summary.strip()
    if not said:
        raise ValueError("a summary is needed")
    ticket = await by_id(db, community, ticket_id)
    _, epoch = await ownership.current(db, ticket.conversation_id)
    ticket = await by_id(db, community, ticket_id)
    if ticket.status == "resolved":
        raise NotWaiting(ticket_id)
    if ticket.status == "waiting":
        await _put(
            db,
            ticket,
            assigned_to=by.id,
            assigned_name=by.name,
            taken_at=func.coalesce(tickets.c.taken_at, now),
        )
    else:
        ticket, epoch = await _led(db, community, ticket_id, by)
    line = wording.resolved(by.name, said, now)
    done = await _finish(db, ticket, epoch, by, now, said, line, "ticket_resolved")
    await answered(db, ticket.conversation_id, now)
    return done


async def answered(db: AsyncConnection, conversation_id: str, now: datetime) -> None:
    """Somebody has spoken to the person: the promise is kept, and danger was heard."""
    await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.answered_at.is_(None))
        .values(answered_at=now)
    )
    await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.status.in_(("waiting", "taken")))
        .values(danger_answered_at=now)
    )


async def _finish(
    db: AsyncConnection,
    ticket: Ticket,
    epoch: int,
    by: Account,
    now: datetime,
    summary: str | None,
    line: str,
    event: str,
) -> Ticket:
    await ownership.change(db, ticket.conversation_id, epoch, Owner(kind="bot", id=None, name=None))
    done = await _put(db, ticket, status="resolved", resolved_at=now, summary=summary)
    await say_system(db, ticket.conversation_id, line, now)
    await _tell(db, done, event, by, now)
    return done


async def send_danger_card(
    db: AsyncConnection, community: str, ticket_id: str, by: Account, now: datetime
) -> Ticket:
    """Ask the engine to send the hotline card of this ticket's danger.

    Raises NotYours, UnknownTicket, ValueError.
    """
    ticket, _ = await _led(db, community, ticket_id, by)
    if ticket.danger is None:
        raise ValueError("no danger was heard")
    line = wording.danger_card_sent(ticket.danger, by.name, now)
    await say_system(db, ticket.conversation_id, line, now)
    await _put(db, ticket, danger_answered_at=now)
    await inbox.tell(
        db,
        ticket.conversation_id,
        InternalEvent(name="danger_card", facts={"danger": ticket.danger}, at=now),
    )
    return ticket


async def reply(
    db: AsyncConnection,
    conversation_id: str,
    ref: ConversationRef,
    by: Account,
    text: str,
    render: Render,
    now: datetime,
) -> int:
    """A specialist's words to the citizen; returns the line's position.

    Raises NotYours, StaleEpoch, ValueError (empty).
    """
    said = text.strip()
    if not said:
        raise ValueError("nothing to send")
    owner, epoch = await ownership.current(db, conversation_id)
    if owner.kind != "specialist" or owner.id != by.id:
        raise NotYours(owner.name)
    author = Author(kind=AuthorKind.SPECIALIST, id=by.id, name=by.name)
    spoken = Reply(text=said)
    payloads = render(ref, OutgoingMessage(ref=ref, reply=spoken, author=author))
    position = await transcript.say(db, conversation_id, author, spoken, now, epoch=epoch, payloads=payloads)
    await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.status == "taken")
        .values(
            answered_at=func.coalesce(tickets.c.answered_at, now),
            danger_answered_at=now,
        )
    )
    return position


async def note(db: AsyncConnection, conversation_id: str, by: Account, text: str, now: datetime) -> int:
    """A private note only colleagues see; returns the line's position. Raises ValueError (empty)."""
    said = text.strip()
    if not said:
        raise ValueError("nothing to note")
    author = Author(kind=AuthorKind.NOTE, id=by.id, name=by.name)
    return await transcript.say(db, conversation_id, author, Reply(text=said), now, epoch=None)


async def _led(db: AsyncConnection, community: str, ticket_id: str, by: Account) -> tuple[Ticket, int]:
    """The taken ticket this account may decide about, and its conversation's epoch. Raises NotYours."""
    conversation_id = (await by_id(db, community, ticket_id)).conversation_id
    owner, epoch = await ownership.current(db, conversation_id)
    # Read after the epoch: what has changed since then is refused by the epoch, never decided about as it was before.
    ticket = await by_id(db, community, ticket_id)
    if ticket.status != "taken" or owner.kind != "specialist":
        raise NotYours(None)
    if owner.id != by.id and not allows(by.role, Permission.LEAD):
        raise NotYours(owner.name)
    return ticket, epoch


async def _put(db: AsyncConnection, ticket: Ticket, **values: object) -> Ticket:
    changed = await db.execute(
        update(tickets).where(tickets.c.id == ticket.id).values(**values).returning(tickets)
    )
    return from_row(changed.mappings().one())


async def _tell(db: AsyncConnection, ticket: Ticket, event: str, person: Account, now: datetime) -> None:
    """`person` is whom the citizen hears about: who joins, or who leaves."""
    await inbox.tell(
        db,
        ticket.conversation_id,
        InternalEvent(
            name=event,
            facts={
                "number": ticket.number,
                "name": person.name,
                "position": person.position,
                "danger": ticket.danger,
            },
            at=now,
        ),
    )


def _specialist(account: Account) -> Owner:
    return Owner(kind="specialist", id=account.id, name=account.name)
