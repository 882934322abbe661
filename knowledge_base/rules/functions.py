"""The functions that a step may name with `calc:`, for the rare rule that the language of a line cannot say.

A function takes exact numbers or days and gives one. It declares which way its result moves as each argument
grows, so that of arguments known from a least to a greatest the bounds are worked out at two corners.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge_base.rules.grammar import Call, Expression, parse_formula
from knowledge_base.rules.schema import Derived
from knowledge_base.rules.values import Point, Range


@dataclass(frozen=True)
class Argument:
    """One place of a function. `rising`: as it grows the result grows or stays; `falling`: the mirror."""

    name: str
    kind: Literal["number", "date"]
    direction: Literal["rising", "falling"]


@dataclass(frozen=True)
class Function:
    """One function: exact, total over its kinds, and monotone in each argument as declared."""

    work_out: Callable[..., Point]
    takes: tuple[Argument, ...]
    gives: Literal["number", "date"]

    def over(self, given: tuple[Range, ...]) -> Range:
        """Its least and its greatest; a bound that needs one nobody knows is None."""
        pairs = list(zip(self.takes, given, strict=True))
        lowest = [one.low if argument.direction == "rising" else one.high for argument, one in pairs]
        highest = [one.high if argument.direction == "rising" else one.low for argument, one in pairs]
        return Range(self._at(lowest), self._at(highest))

    def _at(self, corner: list[Point | None]) -> Point | None:
        return None if None in corner else self.work_out(*corner)


def first_of_month(day: date) -> date:
    """The first day of its month: where the law pays for the whole month in which an age is reached."""
    return day.replace(day=1)


FUNCTIONS: Mapping[str, Function] = {
    "first_of_month": Function(first_of_month, (Argument("day", "date", "rising"),), "date"),
}


def step_formula(step: Derived) -> Expression:
    """A derived step as an expression. Raises GrammarError."""
    if step.calc is not None:
        return Call(step.calc, tuple(map(parse_formula, step.of)))
    return parse_formula(step.value or "")
