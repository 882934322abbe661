"""Reading what the reception wrote down: the transcript's order, the outbox, and whether anything is still to do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select

from benchmarks.faults.citizens import Citizen
from benchmarks.faults.ledger import Row, Talk
from benchmarks.faults.messengers import MESSENGERS
from benchmarks.faults.vendor import Vendor
from conversations.database import Database
from conversations.tables import conversations, inbox, messages, outbox

Place = tuple[str, str]
"""A channel and an address in it."""


@dataclass
class Book:
    """One conversation as it was written down: (position, key of what the citizen said), and the outbox."""

    heard: list[tuple[int, str]] = field(default_factory=list)
    rows: list[tuple[int, Row]] = field(default_factory=list)

    def answers(self) -> dict[str, tuple[str, ...]]:
        """The texts between each thing that was said and the next, by its key."""
        ends = [position for position, _ in self.heard[1:]] + [sys.maxsize]
        return {
            key: tuple(row.text for at, row in self.rows if position < at < end)
            for (position, key), end in zip(self.heard, ends, strict=True)
        }


async def unfinished(url: str) -> int:
    """Events that wait to be thought about and messages that wait to be delivered. Raises what the database does."""
    database = Database(url)
    try:
        async with database.read() as db:
            waiting = select(func.count()).select_from(inbox).where(inbox.c.processed_at.is_(None))
            going = select(func.count()).select_from(outbox).where(outbox.c.state.in_(("due", "sending")))
            return int((await db.execute(waiting)).scalar_one() + (await db.execute(going)).scalar_one())
    finally:
        await database.close()


async def misdated(url: str, by: timedelta) -> int:
    """Lines of transcripts that say a time further than `by` from now: the proof that clocks were wrong."""
    now = datetime.now(UTC)
    database = Database(url)
    try:
        async with database.read() as db:
            wrong = or_(messages.c.at < now - by, messages.c.at > now + by)
            found = await db.execute(select(func.count()).select_from(messages).where(wrong))
            return int(found.scalar_one())
    finally:
        await database.close()


async def read(url: str) -> dict[Place, Book]:
    """Every conversation's book."""
    books: dict[Place, Book] = {}
    where = (conversations.c.channel, conversations.c.address)
    said = (
        select(*where, messages.c.position, messages.c.event_key)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(messages.c.author_kind == "citizen")
        .order_by(messages.c.conversation_id, messages.c.position)
    )
    sent = (
        select(*where, outbox.c.position, outbox.c.state, outbox.c.payload)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .order_by(outbox.c.conversation_id, outbox.c.position, outbox.c.part)
    )
    database = Database(url)
    try:
        async with database.read() as db:
            for channel, address, position, key in await db.execute(said):
                books.setdefault((channel, address), Book()).heard.append((position, key))
            for channel, address, position, state, payload in await db.execute(sent):
                row = Row(MESSENGERS[channel].words(payload), state)
                books.setdefault((channel, address), Book()).rows.append((position, row))
    finally:
        await database.close()
    return books


async def talks(url: str, citizens: Sequence[Citizen], vendor: Vendor) -> list[Talk]:
    """What the ledger judges: what the citizens wrote, what was written down, what the vendor saw."""
    books = await read(url)
    found: list[Talk] = []
    for citizen in citizens:
        place = citizen.messenger.name, citizen.address
        book = books.get(place, Book())
        found.append(
            Talk(
                name=f"{place[0]} {place[1]}",
                written=citizen.written,
                heard=[key for _, key in book.heard],
                rows=[row for _, row in book.rows],
                sendings=vendor.sendings.get(place, []),
                serial=not citizen.shuffled,
            )
        )
    return found
