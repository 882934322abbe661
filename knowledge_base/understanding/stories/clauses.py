"""A story cut into clauses: words in the one spelling, where they stand, the lists they are in, who is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from knowledge_base.understanding.answers.words import fold, folded
from knowledge_base.understanding.lexicon import LexiconError, section
from knowledge_base.understanding.normalise import Normaliser, spell

LONGEST_STORY = 2_000
"""Characters read: whoever writes more has said the facts before."""
_KNOWN_WORDS = 20_000
_PIECE = re.compile(
    r"(?P<sign>[.!?;:\n()…]|,(?![0-9])|(?<=\s)[-–—](?=\s)|(?<=[^0-9]),)"
    r"|(?P<word>[^\W\d_]+(?:['’ʼ`´-][^\W\d_]+)*|[0-9]+(?:[.,/][0-9]+)*)"
)
_ENDS = frozenset(".!?;\n…")
_BREAKS = folded("а але но бо зато хоча хотя тому поэтому")
_ROMAN = {"I": "1", "II": "2", "III": "3", "І": "1", "ІІ": "2", "ІІІ": "3"}
# The one spelling makes «і» and «є» of these.
_LOST, _HERS = frozenset({"їй", "її", "её", "ее"}), "неї"
_ENDING = re.compile(r"(?<=[0-9])-(?:га|я|а|ша|ї|у|го|ій|й|ма|ої|гої|гу|ю|ью|ая|ую)\b", re.IGNORECASE)
_I = fold("я")


class Word(NamedTuple):
    """A word in the one spelling, where it stands, and the lists it is in."""

    text: str
    start: int
    end: int
    lists: frozenset[str]


@dataclass(frozen=True)
class Clause:
    """Words between two signs. `sentence`: its number; `asked`: it asks or supposes; `lists`: all its words are in."""

    words: tuple[Word, ...]
    sentence: int
    asked: bool
    lists: frozenset[str]

    def holds(self, name: str) -> bool:
        """Whether a word of a list stands here."""
        return name in self.lists

    def beyond(self, span: tuple[int, int], *names: str) -> bool:
        """Whether a word of any of these lists stands here outside of a span."""
        return not self.lists.isdisjoint(names) and any(
            not word.lists.isdisjoint(names) for word in (*self.words[: span[0]], *self.words[span[1] :])
        )

    @property
    def of_others(self) -> bool:
        """Whether somebody else is named here."""
        return "near" in self.lists or "far" in self.lists


@dataclass(frozen=True)
class Story:
    """A message cut into clauses, and who is about."""

    text: str
    clauses: tuple[Clause, ...]
    others: bool
    strangers: bool
    children: bool


class Cutter:
    """Cuts stories. Immutable, thread-safe."""

    def __init__(self, normalise: Normaliser) -> None:
        """Raises LexiconError for a word list of another shape."""
        self._normalise = normalise
        self._exact, self._stems = _lists()
        self._lists_of = lru_cache(maxsize=_KNOWN_WORDS)(self._look_up)
        self._spelled = lru_cache(maxsize=_KNOWN_WORDS)(_spell_piece)

    def cut(self, text: str) -> Story:
        """The clauses of a text and who is about in it. Places are those of characters in the text."""
        text = _ENDING.sub(_blanked, text[:LONGEST_STORY])
        clauses: list[Clause] = []
        words: list[Word] = []
        sentence, first_of_sentence = 0, 0

        def close() -> None:
            if words:
                lists = frozenset().union(*(word.lists for word in words))
                asked = "asks" in lists or "supposes" in lists
                clauses.append(Clause(tuple(words), sentence, asked, lists))
                words.clear()

        for piece in _PIECE.finditer(text):
            if piece.lastgroup == "sign":
                close()
                if piece[0] in _ENDS:
                    self._end(clauses, first_of_sentence, asked=piece[0] == "?")
                    sentence, first_of_sentence = sentence + 1, len(clauses)
                continue
            for spelled in self._spelled(piece[0]):
                if spelled in _BREAKS:
                    close()
                lists = self._lists_of(spelled)
                if "near" in lists and "parent" in lists and words and words[-1].text == _I:
                    lists -= {"near"}  # «я мати двох дітей»
                words.append(Word(spelled, piece.start(), piece.end(), lists))
        close()
        self._end(clauses, first_of_sentence, asked=False)
        return Story(
            text=text,
            clauses=tuple(clauses),
            others=any(clause.of_others for clause in clauses),
            strangers=any(clause.holds("far") for clause in clauses),
            children=any(clause.holds("child") for clause in clauses),
        )

    @staticmethod
    def _end(clauses: list[Clause], first: int, *, asked: bool) -> None:
        """A question mark asks of the last clause; what follows «якщо» or «мама каже» is not the writer's word."""
        supposed = False
        for place in range(first, len(clauses)):
            clause = clauses[place]
            last = asked and place == len(clauses) - 1
            if (supposed or last or clause.holds("supposes")) and not clause.asked:
                clauses[place] = replace(clause, asked=True)
            supposed = supposed or clause.holds("supposes") or (clause.of_others and clause.holds("reports"))

    def _look_up(self, word: str) -> frozenset[str]:
        spellings = {word, self._normalise.right(word)}
        exact = {name for spelling in spellings for name in self._exact.get(spelling, ())}
        return frozenset(exact | {name for stem, name in self._stems if word.startswith(stem)})


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _spell_piece(piece: str) -> tuple[str, ...]:
    if piece in _ROMAN:
        return (_ROMAN[piece],)
    return tuple(spell(_HERS if piece.lower() in _LOST else piece))


def _lists() -> tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """Word -> the lists it is in; stems with their list."""
    exact: dict[str, list[str]] = {}
    stems: list[tuple[str, str]] = []
    for name, words in section("said", "words").items():
        for word in words:
            spelled = spell(word)
            if len(spelled) != 1:
                raise LexiconError(f"said.yaml: {name}: not one word: {word!r}")
            if word.endswith("*"):
                stems.append((spelled[0], name))
            else:
                exact.setdefault(spelled[0], []).append(name)
    return {word: tuple(names) for word, names in exact.items()}, tuple(stems)
