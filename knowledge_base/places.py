"""Offices and hotlines as the engine hands them on: weekly hours in intervals and in words."""

from __future__ import annotations

from datetime import time
from itertools import groupby

from knowledge_base import answers, language
from knowledge_base.rules import schema
from knowledge_base.rules.base import Office

# «з понеділка до четверга»
WEEKDAYS_OF = ("понеділка", "вівторка", "середи", "четверга", "п’ятниці", "суботи", "неділі")
WEEK = 7


def office(office_id: str, written: Office) -> answers.Office:
    """An office of `offices.yaml`."""
    week = {day: tuple(_interval(line) for line in lines) for day, lines in written.hours.items() if lines}
    latitude, longitude = written.location or (None, None)
    return answers.Office(
        id=office_id,
        name=written.name,
        address=written.address,
        phone=written.phone,
        hours=tuple(
            answers.Interval(number, opens, closes)
            for number, weekday in enumerate(schema.WEEKDAYS)
            for opens, closes in week.get(weekday, ())
        ),
        hours_text=hours_in_words([week.get(weekday, ()) for weekday in schema.WEEKDAYS]),
        serves=frozenset(written.serves),
        closed_on=frozenset(written.closed_on),
        step_free=written.step_free,
        latitude=None if latitude is None else float(latitude),
        longitude=None if longitude is None else float(longitude),
        note=written.note,
    )


def hotline(hotline_id: str, written: schema.Hotline) -> answers.Hotline:
    """A line of `hotlines.yaml`."""
    return answers.Hotline(
        id=hotline_id,
        title=written.title.uk,
        numbers=written.numbers,
        hours=written.hours.uk,
        checked_on=written.checked_on,
        trust=written.trust,
    )


def where_to_turn(written: schema.Hotline) -> str:
    """`15-47 або 116 123`; a place with an address is named with it."""
    numbers = " або ".join(written.numbers)
    return f"{written.title.uk}, {written.address.uk}, {numbers}" if written.address else numbers


def hours_in_words(week: list[tuple[tuple[time, time], ...]]) -> str:
    """`з понеділка до четверга з 9:00 до 12:30 і з 13:15 до 18:00, у п’ятницю з 9:00 до 16:00`, or nothing."""
    parts = []
    for hours, run in groupby(enumerate(week), key=lambda pair: pair[1]):
        days = [number for number, _ in run]
        if hours:
            times = " і ".join(language.clock_range(*interval) for interval in hours)
            parts.append(f"{_days_in_words(days[0], days[-1])} {times}")
    return ", ".join(parts)


def _days_in_words(first: int, last: int) -> str:
    """Weekdays in a row, 0 = Monday: `у суботу`, `у суботу й неділю`, `з понеділка до п’ятниці`, `щодня`."""
    if last - first + 1 == WEEK:
        return "щодня"
    if first == last:
        return language.WEEKDAYS_WHEN[first]
    if last == first + 1:
        return f"{language.WEEKDAYS_WHEN[first]} й {language.WEEKDAYS_WHEN[last].split(' ')[1]}"
    return f"з {WEEKDAYS_OF[first]} до {WEEKDAYS_OF[last]}"


def _interval(line: str) -> tuple[time, time]:
    opens, closes = line.split("-")
    return _clock(opens), _clock(closes)


def _clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
