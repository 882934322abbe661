"""How busy the halls are: who waits now and for about how long, and how it usually is. Connection first.

The usual is told of walk-ins, since who comes to a booked time hardly waits. Where a desk keeps no visits, nothing is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments.tables import appointments

WEEKS_BACK = 8
ENOUGH = 5
"""Visits an hour of a weekday, or a part of a day, needs before anything is said of it."""
FORGOTTEN = timedelta(hours=4)
"""Nobody waits so long: who came earlier and was not called has left."""
PACE_OVER = timedelta(hours=1)
ENOUGH_CALLS = 3
"""People called within `PACE_OVER` from which the pace of a hall is known."""
WORTH_SAYING = 5
"""Minutes a time must be freer than usual by before it is worth coming then."""
MORNING_ENDS, NOON_ENDS = 12, 14
ROUND_TO = 5

Part = Literal["morning", "noon", "evening"]
Hour = tuple[int, int]
"""A weekday, 0 = Monday, and an hour of the local day."""


@dataclass(frozen=True)
class Now:
    """People who wait in a hall at this moment, and minutes until whoever came now would be called; None: not known."""

    waiting: int
    wait_minutes: int | None = None


@dataclass(frozen=True)
class Quiet:
    """The part of the week in which least is waited: a weekday, 0 = Monday, and the part of it."""

    weekday: int
    part: Part


@dataclass(frozen=True)
class Usual:
    """The median wait in minutes by hour, of the hours with enough visits, and when it is freest."""

    by_hour: Mapping[Hour, int] = field(default_factory=dict)
    quiet: Quiet | None = None

    def at(self, local: datetime) -> int | None:
        """The usual wait at a local moment."""
        return self.by_hour.get((local.weekday(), local.hour))


async def now(
    db: AsyncConnection, community: str, offices: Sequence[str], zone: ZoneInfo, moment: datetime
) -> dict[str, Now]:
    """Each hall as it is; an office where nobody has come today is left out: its desk may keep no visits. One query."""
    today = moment.astimezone(zone).date().isoformat()
    waits = (appointments.c.state == "arrived") & (appointments.c.arrived_at > moment - FORGOTTEN)
    rows = await db.execute(
        select(
            appointments.c.office,
            func.count().filter(waits).label("waiting"),
            func.count().filter(appointments.c.called_at > moment - PACE_OVER).label("called"),
        )
        .where(
            appointments.c.community_id == community,
            appointments.c.office.in_(offices),
            appointments.c.day == today,
            appointments.c.arrived_at <= moment,
        )
        .group_by(appointments.c.office)
    )
    return {row.office: Now(row.waiting, _wait(row.waiting, row.called)) for row in rows}


async def usual(
    db: AsyncConnection, community: str, offices: Sequence[str], zone: ZoneInfo, moment: datetime
) -> dict[str, Usual]:
    """How it was in the last weeks, by office; an office without enough visits is left out. One query."""
    since = moment - timedelta(weeks=WEEKS_BACK)
    rows = await db.execute(
        select(appointments.c.office, appointments.c.arrived_at, appointments.c.called_at).where(
            appointments.c.community_id == community,
            appointments.c.office.in_(offices),
            appointments.c.day >= since.astimezone(zone).date().isoformat(),
            appointments.c.kind == "walk_in",
            appointments.c.arrived_at >= since,
            appointments.c.called_at <= moment,
        )
    )
    waits: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    for office, arrived_at, called_at in rows:
        minutes = max(0.0, (called_at - arrived_at).total_seconds() / 60)
        waits[office].append((arrived_at.astimezone(zone), minutes))
    found = {office: _usual(seen) for office, seen in waits.items()}
    return {office: one for office, one in found.items() if one.by_hour or one.quiet}


def _wait(waiting: int, called: int) -> int | None:
    """Minutes for whoever came now, by how many were called within the last hour."""
    if waiting == 0 or called < ENOUGH_CALLS:
        return None
    exact = waiting * (PACE_OVER.total_seconds() / 60) / called
    return max(ROUND_TO, math.ceil(exact / ROUND_TO) * ROUND_TO)


def _usual(seen: Iterable[tuple[datetime, float]]) -> Usual:
    hours: dict[Hour, list[float]] = defaultdict(list)
    parts: dict[tuple[int, Part], list[float]] = defaultdict(list)
    for local, minutes in seen:
        hours[local.weekday(), local.hour].append(minutes)
        parts[local.weekday(), _part(local)].append(minutes)
    by_hour = {hour: round(median(waits)) for hour, waits in hours.items() if len(waits) >= ENOUGH}
    return Usual(by_hour, _quiet(parts))


def _quiet(parts: Mapping[tuple[int, Part], Sequence[float]]) -> Quiet | None:
    """The freest part of the week, where it is freer than the others by enough; the earliest of equals."""
    known = {part: median(waits) for part, waits in parts.items() if len(waits) >= ENOUGH}
    if not known:
        return None
    order: tuple[Part, ...] = ("morning", "noon", "evening")
    freest = min(known, key=lambda part: (known[part], part[0], order.index(part[1])))
    if median(known.values()) - known[freest] < WORTH_SAYING:
        return None
    return Quiet(*freest)


def _part(local: datetime) -> Part:
    if local.hour < MORNING_ENDS:
        return "morning"
    return "noon" if local.hour < NOON_ENDS else "evening"
