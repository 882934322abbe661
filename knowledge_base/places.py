"""Offices, hotlines and notices as the engine is handed them: hours in intervals and in words, days unlike others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from knowledge_base import answers, language
from knowledge_base.rules import schema
from knowledge_base.rules.base import Calendar, Locality, MobileStop, Notice, Office, Reception

Served = Callable[[str], Iterable[str]]
ROUND_THE_CLOCK = ((time(0), time(0)),)
MIDNIGHT = 24 * 60

# «з понеділка до четверга»
WEEKDAYS_OF = ("понеділка", "вівторка", "середи", "четверга", "п’ятниці", "суботи", "неділі")
WEEK = 7
AFTER_A_CONSONANT = (0, 1, 3)
"""Weekdays whose «у …» ends in a consonant: «у понеділок і вівторок», «у суботу й неділю»."""


def office(office_id: str, written: Office, shared: Calendar, served: Served) -> answers.Office:
    """An office of `offices.yaml`, with the community's calendar unless it keeps its own.

    `served` gives the entries that the name of an entry or of a group stands for.
    """
    calendar = written if written.own_calendar else _laid_over(written, shared)
    latitude, longitude = written.location or (None, None)
    week = _intervals(written.hours)
    return answers.Office(
        id=office_id,
        name=written.name,
        address=written.said_address,
        phone=written.phone,
        hours=week,
        hours_text=_week_in_words(written.hours),
        serves=frozenset(written.serves),
        closed_on=frozenset(calendar.closed_on),
        open_on=tuple(_special_days(calendar, week)),
        receivers=tuple(_receiver(name, one, served) for name, one in written.reception.items()),
        address_hidden=written.address is None,
        step_free=written.step_free,
        latitude=None if latitude is None else float(latitude),
        longitude=None if longitude is None else float(longitude),
        note=written.note,
        branch_of=written.branch_of,
        visits=answers.VisitRules(**written.visits.model_dump()) if written.visits else None,
    )


def locality(locality_id: str, written: Locality, known: Mapping[str, Locality]) -> answers.Locality:
    """A place of `localities.yaml`; `known` are all of them."""
    around = known.get(written.within) if written.within else None
    latitude, longitude = written.location
    return answers.Locality(
        id=locality_id,
        name=written.name,
        kind=written.kind,
        latitude=float(latitude),
        longitude=float(longitude),
        names=(written.name, *written.also),
        within=around.name if around else None,
        within_id=written.within,
    )


def mobile_stop(
    stop_id: str, written: MobileStop, where: answers.Locality, shared: Calendar
) -> answers.MobileStop:
    """A stop of `mobile.yaml`; on a day the community is closed it comes only if the stop names that very day."""
    return answers.MobileStop(
        id=stop_id,
        locality=where,
        place=written.place,
        # The same hours whatever the day.
        hours=tuple(_interval(0, line) for line in written.hours),
        takes=written.takes,
        phone=written.phone,
        every=_stop_days(written),
        dates=frozenset(written.dates),
        off=frozenset(written.cancelled_on) | (set(shared.closed_on) - set(written.dates)),
    )


def mobile_days(written: MobileStop, day: date) -> bool:
    """Whether the mobile office is planned at a stop on a day."""
    return day in written.dates or any(rule.hold(day) for rule in _stop_days(written))


def _stop_days(written: MobileStop) -> tuple[answers.StopDays, ...]:
    return tuple(
        answers.StopDays(schema.WEEKDAYS.index(rule.weekday), frozenset(rule.of_month))
        for rule in written.every
    )


def days_of(calendar: Calendar) -> list[date]:
    """Every day a calendar speaks of, as often as it does."""
    return [
        *calendar.closed_on,
        *(special.day for special in calendar.open_on),
        *(short.day for short in calendar.shortened_on),
    ]


def shortened(hours: Sequence[answers.Interval], minutes: int) -> tuple[answers.Interval, ...]:
    """A day's intervals with so many minutes taken from its end; one that is used up goes."""
    kept: list[answers.Interval] = []
    for interval in reversed(hours):
        begins, ends = _minute(interval.opens), _minute(interval.closes) or MIDNIGHT
        taken = min(minutes, ends - begins)
        minutes -= taken
        if ends - taken > begins:
            closes = time(*divmod(ends - taken, 60)) if taken else interval.closes
            kept.append(replace(interval, closes=closes))
    return tuple(reversed(kept))


