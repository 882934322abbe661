"""Answers to a numbered list: «1 і 3», «перше, третє», «1-3», «усі, крім 2», «1 так, 2 ні», «нічого з цього»."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from knowledge_base.understanding.answers.replies import asks, is_command, knows_not, refuses
from knowledge_base.understanding.answers.tokens import Kind, Token, with_lists, words_of
from knowledge_base.understanding.answers.vocabulary import CARDINALS, ORDINALS
from knowledge_base.understanding.answers.words import (
    FILLERS,
    NEITHER,
    NO_WORDS,
    NONE_WORDS,
    NOT,
    YES_WORDS,
    folded,
)

_ALL = folded("всі все усе усі всьо всё кожне каждое")
_BOTH = folded("обидва обидві обоє оба обе")
_EXCEPT = folded("крім окрім кроме окромя без")
_LAST = folded("останнє останній остання последнее последний последняя")
_BESIDE = folded(
    "номер номера номери пункт пункти пункта варіант варіанти вариант стосується касается стосуються маю "
    "мають имею цього этого переліченого перечисленного переліку списку списка цих этих мене нас підходить "
    "подходит подходят вибираю обираю відповідь ответ указанного вищевказаного вказаного не ни ніщо перший "
    "раз ок"
)
_NO_SIGNS = frozenset("-👎❌🙅")
_SEPARATORS = frozenset(",;.+&)/\n-:")
_JOINS = folded("і та й и плюс ще а також")
_SHORTEST_ROW, _MOST_WORDS = 2, 8


def hear_ticks(text: str, count: int) -> frozenset[int] | None:
    """The numbers, 1 to `count`, of the lines that were ticked; empty for «нічого». None: no answer to the list."""
    tokens = with_lists(text)
    words = words_of(tokens)
    if not tokens or is_command(tokens) or asks(tokens) or knows_not(words) or refuses(words):
        return None
    every = frozenset(range(1, count + 1))
    if not any(_number(token, count) is not None for token in tokens):
        return _without_numbers(tokens, words, every)
    if any(word in _EXCEPT for word in words):
        rest = next(place for place, token in enumerate(tokens) if token.text in _EXCEPT)
        left_out = _listed(tokens[rest + 1 :], count)
        return every - left_out if left_out and not _ALL.isdisjoint(words_of(tokens[:rest])) else None
    if len(tokens) == 1 and _number(tokens[0], count) == 0:
        return frozenset()
    return _row(tokens, count) or _listed(tokens, count)


def _without_numbers(
    tokens: Sequence[Token], words: Sequence[str], every: frozenset[int]
) -> frozenset[int] | None:
    if not words:
        return frozenset() if all(token.text in _NO_SIGNS for token in tokens) else None
    if len(words) > _MOST_WORDS:
        return None
    telling = [word for word in words if word not in FILLERS and word not in _BESIDE]
    denied = [word for word in words if word in NONE_WORDS or word in NO_WORDS or word in NEITHER]
    if denied:
        return frozenset() if all(word in NONE_WORDS or word in NO_WORDS for word in telling) else None
    if any(word not in YES_WORDS and word not in _ALL and word not in _BOTH for word in telling):
        return None
    if not _ALL.isdisjoint(words) or (not _BOTH.isdisjoint(words) and len(every) == 2):
        return every
    return every if len(every) == 1 and not YES_WORDS.isdisjoint(words) else None


def _number(token: Token, count: int) -> int | None:
    if token.number is not None:
        return int(token.number)
    if token.text in _LAST:
        return count
    return CARDINALS.get(token.text, ORDINALS.get(token.text))


def _row(tokens: Sequence[Token], count: int) -> frozenset[int] | None:
    """«135» of a list of six is 1, 3 and 5."""
    figures = tokens[0].text
    if len(tokens) > 1 or not figures.isdigit() or not _SHORTEST_ROW <= len(figures) <= count < 10:
        return None
    numbers = [int(figure) for figure in figures]
    rising = all(one < other for one, other in pairwise(numbers))
    return frozenset(numbers) if rising and numbers[0] >= 1 and numbers[-1] <= count else None


def _listed(tokens: Sequence[Token], count: int) -> frozenset[int] | None:
    ticked: set[int] = set()
    denied = False
    place, begun = 0, False
    while place < len(tokens):
        token = tokens[place]
        number = _number(token, count)
        if number is None:
            if token.kind is Kind.WORD and not begun and not _is_aside(token.text):
                return None
            denied = token.text == NOT or token.text in NEITHER
            place += 1
            continue
        last, after = _end_of_range(tokens, place, number, count)
        if not 1 <= number <= last <= count:
            return None
        verdict = tokens[after].text if after < len(tokens) else ""
        if verdict in NO_WORDS or verdict in NONE_WORDS:
            denied, after = True, after + 1
        elif verdict in YES_WORDS:
            after += 1
        elif after < len(tokens) and not _parts(tokens[after], count):
            return None
        if not denied:
            ticked.update(range(number, last + 1))
        place, begun, denied = after, True, False
    return frozenset(ticked) or None


def _is_aside(word: str) -> bool:
    return word in FILLERS or word in _BESIDE or word in YES_WORDS


def _parts(token: Token, count: int) -> bool:
    """Whether a token may follow a number of the list: what follows «2 дітей» may not."""
    return token.text in _SEPARATORS or token.text in _JOINS or _number(token, count) is not None


def _end_of_range(tokens: Sequence[Token], place: int, number: int, count: int) -> tuple[int, int]:
    if place + 2 < len(tokens) and tokens[place + 1].text == "-" and tokens[place + 1].glued:
        last = _number(tokens[place + 2], count)
        if last is not None and last > number:
            return last, place + 3
    return number, place + 1
