"""When a place is open: now, next, on a day; and which days a question about hours names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from knowledge_base.answers import Office
from knowledge_base.language import MONTHS

LOOK_AHEAD_DAYS = 14
WEEK = 7
# Ukrainian and Russian, as people type them; Monday first.
_WEEKDAYS = (
    r"понеділ\w*|понедельник\w*|пн",
    r"вівтор\w*|вторник\w*|второк\w*|вт",
    r"серед[ауиі]|сред[ауы]|ср",
    r"четвер\w*|чт",
    r"п.?ятниц\w*|пт",
    r"субот\w*|суббот\w*|сб",
    r"неділ\w*|воскресен\w*|нд",
)
_WEEKENDS = r"вихідн\w*|выходн\w*"
_NEAR_DAYS = (r"сьогодн\w*|сегодн\w*|сьодн\w*", r"завтра", r"післязавтра|послезавтра")
_HOLIDAYS = r"свят\w*|праздник\w*|нов\w+ (?:рік|року|год|года)|різдв\w*|рождеств\w*|велик[оі]?д\w*|пасх\w*"
# The Ukrainian names of the months, and the Russian ones where they begin differently.
_RUSSIAN_MONTHS = (
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма[яй]",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
)
_OPEN = (
    r"працю\w+|роби(?:те|ть?)|работа\w+|прийма\w+|принима\w+"
    r"|(?:до|с|со|з|зі) (?:котр\w+|скіль\w+|сколь\w+)"
    r"|відчин\w+|відкри\w+|откры\w+|зачин\w+|закри\w+|закры\w+"
)


@dataclass(frozen=True)
class AskedDay:
    """A day of a question. `exact`: that very day; otherwise its weekday in general, `day` being the next one."""

    day: date
    exact: bool


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_WEEKDAY_WORDS = tuple(map(_whole, _WEEKDAYS))
_NEAR_DAY_WORDS = tuple(map(_whole, _NEAR_DAYS))
_WEEKEND_WORDS, _HOLIDAY_WORDS, _OPEN_WORDS = _whole(_WEEKENDS), _whole(_HOLIDAYS), _whole(_OPEN)
_NOW_WORDS = _whole(r"зараз|щас|сейчас")
_DATE_WORDS = tuple(
    re.compile(rf"\b(\d{{1,2}})\s+(?:{ours[:4]}|{theirs})\w*", re.IGNORECASE)
    for ours, theirs in zip(MONTHS, _RUSSIAN_MONTHS, strict=True)
)


def open_until(office: Office, local: datetime) -> datetime | None:
    """When the office closes, if it is open at this local moment."""
    for interval in office.hours_on(local.date()):
        till_midnight = interval.closes <= interval.opens
        if interval.opens <= local.time() and (till_midnight or local.time() < interval.closes):
            last = local.date() + timedelta(days=till_midnight)
            return datetime.combine(last, interval.closes, local.tzinfo)
    return None


def opens_next(office: Office, local: datetime) -> datetime | None:
    """When the office opens next after this local moment; None when not within two weeks."""
    for ahead in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        for interval in office.hours_on(day):
            moment = datetime.combine(day, interval.opens, local.tzinfo)
            if moment > local:
                return moment
    return None


def asked_days(words: str, today: date) -> tuple[AskedDay, ...]:
    """The days a question names, in the order of the calendar's week; none where it names none."""
    exact = [*_dates(words, today), *_near_days(words, today)]
    # «У суботу, 26 грудня» names one day.
    told = {asked.day.weekday() for asked in exact}
    general = [asked for asked in _weekdays(words, today) if asked.day.weekday() not in told]
    return tuple(dict.fromkeys([*exact, *general]))


def asks_holidays(words: str) -> bool:
    """«на свята», «в праздники»."""
    return bool(_HOLIDAY_WORDS.search(words))


def asks_now(words: str) -> bool:
    """«зараз», «сейчас»."""
    return bool(_NOW_WORDS.search(words))


def asks_open(words: str) -> bool:
    """Whether the words ask if somebody works or a door is open."""
    return bool(_OPEN_WORDS.search(words))


def _near_days(words: str, today: date) -> Iterator[AskedDay]:
    for ahead, pattern in enumerate(_NEAR_DAY_WORDS):
        if pattern.search(words):
            yield AskedDay(today + timedelta(days=ahead), exact=True)


def _weekdays(words: str, today: date) -> Iterator[AskedDay]:
    weekend = bool(_WEEKEND_WORDS.search(words))
    for number, pattern in enumerate(_WEEKDAY_WORDS):
        if pattern.search(words) or (weekend and number >= WEEK - 2):
            yield AskedDay(today + timedelta(days=(number - today.weekday()) % WEEK), exact=False)


def _dates(words: str, today: date) -> Iterator[AskedDay]:
    for month, pattern in enumerate(_DATE_WORDS, 1):
        if (found := pattern.search(words)) and (day := _next_date(int(found.group(1)), month, today)):
            yield AskedDay(day, exact=True)


def _next_date(number: int, month: int, today: date) -> date | None:
    """The next such day of the year; None for the thirty-first of February."""
    for year in (today.year, today.year + 1):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day >= today:
            return day
    return None
