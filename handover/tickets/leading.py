"""What a specialist does with a conversation: take, answer, note, pass on, put off, give back, close, open again.

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

from conversations import inbox, outbox, ownership, transcript
from conversations.channel import Payload
from conversations.drafts import hold
from conversations.messages import (
    Attachment,
    Author,
    AuthorKind,
    ConversationRef,
    InternalEvent,
    OutgoingMessage,
    Reply,
)
from conversations.ownership import Owner, StaleEpoch, UnknownConversation
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.tables import SNOOZED, tickets
from handover.tickets import wording
from handover.tickets.due import dues, earliest
from handover.tickets.tickets import SETTLED, Ticket, by_id, from_row, open_of, say_system

Render = Callable[[ConversationRef, OutgoingMessage], Sequence[Payload]]
"""How the conversation's channel puts a message into vendor requests; may raise what the channel raises."""

_TRIES = 5

_TO_QUEUE = {"status": "waiting", "assigned_to": None, "assigned_name": None, "taken_at": None, **SETTLED}


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


class NotResolved(Exception):
    """Only what is resolved is opened again, and only while no other ticket of the conversation is open."""


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
            .values(status="taken", taken_at=now, assigned_to=by.id, assigned_name=by.name, **SETTLED)
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
    passed = await _put(db, ticket, assigned_to=to.id, assigned_name=to.name, **SETTLED)
    giver = ticket.assigned_name or by.name
    await say_system(
        db, ticket.conversation_id, wording.transferred(giver, to.name, reason.strip(), now), now
    )
    await _tell(db, passed, "ticket_transferred", to, now)
    return passed


async def transfer_to_team(
    db: AsyncConnection,
    community: str,
    ticket_id: str,
    by: Account,
    team_id: str,
    team_name: str,
    now: datetime,
    *,
    reason: str = "",
) -> Ticket:
    """Let one of a team take it; the bot answers again while it waits. Raises NotYours, UnknownTicket."""
    ticket, epoch = await _led(db, community, ticket_id, by)
    await ownership.change(db, ticket.conversation_id, epoch, Owner(kind="queue", id=None, name=None))
    passed = await _put(db, ticket, **_TO_QUEUE | {"team_id": team_id})
    line = wording.transferred(ticket.assigned_name or by.name, wording.team(team_name), reason.strip(), now)
    await say_system(db, ticket.conversation_id, line, now)
    await _tell(db, passed, "ticket_transferred", None, now)
    return passed


async def return_to_queue(
    db: AsyncConnection, community: str, ticket_id: str, by: Account, now: datetime
) -> Ticket:
    """Let somebody else take it; the bot answers again while it waits. Raises NotYours, UnknownTicket."""
    ticket, epoch = await _led(db, community, ticket_id, by)
    await ownership.change(db, ticket.conversation_id, epoch, Owner(kind="queue", id=None, name=None))
    waiting = await _put(db, ticket, **_TO_QUEUE)
    await say_system(db, ticket.conversation_id, wording.returned_to_queue(by.name, now), now)
    await _tell(db, waiting, "ticket_returned", by, now)
    return waiting


async def give_back(
    db: AsyncConnection, community: str, ticket_id: str, absent: str, now: datetime
) -> Ticket | None:
    """Back to the queue, since the account `absent`, who leads it, is not there. None where another leads it by now."""
    conversation_id = (await by_id(db, community, ticket_id)).conversation_id
    owner, epoch = await ownership.current(db, conversation_id)
    if owner.kind != "specialist" or owner.id != absent:
        return None
    await ownership.change(db, conversation_id, epoch, Owner(kind="queue", id=None, name=None))
    ticket = await by_id(db, community, ticket_id)
    if ticket.status != "taken" or ticket.assigned_to != absent:
        raise StaleEpoch
    # Who is not there is not asked again before somebody else.
    waiting = await _put(db, ticket, **_TO_QUEUE | {"passed_by": [absent]})
    line = wording.given_back(ticket.assigned_name or "", now)
    await say_system(db, conversation_id, line, now)
    await _tell(db, waiting, "ticket_returned", None, now)
    return waiting


async def snooze(
    db: AsyncConnection,
    community: str,
    ticket_id: str,
    by: Account,
    until: datetime,
    reason: str,
    now: datetime,
) -> Ticket:
    """Out of the lists till a moment or till the person writes. Raises NotYours, UnknownTicket, ValueError (past)."""
    if until <= now:
        raise ValueError("a moment that is over")
    ticket = await led_and_held(db, community, ticket_id, by)
    asleep = await _put(db, ticket, snoozed_until=until, snooze_reason=reason.strip() or None)
    await say_system(db, ticket.conversation_id, wording.snoozed(until, reason.strip(), now), now)
    return asleep


async def wake(db: AsyncConnection, community: str, ticket_id: str, by: Account, now: datetime) -> Ticket:
    """Back into the lists before its time. Raises NotYours, UnknownTicket."""
    ticket = await led_and_held(db, community, ticket_id, by)
    return await woken(db, ticket, wording.woken_by(by.name, now), now) or ticket


async def woken(db: AsyncConnection, ticket: Ticket, line: str, now: datetime) -> Ticket | None:
    """End the sleep of a ticket whose conversation is held; None where another was quicker."""
    awake = await db.execute(
        update(tickets)
        .where(tickets.c.id == ticket.id, SNOOZED)
        .values(snoozed_until=None, snooze_reason=None)
        .returning(tickets)
    )
    row = awake.mappings().first()
    if row is None:
        return None
    await say_system(db, ticket.conversation_id, line, now)
    return from_row(row)


