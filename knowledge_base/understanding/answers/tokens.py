"""Cuts an answer into words, numbers, days in figures and signs, each with what is needed to read it.

Words come in the one spelling of `normalise`, with slips mended where a numeral, a month or a measure is near.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from knowledge_base.understanding.answers.vocabulary import MENDABLE, SHORTEST_MENDED
from knowledge_base.understanding.answers.words import fold
from knowledge_base.understanding.normalise import without_links

LONGEST_ANSWER = 1_000
"""Characters read of one answer: whoever writes more tells a story."""
MOST_DIGITS = 9
"""Whole digits of a sum or a count; a longer row of digits is a telephone, a card or an account."""

_LIKENESS = 0.83
_MENDED = {
    letter: [word for word in MENDABLE if word[0] == letter] for letter in {word[0] for word in MENDABLE}
}
_KNOWN_WORDS = 20_000

# Apostrophes and invisible signs are nothing; № would become the word "No", ½ a fraction of three signs.
_REPLACED: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\0'’ʼ`´‘ʹ′＇\u0301\u0300\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0f\u20e3")),
    **dict.fromkeys(map(ord, "–—−‒―‑"), "-"),
    ord("№"): " ",
    ord("½"): " пів ",
}
_DAY_IN_FIGURES = (
    r"[0-9]{4}(?P<between>[-./])[0-9]{1,2}(?P=between)[0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2}\s?[./-]\s?[0-9]{1,2}\s?[./-]\s?(?:[0-9]{4}|[0-9]{2})(?![0-9])"
)
_ORDINAL = r"[0-9]{1,4}(?:-(?:го|ого|му|ому|й|ий|ій|я|а|те|е|є|оє|ое|х|ьох|ох|ти|ма|м|ро|ті)|го|му)(?![^\W_])"
_WORD_OR_SIGN = r"(?P<word>[^\W\d_]+)|(?P<sign>[^\w\s]|\n)"
# Cards, accounts and telephones, whose parts are no sums.
_ROW = r"(?:\+?38[ -]?)?0[0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}(?![0-9])|[0-9](?:[ -]?[0-9]){11,}"
_SUMS = re.compile(
    rf"(?P<row>{_ROW})|(?P<day>{_DAY_IN_FIGURES})|(?P<ordinal>{_ORDINAL})"
    r"|(?P<number>[1-9][0-9]{0,2}(?P<group>[ .,])[0-9]{3}(?:(?P=group)[0-9]{3})*(?:[.,][0-9]{1,2})?(?![0-9])"
    r"|[0-9]+(?:[.,][0-9]{1,2}(?![0-9]))?)"
    rf"|{_WORD_OR_SIGN}"
)
_DAYS = re.compile(
    rf"(?P<day>{_DAY_IN_FIGURES}|[0-9]{{1,2}}[ ][0-9]{{1,2}}[ ][0-9]{{4}}(?![0-9])|[0-9]{{8}}(?![0-9])"
    r"|[0-9]{1,2},[0-9]{1,2},[0-9]{4}(?![0-9])"
    r"|[0-9]{1,2}[./-](?:19|20)[0-9]{2}(?![0-9])|[0-9]{1,2}[./](?:0[1-9]|1[0-2])(?![0-9])|[0-9]{1,2}/[1-9](?![0-9]))"
    rf"|(?P<ordinal>{_ORDINAL})|(?P<number>[0-9]+(?:[.,][0-9]+)?)|{_WORD_OR_SIGN}"
)
_LISTS = re.compile(rf"(?P<day>(?!))|(?P<ordinal>{_ORDINAL})|(?P<number>[0-9]+)|{_WORD_OR_SIGN}")
_SQUARE_METRES = re.compile(r"(?<![^\W\d_])(?:[мm]2|кв\.?\s?м(?:етр\w*)?\.?|м\.?\s?кв\.?)(?!\w)")
_FIGURES = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([ .,])[0-9]{3})+(?:[.,][0-9]{1,2})?")


class Kind(StrEnum):
    """What a piece of an answer is. An ordinal is figures with an ending: «10-го», «3-х»."""

    WORD = "word"
    NUMBER = "number"
    ORDINAL = "ordinal"
    DAY = "day"
    SIGN = "sign"


class Token(NamedTuple):
    """A piece of an answer. `text`: a word folded, figures and signs as they stand. `glued`: no space before it.

    `number` is None for words, signs and days, and for rows of digits too long to be a number.
    """

    kind: Kind
    text: str
    number: Decimal | None
    glued: bool


@lru_cache(maxsize=_KNOWN_WORDS)
def _word(raw: str) -> str:
    word = fold(raw) or raw
    if len(word) < SHORTEST_MENDED or word in MENDABLE:
        return word
    near = process.extract(
        word,
        _MENDED.get(word[0], ()),
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=_LIKENESS,
        limit=2,
    )
    if not near:
        return word
    equally = [MENDABLE[choice] for choice, likeness, _ in near if likeness == near[0][1]]
    return near[0][0] if all(meaning == equally[0] for meaning in equally) else word


def _number(figures: str) -> Decimal | None:
    if grouped := _GROUPED.fullmatch(figures):
        separator = grouped[1]
        whole, _, rest = figures.rpartition(separator)
        if len(rest) > 3:  # kopiykas after the last group: "12 000,50"
            rest = rest.replace(",", ".")
        figures = whole.replace(separator, "") + rest
    else:
        figures = figures.replace(",", ".")
    whole = figures.partition(".")[0]
    if len(whole.lstrip("0")) > MOST_DIGITS or (len(whole) > MOST_DIGITS and whole[0] == "0"):
        return None
    return Decimal(figures)


def _cut(pattern: re.Pattern[str], text: str) -> tuple[Token, ...]:
    text = unicodedata.normalize("NFKC", text[:LONGEST_ANSWER].translate(_REPLACED)).lower()
    if "м2" in text or "m2" in text or "кв" in text:
        text = _SQUARE_METRES.sub(" метрів ", text)
    if "/" in text or "www" in text:
        text = without_links(text)
    found: list[Token] = []
    end = 0
    for match in pattern.finditer(text):
        group, piece = match.lastgroup, match[0]
        glued, end = match.start() == end, match.end()
        match group:
            case "word":
                found.append(Token(Kind.WORD, _word(piece), None, glued))
            case "number":
                found.append(Token(Kind.NUMBER, piece, _number(piece), glued))
            case "ordinal":
                figures = _FIGURES.match(piece)
                assert figures is not None
                found.append(Token(Kind.ORDINAL, piece, Decimal(figures[0]), glued))
            case "row":
                found.append(Token(Kind.NUMBER, piece, None, glued))
            case "day":
                found.append(Token(Kind.DAY, piece, None, glued))
            case _:
                found.append(Token(Kind.SIGN, piece, None, glued))
    return tuple(found)


def with_sums(text: str) -> tuple[Token, ...]:
    """For numbers and money: «12 000», «12.000» and «12,5» are one number each."""
    return _cut(_SUMS, text)


def with_days(text: str) -> tuple[Token, ...]:
    """For days: «10.03», «03.2026» and «10032026» are days in figures, and a space never joins figures."""
    return _cut(_DAYS, text)


def with_lists(text: str) -> tuple[Token, ...]:
    """For numbered lists: every row of digits by itself."""
    return _cut(_LISTS, text)


def leading_figures(token: Token) -> str:
    """The figures a number or an ordinal begins with: «22» of «22-го»."""
    found = _FIGURES.match(token.text)
    return found[0] if found else ""


def words_of(tokens: Sequence[Token]) -> list[str]:
    """The words alone."""
    return [token.text for token in tokens if token.kind is Kind.WORD]


def words_outside(tokens: Sequence[Token], taken: Container[int]) -> list[str]:
    """The words at other places than those `taken`."""
    return [
        token.text for place, token in enumerate(tokens) if token.kind is Kind.WORD and place not in taken
    ]
