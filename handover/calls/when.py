"""When to call: the words of a person («завтра після обіду», «о 15:30») as a moment of working time. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handover.calendars.hours import KYIV, Calendar, closing, openings, working_from

NOON = time(12)
AFTER_LASTS = timedelta(hours=1)
"""«Після другої» is kept within this."""
AFTERNOON_HOURS = range(1, 8)
"""«О третій» of a working day is 15:00."""

_CLOCK = re.compile(
    r"(?P<word>\b(?:о|об|в|у|на|після|до|з|із|біля|около|после)\s+)?(?P<hour>\d{1,2})"
    r"(?:[:.\-](?P<minute>[0-5]\d)|\s*(?P<unit>год\w*|час\w*))?(?![\d.:])",
    re.IGNORECASE,
)
_AFTER = re.compile(r"після|после|\bз\b|\bіз\b", re.IGNORECASE)
_MORNING = re.compile(r"зранку|вранці|ранком|до обіду|до обеда|утром|перш\w+ половин", re.IGNORECASE)
_EVENING = re.compile(r"після обіду|после обеда|ввечері|увечері|вечер|вечором|друг\w+ половин", re.IGNORECASE)
_DAYS = (
    (re.compile(r"сьогодні|сегодня", re.IGNORECASE), 0),
    (re.compile(r"післязавтра|послезавтра", re.IGNORECASE), 2),
    (re.compile(r"завтра", re.IGNORECASE), 1),
)
_WEEKDAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:понеділ|понедель|пн\b)",
        r"\b(?:вівтор|вторник|вт\b)",
        r"\b(?:серед|сред|ср\b)",
        r"\b(?:четвер|чт\b)",
        r"\bп.?ятниц|\bпт\b",
        r"\b(?:субот|суббот|сб\b)",
        r"\b(?:неділ|воскрес|нд\b)",
    )
)


def due(
    words: str, calendar: Calendar, now: datetime, otherwise: datetime, zone: ZoneInfo = KYIV
) -> datetime:
    """By when to call (UTC): always after `now`, in working time; `otherwise` where the words name no time of it."""
    local = now.astimezone(zone)
    day = _day(words, local.date())
    if _MORNING.search(words):
        return _until(calendar, now, day, NOON, zone) or otherwise
    if _EVENING.search(words):
        return _until(calendar, now, day, time.max, zone) or otherwise
    wall = _clock(words)
    if wall is None:
        return otherwise if day is None else _until(calendar, now, day, time.max, zone) or otherwise
    at = datetime.combine(day or local.date(), wall, zone)
    if at <= local and day is None:
        at += timedelta(days=1)
    if at <= local:
        return otherwise
    if _AFTER.search(words):
        begins = working_from(calendar, at, zone)
        return min(begins + AFTER_LASTS, closing(calendar, begins, zone) or begins)
    return working_from(calendar, at, zone)


def _until(
    calendar: Calendar, now: datetime, day: date | None, last: time, zone: ZoneInfo
) -> datetime | None:
    """The end of the working time up to `last` of that day, or of the first day that has any left."""
    ends = found = None
    for opens, closes in openings(calendar, now, zone):
        begins = max(opens, now)
        on = begins.astimezone(zone).date()
        if found not in (None, on) or (day is not None and on > day):
            break
        end = min(closes, datetime.combine(on, last, zone).astimezone(UTC))
        if end > begins and (day is None or on == day):
            ends, found = end, on
    return ends


def _day(words: str, today: date) -> date | None:
    for pattern, ahead in _DAYS:
        if pattern.search(words):
            return today + timedelta(days=ahead)
    for number, pattern in enumerate(_WEEKDAYS):
        if pattern.search(words):
            return today + timedelta(days=(number - today.weekday()) % 7)
    return None


def _clock(words: str) -> time | None:
    """The first time of day that the words name; a bare number is none."""
    for found in _CLOCK.finditer(words):
        if not (found["word"] or found["minute"] or found["unit"]):
            continue
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        if hour in AFTERNOON_HOURS:
            hour += 12
        if hour < 24:
            return time(hour, minute)
    return None
