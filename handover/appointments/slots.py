"""Free times of an office: hours of the receiver within those of the office, less absences and what is taken.

Hours are local wall-clock times of the office as the department keeps it (its own hours laid over already); every
moment that comes out is aware UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments.tables import HALL, appointment_units, receiver_absences
from knowledge_base.answers import Interval, Office, Receiver, of_weekday

UNIT = timedelta(minutes=5)
MIDNIGHT = 24 * 60

Minutes = tuple[int, int]
"""A stretch of a local day in minutes from its beginning."""


@dataclass(frozen=True)
class Slot:
    """A time (UTC) at which a receiver can still take somebody; HALL is whoever is free."""

    receiver: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Absence:
    """When a receiver does not receive: minutes of a local day, 0 to 1440 for all of it."""

    receiver: str
    day: date
    minutes: Minutes
    reason: str


def receiver_of(office: Office, receiver: str) -> Receiver | None:
    """The position of this id; None for HALL and for one the office does not have."""
    return next((one for one in office.receivers if one.id == receiver), None)


def takers(office: Office, matter: str | None) -> tuple[str, ...]:
    """Who can be booked about a matter: those who are there for it, else the hall; none where nobody is."""
    if office.visits is None:
        return ()
    own = tuple(one.id for one in office.receivers if matter is not None and matter in one.serves)
    return own or ((HALL,) if office.visits.hall else ())


def minutes_of(office: Office, receiver: str, matter: str | None) -> int:
    """How long a visit takes."""
    assert office.visits is not None
    found = receiver_of(office, receiver)
    if found is None:
        return office.visits.minutes
    return dict(found.longer).get(matter or "", found.minutes or office.visits.minutes)


def places_of(office: Office, receiver: str) -> int:
    """How many are received at once; 0 for a receiver the office does not have."""
    if receiver == HALL:
        return office.visits.hall if office.visits else 0
    found = receiver_of(office, receiver)
    return found.at_once if found else 0


def hours_of(office: Office, receiver: str, day: date) -> list[Minutes]:
    """When a receiver receives on a day: their weekday's hours within those of the office on that very day."""
    opened = [_minutes(one) for one in office.hours_on(day)]
    if receiver == HALL:
        return opened
    found = receiver_of(office, receiver)
    own = [_minutes(one) for one in of_weekday(found.hours, day.weekday())] if found else []
    return sorted(
        (max(begins, opens), min(ends, closes))
        for begins, ends in own
        for opens, closes in opened
        if max(begins, opens) < min(ends, closes)
    )


def starts(
    office: Office, receiver: str, day: date, matter: str | None, away: Sequence[Minutes] = ()
) -> Iterator[Minutes]:
    """The times of a day at which a visit may begin, with their ends; whether they are taken is not asked here.

    They stand on the receiver's usual grid: a longer visit begins where a usual one could.
    """
    length, step = minutes_of(office, receiver, matter), minutes_of(office, receiver, None)
    for opens, closes in hours_of(office, receiver, day):
        for begins in range(-(-opens // 5) * 5, closes - length + 1, step):
            ends = begins + length
            if not any(gone < ends and begins < back for gone, back in away):
                yield begins, ends


async def free(
    db: AsyncConnection,
    community: str,
    office: Office,
    receivers: Sequence[str],
    matter: str | None,
    now: datetime,
    zone: ZoneInfo,
) -> list[Slot]:
    """The free times of these receivers from now to the office's horizon, earliest first. Two queries."""
    if office.visits is None:
        return []
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(office.visits.days_ahead + 1)]
    earliest = now + timedelta(minutes=office.visits.lead_minutes)
    taken = await _taken(db, community, office.id, receivers, moment(days[0], 0, zone), days[-1], zone)
    gone = await absences(db, community, office.id, days[0], days[-1])
    found = []
    for receiver in receivers:
        seats = range(1, places_of(office, receiver) + 1)
        for day in days:
            away = [one.minutes for one in gone if (one.receiver, one.day) == (receiver, day)]
            for begins, ends in starts(office, receiver, day, matter, away):
                slot = Slot(receiver, moment(day, begins, zone), moment(day, ends, zone))
                units = units_of(slot.starts_at, slot.ends_at)
                if slot.starts_at >= earliest and any(
                    all((receiver, seat, at) not in taken for at in units) for seat in seats
                ):
                    found.append(slot)
    return sorted(found, key=lambda slot: slot.starts_at)


async def _taken(
    db: AsyncConnection,
    community: str,
    office: str,
    receivers: Sequence[str],
    since: datetime,
    last: date,
    zone: ZoneInfo,
) -> set[tuple[str, int, datetime]]:
    rows = await db.execute(
        select(appointment_units.c.receiver, appointment_units.c.place, appointment_units.c.at).where(
            appointment_units.c.community_id == community,
            appointment_units.c.office == office,
            appointment_units.c.receiver.in_(receivers),
            appointment_units.c.at >= since,
            appointment_units.c.at < moment(last, MIDNIGHT, zone),
        )
    )
    return {(row.receiver, row.place, row.at) for row in rows}


async def absences(
    db: AsyncConnection, community: str, office: str, first: date, last: date
) -> list[Absence]:
    """Who of an office is away from one day to another, both included."""
    rows = await db.execute(
        select(receiver_absences)
        .where(
            receiver_absences.c.community_id == community,
            receiver_absences.c.office == office,
            receiver_absences.c.day >= first.isoformat(),
            receiver_absences.c.day <= last.isoformat(),
        )
        .order_by(receiver_absences.c.day, receiver_absences.c.receiver, receiver_absences.c.from_minute)
    )
    return [
        Absence(row.receiver, date.fromisoformat(row.day), (row.from_minute, row.till_minute), row.reason)
        for row in rows
    ]


def units_of(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """The units of time a visit takes, in order."""
    count = -(-(ends_at - starts_at) // UNIT)
    return [starts_at + UNIT * number for number in range(count)]


def moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A minute of a local day as UTC; 1440 is the midnight at its end."""
    later, minute = divmod(minute, MIDNIGHT)
    wall = datetime.combine(day + timedelta(days=later), time(*divmod(minute, 60)), zone)
    return wall.astimezone(UTC)


def _minutes(interval: Interval) -> Minutes:
    closes = interval.closes.hour * 60 + interval.closes.minute
    return interval.opens.hour * 60 + interval.opens.minute, closes or MIDNIGHT
