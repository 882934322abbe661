"""Pure functions over a calendar: open now, next opening, and time counted in working minutes.

A calendar is an office's hours, with the department's own hours laid over them (`own.py`), less its pauses. Hours are
local wall-clock times; everything that goes in or comes out is an aware `datetime`. The counting is done in UTC, so an
hour that summer time repeats or drops is counted as the clock on the wall really ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from knowledge_base.answers import Office

KYIV = ZoneInfo("Europe/Kyiv")
HORIZON_DAYS = 366
"""How far ahead an opening is looked for; an office closed for longer has no working time."""

ROUND_TO_MINUTES = 5


class NoWorkingTime(ValueError):
    """The office has no opening within a year: its hours are missing or every day is closed."""


@dataclass(frozen=True)
class Pause:
    """A stretch (UTC) in which nobody works although the office is open; `kind` is why: alarm, power, other.

    One that still runs ends when it would end by itself.
    """

    begins: datetime
    ends: datetime
    kind: str


@dataclass(frozen=True)
class Calendar:
    """When specialists work. `office` has the department's own hours and days; `pauses` are taken out of them."""

    office: Office
    pauses: tuple[Pause, ...] = ()

    def pause_at(self, at: datetime) -> Pause | None:
        """The pause that keeps an open office from working at this moment; None in closed time."""
        found = next((pause for pause in self.pauses if pause.begins <= at < pause.ends), None)
        return found if found is not None and is_open(Calendar(self.office), at) else None


def openings(
    calendar: Calendar, start: datetime, zone: ZoneInfo = KYIV
) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of working time (UTC, start before end) that end after `start`, in order, for a year ahead.

    An interval that closes at or before its opening runs over midnight. Stretches that touch are joined.
    """
    pauses = sorted(calendar.pauses, key=lambda pause: pause.begins)
    for opens, closes in _planned(calendar.office, start, zone):
        for pause in pauses:
            if pause.ends <= opens or closes <= pause.begins:
                continue
            if pause.begins > max(opens, start):
                yield opens, pause.begins
            opens = max(opens, pause.ends)
            if closes <= opens:
                break
        if opens < closes and closes > start:
            yield opens, closes


def _planned(office: Office, start: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The same as if nothing ever made a pause."""
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


def is_open(calendar: Calendar, at: datetime, zone: ZoneInfo = KYIV) -> bool:
    """Whether specialists work at this moment. The closing minute is already closed."""
    first = next(openings(calendar, at, zone), None)
    return first is not None and first[0] <= at


def closing(calendar: Calendar, at: datetime, zone: ZoneInfo = KYIV) -> datetime | None:
    """When the stretch that runs at this moment ends (UTC), None when nobody works."""
    first = next(openings(calendar, at, zone), None)
    return first[1] if first is not None and first[0] <= at else None


def next_opening(calendar: Calendar, at: datetime, zone: ZoneInfo = KYIV) -> datetime | None:
    """The next moment (UTC) work begins after `at`.

    When it goes on now, the opening after this stretch.
    """
    for opens, _ in openings(calendar, at, zone):
        if opens > at:
            return opens
    return None


def working_from(calendar: Calendar, at: datetime, zone: ZoneInfo = KYIV) -> datetime:
    """`at` itself in working time, else the next moment of it (UTC). Raises NoWorkingTime."""
    for opens, _ in openings(calendar, at, zone):
        return max(opens, at).astimezone(UTC)
    raise NoWorkingTime(calendar.office.id)


def add_working_minutes(calendar: Calendar, at: datetime, minutes: int, zone: ZoneInfo = KYIV) -> datetime:
    """The moment (UTC) by which `minutes` of working time have run from `at`. Raises NoWorkingTime."""
    left = timedelta(minutes=minutes)
    for opens, closes in openings(calendar, at, zone):
        begins = max(opens, at)
        if closes - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= closes - begins
    raise NoWorkingTime(calendar.office.id)


def working_minutes(calendar: Calendar, start: datetime, end: datetime, zone: ZoneInfo = KYIV) -> int:
    """Whole working minutes between two moments; 0 when `end` is not after `start`."""
    total = timedelta()
    for opens, closes in openings(calendar, start, zone):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return int(total.total_seconds() // 60)


def promise(calendar: Calendar, now: datetime, minutes: int, zone: ZoneInfo = KYIV) -> datetime:
    """When a person answers at the latest: `minutes` of working time from now, rounded up to five minutes.

    Rounding never leaves working time: near the closing the exact minute stands. Raises NoWorkingTime.
    """
    exact = add_working_minutes(calendar, now, minutes, zone)
    step = ROUND_TO_MINUTES * 60
    rounded = datetime.fromtimestamp(-(-exact.timestamp() // step) * step, UTC)
    ends = closing(calendar, exact, zone)
    return rounded if ends is not None and rounded <= ends else exact


def moved(before: Calendar, after: Calendar, since: datetime, promised: datetime) -> datetime:
    """A promise of `before`, as it stands in `after`: the same working time is left of it, counted from `since`.

    One that had passed by then stands as it was. Raises NoWorkingTime.
    """
    if promised <= since:
        return promised
    return promise(after, since, working_minutes(before, since, promised))
