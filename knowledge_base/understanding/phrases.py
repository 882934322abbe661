"""Phrase patterns over normalised words: stems, alternatives, gaps, any order, one slip forgiven.

A pattern is written in human spelling and normalised on load:

    не хочу жити          three words in a row
    субсид*               a word that begins so; stems and words of seven letters forgive one mistake
    вбити|піти_з_життя    alternatives; words joined by `_` stand in a row
    вийти .. дому         up to three words between; `...` up to eight
    б'є* & мене|нас       both within eight words, in either order
    ^так$                 the message begins / ends there
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from rapidfuzz.distance import Levenshtein

from knowledge_base.understanding.normalise import Normaliser, spell

T = TypeVar("T")
Stems = Sequence[frozenset[int]]

_GAPS = {"..": 3, "...": 8}
_WINDOW = 8
_FORGIVES_FROM = 7
_KNOWN_WORDS = 50_000


@dataclass(frozen=True)
class _Stem:
    text: str
    prefix: bool
    forgiving: bool

    def fits(self, word: str) -> bool:
        text = self.text
        if word == text or (self.prefix and word.startswith(text)):
            return True
        if not self.forgiving or word[:1] != text[:1] or len(word) < len(text) - 1:
            return False
        if not self.prefix:
            return Levenshtein.distance(word, text, score_cutoff=1) <= 1
        near = range(len(text) - 1, len(text) + 2)
        return any(Levenshtein.distance(word[:length], text, score_cutoff=1) <= 1 for length in near)


@dataclass(frozen=True)
class _Element:
    """One place of a pattern: any of `single` stems, or one of `runs` of stems in a row."""

    single: frozenset[int]
    runs: tuple[tuple[int, ...], ...]

    def ends(self, stems: Stems, place: int) -> list[int]:
        """Where the element may end (exclusive) when it begins at `place`."""
        ends = [place + 1] if stems[place] & self.single else []
        for run in self.runs:
            end = place + len(run)
            if end <= len(stems) and all(stem in stems[place + i] for i, stem in enumerate(run)):
                ends.append(end)
        return ends

    def openings(self) -> frozenset[int]:
        """Stems of which one stands first wherever the element fits."""
        return self.single | {run[0] for run in self.runs}


@dataclass(frozen=True)
class _Pattern(Generic[T]):
    """`openings[i]`: how element i may begin. `gaps[i]`: words allowed before it."""

    elements: tuple[_Element, ...]
    openings: tuple[frozenset[int], ...]
    gaps: tuple[int, ...]
    any_order: bool
    at_start: bool
    at_end: bool
    says: T


@dataclass(frozen=True)
class Found(Generic[T]):
    """What a pattern says and where: words `start` to `end` (exclusive)."""

    says: T
    start: int
    end: int


class PhraseBook(Generic[T]):
    """Patterns compiled together; `find` reads a message once for all of them. Immutable, thread-safe."""

    def __init__(
        self, patterns: Iterable[tuple[str, T]], normalise: Normaliser, *, forgiving: bool = True
    ) -> None:
        self._forgiving = forgiving
        self._stems: dict[_Stem, int] = {}
        self._patterns: list[_Pattern[T]] = []
        self._starting: dict[int, list[_Pattern[T]]] = {}
        for text, says in patterns:
            pattern = self._compile(text, says)
            self._patterns.append(pattern)
            for opening in pattern.openings[0]:
                self._starting.setdefault(opening, []).append(pattern)
        self._exact: dict[str, list[int]] = {}
        self._by_letter: dict[str, list[tuple[_Stem, int]]] = {}
        for stem, number in self._stems.items():
            if stem.prefix or stem.forgiving:
                self._by_letter.setdefault(stem.text[0], []).append((stem, number))
            else:
                self._exact.setdefault(stem.text, []).append(number)
        self._normalise = normalise
        self._stems_of = lru_cache(maxsize=_KNOWN_WORDS)(self._look_up)

    def _compile(self, text: str, says: T) -> _Pattern[T]:
        body = text.strip()
        at_start, at_end = body.startswith("^"), body.endswith("$")
        elements: list[_Element] = []
        gaps: list[int] = []
        gap = 0
        any_order = "&" in body
        for sign in body.strip("^$").split():
            if sign in _GAPS:
                gap = _GAPS[sign]
            elif sign != "&":
                elements.append(self._element(sign, text))
                gaps.append(gap)
                gap = 0
        if not elements:
            raise ValueError(f"a pattern without words: {text!r}")
        return _Pattern(
            elements=tuple(elements),
            openings=tuple(element.openings() for element in elements),
            gaps=tuple(gaps),
            any_order=any_order,
            at_start=at_start,
            at_end=at_end,
            says=says,
        )

    def _element(self, sign: str, pattern: str) -> _Element:
        runs = [
            tuple(self._stem(word, pattern) for word in alternative.split("_"))
            for alternative in sign.split("|")
        ]
        single = frozenset(run[0] for run in runs if len(run) == 1)
        return _Element(single, tuple(run for run in runs if len(run) > 1))

    def _stem(self, word: str, pattern: str) -> int:
        words = spell(word)
        if len(words) != 1 or not re.fullmatch(r"[^*]+\*?", word):
            raise ValueError(f"not one word: {word!r} in {pattern!r}")
        forgiving = self._forgiving and len(words[0]) >= _FORGIVES_FROM
        stem = _Stem(words[0], word.endswith("*"), forgiving)
        return self._stems.setdefault(stem, len(self._stems))

    def _look_up(self, word: str) -> frozenset[int]:
        found: set[int] = set()
        for spelling in {word, self._normalise.right(word)}:
            found.update(self._exact.get(spelling, ()))
            near = self._by_letter.get(spelling[0], ())
            found.update(number for stem, number in near if stem.fits(spelling))
        return frozenset(found)

    def find(self, spelled: Sequence[str]) -> list[Found[T]]:
        """Every pattern that fits, at its first place. `spelled`: words as `spell` gives them."""
        stems = [self._stems_of(word) for word in spelled]
        present = frozenset().union(*stems)
        candidates = {id(pattern): pattern for stem in present for pattern in self._starting.get(stem, ())}
        found: list[Found[T]] = []
        for pattern in candidates.values():
            # Nearly every candidate lacks a word of its own: seen before any place is tried.
            if any(opening.isdisjoint(present) for opening in pattern.openings):
                continue
            span = _first_place(pattern, stems)
            if span:
                found.append(Found(pattern.says, *span))
        return sorted(found, key=lambda one: one.start)


def _first_place(pattern: _Pattern[T], stems: Stems) -> tuple[int, int] | None:
    fits = _unordered if pattern.any_order else _ordered
    opening = pattern.openings[0]
    starts = (place for place, here in enumerate(stems) if not opening.isdisjoint(here))
    return next((span for start in starts if (span := fits(pattern, stems, start))), None)


def _ordered(pattern: _Pattern[T], stems: Stems, start: int) -> tuple[int, int] | None:
    if pattern.at_start and start:
        return None
    # Every end that can be reached is kept: a gap may be closed in more than one place.
    ends = set(pattern.elements[0].ends(stems, start))
    for element, gap in zip(pattern.elements[1:], pattern.gaps[1:], strict=True):
        ends = {
            reached
            for end in ends
            for place in range(end, min(end + gap + 1, len(stems)))
            for reached in element.ends(stems, place)
        }
    if pattern.at_end:
        ends &= {len(stems)}
    return (start, min(ends)) if ends else None


def _unordered(pattern: _Pattern[T], stems: Stems, start: int) -> tuple[int, int] | None:
    spans: list[tuple[int, int]] = []
    low, high = max(0, start - _WINDOW), min(len(stems), start + _WINDOW + 1)
    for element in pattern.elements:
        places = [start] if not spans else sorted(range(low, high), key=lambda place: abs(place - start))
        free = (
            (place, end)
            for place in places
            for end in element.ends(stems, place)
            if all(end <= taken_from or place >= taken_to for taken_from, taken_to in spans)
        )
        span = next(free, None)
        if span is None:
            return None
        spans.append(span)
    return min(start for start, _ in spans), max(end for _, end in spans)
