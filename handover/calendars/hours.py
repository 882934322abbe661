"""Pure functions over an office's weekly hours.

Open now, next opening, and time counted in working minutes.

Hours are local wall-clock times; everything that goes in or comes out is an aware `datetime`. The counting
is done in UTC, so an hour that summer time repeats or drops is counted as the clock on the wall really ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from knowledge_base.answers import Office

KYIV = ZoneInfo("Europe/Kyiv")
HORIZON_DAYS = 366
"""How far ahead an opening is looked for; an office closed for longer has no working time."""

ROUND_TO_MINUTES = 5


class NoWorkingTime(ValueError):
    """The office has no opening within a year: its hours are missing or every day is closed."""


def openings(office: Office, start: datetime, zone: ZoneInfo = KYIV) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of working time (UTC, start before end) that end after `start`, in order, for a year ahead.

    An interval that closes at or before its opening runs over midnight. Stretches that touch are joined.
    """
    pending: tuple[datetime, datetime] | None = None
    today = start.astimezone(zone).date()
    for offset in range(-1, HORIZON_DAYS):
        for opens, closes in stretches(office, today + timedelta(days=offset), zone):
            if closes <= start:
                continue
            if pending is not None and opens <= pending[1]:
                pending = (pending[0], max(pending[1], closes))
                continue
            if pending is not None:
                yield pending
            pending = (opens, closes)
    if pending is not None:
        yield pending


def stretches(office: Office, day: date, zone: ZoneInfo = KYIV) -> list[tuple[datetime, datetime]]:
    """The opening hours of one day (UTC), in order; empty when it is closed."""
    found = []
    for interval in office.hours_on(day):
        last = day if interval.closes > interval.opens else day + timedelta(days=1)
        found.append((_moment(day, interval.opens, zone), _moment(last, interval.closes, zone)))
    return sorted(found)


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, zone).astimezone(UTC)


def is_open(office: Office, at: datetime, zone: ZoneInfo = KYIV) -> bool:
    """Whether specialists work at this moment. The closing minute is already closed."""
    first = next(openings(office, at, zone), None)
    return first is not None and first[0] <= at


def closing(office: Office, at: datetime, zone: ZoneInfo = KYIV) -> datetime | None:
    """When the stretch that runs at this moment ends (UTC), None when the office is closed."""
    first = next(openings(office, at, zone), None)
    return first[1] if first is not None and first[0] <= at else None


def next_opening(office: Office, at: datetime, zone: ZoneInfo = KYIV) -> datetime | None:
    """The next moment (UTC) the office opens after `at`.

    When it is open now, the opening after this stretch.
    """
    for opens, _ in openings(office, at, zone):
        if opens > at:
            return opens
    return None


def add_working_minutes(office: Office, at: datetime, minutes: int, zone: ZoneInfo = KYIV) -> datetime:
    """The moment (UTC) by which `minutes` of working time have run from `at`. Raises NoWorkingTime."""
    left = timedelta(minutes=minutes)
    for opens, closes in openings(office, at, zone):
        begins = max(opens, at)
        if closes - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= closes - begins
    raise NoWorkingTime(office.id)


def working_minutes(office: Office, start: datetime, end: datetime, zone: ZoneInfo = KYIV) -> int:
    """Whole working minutes between two moments; 0 when `end` is not after `start`."""
    total = timedelta()
    for opens, closes in openings(office, start, zone):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return int(total.total_seconds() // 60)


def promise(office: Office, now: datetime, minutes: int, zone: ZoneInfo = KYIV) -> datetime:
    """When a person answers at the latest: `minutes` of working time from now, rounded up to five minutes.

    Rounding never leaves working time: near the closing the exact minute stands. Raises NoWorkingTime.
    """
    exact = add_working_minutes(office, now, minutes, zone)
    step = ROUND_TO_MINUTES * 60
    rounded = datetime.fromtimestamp(-(-exact.timestamp() // step) * step, UTC)
    ends = closing(office, exact, zone)
    return rounded if ends is not None and rounded <= ends else exact
