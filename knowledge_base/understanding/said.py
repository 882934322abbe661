"""Facts that a message states on the way, of its writer, their household or their own children: their shapes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from knowledge_base.rules.values import Range, Value
from knowledge_base.understanding.answers import hear_children
from knowledge_base.understanding.answers.ages import born

Whose = Literal["self", "child", "cared"]
CHILD = "child.birth_date"
OWN_BIRTH = "applicant.birth_date"
CARED = "cared.kind"
GROWN = 18
"""Years from which a child counts as grown."""


@dataclass(frozen=True)
class Age:
    """How old somebody is, in whole years: days of birth follow from the day it is used on."""

    years: int


@dataclass(frozen=True)
class Births:
    """Words that tell of the ages of so many children."""

    words: str
    count: int


@dataclass(frozen=True)
class Said:
    """A fact as it was said, characters `start` to `end` (exclusive) of the message.

    `value`: in the rules' form; an `Age` and `Births` become days of birth on the day they are used (`on`).
    `of`: whom it is about; what is said of anybody else is not taken.
    """

    fact: str
    value: Value | Age | Births
    start: int
    end: int
    of: Whose = "self"
    approximate: bool = False

    def on(self, today: date) -> tuple[Value, ...]:
        """The value as it stands today: one, or of every child told of; none where it cannot be."""
        if isinstance(self.value, Age):
            days = born(today, Decimal(self.value.years), "year")
            return (Range(*days),) if days else ()
        if isinstance(self.value, Births):
            births = hear_children(self.value.words, today, count=self.value.count) or ()
            grown = born(today, Decimal(GROWN), "year")
            return tuple(one for one in births if grown is None or _later(one, grown[1]))
        return (self.value,)


def _later(birth: Range, than: date) -> bool:
    return isinstance(birth.high, date) and birth.high > than
