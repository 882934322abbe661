"""Plays a morning: moves the clock tick by tick, lets everybody do what is due, and closes when nobody is left."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from benchmarks.morning import hall, people, staff
from benchmarks.morning.hall import Room, Visitor
from benchmarks.morning.ledger import Outcomes, outcomes
from benchmarks.morning.people import Citizen, Receipt
from benchmarks.morning.staff import Consultant
from benchmarks.morning.stage import COMMUNITY, Stage, opened
from handover.applications import codes, register
from handover.applications.record import Record, State

KYIV = ZoneInfo("Europe/Kyiv")
TICK = timedelta(seconds=30)
STATES = (State.ACCEPTED, State.APPROVED, State.PAID, State.REFUSED)
OVERTIME = timedelta(hours=2)
"""How long after the last newcomer everybody must have been served."""


@dataclass(frozen=True)
class Size:
    """How big a morning is. `calls` of the contacts come by phone; `rooms` of the specialists work in the hall."""

    contacts: int = 400
    calls: int = 30
    visits: int = 300
    specialists: int = 20
    rooms: int = 12

    @property
    def written(self) -> int:
        """Contacts who write."""
        return self.contacts - self.calls


@dataclass
class Morning:
    """What was played, what came of it, and how long it took: `seconds` of this machine for `minutes` of that day."""

    size: Size
    outcomes: Outcomes
    minutes: int
    seconds: float
    lost_races: int
    events: int


async def play(
    folder: Path, database_url: str, size: Size, seed: int, begins: datetime, ends: datetime
) -> Morning:
    """The whole morning on a migrated, empty database."""
    began, dice = perf_counter(), random.Random(seed)
    async with opened(folder, database_url, begins) as stage, AsyncExitStack() as stack:
        browsers = [await staff.employ(stage, f"specialist{place + 1}", name) for place, name in _names(size)]
        for browser in browsers:
            stack.push_async_callback(browser.client.aclose)
        office = stage.runtime.minds[COMMUNITY].knowledge.community.reception
        house = _House(
            stage=stage,
            ends=ends,
            dice=dice,
            citizens=people.crowd(size.written, begins, ends, dice, await _receipts(stage, size.written)),
            callers=sorted(begins + (ends - begins) * dice.random() for _ in range(size.calls)),
            visitors=await hall.crowd(stage, office, size.visits, begins, ends, dice),
            rooms=[
                Room(browser, str(place), random.Random(dice.random()))
                for place, browser in enumerate(browsers[: size.rooms], 1)
            ],
            consultants=[Consultant(one, random.Random(dice.random())) for one in browsers[size.rooms :]],
        )
        for room in house.rooms:
            await room.open(office)
        while not house.over:
            await house.tick()
            stage.clock.move(TICK)
        found = await outcomes(stage, house.citizens, size.calls, house.visitors, house.rooms)
        return Morning(
            size=size,
            outcomes=found,
            minutes=int((stage.clock() - begins).total_seconds() // 60),
            seconds=perf_counter() - began,
            lost_races=sum(one.lost for one in house.consultants),
            events=stage.worked,
        )


def morning_of(day: datetime) -> tuple[datetime, datetime]:
    """From opening to the lunch break of the sample department."""
    at = day.astimezone(KYIV).date()
    opens, closes = (
        datetime.combine(at, clock, KYIV).astimezone(UTC) for clock in (time(9, 0), time(12, 30))
    )
    return opens, closes


@dataclass
class _House:
    """Everybody of the morning."""

    stage: Stage
    ends: datetime
    dice: random.Random
    citizens: list[Citizen]
    callers: list[datetime]
    visitors: list[Visitor]
    rooms: list[Room]
    consultants: list[Consultant]
    booked: set[str] = field(default_factory=set)

    async def tick(self) -> None:
        """What happens at one moment: people first, then those who serve them."""
        stage, now = self.stage, self.stage.clock()
        for citizen in self.citizens:
            if citizen.next_at is not None and citizen.next_at <= now:
                await citizen.act(stage)
        await stage.work()
        self.visitors += await hall.newly_booked(stage, self.booked, self.ends, self.dice)
        await asyncio.gather(*(visitor.act(stage, self.rooms[0].browser) for visitor in self.visitors))
        # All rooms call at once, and all who answer take at once: who gets whom is the house's to settle.
        await asyncio.gather(*(room.act(stage) for room in self.rooms))
        while self.callers and self.callers[0] <= now:
            self.callers.pop(0)
            caller = len(self.callers)
            await self.consultants[caller % len(self.consultants)].file(
                "Коли прийдуть гроші?", "Ганна", f"067 200 {caller // 100:02d} {caller % 100:02d}"
            )
        await asyncio.gather(*(consultant.act(stage) for consultant in self.consultants))
        await stage.tend()
        await stage.work()
        for citizen in self.citizens:
            await citizen.look(stage)

    @property
    def over(self) -> bool:
        """Whether the doors are shut and nobody is left, or overtime has run out."""
        now = self.stage.clock()
        busy = (
            bool(self.callers)
            or any(one.next_at is not None for one in self.citizens)
            or any(not one.came for one in self.visitors)
            or any(room.visit_id is not None for room in self.rooms)
            or any(one.leads for one in self.consultants)
        )
        return now >= self.ends + OVERTIME or (now >= self.ends and not busy)


async def _receipts(stage: Stage, count: int) -> list[Receipt]:
    """A register of applications, each with the code of its receipt."""
    now, made = stage.clock(), []
    records = [
        Record(
            f"2026-{number:05d}",
            f"2026-{number:05d}",
            "housing-subsidy",
            STATES[number % len(STATES)],
            now.date(),
        )
        for number in range(1, count + 1)
    ]
    async with stage.database.write() as db:
        await register.put(db, COMMUNITY, records, register.FILES, now)
        for one in records:
            code = await codes.issue(db, COMMUNITY, one.number, stage.runtime.registers.key, now)
            made.append(Receipt(one.shown, code))
    return made


def _names(size: Size) -> list[tuple[int, str]]:
    return [(place, f"Спеціаліст {place + 1}") for place in range(size.specialists)]
