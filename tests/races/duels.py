"""A duel: the bot answers and a specialist takes over at the same moment, in any number of processes; and its judge.

The reception is a real one (think, deliver, tickets, the log); only vendor, knowledge and clock are made up.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bots.turns.deliver import deliver
from bots.turns.runtime import Runtime
from bots.turns.think import think
from conversations.channel import Payload, Sent
from conversations.database import Database
from conversations.messages import AuthorKind, ConversationRef, OutgoingMessage
from conversations.ownership import StaleEpoch
from conversations.signals import MemorySignals
from conversations.transcript import Line
from handover.accounts.accounts import Account
from handover.tickets.tickets import Ticket
from tests.races import doors
from tests.turns.world import COMMUNITY, NOON, StubChannel, world

ASKED, MORE = "субсидія", "а скільки?"
"""What the bot answers unless it is silent."""

ANSWER = "Ось відповідь"

AT_ONCE = 8
"""Connections of one who acts: what a database's doors keep."""

IDLE = 0.002
"""Seconds between two looks of a worker that found nothing."""

PEOPLE = tuple(doors.person(name, COMMUNITY) for name in ("iryna", "oleh"))
"""Who takes: each wants every ticket."""

_claimed_after: ContextVar[float] = ContextVar("claimed_after")


@dataclass(frozen=True)
class Duel:
    """Who waits for a person and goes on asking the bot meanwhile; epoch and number of lines are from before."""

    address: str
    ticket: Ticket
    epoch: int
    lines: int


@dataclass(frozen=True)
class Sending:
    """What went out, and the moment before which it was surely not claimed yet (the machine's monotonic clock)."""

    address: str
    text: str
    by_bot: bool
    claimed_after: float


@dataclass(frozen=True)
class Take:
    """A wish to take: whether it won, and by which moment that was surely kept."""

    address: str
    by: Account
    won: bool
    kept_by: float


@dataclass
class Witness(StubChannel):
    """A vendor that takes everything and remembers it."""

    sendings: list[Sending] = field(default_factory=list)

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        return ({"text": message.reply.text, "by_bot": message.author.kind is AuthorKind.BOT},)

    async def send(self, ref: ConversationRef, payload: Payload, heard_at: datetime | None = None) -> Sent:
        sending = Sending(ref.address, payload["text"], payload.get("by_bot", True), _claimed_after.get())
        await asyncio.sleep(0)
        self.sendings.append(sending)
        return Sent(f"id-{len(self.sendings)}")


@dataclass(frozen=True)
class Reception:
    """One process of the reception, and what its vendor has seen."""

    runtime: Runtime
    witness: Witness

    @classmethod
    def at(cls, database: Database, name: str, folder: Path) -> Reception:
        witness = Witness()
        staged = world(database, MemorySignals(), folder).runtime
        return cls(replace(staged, channels={witness.name: witness}, worker=name), witness)

    @property
    def database(self) -> Database:
        return self.runtime.database

    async def work(self, over: Callable[[], bool]) -> None:
        """Think and deliver side by side, until it is over and nothing is left."""
        await doors.together(self._again(self._think, over), self._again(self._deliver, over))

    async def finish(self) -> None:
        """Think and deliver until nothing is left."""
        while await self._think() + await self._deliver():
            pass

    async def _again(self, batch: Callable[[], Awaitable[int]], over: Callable[[], bool]) -> None:
        while True:
            ending = over()
            if await batch():
                continue
            if ending:
                return
            await asyncio.sleep(IDLE)

    async def _think(self) -> int:
        return await think(self.runtime)

    async def _deliver(self) -> int:
        _claimed_after.set(time.monotonic())
        return await deliver(self.runtime)

    async def hear(self, addresses: Sequence[str], text: str) -> None:
        """Everybody says this."""
        events = [doors.wrote(place(address), f"{address} {text}", text, NOON) for address in addresses]
        async with self.database.write() as db:
            await doors.accept(db, events, NOON)

    async def prepare(self, addresses: Sequence[str]) -> list[Duel]:
        """Everybody has called a person and waits."""
        await self.hear(addresses, "оператор")
        await self.finish()
        async with self.database.read() as db:
            ids = await doors.all_found(db, COMMUNITY, addresses)
            tickets = await doors.open_tickets(db, list(ids.values()))
            heads = await doors.heads(db, list(ids.values()))
        return [
            Duel(address, tickets[one], heads[one].epoch, heads[one].last_position)
            for address in addresses
            for one in [ids[address]]
        ]


def place(address: str) -> ConversationRef:
    return doors.place(COMMUNITY, address)


@dataclass(frozen=True)
class Timing:
    """When a round's duels take place: each has a moment of its own within `spread` seconds; whoever acts in it does
    so within `close` seconds after that.
    """

    seed: str
    spread: float
    close: float

    @property
    def length(self) -> float:
        return self.spread + self.close

    def moment(self, duel: Duel) -> float:
        return random.Random(f"{self.seed} {duel.address}").uniform(0, self.spread)

    def of(self, duel: Duel, who: str) -> float:
        return self.moment(duel) + random.Random(f"{self.seed} {duel.address} {who}").uniform(0, self.close)


async def asking(reception: Reception, duels: Sequence[Duel], timing: Timing) -> None:
    """Each person asks the bot at the duel's moment."""

    line = asyncio.Semaphore(AT_ONCE)

    async def one(duel: Duel) -> None:
        await asyncio.sleep(timing.moment(duel))
        async with line:
            await reception.hear([duel.address], ASKED)

    await doors.together(*(one(duel) for duel in duels))


