"""Promised calls: tasks with a time and an outcome, each recorded in its conversation. Connection first.

Lock order: the conversation's row first, then its ticket, then its call.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import RowMapping, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from conversations.tables import conversations
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.tables import PROMISED, calls, tickets
from handover.tickets import leading, wording
from handover.tickets.tickets import Ticket, by_id, from_row, say_system

SHOWN = 100
LONGEST_WORDS = 200
LONGEST_PHONE = 32

State = Literal["due", "taken", "reached", "wrong", "dropped"]


@dataclass(frozen=True)
class Call:
    """A promised call. `due_at` is by when; `words` is how the person said it; `tries` went unanswered."""

    id: str
    community: str
    conversation_id: str
    ticket_id: str
    phone: str
    words: str
    due_at: datetime
    state: State
    tries: int
    taken_by: str | None
    taken_name: str | None


class UnknownCall(LookupError):
    """No such call is promised: it was made, or its consultation is closed."""


@dataclass
class CallTaken(Exception):
    """A colleague makes this call."""

    name: str

    def __str__(self) -> str:
        return "a colleague makes this call"


def _call(row: RowMapping) -> Call:
    return Call(
        id=row["id"],
        community=row["community_id"],
        conversation_id=row["conversation_id"],
        ticket_id=row["ticket_id"],
        phone=row["phone"],
        words=row["words"],
        due_at=row["due_at"],
        state=row["state"],
        tries=row["tries"],
        taken_by=row["taken_by"],
        taken_name=row["taken_name"],
    )


_PROMISED = calls.c.state.in_(("due", "taken"))
_OF_OPEN_TICKETS = and_(calls.c.ticket_id == tickets.c.id, tickets.c.status.in_(("waiting", "taken")))


async def promised(db: AsyncConnection, community: str) -> list[tuple[Call, Ticket]]:
    """The calls to be made, the most urgent first, each with its consultation; two queries."""
    rows = await db.execute(
        select(calls)
        .join(tickets, _OF_OPEN_TICKETS)
        .where(calls.c.community_id == community, _PROMISED)
        .order_by(calls.c.due_at, calls.c.id)
        .limit(SHOWN)
    )
    found = [_call(row) for row in rows.mappings()]
    theirs = await tickets_of(db, [call.ticket_id for call in found])
    return [(call, theirs[call.ticket_id]) for call in found if call.ticket_id in theirs]


async def tickets_of(db: AsyncConnection, ids: Sequence[str]) -> dict[str, Ticket]:
    """These consultations, by id."""
    rows = await db.execute(select(tickets).where(tickets.c.id.in_(ids)))
    return {row["id"]: from_row(row) for row in rows.mappings()}


async def count(db: AsyncConnection, community: str) -> int:
    """How many calls are to be made."""
    found = await db.execute(
        select(func.count())
        .select_from(calls)
        .join(tickets, _OF_OPEN_TICKETS)
        .where(calls.c.community_id == community, _PROMISED)
    )
    return int(found.scalar_one())


async def of_tickets(db: AsyncConnection, ticket_ids: Sequence[str]) -> dict[str, Call]:
    """The promised calls of these consultations, by consultation; one query."""
    if not ticket_ids:
        return {}
    rows = await db.execute(select(calls).where(calls.c.ticket_id.in_(ticket_ids), _PROMISED))
    return {row["ticket_id"]: _call(row) for row in rows.mappings()}


async def promise(
    db: AsyncConnection,
    ticket: Ticket,
    phone: str,
    due_at: datetime,
    words: str,
    said: str,
    now: datetime,
) -> None:
    """A call of this consultation, in place of one that was promised before. `said` is its time in words.

    An answer is then promised by the time of the call: nobody is told before that it is late.
    """
    values = {
        "ticket_id": ticket.id,
        "phone": phone[:LONGEST_PHONE],
        "words": words[:LONGEST_WORDS],
        "due_at": due_at,
        "state": "due",
        "tries": 0,
        "taken_by": None,
        "taken_name": None,
    }
    await _hold(db, ticket.conversation_id)
    await _answer_by(db, ticket.id, due_at, phone[:LONGEST_PHONE])
    await db.execute(
        upsert(db, calls)
        .values(
            id=uuid.uuid4().hex,
            community_id=ticket.community,
            conversation_id=ticket.conversation_id,
            created_at=now,
            **values,
        )
        .on_conflict_do_update(index_elements=[calls.c.conversation_id], index_where=PROMISED, set_=values)
    )
    await say_system(db, ticket.conversation_id, wording.call_promised(said), now)


async def take(db: AsyncConnection, community: str, call_id: str, by: Account) -> Call:
    """Exactly one makes the call. Raises CallTaken, UnknownCall."""
    return await _change(db, community, call_id, by, state="taken", taken_by=by.id, taken_name=by.name)


async def give_back(db: AsyncConnection, community: str, call_id: str, by: Account) -> Call:
    """Let somebody else make it. Raises CallTaken, UnknownCall."""
    return await _change(db, community, call_id, by, state="due", taken_by=None, taken_name=None)


async def reached(
    db: AsyncConnection,
    community: str,
    call_id: str,
    by: Account,
    summary: str,
    now: datetime,
    *,
    close: bool,
) -> Call:
    """They spoke. The consultation is closed with the summary, or led on by whoever called.

    Raises CallTaken, UnknownCall, NotYours (a colleague leads the conversation), ValueError (no summary).
    """
    call = await _change(db, community, call_id, by, state="reached", closed_at=now)
    await say_system(db, call.conversation_id, wording.phone_talk(by.name, now), now)
    if close:
        await leading.resolve_by_call(db, community, call.ticket_id, by, summary, now)
        return call
    await leading.note(db, call.conversation_id, by, summary, now)
    ticket = await by_id(db, community, call.ticket_id)
    if ticket.status == "waiting":
        await leading.take(db, community, ticket.id, by, now)
    await leading.answered(db, call.conversation_id, now)
    return call


async def missed(
    db: AsyncConnection,
    community: str,
    call_id: str,
    by: Account,
    next_at: datetime,
    said: str,
    now: datetime,
) -> Call:
    """Nobody answered: the call is promised anew. `said` is the new time in words. Raises CallTaken, UnknownCall."""
    call = await _change(
        db,
        community,
        call_id,
        by,
        state="due",
        tries=calls.c.tries + 1,
        due_at=next_at,
        taken_by=None,
        taken_name=None,
    )
    await _answer_by(db, call.ticket_id, next_at, call.phone)
    await say_system(db, call.conversation_id, wording.call_missed(call.tries, said, now), now)
    return call


async def wrong_number(db: AsyncConnection, community: str, call_id: str, by: Account, now: datetime) -> Call:
    """Somebody else answers there: the number is forgotten. Raises CallTaken, UnknownCall."""
    call = await _change(db, community, call_id, by, state="wrong", closed_at=now, phone="")
    await db.execute(update(tickets).where(tickets.c.id == call.ticket_id).values(phone=None, call_at=None))
    await say_system(db, call.conversation_id, wording.call_wrong(now), now)
    return call


async def drop(db: AsyncConnection, community: str, call_id: str, by: Account, now: datetime) -> Call:
    """The call is no longer wanted. Raises CallTaken, UnknownCall."""
    call = await _change(db, community, call_id, by, state="dropped", closed_at=now)
    await say_system(db, call.conversation_id, wording.call_dropped(by.name, now), now)
    return call


async def erase(db: AsyncConnection, conversation_id: str, now: datetime) -> None:
    """Take a person's number and words out of their calls; what stays is that there was one."""
    await db.execute(
        update(calls)
        .where(calls.c.conversation_id == conversation_id, _PROMISED)
        .values(state="dropped", closed_at=now)
    )
    await db.execute(
        update(calls).where(calls.c.conversation_id == conversation_id).values(phone="", words="")
    )


