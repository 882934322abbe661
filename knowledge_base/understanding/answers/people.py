"""How many there are: people above all, told as a number, in parts, or one by one.

Parts are added («двоє дорослих і троє дітей»), and so are people told one by one («я, чоловік і двоє дітей»). Parts
that may or may not be within a total leave a range («нас четверо і двоє дітей»).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Range, exactly
from knowledge_base.understanding.answers.quantities import Quantity
from knowledge_base.understanding.answers.replies import strangers
from knowledge_base.understanding.answers.tokens import Token, words_of
from knowledge_base.understanding.answers.words import KIN_WORDS, folded, question_words

_CHILDREN = folded("дітей діти дитина дитини дитину детей дети ребенок ребенка діток деток дітки детки")
_ADULTS = folded("дорослих дорослі дорослий доросла взрослых взрослые взрослый")
_PERSONS = folded("людей осіб люди")
_SELF = folded("я ми мы живу живем живемо мене меня сама сам")
_LONE = folded("сам сама одинока одинокий самотня самотній самотою одинокая наодинці")
_JOINED = folded("і та й и плюс ще") | {"+"}
_MOST_STRANGERS = 1
_OPENING = frozenset(":(")
_COUNTABLE = (None, "people", "payment")
Counted = tuple[Range, bool]
"""A number and whether it was pieced together."""


def count(tokens: Sequence[Token], said: Sequence[Quantity], fact: Fact) -> Counted | None:
    """How many, None where no number answers."""
    question = question_words(fact.ask.uk)
    groups = [group for group in (_CHILDREN, _ADULTS) if not group.isdisjoint(question)]
    fitting = [one for one in said if one.measure in _COUNTABLE and not _is_of_age(one, said)]
    if not groups:
        return _everybody(tokens, fitting) if not _PERSONS.isdisjoint(question) else _sum(fitting)
    asked = frozenset().union(*groups)
    return _sum([one for one in fitting if (group := _group(tokens, one)) is None or group <= asked])


def _is_of_age(one: Quantity, said: Sequence[Quantity]) -> bool:
    """«Двоє, 4 і 7», «4 і 7 років»: bare figures beside people or years are ages."""
    if one.people or one.measure is not None:
        return False
    if any(other.measure in ("year", "month") for other in said):
        return True
    bare = [other for other in said if not other.people and other.measure is None]
    people = [other for other in said if other.people]
    return len(people) == 1 and people[0].low == len(bare) > 1


def _sum(several: Sequence[Quantity]) -> Counted | None:
    if not several:
        return None
    return added([one.range(whole=True) for one in several]), len(several) > 1 or several[0].loose


def added(ranges: Sequence[Range]) -> Range:
    """The sum of numbers each of which is within its range."""
    lows, highs = [one.low for one in ranges], [one.high for one in ranges]
    return Range(
        None if None in lows else sum((low for low in lows if isinstance(low, Decimal)), Decimal(0)),
        None if None in highs else sum((high for high in highs if isinstance(high, Decimal)), Decimal(0)),
    )


def _group(tokens: Sequence[Token], one: Quantity) -> frozenset[str] | None:
    """Whether children or adults are counted, by the word at either side."""
    beside = {tokens[one.end - 1].text}
    if one.end < len(tokens):
        beside.add(tokens[one.end].text)
    if one.start:
        beside.add(tokens[one.start - 1].text)
    own = tokens[one.end - 1].text
    for group in (_CHILDREN, _ADULTS):
        if own in group or (one.measure is None and not group.isdisjoint(beside)):
            return group
    return None


def _everybody(tokens: Sequence[Token], fitting: Sequence[Quantity]) -> Counted | None:
    """All who live together, the one who writes among them."""
    taken = {place for one in fitting for place in range(one.start, one.end + 1)}
    told = [place for place, token in enumerate(tokens) if token.text in KIN_WORDS and place not in taken]
    words = words_of(tokens)
    myself = int(not _SELF.isdisjoint(words))
    if not fitting and not told:
        return (exactly(Decimal(1)), True) if _alone(words) else None
    if not fitting and len(strangers(words, frozenset())) > _MOST_STRANGERS:
        return None
    total = next((one for one in fitting if one.measure is None and not _named(tokens, one)), None)
    parts = [one for one in fitting if one is not total]
    if total is not None:
        return _with_total(tokens, total, parts, len(told) + myself, len(told))
    if not told:
        return _of_parts(tokens, parts)
    opening = next((place for place, token in enumerate(tokens) if token.text in _OPENING), len(tokens))
    explained = sum(place > opening for place in told) if parts else 0
    whole = added([one.range(whole=True) for one in parts])
    return _widened(whole, len(told) + myself - explained, explained + (0 if myself else 1)), True


def _alone(words: Sequence[str]) -> bool:
    return len(words) <= 4 and (not _LONE.isdisjoint(words) or words[-1:] == ["я"])


def _named(tokens: Sequence[Token], one: Quantity) -> bool:
    return one.end < len(tokens) and tokens[one.end].text in KIN_WORDS


def _with_total(
    tokens: Sequence[Token], total: Quantity, parts: Sequence[Quantity], told: int, kin: int
) -> Counted:
    """«Нас четверо: я, чоловік і двоє дітей» is four; «нас двоє і троє дітей» five."""
    whole, rest = total.range(whole=True), added([one.range(whole=True) for one in parts])
    within = (
        isinstance(rest.high, Decimal) and isinstance(whole.low, Decimal) and rest.high + told <= whole.low
    )
    joined = bool(parts) and total.end < len(tokens) and tokens[total.end].text in _JOINED
    if within and not joined:
        return whole, total.loose
    if isinstance(rest.high, Decimal) and rest.high + kin == 0:
        return whole, total.loose
    if within:
        return Range(whole.low, added([whole, rest]).high), True
    return _widened(added([whole, rest]), 0, kin), True


def _of_parts(tokens: Sequence[Token], parts: Sequence[Quantity]) -> Counted | None:
    summed = _sum(parts)
    if summed is None or any(_group(tokens, one) is not _CHILDREN for one in parts):
        return summed
    # Children alone were told of: whoever writes is one more, and there may be others.
    low = summed[0].low
    return Range(low + 1 if isinstance(low, Decimal) else None, None), True


def _widened(whole: Range, more: int, perhaps: int) -> Range:
    low = whole.low + more if isinstance(whole.low, Decimal) else None
    high = whole.high + more + perhaps if isinstance(whole.high, Decimal) else None
    return Range(low, high)
