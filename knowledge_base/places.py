"""Offices and hotlines as the engine hands them on: weekly hours in intervals and in words."""

from __future__ import annotations

from datetime import time
from itertools import groupby

from knowledge_base import answers, language
from knowledge_base.rules import schema
from knowledge_base.rules.base import Office


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
    """`понеділок – четвер з 9:00 до 12:30 і з 13:15 до 18:00, п’ятниця з 9:00 до 16:00`, or nothing."""
    parts = []
    for hours, run in groupby(enumerate(week), key=lambda pair: pair[1]):
        days = [language.WEEKDAYS[number] for number, _ in run]
        if hours:
            named = f"{days[0]} – {days[-1]}" if len(days) > 2 else " і ".join(days)
            parts.append(f"{named} {' і '.join(language.clock_range(*interval) for interval in hours)}")
    return ", ".join(parts)


def _interval(line: str) -> tuple[time, time]:
    opens, closes = line.split("-")
    return _clock(opens), _clock(closes)


def _clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
