"""One number, in figures or in words: «12», «12 тис 500», «дві з половиною тисячі», «чотири двісті», «двоє»."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from knowledge_base.understanding.answers.tokens import Kind, Token
from knowledge_base.understanding.answers.vocabulary import (
    CARDINALS,
    COLLECTIVES,
    COMPOUNDS,
    GLUED_SCALES,
    HALF,
    HALVES,
    MEASURES,
    ONE_OF_SCALE,
    ORDINALS,
    SCALES,
    SLANG_THOUSAND,
    THOUSAND,
    Measure,
)
from knowledge_base.understanding.answers.words import fold, folded

_AND = folded("з с і и та й со")
_ANOTHER = fold("ще")
_HUNDRED = 100
_MONEY = (None, "hryvnia", "rouble", "kopiyka")


class Written(StrEnum):
    """How a number is told. A collective counts people: «двоє», «вдвох»."""

    FIGURES = "figures"
    WORDS = "words"
    COLLECTIVE = "collective"


class Numeral(NamedTuple):
    """A number and the place after it. `scaled`: thousands or millions were named.

    `loose`: it was pieced together from the way people speak and wants reading back. `measure` is that of a word
    which holds both («півроку»).
    """

    value: Decimal
    end: int
    written: Written
    scaled: bool = False
    loose: bool = False
    measure: Measure | None = None


def read_numeral(tokens: Sequence[Token], start: int, *, money: bool = False) -> Numeral | None:
    """The number that begins at `start`, None where there is none. `money`: slang of sums is understood too."""
    head = _head(tokens, start, money)
    if head is None or head.measure or head.written is Written.COLLECTIVE:
        return head
    scale = _scale(tokens, head, money)
    if scale is None:
        return head if start != head.end else None
    by, end = scale
    if head.value >= THOUSAND and by == THOUSAND:
        # «12 500 тисяч» is a slip of the tongue: nobody here means millions.
        return head._replace(end=end, scaled=True, loose=True)
    whole = Numeral(head.value * by, end, head.written, scaled=True, loose=head.loose)
    if _half_follows(tokens, end):
        return whole._replace(value=whole.value + by / 2, end=end + 2)
    return _with_rest(tokens, whole, by)


def read_small(tokens: Sequence[Token], start: int) -> tuple[int, int] | None:
    """A whole number under a thousand in words, ordinals too («двадцять п'ятого»), and the place after it."""
    total, end = _cardinal(tokens, start)
    if end < len(tokens) and tokens[end].kind is Kind.WORD:
        number = ORDINALS.get(tokens[end].text)
        if number is not None and (end == start or (total % 100 >= 20 and total % 10 == 0 and number < 10)):
            return total + number, end + 1
    return (total, end) if end > start else None


def _head(tokens: Sequence[Token], start: int, money: bool) -> Numeral | None:
    token = tokens[start]
    if token.kind is Kind.NUMBER or token.kind is Kind.ORDINAL:
        if token.number is None:
            return None
        return _with_half(tokens, Numeral(token.number, start + 1, Written.FIGURES))
    word = token.text
    if token.kind is not Kind.WORD:
        return None
    if word in CARDINALS:
        return _in_words(tokens, start, money)
    if word in HALVES:
        return Numeral(HALVES[word], start + 1, Written.WORDS)
    if word in COLLECTIVES:
        return Numeral(Decimal(COLLECTIVES[word]), start + 1, Written.COLLECTIVE)
    if word in COMPOUNDS:
        value, rest = COMPOUNDS[word]
        if isinstance(rest, Decimal):
            return Numeral(value * rest, start + 1, Written.WORDS, scaled=True, measure="hryvnia")
        return Numeral(value, start + 1, Written.WORDS, measure=rest)
    if word in ONE_OF_SCALE and (money or word not in SLANG_THOUSAND):
        return Numeral(Decimal(1), start, Written.WORDS)
    return None


def _in_words(tokens: Sequence[Token], start: int, money: bool) -> Numeral:
    value, end = _cardinal(tokens, start)
    if money and 0 < value < _HUNDRED and end < len(tokens):
        hundreds, after = _cardinal(tokens, end)
        if hundreds >= _HUNDRED and not _is_scale(tokens, after, money):
            # «чотири двісті» is said of four thousand two hundred.
            return Numeral(value * THOUSAND + hundreds, after, Written.WORDS, scaled=True, loose=True)
    return _with_half(tokens, Numeral(Decimal(value), end, Written.WORDS))


def _cardinal(tokens: Sequence[Token], start: int) -> tuple[int, int]:
    """The sum of hundreds, tens and units that follow one another, and the place after them."""
    total, end, below = 0, start, 1_000
    while end < len(tokens) and tokens[end].kind is Kind.WORD:
        value = CARDINALS.get(tokens[end].text)
        if value is None or value >= below or (value == 0 and end > start):
            break
        total, end = total + value, end + 1
        below = 100 if value >= 100 else 10 if value >= 20 else 0
    return total, end


def _with_half(tokens: Sequence[Token], whole: Numeral) -> Numeral:
    if _half_follows(tokens, whole.end) and whole.value == int(whole.value) and whole.value < THOUSAND:
        return whole._replace(value=whole.value + Decimal("0.5"), end=whole.end + 2)
    return whole


def _half_follows(tokens: Sequence[Token], place: int) -> bool:
    return place + 1 < len(tokens) and tokens[place].text in _AND and tokens[place + 1].text in HALF


def _is_scale(tokens: Sequence[Token], place: int, money: bool) -> bool:
    if place >= len(tokens):
        return False
    word = tokens[place].text
    return word in SCALES or (money and word in SLANG_THOUSAND)


def _scale(tokens: Sequence[Token], head: Numeral, money: bool) -> tuple[Decimal, int] | None:
    place = head.end
    if place >= len(tokens):
        return None
    word = tokens[place].text
    if _is_scale(tokens, place, money):
        return SCALES.get(word, THOUSAND), _after_stop(tokens, place + 1)
    last = place + 1 == len(tokens) or tokens[place + 1].kind is Kind.SIGN
    if head.written is Written.FIGURES and word in GLUED_SCALES and (tokens[place].glued or (money and last)):
        return THOUSAND, _after_stop(tokens, place + 1)
    return None


def _after_stop(tokens: Sequence[Token], place: int) -> int:
    """Past the full stop of «тис.» where more follows it."""
    stop = place + 1 < len(tokens) and tokens[place].text == "." and tokens[place].glued
    return place + 1 if stop and _goes_on(tokens[place + 1]) else place


def _goes_on(token: Token) -> bool:
    return token.kind is Kind.NUMBER or token.text in MEASURES or token.text in CARDINALS or token.text == "р"


def _with_rest(tokens: Sequence[Token], whole: Numeral, by: Decimal) -> Numeral:
    """The hundreds after the thousands: «12 тисяч 500», «п'ять тисяч двісті», «40 тис і ще 5»."""
    place = whole.end
    added = place + 2 < len(tokens) and tokens[place].text in _AND and tokens[place + 1].text == _ANOTHER
    if added:
        place += 2
    if place >= len(tokens):
        return whole
    rest = _head(tokens, place, money=False)
    if rest is None or rest.measure or rest.end == place or _is_scale(tokens, rest.end, money=True):
        return whole
    if added and 0 < rest.value < _HUNDRED and rest.written is Written.FIGURES:
        return whole._replace(value=whole.value + rest.value * by, end=rest.end, loose=True)
    measure = MEASURES.get(tokens[rest.end].text) if rest.end < len(tokens) else None
    if measure not in _MONEY or rest.written is Written.COLLECTIVE:
        return whole
    least = 1 if measure else 20 if rest.written is Written.WORDS else _HUNDRED
    if least <= rest.value < by:
        return whole._replace(value=whole.value + rest.value, end=rest.end)
    return whole
