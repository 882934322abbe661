"""The language a person writes in, as far as letters tell: for finding a specialist, never for the answer."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["uk", "ru", "en"]

LANGUAGES: tuple[Language, ...] = ("uk", "ru", "en")

_ONLY_UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
_ONLY_RUSSIAN = re.compile(r"[ыэъё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яіїєґё]", re.IGNORECASE)
_WORDS_ENOUGH = 8
"""Latin letters of a text without Cyrillic that make it more than a name or a code."""


def language_of(text: str) -> Language | None:
    """None where the letters don't tell. Where letters of both stand, the more frequent ones win."""
    ukrainian, russian = len(_ONLY_UKRAINIAN.findall(text)), len(_ONLY_RUSSIAN.findall(text))
    if ukrainian != russian:
        return "uk" if ukrainian > russian else "ru"
    latin = len(_LATIN.findall(text)) >= _WORDS_ENOUGH and not _CYRILLIC.search(text)
    return "en" if latin else None