async def reopen(db: AsyncConnection, community: str, ticket_id: str, by: Account, now: datetime) -> Ticket:
    """Lead a resolved consultation again; from then on the bot is silent.

    Raises AlreadyTaken (another ticket of the conversation is led), NotResolved, UnknownTicket.
    """
    ticket = await by_id(db, community, ticket_id)
    owner, epoch = await ownership.current(db, ticket.conversation_id)
    ticket = await by_id(db, community, ticket_id)
    if ticket.status != "resolved" or ticket.conversation_id in await open_of(db, [ticket.conversation_id]):
        raise NotResolved(ticket_id)
    if owner.kind == "specialist":
        raise AlreadyTaken(owner.id, owner.name or "", now)
    await ownership.change(db, ticket.conversation_id, epoch, _specialist(by))
    again = await _put(
        db,
        ticket,
        status="taken",
        taken_at=ticket.taken_at or now,
        assigned_to=by.id,
        assigned_name=by.name,
        resolved_at=None,
    )
    await say_system(db, ticket.conversation_id, wording.reopened_by(by.name, now), now)
    await _tell(db, again, "ticket_taken", by, now)
    return again


class Unread(Exception):
    """The person wrote after what was read: handed back now, these words would be answered by nobody."""


async def return_to_bot(
    db: AsyncConnection,
    community: str,
    ticket_id: str,
    by: Account,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Ticket:
    """End the consultation without a summary: the bot goes on where the person stopped.

    `reason` is for colleagues. `seen` is the last line that was read: words of the person after it are refused, and
    words that come later find the bot leading, since the row is held until it does.

    Raises NotYours, UnknownTicket, Unread, ValueError (no reason).
    """
    why = reason.strip()
    if not why:
        raise ValueError("a reason is needed")
    ticket, epoch = await _led(db, community, ticket_id, by)
    line = wording.handed_back(by.name, why, now)
    done = await _finish(db, ticket, epoch, by, now, None, line, "handed_back")
    if seen is not None and await transcript.heard_after(db, ticket.conversation_id, seen):
        raise Unread(ticket_id)
    return done


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
    done = await _put(db, ticket, status="resolved", resolved_at=now, summary=summary, **SETTLED)
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
    files: Sequence[Attachment] = (),
) -> int:
    """A specialist's words to the citizen, with files that are stored; returns the line's position.

    Raises NotYours, StaleEpoch, ValueError (empty).
    """
    said = text.strip() or (wording.files_sent(len(files)) if files else "")
    if not said:
        raise ValueError("nothing to send")
    owner, epoch = await ownership.current(db, conversation_id)
    if owner.kind != "specialist" or owner.id != by.id:
        raise NotYours(owner.name)
    author = Author(kind=AuthorKind.SPECIALIST, id=by.id, name=by.name)
    spoken = Reply(text=said, attachments=tuple(files))
    payloads = render(ref, OutgoingMessage(ref=ref, reply=spoken, author=author))
    position = await transcript.say(db, conversation_id, author, spoken, now, epoch=epoch, payloads=payloads)
    await answered_in_writing(db, conversation_id, now)
    return position


async def answered_in_writing(
    db: AsyncConnection, conversation_id: str, now: datetime, *, aware: bool = True
) -> None:
    """Whoever leads has written: the promise is kept, nothing is due. `aware`: of all that was said, danger too."""
    await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.status == "taken")
        .values(
            answered_at=func.coalesce(tickets.c.answered_at, now),
            due_at=earliest(dues(None, now)),
            **({"danger_answered_at": now} if aware else {}),
        )
    )


class NothingToSend(LookupError):
    """Nothing of this line failed or is in doubt: it is on its way or arrived meanwhile."""


async def send_again(
    db: AsyncConnection, conversation_id: str, by: Account, position: int, now: datetime
) -> None:
    """Send a specialist's line once more, as it was written.

    Raises NotYours, UnknownConversation, NothingToSend.
    """
    held = (await hold(db, [conversation_id])).get(conversation_id)
    if held is None:
        raise UnknownConversation(conversation_id)
    if held.owner.kind != "specialist" or held.owner.id != by.id:
        raise NotYours(held.owner.name)
    read = await transcript.lines(db, conversation_id, after=position - 1, limit=1)
    written = [
        line for line in read if line.position == position and not line.erased and line.withdrawn_at is None
    ]
    if not written or written[0].author.kind is not AuthorKind.SPECIALIST:
        raise NothingToSend(position)
    if not await outbox.send_again(db, conversation_id, position, held.epoch, now):
        raise NothingToSend(position)


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


async def led_and_held(db: AsyncConnection, community: str, ticket_id: str, by: Account) -> Ticket:
    """The same for a change that leaves the conversation with its owner. Raises NotYours, StaleEpoch."""
    ticket, epoch = await _led(db, community, ticket_id, by)
    if (await hold(db, [ticket.conversation_id]))[ticket.conversation_id].epoch != epoch:
        raise StaleEpoch
    return ticket


async def _put(db: AsyncConnection, ticket: Ticket, **values: object) -> Ticket:
    changed = await db.execute(
        update(tickets).where(tickets.c.id == ticket.id).values(**values).returning(tickets)
    )
    return from_row(changed.mappings().one())


async def _tell(
    db: AsyncConnection, ticket: Ticket, event: str, person: Account | None, now: datetime
) -> None:
    """`person` is whom the citizen hears about: who joins, or who leaves; None where nobody is named."""
    await inbox.tell(
        db,
        ticket.conversation_id,
        InternalEvent(
            name=event,
            facts={
                "number": ticket.number,
                "name": person.name if person else None,
                "position": person.position if person else None,
                "danger": ticket.danger,
                "topic": ticket.topic,
                "rated": ticket.rating is not None,
            },
            at=now,
        ),
    )


def _specialist(account: Account) -> Owner:
    return Owner(kind="specialist", id=account.id, name=account.name)
