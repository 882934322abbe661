"""Answers to a question for a number: people and things, days, months, years, metres, percents.

Of several numbers that differ the answer lies between; days may also be added, so their sum is the upper end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Point, Range, exactly, hull
from knowledge_base.understanding.answers.heard import Heard, heard_number
from knowledge_base.understanding.answers.people import Counted, added, count
from knowledge_base.understanding.answers.quantities import (
    Quantity,
    below_nought,
    is_calendar_year,
    places_of,
    read_quantities,
    tidy,
)
from knowledge_base.understanding.answers.replies import is_about
from knowledge_base.understanding.answers.tokens import Kind, Token, words_of, words_outside
from knowledge_base.understanding.answers.vocabulary import CARDINALS, ORDINALS, SINGLE_MEASURES, Measure
from knowledge_base.understanding.answers.words import ADDRESS_WORDS, asked_about, folded

_MOST_STRANGERS = 2
_SINGLE_AT_MOST = 3
_WHOLE = ("count", "days")
_ONE, _YEAR = Decimal(1), Decimal(12)
_SAME = (_ONE, _ONE)
_FACTORS: Mapping[str, Mapping[Measure | None, tuple[Decimal, Decimal]]] = {
    "days": {
        None: _SAME,
        "day": _SAME,
        "week": (Decimal(7), Decimal(7)),
        "month": (Decimal(28), Decimal(31)),
        "year": (Decimal(365), Decimal(366)),
    },
    "months": {None: _SAME, "month": _SAME, "year": (_YEAR, _YEAR)},
    "years": {None: _SAME, "year": _SAME, "month": (1 / _YEAR, 1 / _YEAR)},
    "m2": {None: _SAME, "metre": _SAME},
    "percent": {None: _SAME, "percent": _SAME},
    "number": {None: _SAME},
}
"""Unit of the fact -> what was measured by -> how many of the unit one is, at least and at most."""
_CENT = Decimal("0.01")
_OF_YEAR = folded("року года г р году році випуску выпуска")
_OF_ONE_YEAR = folded("року году році випуску выпуска")
_FIRST_YEAR, _OLDER_THAN, _CENTURY = 1900, 30, 100


def hear_number(tokens: Sequence[Token], fact: Fact, today: date) -> Heard | None:
    """The number said, None where there is none that answers."""
    unit = fact.unit or "number"
    asked, words = asked_about(fact.ask.uk, fact.label.uk), words_of(tokens)
    if not ADDRESS_WORDS.isdisjoint(words):
        return None
    said = (unit == "number" and _in_order(tokens)) or [
        one for one in read_quantities(tokens) if not one.denied
    ]
    said = below_nought(said) or _single(tokens)
    if unit != "years":
        said = [one for one in said if not is_calendar_year(tokens, one)]
    if not is_about(words_outside(tokens, places_of(said)), asked, most=_MOST_STRANGERS):
        return None
    if said and said[0].high < 0:
        return heard_number(said[0].range(), fact, approximate=False)
    found = count(tokens, said, fact) if unit == "count" else _measured(tokens, said, unit, today)
    if found is None:
        return None
    return heard_number(found[0], fact, approximate=found[1], whole=unit in _WHOLE)


def _in_order(tokens: Sequence[Token]) -> list[Quantity]:
    """«Друга», «друга з трьох»: the place in a row."""
    for place, token in enumerate(tokens):
        if token.text in ORDINALS and token.text not in CARDINALS:
            number = Decimal(ORDINALS[token.text])
            return [Quantity(number, number, place, place + 1)]
    return []


def _single(tokens: Sequence[Token]) -> list[Quantity]:
    """A measure that is one by itself: «місяць»."""
    if len(tokens) > _SINGLE_AT_MOST:
        return []
    return [
        Quantity(_ONE, _ONE, place, place + 1, measure=SINGLE_MEASURES[token.text])
        for place, token in enumerate(tokens)
        if token.text in SINGLE_MEASURES
    ]


def _measured(tokens: Sequence[Token], said: Sequence[Quantity], unit: str, today: date) -> Counted | None:
    factors = _FACTORS.get(unit, _FACTORS["number"])
    fitting = [one for one in said if one.measure in factors and not one.people]
    ranges: list[Range] = []
    loose = len(fitting) > 1
    for one in fitting:
        year = _made_in(tokens, one, today) if unit == "years" else None
        if year is not None:
            ranges.append(exactly(Decimal(today.year - year)))
            loose = True
        else:
            ranges.append(_converted(one, unit, factors[one.measure]))
            loose = loose or one.approximate
    if not ranges:
        return None
    if [one.measure for one in fitting] == ["year", "month"]:
        return added(ranges), loose
    between = hull(ranges)
    assert isinstance(between, Range)
    return (Range(between.low, added(ranges).high) if unit == "days" else between), loose


def _converted(one: Quantity, unit: str, factors: tuple[Decimal, Decimal]) -> Range:
    said = one.range(whole=unit == "days" and one.measure in (None, "day"))
    if factors is _SAME:
        return said
    step = _ONE if unit == "days" else _CENT
    return Range(
        _times(said.low, factors[0], step, ROUND_FLOOR), _times(said.high, factors[1], step, ROUND_CEILING)
    )


def _times(bound: Point | None, factor: Decimal, step: Decimal, rounding: str) -> Decimal | None:
    return tidy((bound * factor).quantize(step, rounding)) if isinstance(bound, Decimal) else None


def _made_in(tokens: Sequence[Token], one: Quantity, today: date) -> int | None:
    """The year of a thing told by its year, not by its age: «2015», «88 року»."""
    if one.low != one.high or one.low != one.low.to_integral_value():
        return None
    number = int(one.low)
    if _FIRST_YEAR <= number <= today.year:
        return number
    beside = {tokens[one.end - 1].text, *(token.text for token in tokens[one.end : one.end + 1])}
    two_figures = tokens[one.start].kind is Kind.NUMBER and len(tokens[one.start].text) == 2
    if not two_figures or (_OF_YEAR if number >= _OLDER_THAN else _OF_ONE_YEAR).isdisjoint(beside):
        return None
    century = today.year // _CENTURY * _CENTURY
    return century + number if century + number <= today.year else century - _CENTURY + number
