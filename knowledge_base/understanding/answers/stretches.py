"""Days told by the calendar: «10.03.2026», «десятого березня», «у березні», «торік», «весною 2022», «в понеділок»."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge_base.rules.values import DAY
from knowledge_base.understanding.answers.numerals import read_small
from knowledge_base.understanding.answers.tokens import Kind, Token, leading_figures
from knowledge_base.understanding.answers.vocabulary import (
    CARDINALS,
    MONTH_AFTER_PREPOSITION,
    MONTHS,
    SCALES,
    SEASONS,
    THOUSAND,
    WEEKDAYS,
)
from knowledge_base.understanding.answers.words import fold, folded

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years a citizen may speak of."""
_CENTURY, _MONTHS, _WEEK = 100, 12, 7
_LEAP_CYCLE = 8
_NEAR = {
    **dict.fromkeys(folded("сьогодні сегодня сьодні сєводня"), 0),
    **dict.fromkeys(folded("вчора вчера учора вчєра"), 1),
    **dict.fromkeys(folded("позавчора позавчера"), 2),
    **dict.fromkeys(folded("завтра"), -1),
    **dict.fromkeys(folded("післязавтра послезавтра"), -2),
}
_THIS = folded(
    "цього цьому цей ця цієї цю цій этого этом этой этот эту поточного поточному нинішнього нынешнего сего"
)
_LAST = folded("минулого минулому минулий минулої минулій минулу прошлого прошлом прошлый прошлой прошлую")
_BEFORE_LAST = folded("позаминулого позаминулому позапрошлого позапрошлом")
_THAT = folded("тому того той том")
_YEARS_AGO = {**dict.fromkeys(folded("торік"), 1), **dict.fromkeys(folded("позаторік"), 2)}
_YEAR, _MONTH = folded("року рік році год года году"), folded("місяця місяць місяці месяца месяце месяц")
_WEEK_WORDS = folded("тижня тиждень тижні тижню недели неделе неделю")
_IN_YEAR = folded("року році году")
_AFTER_YEAR = folded("року рік році роки год года году р г")
_BEFORE_YEAR = frozenset(",.-")
_OF_MONTH = folded("числа число")
_IN = folded("в у во на")
_YEAR_ENDING = ("му", "ому")
_PARTS = {
    **dict.fromkeys(folded("початку початок начале начала начало поч"), 0),
    **dict.fromkeys(folded("середині середина всередині посеред середине средине"), 1),
    **dict.fromkeys(folded("кінці кінець наприкінці конце конец концу"), 2),
}
_SCALE_OF_WAR = tuple(fold(stem) for stem in ("повномасштаб", "полномасштаб", "вторгнен", "вторжен"))
WAR_BEGAN, _ITS_BEGINNING = date(2022, 2, 24), timedelta(days=90)
"""The day of the full-scale invasion, and how long «на початку» of it lasts."""
_PERIOD_ENDS = (10, 20)
_BETWEEN_DAYS = folded("чи або или по до") | {"-"}
_LONGEST_MONTH = 31


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `low` to `high` told by tokens `start` to `end` (exclusive).

    `yearless`: it was told without a year, which another part of the answer may give; `again` makes it of that year.
    `year`: this whole year. `impossible`: there is no such day. `loose`: more was understood than was said.
    """

    low: date
    high: date
    start: int
    end: int
    loose: bool = False
    again: Callable[[int], tuple[date, date] | None] | None = None
    year: int | None = None
    impossible: bool = False


def day_of(year: int, month: int, day: int) -> date | None:
    """The day, None where the calendar has none or nobody speaks of it."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_of(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    after = date(year + month // _MONTHS, month % _MONTHS + 1, 1)
    return date(year, month, 1), after - DAY


def full_year(number: int, today: date) -> int:
    """The year of two figures, not later than the next one; of four as it is."""
    if number >= _CENTURY:
        return number
    century = today.year // _CENTURY * _CENTURY
    return century + number if century + number <= today.year + 1 else century - _CENTURY + number


def third(low: date, high: date, part: int) -> tuple[date, date]:
    """The first, middle or last part (0, 1, 2); of a month by tens of days."""
    if (low.year, low.month) == (high.year, high.month) and low.day == 1:
        ends = [low, *(low.replace(day=day + 1) for day in _PERIOD_ENDS), high + DAY]
    else:
        length = (high - low + DAY) / 3
        ends = [low, low + length, low + 2 * length, high + DAY]
    return ends[part], ends[part + 1] - DAY


