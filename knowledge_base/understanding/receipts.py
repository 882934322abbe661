"""Reads the number of an application and the code of its receipt as people type them.

A code is eight signs, a letter and a digit by turns (`A4K9-M2T7`), of letters that look the same in both alphabets:
it can be typed on any keyboard, and recognised wherever it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LETTERS = "ABCEHKMPTX"
DIGITS = "23456789"
CODE_LENGTH = 8
SHORTEST, LONGEST = 3, 40
"""Signs of a number as it is compared."""
LONGEST_PREFIX = 4
"""Letters before a number that somebody sets apart: «СУБ 123»."""

_LATIN = str.maketrans("АВСЕНІКМОРТХУ", "ABCEHIKMOPTXY")
_L = "ABCEHKMPTXАВСЕНКМРТХ"
_GAP = r"[ \-–—.\u00a0]{0,2}"
_CODE = re.compile(
    rf"(?<![^\W_])(?:[{_L}]{_GAP}[2-9ЗБ]{_GAP}){{3}}[{_L}]{_GAP}[2-9ЗБ](?![^\W_])", re.IGNORECASE
)
# What one sign was taken for where the other kind stands.
_AS_LETTER = str.maketrans("8430", "BAEO")
_AS_DIGIT = str.maketrans("ЗБВBSZ", "368852")
_SAID_BESIDE = re.compile(
    r"(?<![^\W_])(?:номер\w*|заяв\w*|заявк\w*|заявлени\w*|справ\w*|код\w*|kod|code|nomer|zayav\w*|мо[яйюєїе]\w?|цей|це|ось|вот"
    r"|розписк\w*|расписк\w*|квитанц\w*|а|і|и|й|з|із|с|по|до|на|та|де|що|шо|як|№|n|no|#)(?![^\W_])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![^\W_])(?=[^\s]*\d[^\s]*\d[^\s]*\d)[^\W_]+(?:[/\-–—._\\][^\W_]+)*(?![^\W_])")
_SHORT_NUMBER = re.compile(r"(?<![^\W_])(?=[^\s]*\d)[^\W_]+(?:[/\-–—._\\][^\W_]+)*(?![^\W_])")
_DIGITS_APART = re.compile(r"(?<=\d)[ \u00a0](?=\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?38)?0\d{9}(?!\d)")


@dataclass(frozen=True)
class Receipt:
    """What a text holds of a receipt: the number as it is compared and the code; None for what is not there."""

    number: str | None
    code: str | None


def canonical(number: str) -> str | None:
    """A number as it is compared: capitals in Latin look-alikes and digits alone; None for what is no number."""
    kept = "".join(sign for sign in number.upper().translate(_LATIN) if sign.isalnum())
    usable = SHORTEST <= len(kept) <= LONGEST and any(sign.isdecimal() for sign in kept)
    return kept if usable else None


def code_spans(text: str) -> list[tuple[int, int]]:
    """Where codes stand in a text."""
    return [match.span() for match in _CODE.finditer(text)]


def code_of(typed: str) -> str | None:
    """A code out of what was typed where one is asked for; None for what can be none."""
    kept = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(kept) != CODE_LENGTH:
        return None
    signs = []
    for place, sign in enumerate(kept):
        if place % 2:
            signs.append(sign.translate(_AS_DIGIT))
        else:
            signs.append(sign.translate(_LATIN).translate(_AS_LETTER))
    fits = all(sign in (DIGITS if place % 2 else LETTERS) for place, sign in enumerate(signs))
    return "".join(signs) if fits else None


def grouped(code: str) -> str:
    """A code as it is printed: `A4K9-M2T7`."""
    return f"{code[:4]}-{code[4:]}"


def read(text: str) -> Receipt:
    """Number and code out of free words: a number of three digits at least, no telephone."""
    spans = code_spans(text)
    code = code_of(text[spans[0][0] : spans[0][1]]) if spans else None
    rest = _without(text, spans)
    rest = _PHONE.sub(" ", _DIGITS_APART.sub("", rest))
    # Beside a code any figure is the number; by itself it takes three digits to be one.
    found = (_SHORT_NUMBER if code else _NUMBER).search(rest)
    return Receipt(canonical(found[0]) if found else None, code)


def number_asked(text: str) -> str | None:
    """The number out of an answer to the question for it: all that is not said beside it; None without a digit."""
    words = _SAID_BESIDE.sub(" ", _without(text, code_spans(text))).split()
    if len(words) == 2 and words[0].isalpha() and len(words[0]) <= LONGEST_PREFIX:
        return canonical("".join(words))
    return canonical("".join(word for word in words if any(map(str.isdecimal, word))))


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept = list(text)
    for start, end in spans:
        kept[start:end] = " " * (end - start)
    return "".join(kept)
