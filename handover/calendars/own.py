"""The department's own hours laid over an office's: another week, holidays, shortened and worked days.

They are kept by place: a weekday (`mon` … `sun`) or one day (`2026-12-24`), each with its intervals, none where it is
closed. What is not kept stands as the knowledge base says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise

from knowledge_base.answers import DayHours, Interval, Office, of_weekday
from knowledge_base.language import clock
from knowledge_base.places import hours_in_words

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
INTERVALS_AT_MOST = 6

Hours = tuple[tuple[time, time], ...]
"""Intervals of a day in order; one that closes at 0:00 lasts till midnight."""

_INTERVAL = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(?:-|–|—|до)\s*(\d{1,2})(?:[:.](\d\d))?")


@dataclass(frozen=True)
class OwnHours:
    """The hours of one place of an office's calendar; `reason` is for people."""

    place: str
    hours: Hours
    reason: str = ""

    @property
    def day(self) -> date | None:
        """The day it is about; None for a weekday."""
        return None if self.place in WEEKDAYS else date.fromisoformat(self.place)


class BadHours(ValueError):
    """The words are no hours: not times, out of order, or one interval in another."""


def read_hours(text: str) -> Hours:
    """`9:00–12:30, 13:15–18:00` as intervals. Raises BadHours, also for no interval at all."""
    parts = [part.strip() for part in re.split(r"[,;]|\bі\b|\bта\b", text) if part.strip()]
    if not parts or len(parts) > INTERVALS_AT_MOST:
        raise BadHours(text)
    hours = tuple(_interval(part) for part in parts)
    for (_, ended), (begins, _) in pairwise(hours):
        if ended == time(0) or begins < ended:
            raise BadHours(text)
    return hours


def _interval(part: str) -> tuple[time, time]:
    found = _INTERVAL.fullmatch(part)
    if found is None:
        raise BadHours(part)
    try:
        opens = time(int(found[1]), int(found[2] or 0))
        last = (int(found[3]), int(found[4] or 0))
        closes = time(0) if last == (24, 0) else time(*last)
    except ValueError:
        raise BadHours(part) from None
    if closes <= opens and closes != time(0):
        raise BadHours(part)
    return opens, closes


def write_hours(hours: Iterable[tuple[time, time]]) -> str:
    """Intervals as `read_hours` reads them: `9:00–12:30, 13:15–18:00`; nothing for a closed day."""
    return ", ".join(
        f"{clock(opens)}–{'24:00' if closes == time(0) else clock(closes)}" for opens, closes in hours
    )


def laid_over(office: Office, own: Sequence[OwnHours]) -> Office:
    """The office with the department's own hours in place of the base's, in figures and in words."""
    if not own:
        return office
    week = {WEEKDAYS.index(one.place): one.hours for one in own if one.day is None}
    days = {one.day: one.hours for one in own if one.day is not None}
    hours = office.hours
    if week:
        hours = tuple(
            interval
            for number in range(len(WEEKDAYS))
            for interval in (
                _intervals(number, week[number]) if number in week else of_weekday(office.hours, number)
            )
        )
    return replace(
        office,
        hours=hours,
        hours_text=_in_words(hours) if week else office.hours_text,
        closed_on=(office.closed_on - days.keys()) | {day for day, worked in days.items() if not worked},
        open_on=(
            *(special for special in office.open_on if special.day not in days),
            *(
                DayHours(day, _intervals(day.weekday(), worked))
                for day, worked in sorted(days.items())
                if worked
            ),
        ),
    )


def _intervals(weekday: int, hours: Hours) -> tuple[Interval, ...]:
    return tuple(Interval(weekday, opens, closes) for opens, closes in hours)


def _in_words(week: Sequence[Interval]) -> str:
    days = [
        tuple((one.opens, one.closes) for one in of_weekday(week, number)) for number in range(len(WEEKDAYS))
    ]
    return hours_in_words(days)
