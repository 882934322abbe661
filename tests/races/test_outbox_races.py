"""The outbox: no sending by two, in order within a conversation, and nothing of the bot's once a specialist leads."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.messages import Author, AuthorKind
from conversations.outbox import Due
from conversations.ownership import Owner, StaleEpoch
from tests.races import doors
from tests.races.doors import BOT, House, together
from tests.races.orders import PAUSE, play

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
AGAIN = timedelta(seconds=5)
PEOPLE = 3
WORKERS = 3
IRYNA = Owner("specialist", "iryna", "Ірина")
SPECIALIST = Author(kind=AuthorKind.SPECIALIST, id="iryna", name="Ірина")

Outcome = Literal["sent", "retry", "failed", "unknown"]
OUTCOMES: tuple[Outcome, ...] = ("sent", "sent", "retry", "failed", "unknown")


@dataclass(frozen=True)
class Deliver:
    """Claim what is due, and mark what became of it; None: the sending does not end in this race."""

    limit: int
    outcome: Outcome | None


@dataclass(frozen=True)
class MarkHeld:
    """What was on its way since an earlier race ends."""

    outcome: Outcome


@dataclass(frozen=True)
class GiveUp:
    """A worker is taken for dead."""

    worker: int


@dataclass(frozen=True)
class Recover:
    """What was on its way for too long becomes unknown."""


Deed = Deliver | MarkHeld | GiveUp | Recover
DEEDS = st.one_of(
    st.builds(Deliver, st.integers(1, PEOPLE), st.sampled_from(OUTCOMES)),
    st.builds(Deliver, st.integers(1, PEOPLE), st.just(None)),
    st.builds(MarkHeld, st.sampled_from(OUTCOMES)),
    st.builds(GiveUp, st.integers(0, WORKERS - 1)),
    st.just(Recover()),
)
WORK = st.lists(
    st.tuples(st.integers(0, 3), st.lists(DEEDS, min_size=1, max_size=3)),
    min_size=WORKERS,
    max_size=WORKERS,
)
Talk = tuple[int, Literal["bot", "specialist", "take", "hand back"]]
TALKS = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.sampled_from(["bot", "bot", "specialist", "take", "hand back"])),
    max_size=5,
)


class OutboxRaces(RuleBasedStateMachine):
    """A few conversations in which the bot and a specialist speak and take turns; a few workers who deliver."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        self.community = doors.own_community()
        self.now = START
        self.words = itertools.count(1)
        self.outcomes: dict[tuple[int, int], Outcome | None] = {}
        """By row and attempt; None while the sending is on its way. Set before it is written down."""
        self.given_up: set[tuple[int, int]] = set()
        """Rows with their attempt that were seen as unknown: what is learnt later does not send them again."""
        self.claimed: Counter[tuple[int, int]] = Counter()
        self.furthest: dict[str, int] = {}
        self.held: list[list[Due]] = [[] for _ in range(WORKERS)]
        self.interrupted = True

    @initialize(talks=TALKS)
    def begin(self, talks: list[Talk]) -> None:
        people = [f"citizen-{number}" for number in range(PEOPLE)]
        self.talks = self.house.run(doors.all_begun(self.house.door(0), self.community, people, START))
        self.house.run(self.talk([(number, "bot") for number in range(PEOPLE)] * 2))
        self.house.run(self.talk(talks))
        self.interrupted = False

    @rule(work=WORK, one=TALKS, other=TALKS)
    def race(self, work: list[tuple[int, list[Deed]]], one: list[Talk], other: list[Talk]) -> None:
        self.interrupted = True
        racers = [self.work(number, pause, deeds) for number, (pause, deeds) in enumerate(work)]
        self.house.run(together(*racers, self.talk(one), self.talk(other)))
        self.house.run(self.nothing_of_the_bot_is_due_where_a_specialist_leads())
        self.interrupted = False

    @rule(seconds=st.sampled_from([1, 5, 59, 60]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def teardown(self) -> None:
        """Once all is delivered, each row stands where its last attempt left it."""
        if not self.interrupted:
            self.now += timedelta(hours=1)
            self.house.run(self.drain())
            self.house.run(self.each_row_is_where_its_last_attempt_left_it())

    async def drain(self) -> None:
        await self.recover(0)
        while await self.deliver(0, PEOPLE, "sent"):
            pass

    async def nothing_of_the_bot_is_due_where_a_specialist_leads(self) -> None:
        async with self.house.door(0).read() as db:
            for talk in self.talks:
                owner, epoch = await doors.owner(db, talk)
                if owner.kind == "specialist":
                    for row in await doors.sendings(db, talk):
                        assert row.state != "due" or row.author_kind != "bot" or row.epoch >= epoch, row

    async def each_row_is_where_its_last_attempt_left_it(self) -> None:
        async with self.house.door(0).read() as db:
            rows = [row for talk in self.talks for row in await doors.sendings(db, talk)]
        for row in rows:
            last = self.outcomes[row.id, row.attempts] if row.attempts else "retry"
            assert self.claimed[row.id, row.attempts + 1] == 0
            if row.state == "withdrawn":
                assert row.author_kind == "bot"
                assert last == "retry", "withdrawn though it was on its way"
            elif last == "retry":
                assert row.state == "unknown", "something waits that nobody sends"
                assert (row.id, row.attempts) in self.given_up
            else:
                assert row.state == (last or "unknown")

    async def talk(self, talks: list[Talk]) -> None:
        for number, what in talks:
            talk, words = self.talks[number], f"слово {next(self.words)}"
            try:
                async with self.house.door(WORKERS).write() as db:
                    owner, epoch = await doors.owner(db, talk)
                    match what:
                        case "bot" if owner.kind != "specialist":
                            await doors.say(db, talk, BOT, words, self.now, epoch=epoch)
                        case "specialist" if owner.kind == "specialist":
                            await doors.say(db, talk, SPECIALIST, words, self.now, epoch=epoch)
                        case "take" if owner.kind != "specialist":
                            await doors.change(db, talk, epoch, IRYNA)
                        case "hand back" if owner.kind == "specialist":
                            await doors.change(db, talk, epoch, Owner("bot"))
            except StaleEpoch:
                await asyncio.sleep(0)

    async def work(self, number: int, pause: int, deeds: list[Deed]) -> None:
        await asyncio.sleep(pause * PAUSE)
        for deed in deeds:
            match deed:
                case Deliver(limit, outcome):
                    await self.deliver(number, limit, outcome)
                case MarkHeld(outcome):
                    held, self.held[number] = self.held[number], []
                    await self.mark(number, held, outcome)
                case GiveUp(worker):
                    async with self.house.door(number).write() as db:
                        await doors.give_up(db, f"worker-{worker}", self.now)
                        await self.look_for_given_up(db)
                case Recover():
                    await self.recover(number)

    async def recover(self, number: int) -> None:
        async with self.house.door(number).write() as db:
            await doors.recover(db, self.now)
            await self.look_for_given_up(db)

    async def look_for_given_up(self, db: AsyncConnection) -> None:
        rows = [row for talk in self.talks for row in await doors.sendings(db, talk)]
        self.given_up |= {(row.id, row.attempts) for row in rows if row.state == "unknown"}

    async def deliver(self, number: int, limit: int, outcome: Outcome | None) -> int:
        async with self.house.door(number).write() as db:
            batch = await doors.claim_due(db, self.community, f"worker-{number}", self.now, limit, LEASE)
            for due in batch:
                await self.may_be_sent(db, due)
        assert len({due.conversation_id for due in batch}) == len(batch), "two of one conversation at once"
        for due in batch:
            self.claimed[due.id, due.attempts] += 1
            assert self.claimed[due.id, due.attempts] == 1, f"two workers send {due}"
            self.outcomes[due.id, due.attempts] = None
            if due.attempts > 1:
                assert self.outcomes[due.id, due.attempts - 1] == "retry", f"sent again by itself: {due}"
            else:
                assert self.furthest.get(due.conversation_id, 0) < due.id, f"overtaken: {due}"
                self.furthest[due.conversation_id] = due.id
        if outcome is None:
            self.held[number] += batch
        else:
            await self.mark(number, batch, outcome)
        return len(batch)

    async def may_be_sent(self, db: AsyncConnection, due: Due) -> None:
        """In the transaction of the claim: whoever takes over has to wait for it."""
        owner, epoch = await doors.owner(db, due.conversation_id)
        overtaken = due.author_kind is AuthorKind.BOT and owner.kind == "specialist" and due.epoch < epoch
        assert not overtaken, f"the bot begins to speak after the take: {due}"
        for row in await doors.sendings(db, due.conversation_id):
            # Whose sending was given up, and only then is known not to have arrived, comes after those that passed it.
            late = row.attempts > 0 and self.outcomes.get((row.id, row.attempts)) == "retry"
            assert row.id >= due.id or late or row.state not in ("due", "sending"), f"{due} overtakes {row}"

    async def mark(self, number: int, batch: list[Due], outcome: Outcome) -> None:
        for due in batch:
            self.outcomes[due.id, due.attempts] = outcome
        async with self.house.door(number).write() as db:
            await doors.mark(db, [(due, outcome) for due in batch], self.now, self.now + AGAIN)


def test_races_for_what_is_due_send_each_once_and_in_order(house: House, short: settings) -> None:
    play(lambda: OutboxRaces(house), short)


def test_a_take_withdraws_what_is_due_or_finds_it_on_its_way(house: House) -> None:
    """A claim, a retry and a take-over of the same row at once: never due afterwards, never sent after the take."""

    async def deliver(talk: str, community: str, number: int) -> str:
        async with house.door(0).write() as db:
            batch = await doors.claim_due(db, community, "worker", START, 1, LEASE)
        if not batch:
            return "withdrawn"
        async with house.door(0).write() as db:
            await doors.mark(db, [(batch[0], "retry" if number % 2 else "sent")], START, START)
        return "on its way"

    async def take(talk: str) -> str:
        async with house.door(1).write() as db:
            await doors.change(db, talk, 0, IRYNA)
        return "taken"

    async def race(number: int) -> str:
        community = doors.own_community()
        talk = await doors.begun(house.door(0), doors.place(community), START)
        async with house.door(0).write() as db:
            await doors.say(db, talk, BOT, "Ось відповідь", START, epoch=0)
        match number % 6:
            case 0:
                was = await deliver(talk, community, number)
                await take(talk)
            case 1:
                await take(talk)
                was = await deliver(talk, community, number)
            case 2 | 3:
                was, _ = await together(deliver(talk, community, number), take(talk))
            case _:
                _, was = await together(take(talk), deliver(talk, community, number))
        async with house.door(0).write() as db:
            (row,) = await doors.sendings(db, talk)
            assert await doors.claim_due(db, community, "worker", START + LEASE, 1, LEASE) == []
        sent = was == "on its way" and number % 2 == 0
        assert row.state == ("sent" if sent else "withdrawn")
        assert row.attempts == (was == "on its way")
        return was

    async def races() -> Counter[str]:
        return Counter([await race(number) for number in range(house.worth(24))])

    assert set(house.run(races())) == {"withdrawn", "on its way"}


def test_a_retry_waits_for_a_take_that_is_under_way(house: House) -> None:
    """The vendor says «not now» while the take is not kept yet: the bot's row must not become due behind its back."""

    async def race() -> None:
        community = doors.own_community()
        talk = await doors.begun(house.door(0), doors.place(community), START)
        async with house.door(0).write() as db:
            await doors.say(db, talk, BOT, "Ось відповідь", START, epoch=0)
            (due,) = await doors.claim_due(db, community, "worker", START, 1, LEASE)

        async def retry() -> None:
            async with house.door(0).write() as db:
                await doors.mark(db, [(due, "retry")], START, START)

        async with house.door(1).write() as db:
            await doors.change(db, talk, 0, IRYNA)
            marking = asyncio.create_task(retry())
            await doors.done_or_waiting(house.door(2), marking)
        await marking
        async with house.door(0).write() as db:
            assert [row.state for row in await doors.sendings(db, talk)] == ["withdrawn"]
            assert await doors.claim_due(db, community, "worker", START, 1, LEASE) == []

    house.run(race())