class CalendarReader:
    """Finds the days told by the calendar, as seen on `today`."""

    def __init__(self, tokens: Sequence[Token], today: date) -> None:
        self._tokens = tokens
        self._today = today

    def every(self) -> list[Stretch]:
        """All of them, in order."""
        found: list[Stretch] = []
        place = 0
        while place < len(self._tokens):
            stretch = self._at(place)
            if stretch is None:
                place += 1
            else:
                found.append(stretch)
                place = stretch.end
        return found

    def _at(self, place: int) -> Stretch | None:
        token = self._tokens[place]
        if token.kind is Kind.DAY:
            return self._in_figures(place)
        if token.kind is Kind.SIGN:
            return None
        word = token.text
        if token.kind is Kind.WORD:
            if word in _NEAR:
                day = self._today - _NEAR[word] * DAY
                return Stretch(day, day, place, place + 1)
            if word in _PARTS:
                return self._part(place)
            if word in _YEARS_AGO:
                return self._year(self._today.year - _YEARS_AGO[word], place, place + 1)
            if word in _THIS or word in _LAST or word in _BEFORE_LAST or self._is_that(place):
                return self._relative(place)
            if word in WEEKDAYS:
                return self._weekday(place, place)
            if word in SEASONS:
                return self._season(place)
            if word.startswith(_SCALE_OF_WAR):
                return Stretch(WAR_BEGAN, WAR_BEGAN + _ITS_BEGINNING, place, place + 1, loose=True)
        return self._day(place) or self._month(place) or self._year_alone(place)

    def _in_figures(self, place: int) -> Stretch:
        numbers = re.findall(r"[0-9]+", self._tokens[place].text)
        end = self._after_year(place + 1)
        if len(numbers) == 1:
            figures = numbers[0]
            day = day_of(int(figures[4:]), int(figures[2:4]), int(figures[:2])) or day_of(
                int(figures[:4]), int(figures[4:6]), int(figures[6:])
            )
        elif len(numbers) == 3:
            first, month, last = (int(number) for number in numbers)
            year, number = (first, last) if len(numbers[0]) == 4 else (last, first)
            day = day_of(full_year(year, self._today), month, number)
        elif len(numbers[1]) == 4:
            return self._month_of_year(int(numbers[0]), int(numbers[1]), place, end)
        else:
            return self._yearless_day(int(numbers[0]), int(numbers[1]), place, place + 1)
        return Stretch(day, day, place, end) if day else self._impossible(place, end)

    def _impossible(self, start: int, end: int) -> Stretch:
        return Stretch(self._today, self._today, start, end, impossible=True)

    def _month_of_year(self, month: int, year: int, start: int, end: int) -> Stretch:
        if not 1 <= month <= _MONTHS or not FIRST_YEAR <= year <= LAST_YEAR:
            return self._impossible(start, end)
        low, high = month_of(year, month)
        return Stretch(low, high, start, end)

    def _yearless_day(self, day: int, month: int, start: int, end: int, last: int | None = None) -> Stretch:
        def of(year: int) -> tuple[date, date] | None:
            low, high = day_of(year, month, day), day_of(year, month, last or day)
            return (low, high) if low and high and low <= high else None

        return self._latest(of, start, end)

    def _latest(self, of: Callable[[int], tuple[date, date] | None], start: int, end: int) -> Stretch:
        """The last one that has begun."""
        for year in range(self._today.year, self._today.year - _LEAP_CYCLE - 1, -1):
            days = of(year)
            if days and days[0] <= self._today:
                return Stretch(*days, start, end, loose=True, again=of)
        return self._impossible(start, end)

    def _day(self, place: int) -> Stretch | None:
        first = self._day_number(place)
        if first is None:
            return None
        day, end = first
        last = None
        if end + 1 < len(self._tokens) and self._tokens[end].text in _BETWEEN_DAYS:
            second = self._day_number(end + 1)
            if second is not None and self._month_number(second[1]) is not None:
                last, end = second
        if end < len(self._tokens) and self._tokens[end].text == "-":
            end += 1  # «05-травня-2020»
        month = self._month_number(end)
        if month is not None:
            return self._with_year(day, last, month, place, end + 1)
        token = self._tokens[place]
        if end < len(self._tokens) and self._tokens[end].text in _OF_MONTH:
            return self._day_of_some_month(day, place, end + 1)
        if token.kind is Kind.ORDINAL and token.text.endswith("го") and day <= _LONGEST_MONTH:
            return self._day_of_some_month(day, place, end)
        return self._decimal_day(place)

    def _day_number(self, place: int) -> tuple[int, int] | None:
        if place >= len(self._tokens):
            return None
        token = self._tokens[place]
        if token.kind is Kind.WORD:
            small = read_small(self._tokens, place)
            return small if small and 0 < small[0] <= _LONGEST_MONTH else None
        if token.number is None or len(leading_figures(token)) > 2 or token.number > _CENTURY:
            return None
        return int(token.number), place + 1

    def _decimal_day(self, place: int) -> Stretch | None:
        """«10.3», which is a day only where no measure follows."""
        token = self._tokens[place]
        if token.kind is not Kind.NUMBER or "." not in token.text or place + 1 < len(self._tokens):
            return None
        day, month = (int(part) for part in token.text.split("."))
        return self._yearless_day(day, month, place, place + 1) if 0 < month <= _MONTHS and day > 3 else None

    def _month_number(self, place: int) -> int | None:
        if place >= len(self._tokens):
            return None
        word = self._tokens[place].text
        if word in MONTHS:
            return MONTHS[word]
        after = place > 0 and (
            self._tokens[place - 1].text in _IN or self._tokens[place - 1].number is not None
        )
        return MONTH_AFTER_PREPOSITION.get(word) if after else None

    def _with_year(self, day: int, last: int | None, month: int, start: int, end: int) -> Stretch:
        year, after = self._year_number(end)
        if year is None:
            return self._yearless_day(day, month, start, end, last)
        low, high = day_of(year, month, day), day_of(year, month, last or day)
        return (
            Stretch(low, high, start, after)
            if low and high and low <= high
            else self._impossible(start, after)
        )

    def _day_of_some_month(self, day: int, start: int, end: int) -> Stretch:
        year, month = self._today.year, self._today.month
        for _ in range(_MONTHS):
            found = day_of(year, month, day)
            if found and found <= self._today:
                return Stretch(found, found, start, end, loose=True)
            year, month = (year, month - 1) if month > 1 else (year - 1, _MONTHS)
        return self._impossible(start, end)

    def _month(self, place: int) -> Stretch | None:
        month = self._month_number(place)
        if month is None:
            return None
        year, end = self._year_number(place + 1)
        if year is not None:
            return self._month_of_year(month, year, place, end)
        return self._latest(
            lambda year: month_of(year, month) if FIRST_YEAR <= year <= LAST_YEAR else None, place, place + 1
        )

    def _year_number(self, place: int) -> tuple[int | None, int]:
        """The year that stands after a month or a season, and the place after it."""
        if place >= len(self._tokens):
            return None, place
        token = self._tokens[place]
        if token.text in _BEFORE_YEAR and place + 1 < len(self._tokens):
            place, token = place + 1, self._tokens[place + 1]
        words = self._year_in_words(place)
        if words is not None:
            return words
        figures = leading_figures(token)
        if token.number is None or len(figures) not in (2, 4):
            return None, place
        return full_year(int(figures), self._today), self._after_year(place + 1)

    def _year_in_words(self, place: int) -> tuple[int, int] | None:
        """«Дві тисячі двадцять другого», «двадцять другого року»."""
        tokens = self._tokens
        short = read_small(tokens, place)
        if short and short[0] >= 10 and short[1] < len(tokens) and tokens[short[1]].text in _IN_YEAR:
            return full_year(short[0], self._today), short[1] + 1
        if place + 2 >= len(tokens) or CARDINALS.get(tokens[place].text) != 2:
            return None
        small = read_small(tokens, place + 2) if SCALES.get(tokens[place + 1].text) == THOUSAND else None
        return (2_000 + small[0], self._after_year(small[1])) if small else None

    def _after_year(self, place: int) -> int:
        tokens = self._tokens
        if place < len(tokens) and tokens[place].text in _AFTER_YEAR:
            place += 1
            if place < len(tokens) and tokens[place].text == "." and tokens[place].glued:
                place += 1
        return place

    def _year_alone(self, place: int) -> Stretch | None:
        words = self._year_in_words(place)
        if words is not None:
            return self._year(words[0], place, words[1])
        token = self._tokens[place]
        if token.number is None:
            return None
        number, end = token.number, place + 1
        if number != int(number):
            return None
        if len(token.text) >= 4 and FIRST_YEAR <= number <= LAST_YEAR:
            return self._year(int(number), place, self._after_year(end))
        of_year = end < len(self._tokens) and self._tokens[end].text in _IN_YEAR
        in_ordinal = token.kind is Kind.ORDINAL and token.text.endswith(_YEAR_ENDING)
        if 10 <= number < _CENTURY and (of_year or in_ordinal):
            return self._year(full_year(int(number), self._today), place, self._after_year(end))
        return None

    def _year(self, year: int, start: int, end: int) -> Stretch:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return self._impossible(start, end)
        return Stretch(date(year, 1, 1), date(year, _MONTHS, 31), start, end, year=year)

    def _season(self, place: int) -> Stretch:
        begins = SEASONS[self._tokens[place].text]
        year, end = self._year_number(place + 1)

        def of(year: int) -> tuple[date, date] | None:
            if not FIRST_YEAR <= year < LAST_YEAR:
                return None
            last = begins + 2
            return date(year, begins, 1), month_of(year + (last > _MONTHS), (last - 1) % _MONTHS + 1)[1]

        def told(year: int) -> tuple[date, date] | None:
            """A winter of a year is the one that ends in it or the one that begins."""
            days = of(year)
            return (date(year, 1, 1), days[1]) if days and begins == _MONTHS else days

        if year is None:
            return replace(self._latest(of, place, place + 1), again=told)
        days = told(year)
        return Stretch(*days, place, end) if days else self._impossible(place, end)

    def _weekday(self, start: int, place: int) -> Stretch:
        back = (self._today.weekday() - WEEKDAYS[self._tokens[place].text]) % _WEEK or _WEEK
        day = _before(self._today, timedelta(days=back))
        return Stretch(day, day, start, place + 1, loose=True)

    def _part(self, place: int) -> Stretch | None:
        whole = self._at(place + 1) if place + 1 < len(self._tokens) else None
        if whole is None or whole.impossible or whole.low == whole.high:
            return None
        if whole.low == WAR_BEGAN:
            return replace(whole, start=place)
        part, again = _PARTS[self._tokens[place].text], whole.again

        def of(year: int) -> tuple[date, date] | None:
            days = again(year) if again else None
            return third(*days, part) if days else None

        low, high = third(whole.low, whole.high, part)
        return Stretch(low, high, place, whole.end, loose=True, again=of if again else None)

    def _is_that(self, place: int) -> bool:
        """«На тому тижні», which is the last one; «тиждень тому» is something else."""
        following = self._tokens[place + 1].text if place + 1 < len(self._tokens) else ""
        return self._tokens[place].text in _THAT and following in _YEAR | _MONTH | _WEEK_WORDS

    def _relative(self, place: int) -> Stretch | None:
        """«Цього року», «минулого тижня», «минулої весни», «в минулий понеділок»."""
        if place + 1 >= len(self._tokens):
            return None
        which = self._tokens[place].text
        back = 0 if which in _THIS else 2 if which in _BEFORE_LAST else 1
        word, end = self._tokens[place + 1].text, place + 2
        if word in _YEAR:
            return self._year(self._today.year - back, place, end)
        if word in _MONTH:
            months = self._today.year * _MONTHS + self._today.month - 1 - back
            return self._month_of_year(months % _MONTHS + 1, months // _MONTHS, place, end)
        if word in _WEEK_WORDS:
            monday = _before(self._today, timedelta(days=self._today.weekday() + _WEEK * back))
            return Stretch(monday, monday + timedelta(days=_WEEK - 1), place, end)
        if word in WEEKDAYS:
            return self._weekday(place, place + 1)
        if word in SEASONS or word in MONTHS:
            return self._last_of_its_kind(place, back)
        return None

    def _last_of_its_kind(self, place: int, back: int) -> Stretch | None:
        """«Минулої весни» may be this year's or the last one's: both."""
        latest = self._at(place + 1)
        if latest is None or latest.impossible or latest.again is None:
            return latest
        earlier = latest.again(latest.low.year - 1) if back else None
        return replace(latest, start=place, low=earlier[0] if earlier else latest.low, again=None)


def _before(day: date, length: timedelta) -> date:
    return day - length if day - date.min >= length else date.min