def _laid_over(own: Calendar, shared: Calendar) -> Calendar:
    """The shared calendar with the days of the office's own put in their place."""
    days = set(days_of(own))
    return Calendar(
        closed_on=(*own.closed_on, *(day for day in shared.closed_on if day not in days)),
        open_on=(*own.open_on, *(special for special in shared.open_on if special.day not in days)),
        shortened_on=(*own.shortened_on, *(short for short in shared.shortened_on if short.day not in days)),
    )


def _special_days(calendar: Calendar, week: Sequence[answers.Interval]) -> Iterator[answers.DayHours]:
    """The days that are worked, but unlike their weekday. Where nobody works anyway, nothing changes."""
    for special in calendar.open_on:
        if special.like:
            hours = answers.of_weekday(week, schema.WEEKDAYS.index(special.like))
        else:
            hours = tuple(_interval(special.day.weekday(), line) for line in special.hours)
        if hours:
            yield answers.DayHours(special.day, hours)
    for short in calendar.shortened_on:
        if usual := answers.of_weekday(week, short.day.weekday()):
            yield answers.DayHours(short.day, shortened(usual, short.minutes), "shortened")


def _receiver(name: str, written: Reception, served: Served) -> answers.Receiver:
    return answers.Receiver(
        id=name,
        position=written.position,
        hours=_intervals(written.hours),
        hours_text=_week_in_words(written.hours),
        room=written.room,
        serves=frozenset(entry for matter in written.serves for entry in served(matter)),
        note=written.note,
        short=written.short,
        minutes=written.minutes,
        longer=tuple(
            (entry, minutes) for matter, minutes in written.longer.items() for entry in served(matter)
        ),
        at_once=written.at_once,
        letter=written.letter,
    )


def notice(notice_id: str, written: Notice, text: str) -> answers.Notice:
    """A notice with its figures filled in."""
    return answers.Notice(
        id=notice_id,
        text=text,
        weight=written.weight,
        entries=frozenset(written.entries),
        offices=frozenset(written.offices),
        link=written.link,
    )


def in_force(written: Notice, local: datetime) -> bool:
    """Whether a notice stands at this moment of the community's clock; its last day is wholly in."""
    return moment_of(written.from_) <= local.replace(tzinfo=None) < moment_of(written.to, end=True)


def moment_of(written: date | str, *, end: bool = False) -> datetime:
    """A day or a moment of `notices.yaml` by the community's clock: a day's beginning, or its end."""
    if isinstance(written, str):
        return datetime.strptime(written, "%Y-%m-%d %H:%M")
    return datetime.combine(written + timedelta(days=1) if end else written, time())


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
        if hours == ROUND_THE_CLOCK:
            parts.append(f"{_days_in_words(days[0], days[-1])} цілодобово")
        elif hours:
            times = " і ".join(language.clock_range(*interval) for interval in hours)
            parts.append(f"{_days_in_words(days[0], days[-1])} {times}")
    return "цілодобово" if parts == ["щодня цілодобово"] else ", ".join(parts)


def _days_in_words(first: int, last: int) -> str:
    """Weekdays in a row, 0 = Monday: `у суботу`, `у суботу й неділю`, `з понеділка до п’ятниці`, `щодня`."""
    if last - first + 1 == WEEK:
        return "щодня"
    if first == last:
        return language.WEEKDAYS_WHEN[first]
    if last == first + 1:
        and_also = "і" if first in AFTER_A_CONSONANT else "й"
        return f"{language.WEEKDAYS_WHEN[first]} {and_also} {language.WEEKDAYS_WHEN[last].split(' ')[1]}"
    return f"з {WEEKDAYS_OF[first]} до {WEEKDAYS_OF[last]}"


def _week_in_words(hours: Mapping[schema.Weekday, Sequence[str]]) -> str:
    week = _intervals(hours)
    return hours_in_words(
        [tuple((one.opens, one.closes) for one in answers.of_weekday(week, number)) for number in range(WEEK)]
    )


def _intervals(hours: Mapping[schema.Weekday, Sequence[str]]) -> tuple[answers.Interval, ...]:
    """A week as it is written, Monday first."""
    return tuple(
        _interval(number, line)
        for number, weekday in enumerate(schema.WEEKDAYS)
        for line in hours.get(weekday, ())
    )


def _interval(weekday: int, line: str) -> answers.Interval:
    opens, closes = line.split("-")
    return answers.Interval(weekday, _clock(opens), _clock(closes))


def _clock(text: str) -> time:
    """The time of day; 24:00 is the midnight at its end."""
    hour, minute = text.split(":")
    return time(int(hour) % 24, int(minute))


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
