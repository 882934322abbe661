"""Days told by how long ago they were: «їй 4 роки», «два тижні», «рік і 2 місяці», «3 місяці тому», «пів року»."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from knowledge_base.rules.values import DAY, Range
from knowledge_base.understanding.answers.quantities import Quantity, read_quantities
from knowledge_base.understanding.answers.stretches import FIRST_YEAR
from knowledge_base.understanding.answers.tokens import Token
from knowledge_base.understanding.answers.vocabulary import MEASURES, SINGLE_MEASURES, Measure
from knowledge_base.understanding.answers.words import folded

LONGEST_AGE = 120
"""Years anybody lives."""
_IN_MONTHS = {"year": 12, "month": 1}
_IN_DAYS = {"month": 30, "week": 7, "day": 1}
_OF_HALF = {"month": 7, "week": 3, "day": 0}
"""Days to either side of a length told by halves."""
_MONTHS_IN_YEAR = 12
_ROUND_DAYS = 7
"""From so many days on «тому» is said roughly: a day to either side."""
_HALF_MONTH = timedelta(days=15)
AGO = folded("тому назад")
"""Words after a length that count it back from today."""
_AHEAD = folded("через скоро незабаром")
NOT_AN_AGE = folded(
    "цього цей этого этот минулого минулий прошлого прошлый за на в у через кожен каждый добрий"
)
"""Words before a single measure that make it something else: «за рік», «минулий тиждень»."""
_UNDER, _AND = folded("менше меньше немає нема нет"), folded("і та й и з с")
_LENGTHS = ("year", "month", "week", "day")
_ONE = Decimal(1)
Days = tuple[date, date]


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, the last day of a shorter month."""
    year, month = divmod(day.year * _MONTHS_IN_YEAR + day.month - 1 - months, _MONTHS_IN_YEAR)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_before(day: date, days: int) -> date:
    """So many days earlier."""
    return day - days * DAY if (day - date.min).days >= days else date.min


def born(today: date, age: Decimal, measure: Measure) -> Days | None:
    """The first and the last day on which somebody of that age was born. None where nobody is as old.

    Halves reach a month further to either side for years, a week for months, three days for weeks.
    """
    if not _is_lived(age, measure):
        return None
    fraction = age % 1
    if measure == "year" and fraction:
        months = int(age * _MONTHS_IN_YEAR)
        return months_before(today, months + 2) + DAY, months_before(today, max(0, months - 1))
    if measure in _IN_MONTHS and not fraction:
        by = _IN_MONTHS[measure]
        return months_before(today, (int(age) + 1) * by) + DAY, months_before(today, int(age) * by)
    by, days = _IN_DAYS[measure], int(age * _IN_DAYS[measure])
    slack = _OF_HALF[measure] if fraction else 0
    return days_before(today, days + (slack or by - 1)), days_before(today, max(0, days - slack))


def ago(today: date, length: Decimal, measure: Measure) -> Days | None:
    """The first and the last day of which it is said that they were so long ago."""
    if not _is_lived(length, measure):
        return None
    if measure == "year":
        months, reach = int(length * _MONTHS_IN_YEAR), 1 if length % 1 else _MONTHS_IN_YEAR // 2
        return months_before(today, months + reach), months_before(today, max(0, months - reach))
    if measure == "month" and not length % 1:
        middle = months_before(today, int(length))
        return days_before(middle, _HALF_MONTH.days), min(today, middle + _HALF_MONTH)
    days = int(length * _IN_DAYS[measure])
    reach = _OF_HALF[measure] if measure != "day" else int(days >= _ROUND_DAYS)
    return days_before(today, days + reach), days_before(today, max(0, days - reach))


def _is_lived(age: Decimal, measure: Measure) -> bool:
    in_days = _IN_DAYS.get(measure, 365)
    return 0 <= age * in_days <= LONGEST_AGE * 366


def is_age(one: Quantity) -> bool:
    """Whether a quantity is a length of life, not a calendar year."""
    return one.measure in _LENGTHS and one.high < FIRST_YEAR


def single_measures(tokens: Sequence[Token], taken: set[int]) -> Iterator[Quantity]:
    """Measures that are one by themselves: «рік», «місяць тому»; a day only «тому»."""
    for place, token in enumerate(tokens):
        measure = SINGLE_MEASURES.get(token.text)
        if measure is None or place in taken or (place and tokens[place - 1].text in NOT_AN_AGE):
            continue
        followed = place + 1 < len(tokens) and tokens[place + 1].text in AGO
        if followed or measure != "day":
            yield Quantity(_ONE, _ONE, place, place + 1, measure=measure)


def joined_months(tokens: Sequence[Token], said: Sequence[Quantity]) -> list[Quantity]:
    """«Рік і 2 місяці», «2 роки 3 місяці» as one age in months."""
    joined: list[Quantity] = []
    for one in said:
        before = joined[-1] if joined else None
        if before and (before.measure, one.measure) == ("year", "month") and _is_close(tokens, before, one):
            months = before.low * _MONTHS_IN_YEAR + one.low
            joined[-1] = before._replace(low=months, high=months, end=one.end, measure="month")
        else:
            joined.append(one)
    return joined


def _is_close(tokens: Sequence[Token], one: Quantity, following: Quantity) -> bool:
    between = [token.text for token in tokens[one.end : following.start]]
    return (
        one.low == one.high
        and one.low % 1 == 0
        and (not between or (len(between) == 1 and between[0] in _AND))
    )


def told_by_length(
    tokens: Sequence[Token], taken: set[int], today: date
) -> tuple[list[Range], set[int]] | None:
    """The days of every age or «тому» outside the places `taken`, and the places of all quantities.

    None where an age cannot be or lies ahead.
    """
    said = [one for one in read_quantities(tokens) if one.start not in taken and one.measure]
    inside = {place for one in said for place in range(one.start, one.end)}
    lengths = [one for one in said if is_age(one)]
    lengths += single_measures(tokens, taken | inside)
    lengths = joined_months(tokens, sorted(lengths, key=lambda one: one.start))
    ranges = [_days_of(tokens, one, today) for one in lengths]
    told = [days for days in ranges if days is not None]
    return (told, inside) if len(told) == len(ranges) else None


def _days_of(tokens: Sequence[Token], one: Quantity, today: date) -> Range | None:
    if one.start and tokens[one.start - 1].text in _AHEAD:
        return None
    assert one.measure is not None
    said = one.range(whole=True)
    since = ago if one.end < len(tokens) and tokens[one.end].text in AGO else born
    earliest = since(today, said.high, one.measure) if isinstance(said.high, Decimal) else None
    latest = since(today, said.low, one.measure) if isinstance(said.low, Decimal) else (today, today)
    if latest is None or (earliest is None and said.high is not None):
        return None
    return Range(earliest and earliest[0], latest[1])


def under_one(tokens: Sequence[Token], today: date) -> Range | None:
    """«Менше року», «ще немає місяця»: from then to today."""
    for before, token in pairwise(tokens):
        measure = MEASURES.get(token.text)
        if before.text in _UNDER and measure in _LENGTHS:
            days = born(today, _ONE, measure)
            return Range(days[1], today) if days else None
    return None
