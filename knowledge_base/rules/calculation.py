"""Interval arithmetic of the rules' formulas: numbers, days and lengths of time, each from a least to a greatest.

A parameter is read at the day the law looks at; where that day is itself not known, over all days it may be.
Bounds are exact in Decimal; a bound nobody knows is None, a thing that cannot be told at all is None.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from knowledge_base.rules.functions import FUNCTIONS
from knowledge_base.rules.grammar import (
    Arithmetic,
    Call,
    Day,
    Expression,
    Extreme,
    Name,
    Negative,
    Number,
    Parameter,
    Span,
    Today,
    Truth,
)
from knowledge_base.rules.schema import Parameter as DatedParameter
from knowledge_base.rules.schema import ParameterValue
from knowledge_base.rules.values import Point, Range, Value, exactly, hull, options

MONTHS_IN_YEAR = 12
PLACES = 12
"""A third times three is one again at this place after the comma: a division leaves its trace far behind it."""
READINGS_KEPT = 512


@dataclass(frozen=True)
class Length:
    """A length of time, somewhere from `low` to `high`; years are counted in months."""

    low: Decimal | None
    high: Decimal | None
    unit: Literal["months", "days"]


Quantity = Value | Length
Bound = Decimal | None


@dataclass(frozen=True)
class ParameterRead:
    """A parameter that a rule looked at: the periods it was read in, and whether any is past its horizon."""

    name: str
    periods: tuple[ParameterValue, ...]
    stale: bool


class Parameters:
    """The dated parameters as rules read them; a reading is kept, since most are of one day."""

    def __init__(self, dated: Mapping[str, DatedParameter]) -> None:
        self._dated = dated
        self.read = lru_cache(READINGS_KEPT)(self._read)

    def _read(self, name: str, basis: Range) -> tuple[Quantity | None, ParameterRead] | None:
        """The values a parameter may have on these days; None where none is known."""
        parameter = self._dated[name]
        periods, stale = _periods(parameter, basis)
        if not periods:
            return None
        values: list[Point] = [
            period.value if isinstance(period.value, date) else Decimal(period.value) for period in periods
        ]
        found: Quantity | None = hull(map(exactly, values))
        if parameter.unit in ("months", "days", "years"):
            found = _length(found, parameter.unit)
        elif parameter.unit == "percent" and isinstance(found, Range):
            found = _joined("/", found, exactly(Decimal(100)))
        return found, ParameterRead(name, periods, stale)


@dataclass
class Calculation:
    """Works out expressions and notes which facts and parameters they looked at.

    `facts` gives what is known of a fact, whole domain where nothing is; `steps` are named formulas; `options`
    are the words that stand for themselves on the right of a comparison. `basis` is the day the law looks at.
    """

    facts: Callable[[str], Value]
    steps: Mapping[str, Expression]
    parameters: Parameters
    basis: Callable[[], Range]
    today: date
    used_facts: set[str] = field(default_factory=set)
    used_parameters: dict[str, ParameterRead] = field(default_factory=dict)
    _worked_out: dict[str, Quantity | None] = field(default_factory=dict)

    def result(self, expression: Expression) -> Quantity | None:
        """What an expression comes to in the end, rid of the trace that a division leaves in the last digits."""
        found = self.of(expression)
        return Range(_tidy(found.low), _tidy(found.high)) if isinstance(found, Range) else found

    def of(self, expression: Expression) -> Quantity | None:
        """What an expression comes to; None where it cannot be told (a division by what may be zero)."""
        match expression:
            case Number(value=value):
                return exactly(value)
            case Day(value=day):
                return exactly(day)
            case Truth(value=truth):
                return options(truth)
            case Today():
                return exactly(self.today)
            case Parameter(name=name):
                return self.parameter(name)
            case Name(name=name):
                return self.named(name)
            case Span(count=count, unit=unit):
                return _length(self.of(count), unit)
            case Negative(of=inner):
                return _negative(self.of(inner))
            case Extreme(which=which, of=several):
                return _extreme(which, [self.of(one) for one in several])
            case Arithmetic(sign=sign, left=left, right=right):
                return _joined(sign, self.of(left), self.of(right))
            case Call(function=function, of=several):
                given = [self.of(one) for one in several]
                ranges = tuple(one for one in given if isinstance(one, Range))
                return FUNCTIONS[function].over(ranges) if len(ranges) == len(given) else None

    def named(self, name: str) -> Quantity | None:
        """A derived step, or a fact."""
        if name in self.steps:
            if name not in self._worked_out:
                self._worked_out[name] = self.of(self.steps[name])
            return self._worked_out[name]
        self.used_facts.add(name)
        return self.facts(name)

    def parameter(self, name: str) -> Quantity | None:
        """The values a parameter may have on the days the law may look at; None where none is known."""
        read = self.parameters.read(name, self.basis())
        if read is None:
            return None
        self.used_parameters[name] = read[1]
        return read[0]


def _periods(parameter: DatedParameter, basis: Range) -> tuple[tuple[ParameterValue, ...], bool]:
    """The periods that the basis touches, and whether it reaches past what is known."""
    found: list[ParameterValue] = []
    stale = False
    for period in parameter.values:
        after_start = basis.high is None or period.from_ <= basis.high  # type: ignore[operator]  # a basis holds days
        before_end = period.to is None or basis.low is None or basis.low <= period.to  # type: ignore[operator]
        if not (after_start and before_end):
            continue
        found.append(period)
        stale = stale or _past_horizon(period, basis)
    return tuple(found), stale


def _past_horizon(period: ParameterValue, basis: Range) -> bool:
    """Whether days of the basis that the period holds on are past the last one it is vouched for."""
    last = basis.low if basis.high is None else basis.high
    if period.known_through is None or not isinstance(last, date):
        return False
    return (last if period.to is None else min(last, period.to)) > period.known_through


def _length(count: Quantity | None, unit: str) -> Length | None:
    if isinstance(count, Length):
        return count
    if not isinstance(count, Range):
        return None
    low, high = _number(count.low), _number(count.high)
    if unit == "days":
        return Length(low, high, "days")
    times = MONTHS_IN_YEAR if unit == "years" else 1
    return Length(_scaled(low, times), _scaled(high, times), "months")


def _scaled(bound: Bound, times: int) -> Bound:
    return None if bound is None else bound * times


def _number(bound: Point | None) -> Bound:
    return bound if isinstance(bound, Decimal) else None


def _negative(of: Quantity | None) -> Quantity | None:
    match of:
        case Range(low=low, high=high):
            return Range(_minus(_number(high)), _minus(_number(low)))
        case Length(low=low, high=high, unit=unit):
            return Length(_minus(high), _minus(low), unit)
    return None


def _minus(bound: Bound) -> Bound:
    return None if bound is None else -bound


def _extreme(which: Literal["min", "max"], several: list[Quantity | None]) -> Quantity | None:
    """The least or the greatest: a bound that is not known does not hide one that decides."""
    lengths = [one for one in several if isinstance(one, Length)]
    if lengths and len(lengths) == len(several):  # of one unit, as the kinds were checked beforehand
        found = _extreme(which, [Range(one.low, one.high) for one in lengths])
        return _as_length(found, lengths[0].unit)
    ranges = [one for one in several if isinstance(one, Range)]
    if len(ranges) != len(several):
        return None
    pick = min if which == "min" else max
    lows, highs = [one.low for one in ranges], [one.high for one in ranges]
    known_lows = [low for low in lows if low is not None]
    known_highs = [high for high in highs if high is not None]
    # max is at least its greatest known low; it has no upper bound if one of them has none. min: the mirror.
    low = None if (which == "min" and None in lows) or not known_lows else pick(known_lows)
    high = None if (which == "max" and None in highs) or not known_highs else pick(known_highs)
    return Range(low, high)


def _joined(sign: str, left: Quantity | None, right: Quantity | None) -> Quantity | None:
    match left, right:
        case Range(), Range():
            return _ranges(sign, left, right)
        case Range(), Length():
            shift = right if sign == "+" else _negative(right)
            return _shifted(left, shift) if isinstance(shift, Length) else None
        case Length(), Length() if left.unit == right.unit:
            joined = _ranges(sign, Range(left.low, left.high), Range(right.low, right.high))
            return _as_length(joined, left.unit)
        case Length(), Range():
            return _as_length(_ranges(sign, Range(left.low, left.high), right), left.unit)
    return None


def _as_length(joined: Quantity | None, unit: Literal["months", "days"]) -> Length | None:
    return Length(_number(joined.low), _number(joined.high), unit) if isinstance(joined, Range) else None


def _ranges(sign: str, left: Range, right: Range) -> Quantity | None:
    if isinstance(left.low or left.high, date) and isinstance(right.low or right.high, date):
        return _days_between(left, right)
    a, b, c, d = _number(left.low), _number(left.high), _number(right.low), _number(right.high)
    match sign:
        case "+":
            return Range(_sum(a, c), _sum(b, d))
        case "-":
            return Range(_sum(a, _minus(d)), _sum(b, _minus(c)))
        case "*":
            return _product(a, b, c, d)
    return _quotient(a, b, c, d)


def _quotient(a: Bound, b: Bound, c: Bound, d: Bound) -> Range | None:
    """The corners of a division; None where the divisor may be zero."""
    if c is None or c <= 0:
        return None
    if a is not None and b is not None and d is not None:
        corners = [x / y for x in (a, b) for y in (c, d)]
        return Range(min(corners), max(corners))
    if a is not None and a >= 0:
        return Range(Decimal(0) if d is None else a / d, None if b is None else b / c)
    return Range(None, None)


def _days_between(left: Range, right: Range) -> Length:
    def gap(one: Point | None, other: Point | None) -> Bound:
        both = isinstance(one, date) and isinstance(other, date)
        return Decimal((one - other).days) if both else None  # type: ignore[operator, union-attr]

    return Length(gap(left.low, right.high), gap(left.high, right.low), "days")


def _sum(one: Bound, other: Bound) -> Bound:
    return None if one is None or other is None else one + other


def _product(a: Bound, b: Bound, c: Bound, d: Bound) -> Range:
    """The corners; where a bound is not known the product is bounded only if all is of one sign."""
    if None not in (a, b, c, d):
        corners = [x * y for x in (a, b) for y in (c, d) if x is not None and y is not None]
        return Range(min(corners), max(corners))
    if a is not None and c is not None and a >= 0 and c >= 0:
        high = None if b is None or d is None else b * d
        return Range(a * c, high)
    return Range(None, None)


def _tidy(bound: Point | None) -> Point | None:
    if not isinstance(bound, Decimal):
        return bound
    exponent = bound.as_tuple().exponent
    return round(bound, PLACES) if isinstance(exponent, int) and exponent < -PLACES else bound


def _shifted(days: Range, by: Length) -> Range:
    def moved(day: Point | None, count: Bound) -> Point | None:
        return shifted(day, int(count), by.unit) if isinstance(day, date) and count is not None else None

    return Range(moved(days.low, by.low), moved(days.high, by.high))


def shifted(day: date, count: int, unit: Literal["months", "days"]) -> date | None:
    """The same day `count` months on, or the last one of a shorter month; None outside the calendar."""
    try:
        if unit == "days":
            return day + timedelta(days=count)
        year, month = divmod(day.year * MONTHS_IN_YEAR + day.month - 1 + count, MONTHS_IN_YEAR)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None