async def taking(database: Database, duels: Sequence[Duel], by: Account, timing: Timing) -> list[Take]:
    """Try to take each; what became of each wish."""

    line = asyncio.Semaphore(AT_ONCE)

    async def one(duel: Duel) -> Take:
        await asyncio.sleep(timing.of(duel, by.id))
        async with line:
            answer = await doors.wish_to_take(database, duel.ticket, by, NOON)
        return Take(duel.address, by, isinstance(answer, Ticket), time.monotonic())

    return await doors.together(*(one(duel) for duel in duels))


async def replying(database: Database, duels: Sequence[Duel], timing: Timing) -> dict[str, int | None]:
    """A bot that thought for too long: it speaks under the epoch from before.

    By address: the position of its line, None where its epoch was stale.
    """

    line = asyncio.Semaphore(AT_ONCE)

    async def one(duel: Duel) -> tuple[str, int | None]:
        await asyncio.sleep(timing.of(duel, "bot"))
        try:
            async with line, database.write() as db:
                return duel.address, await doors.say(
                    db, duel.ticket.conversation_id, doors.BOT, ANSWER, NOON, epoch=duel.epoch
                )
        except StaleEpoch:
            return duel.address, None

    return dict(await doors.together(*(one(duel) for duel in duels)))


BOT_SENT = "bot first, its answer was on its way"
BOT_WITHDRAWN = "bot first, its answer was withdrawn"
TAKE_FIRST = "take first, the bot was silent"
STALE = "take first, a stale epoch was refused"

VIOLATIONS = (
    "bot lines after a take",
    "bot messages claimed after a take",
    "messages sent twice",
    "messages withdrawn and sent",
    "messages neither sent nor withdrawn",
    "tickets not taken by exactly one",
    "positions with a gap or a double",
    "stale epochs kept, or fresh ones refused",
)


@dataclass
class Judge:
    """What is seen of each duel, and what must never be."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)

    async def judge(
        self,
        database: Database,
        duels: Sequence[Duel],
        takes: Sequence[Take],
        sendings: Sequence[Sending],
        replies: Mapping[str, int | None] | None = None,
    ) -> None:
        """`sendings` since the duels began, of all processes; `replies` where the bot spoke under a given epoch."""
        went: dict[str, list[Sending]] = {}
        for sending in sendings:
            went.setdefault(sending.address, []).append(sending)
        winners: dict[str, list[Take]] = {}
        for take in takes:
            if take.won:
                winners.setdefault(take.address, []).append(take)
        ids = [duel.ticket.conversation_id for duel in duels]
        async with database.read() as db:
            states = Counter(row.state for row in await doors.sendings(db, *ids))
            lines_of = {one: await doors.lines(db, one) for one in ids}
        self.broken["messages neither sent nor withdrawn"] += (
            states.total() - states["sent"] - states["withdrawn"]
        )
        for duel in duels:
            if len(winners.get(duel.address, ())) != 1:
                self.broken["tickets not taken by exactly one"] += 1
                continue
            (won,) = winners[duel.address]
            lines = lines_of[duel.ticket.conversation_id]
            self._sendings(went.get(duel.address, []), won)
            self._lines(lines, won)
            self._outcome(duel, lines, went.get(duel.address, []), replies)

    def _sendings(self, sendings: Sequence[Sending], won: Take) -> None:
        texts = Counter(sending.text for sending in sendings)
        self.broken["messages sent twice"] += sum(count - 1 for count in texts.values())
        self.broken["bot messages claimed after a take"] += sum(
            sending.by_bot and not is_news(sending.text, won.by) and sending.claimed_after > won.kept_by
            for sending in sendings
        )

    def _lines(self, lines: Sequence[Line], won: Take) -> None:
        taken = taken_at(lines)
        self.broken["bot lines after a take"] += sum(
            line.position > taken
            and line.author.kind is AuthorKind.BOT
            and not is_news(line.reply.text, won.by)
            for line in lines
        )
        if [line.position for line in lines] != list(range(1, len(lines) + 1)):
            self.broken["positions with a gap or a double"] += 1

    def _outcome(
        self,
        duel: Duel,
        lines: Sequence[Line],
        sendings: Sequence[Sending],
        replies: Mapping[str, int | None] | None,
    ) -> None:
        answers = [
            line
            for line in lines[duel.lines :]
            if line.position < taken_at(lines) and line.author.kind is AuthorKind.BOT
        ]
        went = {sending.text for sending in sendings}
        for line in answers:
            if line.delivery == "withdrawn" and line.reply.text in went:
                self.broken["messages withdrawn and sent"] += 1
        if replies is not None:
            stale = replies[duel.address] is None
            if stale == bool(answers):
                self.broken["stale epochs kept, or fresh ones refused"] += 1
        if not answers:
            self.counts[TAKE_FIRST if replies is None else STALE] += 1
        elif all(line.delivery == "withdrawn" for line in answers):
            self.counts[BOT_WITHDRAWN] += 1
        else:
            self.counts[BOT_SENT] += 1


def taken_at(lines: Sequence[Line]) -> int:
    """The position of the line that says who leads."""
    return next(
        line.position
        for line in lines
        if line.author.kind is AuthorKind.SYSTEM and line.reply.text.startswith("Веде консультацію")
    )


def is_news(text: str, by: Account) -> bool:
    """Whether these words tell who has joined: the one thing the bot says after a take, for the house."""
    return by.name in text
