"""The ages or birth dates of several children: «двоє, 4 і 7», «дочці 3, сину пів року», «народилася 10.03.2026».

Ages are as `ages` reads them; a bare number is years. Words that can be of one child or of two («рік і 2 місяці»,
«1,5», «4-5») are understood only where the number of children is known: from the words, or from `count`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Literal

from knowledge_base.rules.facts import CHILDREN_AT_MOST
from knowledge_base.rules.values import Range
from knowledge_base.understanding.answers.ages import AGO, NOT_AN_AGE, born
from knowledge_base.understanding.answers.numerals import Numeral, Written, read_numeral
from knowledge_base.understanding.answers.replies import asks, is_about, is_command, knows_not, refuses
from knowledge_base.understanding.answers.stretches import CalendarReader, Stretch
from knowledge_base.understanding.answers.tokens import Kind, Token, with_days, words_of
from knowledge_base.understanding.answers.vocabulary import (
    CARDINALS,
    COLLECTIVES,
    COMPOUNDS,
    HALF,
    HALVES,
    MEASURES,
    MONTHS,
    ORDINALS,
    SINGLE_MEASURES,
    Measure,
)
from knowledge_base.understanding.answers.words import (
    FILLERS,
    KIN_WORDS,
    NO_WORDS,
    NONE_WORDS,
    OF_BIRTH,
    ORDER_WORDS,
    fold,
    folded,
)

_OLDEST = 60
"""Years: a grown child with a disability is a child still; whoever is older is somebody else."""
_ONE, _MONTHS_IN_YEAR, _MOST_READINGS = Decimal(1), 12, 64
_AND = folded("і та й и") | {"+"}
_EVERY = folded("по обом обоє обидва обидві обоим всім всем кожному кожній каждому")
_TWINS = {
    **dict.fromkeys(folded("двійня двійнята близнюки близнята близнецы двойня двойняшки двійнят близнят"), 2),
    **dict.fromkeys(folded("трійня трійнята тройня"), 3),
}
_CHILDREN = folded("дітей діти дитина дитини детей дети ребенок ребенка діток деток дітки детки")
_GROWN = folded(
    "мені мне чоловікові чоловіку мужу муж дружині жене мамі маме тату бабусі бабушке дідусю дідові"
)
_NEWBORN = folded("новонароджений новонароджена новонароджене немовля новорожденный новорожденная")
_CHILDLESS = folded("бездітний бездітна бездетная бездетный бездітні")
_YEAR_OR_ROUBLE, _AFTER_FRACTION = fold("р"), folded("року роки рік года р")
_DAY_WORDS = folded("день")
_HALF_AFTER_COMMA = Decimal(5)
_MOST_STRANGERS = 3
_OF_AGES = frozenset().union(
    CARDINALS,
    ORDINALS,
    COLLECTIVES,
    HALVES,
    HALF,
    COMPOUNDS,
    MEASURES,
    MONTHS,
    _TWINS,
    _NEWBORN,
    _GROWN,
    _CHILDREN,
)
_LENGTHS = ("year", "month", "week", "day")
_Parted = Literal["", "and", "comma", "dash", "words"]
_Aged = tuple[Decimal, Decimal, Measure]
"""From what age to what age a child is, and in what measure."""


@dataclass(frozen=True, slots=True)
class _Age:
    """An age as told. `parted`: what stands before it. `pair`: the two numbers a comma may be parting."""

    value: Decimal
    measure: Measure | None
    parted: _Parted
    pair: tuple[Decimal, Decimal] | None = None

    @property
    def whole(self) -> bool:
        return self.pair is None and self.value == self.value.to_integral_value()


def hear_children(text: str, today: date, *, count: int | None = None) -> tuple[Range, ...] | None:
    """A range of birth dates for every child, oldest first; empty where there are no children. None: not told.

    `count`: how many children there are, where that is known already.
    """
    tokens = with_days(text)
    words = words_of(tokens)
    if not tokens or is_command(tokens) or asks(tokens) or knows_not(words) or refuses(words):
        return None
    if _has_none(tokens, words):
        return ()
    dated = CalendarReader(tokens, today).every()
    if any(one.impossible or one.again for one in dated):
        return None
    scan = _Scan(tokens, dated)
    if not is_about(words, OF_BIRTH, _OF_AGES, most=_MOST_STRANGERS):
        return None
    if not scan.understood or not 0 < len(scan.ages) + len(dated) <= CHILDREN_AT_MOST:
        return None
    told = _chosen(scan, len(dated), count)
    if told is None:
        return None
    days = [(one.low, one.high) for one in dated]
    for youngest, oldest, measure in told:
        latest, earliest = born(today, youngest, measure), born(today, oldest, measure)
        if latest is None or earliest is None or (measure == "year" and oldest > _OLDEST):
            return None
        days.append((earliest[0], latest[1]))
    return tuple(Range(*one) for one in sorted(days)) if max(days)[0] <= today else None


def _has_none(tokens: Sequence[Token], words: Sequence[str]) -> bool:
    """«Дітей немає», «бездітна»."""
    if any(token.number is not None or token.kind is Kind.DAY for token in tokens):
        return False
    denied = any(word in NONE_WORDS or word in NO_WORDS or word in _CHILDLESS for word in words)
    known = NONE_WORDS | NO_WORDS | _CHILDLESS | _CHILDREN | FILLERS
    return denied and all(word in known for word in words)


class _Scan:
    """What is told of ages. `declared`: how many children, if said. `understood`: no number is left that is no age."""

    def __init__(self, tokens: Sequence[Token], dated: Sequence[Stretch]) -> None:
        self._tokens = tokens
        self._dated = {one.start: one.end for one in dated}
        self.ages: list[_Age] = []
        self.declared: int | None = None
        self.understood = True
        words = words_of(tokens)
        self._one_first = False
        self.of_every = not _EVERY.isdisjoint(words)
        for word in words:
            if word in _TWINS:
                self.declared, self.of_every = _TWINS[word], True
        self._read()
        if self._one_first and len(self.ages) == 2:
            # «Один, 5 років» tells of one child.
            self.ages, self.declared = self.ages[1:], 1

    def _read(self) -> None:
        place = 0
        parted: _Parted = "words"
        while place < len(self._tokens):
            if place in self._dated:
                place, parted = self._dated[place], "words"
                continue
            token = self._tokens[place]
            numeral = read_numeral(self._tokens, place)
            if numeral is not None:
                place = self._numeral(place, numeral, parted)
                parted = ""
            elif token.text in SINGLE_MEASURES and token.text not in _DAY_WORDS:
                if (place and self._tokens[place - 1].text in NOT_AN_AGE) or self._is_ago(place + 1):
                    self.understood = False
                self.ages.append(_Age(_ONE, SINGLE_MEASURES[token.text], parted))
                place, parted = place + 1, ""
            else:
                if token.text in _NEWBORN:
                    self.ages.append(_Age(Decimal(0), "month", parted))
                elif token.kind is Kind.NUMBER:
                    self.understood = False
                parted = self._parting(place, parted)
                place += 1

    def _parting(self, place: int, before: _Parted) -> _Parted:
        token = self._tokens[place]
        if token.text in _AND:
            return "and" if before == "" else before
        if token.text == "-":
            return "dash" if before == "" else before
        return "comma" if token.kind is Kind.SIGN else "words"

    def _numeral(self, start: int, numeral: Numeral, parted: _Parted) -> int:
        """Takes a number in and returns the place after it and its measure."""
        tokens, end = self._tokens, numeral.end
        following = tokens[end].text if end < len(tokens) else ""
        measure = numeral.measure or ("year" if following == _YEAR_OR_ROUBLE else MEASURES.get(following))
        after = end + 1 if measure and not numeral.measure else end
        if numeral.written is Written.COLLECTIVE or (measure == "people" and following in _CHILDREN):
            self.declared = int(numeral.value)
            return after
        if measure == "people" or self._is_label(start, end):
            return after if measure == "people" else end
        if measure is not None and (measure not in _LENGTHS or self._is_ago(after)):
            self.understood = False
            return after
        if start and tokens[start - 1].text in _GROWN:
            return after
        if not self.ages and measure is None and CARDINALS.get(tokens[start].text) == 1:
            self._one_first = True
        pair = _pair(tokens[start])
        sure = pair is not None and following in _AFTER_FRACTION
        self.ages.append(_Age(numeral.value, measure, parted, None if sure else pair))
        return after

    def _is_ago(self, place: int) -> bool:
        return place < len(self._tokens) and self._tokens[place].text in AGO

    def _is_label(self, start: int, end: int) -> bool:
        """«Один 5, другий 7»: the first word is of the child."""
        tokens = self._tokens
        if CARDINALS.get(tokens[start].text) != 1 or end >= len(tokens):
            return False
        named = tokens[end].text in KIN_WORDS or tokens[end].text in ORDER_WORDS
        return named or (tokens[end].text not in SINGLE_MEASURES and read_numeral(tokens, end) is not None)


def _pair(token: Token) -> tuple[Decimal, Decimal] | None:
    """The two numbers of «4,7» or «1,5»."""
    if token.kind is not Kind.NUMBER or "," not in token.text.replace(".", ","):
        return None
    first, second = token.text.replace(".", ",").split(",")
    return Decimal(first), Decimal(second)


def _chosen(scan: _Scan, dated: int, count: int | None) -> Sequence[_Aged] | None:
    """The one way to read the ages, or the one that agrees with the number of children."""
    declared = scan.declared if scan.declared is not None else count
    readings = list(islice(_readings(scan.ages), _MOST_READINGS + 1))
    if len(readings) > _MOST_READINGS:
        return None
    if declared is None:
        return readings[0] if len(readings) == 1 else None
    fitting = [reading for reading in readings if len(reading) + dated == declared]
    if len(fitting) == 1:
        return fitting[0]
    alone = [reading for reading in readings if len(reading) == 1]
    if not fitting and scan.of_every and not dated and len(alone) == 1:
        return alone[0] * min(declared, CHILDREN_AT_MOST)
    return None


def _readings(ages: Sequence[_Age]) -> Iterator[list[_Aged]]:
    """Every way to part what was told into children."""
    if not ages:
        yield []
        return
    for heads, used in _beginnings(ages):
        for rest in _readings(ages[used:]):
            yield heads + rest


def _beginnings(ages: Sequence[_Age]) -> Iterator[tuple[list[_Aged], int]]:
    """The ways to read the first one, alone or together with the next, and how many are used up."""
    first = ages[0]
    following = ages[1] if len(ages) > 1 else None
    measure = first.measure or "year"
    if first.pair is not None:
        one, other = first.pair
        yield [(one, one, "year"), (other, other, measure)], 1
        if other == _HALF_AFTER_COMMA:
            yield [(first.value, first.value, measure)], 1
        return
    if following is not None and first.whole and following.whole and measure == "year":
        if following.parted == "dash" and following.measure in (None, "year") and first.measure is None:
            low, high = sorted((first.value, following.value))
            yield [(low, high, "year")], 2
        elif _may_be_months(first, following):
            months = first.value * _MONTHS_IN_YEAR + following.value
            yield [(months, months, "month")], 2
            if following.parted == "":
                return
    yield [(first.value, first.value, measure)], 1


def _may_be_months(first: _Age, following: _Age) -> bool:
    """Whether «2 роки і 3 місяці» may be one child; «рік і 3» too."""
    if following.parted not in ("", "and") or following.value >= _MONTHS_IN_YEAR:
        return False
    return following.measure == "month" or (first.measure == "year" and following.measure is None)
