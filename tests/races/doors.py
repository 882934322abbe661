"""The doors these races go through, all in one place; and many of them at once, each with connections of its own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox, outbox, ownership, tables, transcript
from conversations.channel import Payload, Sent
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.messages import (
    Author,
    AuthorKind,
    ConversationRef,
    IncomingMessage,
    InternalEvent,
    MessageKind,
    OutgoingMessage,
    Reply,
)
from conversations.outbox import Arrived, Due, Failed, Retry, Unknown
from conversations.ownership import Owner
from conversations.transcript import Head, Line
from handover.accounts.accounts import Account
from handover.accounts.permissions import Role
from handover.tickets import leading, tickets
from handover.tickets.tickets import Ticket
from tests.races.orders import PAUSE

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds until a race that does not end is taken for a circle of locks."""

BOT = Author(kind=AuthorKind.BOT)

_names = itertools.count(1)


class Abandoned(Exception):
    """A transaction that is given up on purpose: nothing of it may be kept."""


@dataclass
class House:
    """One database behind several doors, as several processes have it, and the loop on which they race."""

    doors: Sequence[Database]
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    @classmethod
    def open(cls, url: str, doors: int) -> House:
        return cls([Database(url) for _ in range(doors)])

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """To the end, or until patience ends."""
        return self.runner.run(_patiently(work))

    def close(self) -> None:
        for door in self.doors:
            self.run(door.close())
        self.runner.close()

    def worth(self, races: int) -> int:
        """How many of so many races are run here: SQLite has one writer at a time, and fewer say as much."""
        return races if self.doors[0].dialect == "postgresql" else -(-races // 4)

    def door(self, number: int) -> Database:
        """The door of the racer with this number."""
        return self.doors[number % len(self.doors)]


async def _patiently(work: Awaitable[T]) -> T:
    async with asyncio.timeout(PATIENCE):
        return await work


async def together(*racers: Coroutine[Any, Any, T]) -> list[T]:
    """All at once; what each came to. The first fault ends the race."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(racer) for racer in racers]
    return [task.result() for task in tasks]


async def done_or_waiting(database: Database, task: asyncio.Task[Any]) -> None:
    """Let a task come to its end or to a lock somebody else holds. On SQLite it waits before its first statement."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while database.dialect == "postgresql" and not task.done():
        async with database.read() as db:
            if await db.scalar(waiting):
                return
        await asyncio.sleep(PAUSE)


def own_community() -> str:
    """A community nobody else uses: what another race left behind can't be claimed in this one."""
    return f"community-{next(_names)}"


def person(name: str, community: str, role: Role = Role.SPECIALIST) -> Account:
    """Somebody who works here; no door of the tickets asks for a row of theirs."""
    return Account(name, community, name, f"Особа {name}", "спеціалістка", role)


def place(community: str, address: str = "anna") -> ConversationRef:
    return ConversationRef(community=community, channel="web", bot="web", address=address)


def wrote(ref: ConversationRef, key: str, text: str, now: datetime) -> IncomingMessage:
    return IncomingMessage(ref=ref, event_key=key, kind=MessageKind.TEXT, text=text, sent_at=now)


def render(ref: ConversationRef, message: OutgoingMessage) -> Sequence[Payload]:
    return [{"text": message.reply.text}]


async def accept(db: AsyncConnection, events: Sequence[IncomingMessage], now: datetime) -> None:
    await inbox.accept(db, events, now)


async def claim(
    db: AsyncConnection, community: str, worker: str, now: datetime, limit: int, lease: timedelta
) -> list[Claimed]:
    return await inbox.claim(db, worker, now, limit=limit, lease=lease, communities={community})


async def finish(
    db: AsyncConnection,
    claimed: Claimed,
    worker: str,
    rows: Sequence[int],
    state: dict[str, Any] | None,
    now: datetime,
) -> None:
    await inbox.finish(db, claimed, worker, rows, state, now)


async def release(db: AsyncConnection, worker: str) -> None:
    await inbox.release(db, worker)


async def all_begun(database: Database, community: str, addresses: Sequence[str], now: datetime) -> list[str]:
    """Conversations with nothing that waits and nothing in their transcripts; returns their ids."""
    refs = [place(community, address) for address in addresses]
    async with database.write() as db:
        await accept(db, [wrote(ref, f"begin-{ref.address}", "Добрий день", now) for ref in refs], now)
        for claimed in await claim(db, community, "beginner", now, len(refs), inbox.LEASE):
            await finish(db, claimed, "beginner", [row for row, _ in claimed.events], None, now)
        return [await found(db, ref) for ref in refs]


async def found(db: AsyncConnection, ref: ConversationRef) -> str:
    """The id of the conversation at this place, which is there."""
    conversation_id = await inbox.find(db, ref)
    assert conversation_id is not None
    return conversation_id


async def all_found(db: AsyncConnection, community: str, addresses: Sequence[str]) -> dict[str, str]:
    """The ids of conversations by their addresses."""
    rows = tables.conversations
    found = await db.execute(
        select(rows.c.address, rows.c.id).where(
            rows.c.community_id == community, rows.c.address.in_(addresses)
        )
    )
    return {row.address: row.id for row in found}


async def heads(db: AsyncConnection, conversation_ids: Sequence[str]) -> dict[str, Head]:
    return await transcript.heads(db, conversation_ids)


async def begun(database: Database, ref: ConversationRef, now: datetime) -> str:
    """One of them, at this place."""
    (conversation_id,) = await all_begun(database, ref.community, [ref.address], now)
    return conversation_id


async def owner(db: AsyncConnection, conversation_id: str) -> tuple[Owner, int]:
    return await ownership.current(db, conversation_id)


async def change(db: AsyncConnection, conversation_id: str, epoch: int, to: Owner) -> int:
    return await ownership.change(db, conversation_id, epoch, to)


async def hear(db: AsyncConnection, conversation_id: str, message: IncomingMessage, now: datetime) -> int:
    return await transcript.hear(db, conversation_id, message, now)


async def say(
    db: AsyncConnection,
    conversation_id: str,
    author: Author,
    text: str,
    now: datetime,
    *,
    epoch: int | None,
    sent: bool = True,
) -> int:
    payloads: Sequence[Mapping[str, Any]] = [{"text": text}] if sent else []
    return await transcript.say(
        db, conversation_id, author, Reply(text=text), now, epoch=epoch, payloads=payloads
    )


async def lines(db: AsyncConnection, conversation_id: str) -> list[Line]:
    """All of them."""
    return await transcript.lines(db, conversation_id, limit=100_000)


async def claim_due(
    db: AsyncConnection, community: str, worker: str, now: datetime, limit: int, lease: timedelta
) -> list[Due]:
    return await outbox.claim_due(db, worker, now, limit=limit, lease=lease, communities={community})


async def mark(
    db: AsyncConnection, outcomes: Sequence[tuple[Due, str]], now: datetime, again_at: datetime
) -> None:
    """What became of sendings, by a word: sent, retry, failed or unknown."""
    words: dict[str, Callable[[Due], outbox.Outcome]] = {
        "sent": lambda due: Arrived(Sent(f"id-{due.id}")),
        "retry": lambda due: Retry(again_at, "away"),
        "failed": lambda due: Failed("rejected"),
        "unknown": lambda due: Unknown("no answer"),
    }
    await outbox.mark(db, [(due, words[word](due)) for due, word in outcomes], now)


async def recover(db: AsyncConnection, now: datetime) -> int:
    return await outbox.recover(db, now)


async def sendings(
    db: AsyncConnection, *conversation_ids: str
) -> Sequence[Row[Any, Any, Any, Any, Any, Any]]:
    """The rows of conversations' outbox as they stand, in order."""
    rows = tables.outbox
    columns = (rows.c.id, rows.c.position, rows.c.author_kind, rows.c.epoch, rows.c.state, rows.c.attempts)
    found = await db.execute(
        select(*columns).where(rows.c.conversation_id.in_(conversation_ids)).order_by(rows.c.id)
    )
    return found.all()


async def give_up(db: AsyncConnection, worker: str, now: datetime) -> int:
    return await outbox.give_up(db, worker, now)


async def open_ticket(
    db: AsyncConnection, community: str, conversation_id: str, now: datetime, danger: str | None = None
) -> Ticket:
    return await tickets.open_ticket(
        db,
        community=community,
        conversation_id=conversation_id,
        number=await tickets.next_number(db, community, now),
        reason="asked",
        question="Чи приймуть договір?",
        now=now,
        danger=danger,
    )


async def tickets_of(db: AsyncConnection, community: str, conversation_id: str) -> list[Ticket]:
    """All tickets of a conversation, the oldest first."""
    return (await tickets.all_of(db, community, conversation_id))[::-1]


async def open_tickets(db: AsyncConnection, conversation_ids: Sequence[str]) -> dict[str, Ticket]:
    """By conversation."""
    return await tickets.open_of(db, conversation_ids)


async def cancel(db: AsyncConnection, conversation_id: str, now: datetime) -> Ticket | None:
    return await tickets.cancel(db, conversation_id, now)


async def raise_danger(
    db: AsyncConnection, conversation_id: str, danger: str, now: datetime
) -> Ticket | None:
    return await tickets.raise_danger(db, conversation_id, danger, now)


async def lead(db: AsyncConnection, what: str, ticket: Ticket, by: Account, now: datetime) -> Ticket:
    """What a specialist does with a ticket, by the name of its door."""
    match what:
        case "take":
            return await leading.take(db, ticket.community, ticket.id, by, now)
        case "return_to_queue":
            return await leading.return_to_queue(db, ticket.community, ticket.id, by, now)
        case "return_to_bot":
            return await leading.return_to_bot(db, ticket.community, ticket.id, by, "Бот знає", now)
        case "resolve":
            return await leading.resolve(db, ticket.community, ticket.id, by, "Пояснено", now)
    raise ValueError(what)


async def transfer(db: AsyncConnection, ticket: Ticket, by: Account, to: Account, now: datetime) -> Ticket:
    return await leading.transfer(db, ticket.community, ticket.id, by, to, now)


async def reply(
    db: AsyncConnection, conversation_id: str, ref: ConversationRef, by: Account, text: str, now: datetime
) -> int:
    return await leading.reply(db, conversation_id, ref, by, text, render, now)


async def note(db: AsyncConnection, conversation_id: str, by: Account, text: str, now: datetime) -> int:
    return await leading.note(db, conversation_id, by, text, now)


async def told_to_the_engine(db: AsyncConnection, community: str, now: datetime) -> list[str]:
    """The names of the house's events that wait in the only conversation of this community, in order."""
    names: list[str] = []
    while batch := await claim(db, community, "ear", now, 1, inbox.LEASE):
        (claimed,) = batch
        names += [event.name for _, event in claimed.events if isinstance(event, InternalEvent)]
        await finish(db, claimed, "ear", [row for row, _ in claimed.events], None, now)
    return names


async def wish_to_take(database: Database, ticket: Ticket, by: Account, now: datetime) -> Ticket | Exception:
    """What became of a wish to take: the ticket, or the typed refusal."""
    try:
        async with database.write() as db:
            return await lead(db, "take", ticket, by, now)
    except (leading.AlreadyTaken, leading.NotWaiting) as refused:
        return refused
