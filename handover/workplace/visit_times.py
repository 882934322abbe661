"""Free times as the desk chooses among them: who can be booked about a matter, days with their times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments import slots
from handover.appointments.slots import Slot
from handover.calendars import calendars
from handover.calendars.own import laid_over
from handover.workplace.hall_place import offices_of
from knowledge_base.answers import Knowledge, Office
from knowledge_base.language import clock, day_and_month

WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "нд")


@dataclass(frozen=True)
class DayChoice:
    """A day with free times: its address value, its words, how many times are free."""

    day: str
    title: str
    free: int


@dataclass(frozen=True)
class Time:
    """A free time: what the form sends (UTC, ISO 8601), and the clock on the wall."""

    value: str
    title: str


async def office_now(db: AsyncConnection, knowledge: Knowledge, office: Office, now: datetime) -> Office:
    """The office at the hours the department keeps."""
    own = await calendars.own_hours(db, knowledge.community.id, now, office.id)
    return laid_over(office, own)


def takers(knowledge: Knowledge, matter: str | None) -> list[Office]:
    """The offices where one can be booked about a matter, the reception first."""
    return [one for one in offices_of(knowledge) if one.takers(matter)]


async def free_times(
    db: AsyncConnection,
    knowledge: Knowledge,
    office: Office,
    receivers: Sequence[str],
    matter: str | None,
    now: datetime,
) -> list[Slot]:
    """The free times of these receivers, of several at once only the first."""
    zone = ZoneInfo(knowledge.community.timezone)
    found = await slots.free(db, knowledge.community.id, office, receivers, matter, now, zone, at_desk=True)
    return list({slot.starts_at: slot for slot in reversed(found)}.values())[::-1]


def days(found: Sequence[Slot], zone: ZoneInfo) -> list[DayChoice]:
    """The days that have free times, in order."""
    counted: dict[date, int] = {}
    for slot in found:
        day = slot.starts_at.astimezone(zone).date()
        counted[day] = counted.get(day, 0) + 1
    return [
        DayChoice(day.isoformat(), f"{WEEKDAYS[day.weekday()]}, {day_and_month(day)}", free)
        for day, free in counted.items()
    ]


def times(found: Sequence[Slot], day: str, zone: ZoneInfo) -> list[Time]:
    """The free times of a day."""
    local = ((slot.starts_at, slot.starts_at.astimezone(zone)) for slot in found)
    return [Time(at.isoformat(), clock(wall.time())) for at, wall in local if wall.date().isoformat() == day]


def moment_of(value: str) -> datetime | None:
    """The moment a form sent; None where it is none."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
