"""Answers to a question for a day: in figures, in words, a stretch («у березні», «торік»), or how long ago.

What is not exact is a stretch of days:

- a day without a year is the last one there was; a month, a season and a weekday likewise;
- «на початку», «в середині», «в кінці» is the first, middle or last third of a month, a season or a year;
- an age («їй 4 роки», «два тижні») reaches from the day after which one more would have passed to the day it was
  reached; halves («пів року», «півтора року») reach a month further to either side;
- «N тому» reaches half a measure to either side; from seven days on a day, fewer days are exact;
- «до» ends with the first day of what follows, «після» begins with its last: they may be meant within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import DAY, Range, Value, hull, meet
from knowledge_base.understanding.answers.ages import told_by_length, under_one
from knowledge_base.understanding.answers.heard import NO_SUCH_DAY, Heard, heard_day
from knowledge_base.understanding.answers.replies import is_about
from knowledge_base.understanding.answers.stretches import WAR_BEGAN, CalendarReader, Stretch
from knowledge_base.understanding.answers.tokens import Kind, Token, words_of, words_outside
from knowledge_base.understanding.answers.words import OF_BIRTH, asked_about, folded

_OR = folded("чи або или либо") | {"-"}
_TO, _AND = folded("до по"), folded("і та й и")
_FROM, _BETWEEN = folded("від от з с із"), folded("між между")
_UNTIL, _SINCE = folded("до перед раніше раньше"), folded("після после пізніше позже")
_WILL_BE = folded("буде будет народиться родится чекаємо ждем")
_THAN = folded("ніж чем за")
_NEWBORN = folded("новонароджений новонароджена новонароджене немовля новорожденный новорожденная")
_NEWBORN_DAYS = 28
_MOST_STRANGERS = 3


def hear_day(tokens: Sequence[Token], fact: Fact, today: date, latest: date | None) -> Heard | None:
    """The day or the days said, None where there are none or they exclude one another."""
    told = _read(tokens, today, asked_about(fact.ask.uk, fact.label.uk))
    if told is None or isinstance(told, Heard):
        return told
    return heard_day(told[0], fact, today, latest, approximate=told[1])


def _read(tokens: Sequence[Token], today: date, asked: frozenset[str]) -> tuple[Range, bool] | Heard | None:
    """The days told and whether more was understood than was said; `NO_SUCH_DAY` for the 31st of February."""
    if not _WILL_BE.isdisjoint(words_of(tokens)):
        return None
    stretches = CalendarReader(tokens, today).every()
    if any(one.impossible for one in stretches):
        return NO_SUCH_DAY
    taken = {place for one in stretches for place in range(one.start, one.end)}
    by_length = told_by_length(tokens, taken, today)
    if by_length is None:
        return None
    lengths, inside = by_length
    taken |= inside
    if any(token.kind is Kind.NUMBER and place not in taken for place, token in enumerate(tokens)):
        return None
    if not is_about(words_outside(tokens, taken), asked | OF_BIRTH, most=_MOST_STRANGERS):
        return None
    dated = _of_the_year(stretches)
    if dated is None:
        return NO_SUCH_DAY
    ranges: list[Value] = [*_connected(tokens, dated), *lengths]
    if not ranges:
        newborn = not _NEWBORN.isdisjoint(words_of(tokens))
        alone = Range(today - _NEWBORN_DAYS * DAY, today) if newborn else under_one(tokens, today)
        return (alone, True) if alone else None
    common: Value | None = ranges[0]
    for one in ranges[1:]:
        common = meet(common, one) if common else None
    return (common, any(one.loose for one in dated)) if isinstance(common, Range) else None


def _of_the_year(stretches: Sequence[Stretch]) -> list[Stretch] | None:
    """«В березні, це був 2022»: the year told apart is the year of the rest. None where it has no such day."""
    years = [one for one in stretches if one.year is not None]
    rest = [one for one in stretches if one.year is None]
    if len(years) != 1 or not any(one.again for one in rest):
        return list(stretches)
    dated = [_in_year(one, years[0].low.year) for one in rest]
    return None if any(one.impossible for one in dated) else dated


def _in_year(one: Stretch, year: int) -> Stretch:
    if one.again is None:
        return one
    days = one.again(year)
    return (
        replace(one, low=days[0], high=days[1], again=None, loose=False)
        if days
        else replace(one, impossible=True)
    )


def _connected(tokens: Sequence[Token], stretches: Sequence[Stretch]) -> list[Range]:
    """Stretches joined by «від … до», «чи» or a dash as one, and «до» and «після» taken as bounds."""
    ranges: list[Range] = []
    last: Stretch | None = None
    for one in stretches:
        if last and _are_joined(tokens, last, one):
            ranges[-1] = _joined(last, one)
        else:
            ranges.append(_bounded(tokens, one))
        last = one
    return ranges


def _are_joined(tokens: Sequence[Token], last: Stretch, one: Stretch) -> bool:
    between = [token.text for token in tokens[last.end : one.start]]
    if len(between) != 1:
        return False
    opened = tokens[last.start - 1].text if last.start else ""
    return between[0] in _OR or (between[0] in _TO) or (between[0] in _AND and opened in _BETWEEN)


def _joined(last: Stretch, one: Stretch) -> Range:
    if last.again and not one.again:
        last = _in_year(last, one.low.year)
    both = hull([Range(last.low, last.high), Range(one.low, one.high)])
    assert isinstance(both, Range)
    return both


def _bounded(tokens: Sequence[Token], one: Stretch) -> Range:
    place = one.start - 1
    if place > 0 and tokens[place].text in _THAN:
        place -= 1
    before = tokens[place].text if place >= 0 else ""
    if before in _UNTIL:
        return Range(None, one.low)
    if before not in _SINCE:
        return Range(one.low, one.high)
    return Range(one.low if one.low == WAR_BEGAN else one.high, None)
