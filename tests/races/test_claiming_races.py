"""Claiming: one worker a conversation, each event kept once and in order, and nothing of a worker who came too late."""

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

from conversations.inbox import Claimed, LeaseLost
from conversations.messages import ConversationRef, IncomingMessage
from tests.races import doors
from tests.races.doors import Abandoned, House, together
from tests.races.orders import PAUSE, play

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
PEOPLE = 4
WORKERS = 3

Then = Literal["finish", "hold", "give up the transaction"]


@dataclass(frozen=True)
class Claim:
    """Claim a batch and think about it; then finish it, hold it for later, or fail in the middle of keeping it."""

    limit: int
    then: Then


@dataclass(frozen=True)
class FinishHeld:
    """Finish what this worker has held since an earlier race, whoever has it by now."""


@dataclass(frozen=True)
class Release:
    """Give back every lease of a worker, as its end or whoever takes over from it does."""

    worker: int


Deed = Claim | FinishHeld | Release


@dataclass
class Holding:
    """A claim that came back: whose, at which time of the clock, and between which ticks of the race's watch."""

    worker: int
    claimed: Claimed
    now: datetime
    begun: int
    ended: int
    leaving: bool = False
    """Its lease is being given back: from now on another may have the conversation."""

    def overlaps(self, other: Holding) -> bool:
        """Whether both leases hold at some time of the clock."""
        return self.now < other.claimed.lease_until and other.now < self.claimed.lease_until


DEEDS = st.one_of(
    st.builds(
        Claim,
        st.integers(1, PEOPLE),
        st.sampled_from(["finish", "finish", "hold", "give up the transaction"]),
    ),
    st.just(FinishHeld()),
    st.builds(Release, st.integers(0, WORKERS - 1)),
)
WORK = st.lists(
    st.tuples(st.integers(0, 3), st.lists(DEEDS, min_size=1, max_size=3)),
    min_size=WORKERS,
    max_size=WORKERS,
)
WRITING = st.lists(st.lists(st.integers(0, PEOPLE - 1), min_size=1, max_size=5), max_size=4)
"""Requests of a vendor, one after another, each with some people's messages."""


def keys(claimed: Claimed) -> list[str]:
    return [event.event_key for _, event in claimed.events if isinstance(event, IncomingMessage)]