async def _change(db: AsyncConnection, community: str, call_id: str, by: Account, **values: object) -> Call:
    """Change a promised call that nobody else makes; whoever looks after colleagues may change theirs too."""
    rows = await db.execute(
        select(calls)
        .join(tickets, _OF_OPEN_TICKETS)
        .where(calls.c.community_id == community, calls.c.id == call_id, _PROMISED)
    )
    row = rows.mappings().first()
    if row is None:
        raise UnknownCall(call_id)
    await _hold(db, row["conversation_id"])
    mine = calls.c.taken_by.is_(None) | (calls.c.taken_by == by.id)
    if allows(by.role, Permission.LEAD) and values.get("state") != "taken":
        mine = mine | calls.c.taken_by.is_not(None)
    changed = await db.execute(
        update(calls).where(calls.c.id == call_id, _PROMISED, mine).values(**values).returning(calls)
    )
    found = changed.mappings().first()
    if found is not None:
        return _call(found)
    now = (await db.execute(select(calls).where(calls.c.id == call_id))).mappings().one()
    if now["state"] == "taken":
        raise CallTaken(now["taken_name"])
    raise UnknownCall(call_id)


async def _hold(db: AsyncConnection, conversation_id: str) -> None:
    await db.execute(
        select(conversations.c.id)
        .where(conversations.c.id == conversation_id)
        .with_for_update(key_share=True)
    )


async def _answer_by(db: AsyncConnection, ticket_id: str, at: datetime, phone: str) -> None:
    await db.execute(update(tickets).where(tickets.c.id == ticket_id).values(phone=phone))
    await db.execute(
        update(tickets)
        .where(tickets.c.id == ticket_id, tickets.c.answered_at.is_(None))
        .values(promised_at=at)
    )
