"""The letters of the hall: «С 41» is the forty-first about subsidies today. One letter for a group of matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from knowledge_base.answers import Knowledge


@dataclass(frozen=True)
class Letter:
    """A letter and what it stands for, in words that fit the hall's screen."""

    sign: str
    name: str


OTHER = Letter("К", "Інші питання")

LETTERS: tuple[Letter, ...] = (
    Letter("С", "Субсидії"),
    Letter("В", "Переселенці"),
    Letter("Д", "Діти, сім’я"),
    Letter("П", "Пільги"),
    Letter("А", "Інвалідність"),
    OTHER,
)
"""In the order they stand on the screen. О, З and Ч are not among them: from afar they are 0, 3 and 4."""

_OF_GROUP: Mapping[str, str] = {
    "housing": "С",
    "displaced": "В",
    "families": "Д",
    "veterans": "П",
    "special-categories": "П",
    "chornobyl": "П",
    "disability": "А",
    "care": "А",
}

_BY_SIGN = {letter.sign: letter for letter in LETTERS}


def letter(sign: str) -> Letter:
    """The letter with this sign; one that is no longer given stands for other matters under its own sign."""
    return _BY_SIGN.get(sign) or Letter(sign, OTHER.name)


def letter_of(knowledge: Knowledge, matter: str | None, now: datetime) -> Letter:
    """The letter of a matter, an entry's id; other matters where it is none or not known."""
    entry = knowledge.resolve(matter) if matter else None
    if entry is None:
        return OTHER
    return _BY_SIGN[_OF_GROUP.get(knowledge.card(entry, now).group, OTHER.sign)]
