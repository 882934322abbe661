"""The hall of a morning: visitors who come, with a booking or without, and specialists who call them into rooms."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.morning.staff import Browser
from benchmarks.morning.stage import COMMUNITY, Stage
from handover.appointments import booking, slots
from handover.appointments.booking import Refusal, Wish
from handover.appointments.letters import letters
from handover.appointments.tables import appointments
from knowledge_base.answers import Office

PAGE = "/workplace/visits"
SHORTEST, LONGEST = timedelta(minutes=3), timedelta(minutes=11)
"""How long a visit takes in a room."""

GONE = 0.04
"""The share of those who have a number or a time and are not there when they are called."""

LOOKED_FOR = timedelta(minutes=2)
"""How long a specialist waits for somebody who does not come into the room."""

EARLY, LATE = timedelta(minutes=12), timedelta(minutes=6)
"""People with a time come within these of it."""

BOOKED_SHARE = 0.2


@dataclass
class Visitor:
    """Somebody who comes at `at`: for the visit they have booked, or to take a number of `letter`."""

    at: datetime
    letter: str = ""
    visit_id: str | None = None
    came: bool = False

    async def act(self, stage: Stage, reception: Browser) -> None:
        """Come in when it is time; a colleague at the door gives the number."""
        if self.came or stage.clock() < self.at:
            return
        self.came = True
        if self.visit_id is None:
            await reception.post(f"{PAGE}/walk-in", press=f"letter:{self.letter}")
        else:
            await reception.post(f"{PAGE}/{self.visit_id}/arrive")


@dataclass
class Room:
    """A specialist in a room; `visit_id` is who is in it, or called to it, until `free_at`.

    `ends` is what became of the visits, as the specialist knows it.
    """

    browser: Browser
    name: str
    dice: random.Random
    ends: Counter[str] = field(default_factory=Counter)
    visit_id: str | None = None
    comes: bool = True
    free_at: datetime | None = None

    async def open(self, office: Office) -> None:
        """Say once where this desk stands."""
        await self.browser.post(f"{PAGE}/place", office=office.id, room=self.name)

    async def act(self, stage: Stage) -> None:
        """End what is over, and call the next: one press where somebody was here."""
        now = stage.clock()
        if self.free_at is not None and now < self.free_at:
            return
        finish = {}
        if self.visit_id is not None:
            self.ends["done" if self.comes else "no_show"] += 1
            if self.comes:
                finish = {"finish": self.visit_id}
            else:
                await self.browser.post(f"{PAGE}/{self.visit_id}/no-show")
        await self.browser.post(f"{PAGE}/next", **finish)
        async with stage.database.read() as db:
            self.visit_id = await _called_by(db, self.browser.account.id)
        if self.visit_id is None:
            self.free_at = None
            return
        self.comes = self.dice.random() >= GONE
        took = SHORTEST + (LONGEST - SHORTEST) * self.dice.random()
        self.free_at = now + (took if self.comes else LOOKED_FOR)


async def _called_by(db: AsyncConnection, account: str) -> str | None:
    found = await db.execute(
        select(appointments.c.id).where(
            appointments.c.community_id == COMMUNITY,
            appointments.c.called_by == account,
            appointments.c.state == "called",
        )
    )
    return found.scalars().first()


async def crowd(
    stage: Stage, office: Office, count: int, begins: datetime, ends: datetime, dice: random.Random
) -> list[Visitor]:
    """Visitors of the morning: as many as there are times for have booked by phone, the others take a number."""
    booked = await _booked(stage, office, round(count * BOOKED_SHARE), begins, ends, dice)
    signs = [one.sign for one in letters(office)]
    others = [
        Visitor(begins + (ends - begins) * dice.triangular(0.0, 0.95, 0.25), dice.choice(signs))
        for _ in range(count - len(booked))
    ]
    return sorted([*booked, *others], key=lambda one: one.at)


async def _booked(
    stage: Stage, office: Office, most: int, begins: datetime, ends: datetime, dice: random.Random
) -> list[Visitor]:
    zone = ZoneInfo(stage.runtime.minds[COMMUNITY].knowledge.community.timezone)
    receivers = [one.id for one in office.receivers]
    now, made = stage.clock(), []
    async with stage.database.write() as db:
        free = await slots.free(db, COMMUNITY, office, receivers, None, now, zone)
        for slot in [one for one in free if begins <= one.starts_at < ends][:most]:
            wish = Wish(
                community=COMMUNITY,
                office=office,
                receivers=(slot.receiver,),
                matter=None,
                starts_at=slot.starts_at,
                name="Зоя",
                phone=f"+38067300{len(made):04d}",
                booked_by="phone-desk",
            )
            visit = await booking.book(db, wish, now, zone)
            if not isinstance(visit, Refusal):
                made.append(_comes_for(visit.id, slot.starts_at, dice))
    return made


async def newly_booked(
    stage: Stage, known: set[str], until: datetime, dice: random.Random
) -> Sequence[Visitor]:
    """Those who have booked in the chat for this very morning, and were not `known` yet."""
    async with stage.database.read() as db:
        found = await db.execute(
            select(appointments.c.id, appointments.c.starts_at).where(
                appointments.c.community_id == COMMUNITY,
                appointments.c.state == "booked",
                appointments.c.conversation_id.is_not(None),
                appointments.c.starts_at < until,
            )
        )
    fresh = [row for row in found if row.id not in known]
    known |= {row.id for row in fresh}
    return [_comes_for(row.id, row.starts_at, dice) for row in fresh]


def _comes_for(visit_id: str, starts_at: datetime, dice: random.Random) -> Visitor:
    return Visitor(starts_at - EARLY + (EARLY + LATE) * dice.random(), visit_id=visit_id)