class ClaimingRaces(RuleBasedStateMachine):
    """A few people write, a few workers think, and the clock all but stands while they race."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        self.community = doors.own_community()
        self.now = START
        self.ticks = itertools.count(1)
        self.refs = [doors.place(self.community, f"citizen-{number}") for number in range(PEOPLE)]
        self.written: dict[ConversationRef, list[str]] = {ref: [] for ref in self.refs}
        self.events: list[IncomingMessage] = []
        self.claims: dict[str, list[Holding]] = {}
        self.held: list[list[Holding]] = [[] for _ in range(WORKERS)]
        self.releasing: Counter[int] = Counter()
        self.released: dict[int, int] = {}
        self.kept: Counter[int] = Counter()
        self.lost: list[Holding] = []
        self.interrupted = True

    @initialize(requests=WRITING)
    def begin(self, requests: list[list[int]]) -> None:
        self.house.run(self.write([list(range(PEOPLE)), *requests]))
        self.interrupted = False

    @rule(work=WORK, requests=WRITING, repeats=st.booleans())
    def race(self, work: list[tuple[int, list[Deed]]], requests: list[list[int]], repeats: bool) -> None:
        """Workers against each other, against people who go on writing, and against a vendor that repeats itself."""
        self.interrupted = True
        known = list(self.events)
        racers = [self.work(number, pause, deeds) for number, (pause, deeds) in enumerate(work)]
        again = [self.repeat(known)] if repeats else []
        self.house.run(together(*racers, self.write(requests), *again))
        for lost in self.lost:
            assert self.had_reason(lost), "a lease was lost that nobody else had"
        assert not self.kept or max(self.kept.values()) == 1, "an event was finished twice"
        self.interrupted = False

    @rule(seconds=st.sampled_from([1, 29, 30, 31]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def teardown(self) -> None:
        """Once everybody is done, every word is there, once, in the order it came."""
        if self.interrupted:
            return
        self.now += timedelta(hours=1)
        self.house.run(self.drain())
        for ref in self.refs:
            assert self.house.run(self.transcript(ref)) == self.written[ref]
        assert sum(self.kept.values()) == len(self.events)

    async def drain(self) -> None:
        while await self.claim(0, PEOPLE):
            await self.finish_held(0)

    async def transcript(self, ref: ConversationRef) -> list[str]:
        async with self.house.door(0).read() as db:
            return [line.reply.text for line in await doors.lines(db, await doors.found(db, ref))]

    async def write(self, requests: list[list[int]]) -> None:
        for people in requests:
            events = []
            for number in people:
                key = f"{self.community}-{len(self.events)}"
                event = doors.wrote(self.refs[number], key, key, self.now)
                self.events.append(event)
                self.written[event.ref].append(key)
                events.append(event)
            async with self.house.door(WORKERS).write() as db:
                await doors.accept(db, events, self.now)

    async def repeat(self, events: list[IncomingMessage]) -> None:
        async with self.house.door(WORKERS).write() as db:
            await doors.accept(db, events[::-1], self.now)

    async def work(self, number: int, pause: int, deeds: list[Deed]) -> None:
        await asyncio.sleep(pause * PAUSE)
        for deed in deeds:
            match deed:
                case Claim(limit, then):
                    await self.claim(number, limit)
                    if then == "finish":
                        await self.finish_held(number)
                    elif then == "give up the transaction":
                        await self.finish_held(number, abandoned=True)
                case FinishHeld():
                    await self.finish_held(number)
                case Release(worker):
                    await self.release(number, worker)

    async def claim(self, number: int, limit: int) -> int:
        """What is claimed goes on exactly where the transcript ends, and nobody else has it."""
        begun = next(self.ticks)
        # Each claim at a moment of its own, as it is in life: a worker and a moment tell one lease from another.
        now = self.now + timedelta(microseconds=begun)
        async with self.house.door(number).write() as db:
            batch = await doors.claim(db, self.community, f"worker-{number}", now, limit, LEASE)
            words = {one.id: [line.reply.text for line in await doors.lines(db, one.id)] for one in batch}
        for claimed in batch:
            said, waiting = words[claimed.id], keys(claimed)
            assert claimed.state == ({"heard": len(said)} if said else None)
            assert [*said, *waiting] == self.written[claimed.ref][: len(said) + len(waiting)]
            assert waiting
            mine = Holding(number, claimed, now, begun, next(self.ticks))
            for other in self.claims.setdefault(claimed.id, []):
                free = other.leaving or self.may_be_released(other) or self.may_be_released(mine)
                assert free or not mine.overlaps(other), f"one conversation, two workers: {mine}, {other}"
            self.claims[claimed.id].append(mine)
            self.held[number].append(mine)
        return len(batch)

    async def finish_held(self, number: int, *, abandoned: bool = False) -> None:
        """Keep each conversation in a transaction of its own, as a worker does whose whole batch failed."""
        batch, self.held[number] = self.held[number], []
        for one in batch:
            begun = next(self.ticks)
            one.leaving = not abandoned
            try:
                await self.keep(one, abandoned)
            except LeaseLost:
                self.lost.append(one)
            except Abandoned:
                self.held[number].append(one)
            else:
                after = [other for other in self.claims[one.claimed.id] if one.ended < other.begun]
                assert all(other.ended > begun for other in after), "kept what another had claimed by then"
                self.kept.update(row for row, _ in one.claimed.events)

    async def keep(self, one: Holding, abandoned: bool) -> None:
        claimed = one.claimed
        heard = claimed.state["heard"] if claimed.state else 0
        async with self.house.door(one.worker).write() as db:
            for _, event in claimed.events:
                assert isinstance(event, IncomingMessage)
                await doors.hear(db, claimed.id, event, self.now)
                heard += 1
            rows = [row for row, _ in claimed.events]
            await doors.finish(db, claimed, f"worker-{one.worker}", rows, {"heard": heard}, self.now)
            if abandoned:
                raise Abandoned

    async def release(self, number: int, worker: int) -> None:
        self.releasing[worker] += 1
        async with self.house.door(number).write() as db:
            await doors.release(db, f"worker-{worker}")
        self.releasing[worker] -= 1
        self.released[worker] = next(self.ticks)

    def may_be_released(self, one: Holding) -> bool:
        return self.releasing[one.worker] > 0 or self.released.get(one.worker, 0) > one.begun

    def had_reason(self, lost: Holding) -> bool:
        """Whether somebody claimed after it, or its worker's leases were given back."""
        others = [other for other in self.claims[lost.claimed.id] if other is not lost]
        return self.may_be_released(lost) or any(other.ended > lost.begun for other in others)


def test_races_for_events_keep_each_once_and_in_order(house: House, short: settings) -> None:
    play(lambda: ClaimingRaces(house), short)


def test_of_a_late_worker_and_the_next_exactly_one_keeps(house: House) -> None:
    """The lease ran out: whoever claims next and whoever comes back too late keep one transcript between them."""

    async def keep(number: int, claimed: Claimed) -> str | None:
        try:
            async with house.door(number).write() as db:
                for _, event in claimed.events:
                    assert isinstance(event, IncomingMessage)
                    await doors.hear(db, claimed.id, event, START)
                rows = [row for row, _ in claimed.events]
                await doors.finish(db, claimed, f"worker-{number}", rows, {"by": number}, START)
        except LeaseLost:
            return None
        return f"worker-{number}"

    async def next_worker(community: str) -> str | None:
        async with house.door(1).write() as db:
            batch = await doors.claim(db, community, "worker-1", START + LEASE, 1, LEASE)
        return await keep(1, batch[0]) if batch else None

    async def race(number: int) -> str:
        community = doors.own_community()
        ref = doors.place(community)
        async with house.door(0).write() as db:
            await doors.accept(db, [doors.wrote(ref, community, "Перше", START)], START)
            (claimed,) = await doors.claim(db, community, "worker-0", START, 1, LEASE)
        match number % 3:
            case 0:
                late, other = await keep(0, claimed), await next_worker(community)
            case 1:
                other, late = await next_worker(community), await keep(0, claimed)
            case _:
                late, other = await together(keep(0, claimed), next_worker(community))
        (keeper,) = [one for one in (late, other) if one]
        async with house.door(2).write() as db:
            assert [line.reply.text for line in await doors.lines(db, claimed.id)] == ["Перше"]
            await doors.accept(db, [doors.wrote(ref, f"{community}-2", "Друге", START)], START)
            (again,) = await doors.claim(db, community, "worker-2", START + 2 * LEASE, 1, LEASE)
        assert again.state == {"by": int(keeper[-1])}
        assert keys(again) == [f"{community}-2"]
        return keeper

    async def races() -> Counter[str]:
        return Counter([await race(number) for number in range(house.worth(24))])

    assert set(house.run(races())) == {"worker-0", "worker-1"}
