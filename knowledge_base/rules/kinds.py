"""What a formula yields: number, date, length of time, yes/no or an option; misfits are found here.

A parameter in percent counts as a fraction in formulas (15 is 0.15); one in months, days or years is a length
of time, alone (`@term`) or with its unit written after it (`@term months`). Years are counted in months; months
and days are two kinds, since no month has a fixed number of days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from knowledge_base.rules.functions import FUNCTIONS
from knowledge_base.rules.grammar import (
    Arithmetic,
    Call,
    Comparison,
    Day,
    Expression,
    Extreme,
    Name,
    Negative,
    Number,
    Parameter,
    Span,
    Today,
    Truth,
)
from knowledge_base.rules.problems import nearest
from knowledge_base.rules.schema import Fact, Unit

Kind = Literal["number", "date", "months", "days", "bool", "choice"]
Length = Literal["months", "days"]
OF_FACT: dict[str, Kind] = {
    "bool": "bool",
    "choice": "choice",
    "number": "number",
    "money": "number",
    "date": "date",
}
IN_WORDS: dict[Kind, str] = {
    "number": "число",
    "date": "дата",
    "months": "строк у місяцях",
    "days": "строк у днях",
    "bool": "так/ні",
    "choice": "варіант",
}
LENGTHS: dict[str, Length] = {"months": "months", "days": "days", "years": "months"}


class KindError(ValueError):
    """A name nobody knows, or things that cannot be joined or compared."""


class Scope:
    """The names one entry may use in its rules. `derived` grows as its steps are read in order."""

    def __init__(self, facts: Mapping[str, Fact], parameters: Mapping[str, Unit]) -> None:
        self.facts = facts
        self.parameters = parameters
        self.derived: dict[str, Kind] = {}

    def kind(self, expression: Expression) -> Kind:
        """The kind of an expression. Raises KindError."""
        match expression:
            case Number():
                return "number"
            case Day() | Today():
                return "date"
            case Truth():
                return "bool"
            case Parameter(name=name):
                return self._parameter(name)
            case Name(name=name):
                return self.kind_of_name(name)
            case Span(count=count, unit=unit):
                return self._span(count, unit)
            case Negative(of=inner):
                return self._only(self.kind(inner), ("number", "months", "days"))
            case Extreme(of=several):
                kinds = {self.kind(one) for one in several}
                if len(kinds) > 1:
                    raise KindError("min і max беруть величини одного роду")
                return self._only(kinds.pop(), ("number", "months", "days", "date"))
            case Arithmetic(sign=sign, left=left, right=right):
                return self._joined(sign, self.kind(left), self.kind(right))
            case Call(function=name, of=several):
                return self._called(name, [self.kind(one) for one in several])

    def kind_of_name(self, name: str) -> Kind:
        """The kind of a fact or of a derived step. Raises KindError."""
        if name in self.derived:
            return self.derived[name]
        if name in self.facts:
            return OF_FACT[self.facts[name].type]
        raise KindError(f"невідомий факт «{name}»{nearest(name, {*self.facts, *self.derived})}")

    def check(self, comparison: Comparison) -> None:
        """Checks that the sides of a comparison fit. Raises KindError."""
        left = self.kind_of_name(comparison.name)
        if left == "choice":
            self._options(comparison)
            return
        if left == "bool" and comparison.op not in ("=", "!="):
            raise KindError(f"«{comparison.name}» — так/ні, порівнюйте через = або !=")
        for value in comparison.values:
            right = self.kind(value)
            if right != left:
                both_lengths = {left, right} == {"months", "days"}
                mend = "; порівняйте самі дати: дата + строк" if both_lengths else ""
                raise KindError(
                    f"«{comparison.name}» — {IN_WORDS[left]}, а порівнюється з: {IN_WORDS[right]}{mend}"
                )

    def _options(self, comparison: Comparison) -> None:
        if comparison.name not in self.facts:
            raise KindError(f"«{comparison.name}» лише повторює варіант: порівнюйте сам факт")
        options = self.facts[comparison.name].options or {}
        if comparison.op not in ("=", "!=", "in"):
            raise KindError(f"«{comparison.name}» — варіант, порівнюйте через =, != або in")
        for value in comparison.values:
            option = value.name if isinstance(value, Name) else ""
            if option not in options:
                shown = option or "значення"
                raise KindError(
                    f"у факта «{comparison.name}» немає варіанта «{shown}»{nearest(shown, options)}"
                )

    def _parameter(self, name: str) -> Kind:
        unit = self._unit(name)
        if unit == "date":
            return "date"
        return LENGTHS.get(unit, "number")

    def _unit(self, name: str) -> Unit:
        if name not in self.parameters:
            raise KindError(f"невідомий параметр «{name}»{nearest(name, self.parameters)}")
        return self.parameters[name]

    def _span(self, count: Expression, unit: str) -> Kind:
        if isinstance(count, Parameter) and (own := self._unit(count.name)) in LENGTHS:
            if own != unit:
                raise KindError(f"параметр «{count.name}» має одиницю {own}, а тут {unit}")
            return LENGTHS[unit]
        self._only(self.kind(count), ("number",))
        return LENGTHS[unit]

    @staticmethod
    def _called(name: str, given: list[Kind]) -> Kind:
        function = FUNCTIONS.get(name)
        if function is None:
            raise KindError(f"невідома функція «{name}»{nearest(name, FUNCTIONS)}")
        takes = [argument.kind for argument in function.takes]
        if given != takes:
            right = ", ".join(f"{one.name} — {IN_WORDS[one.kind]}" for one in function.takes)
            found = ", ".join(IN_WORDS[kind] for kind in given) or "нічого"
            raise KindError(f"функція «{name}» бере: {right}; а в of — {found}")
        return function.gives

    def _joined(self, sign: str, left: Kind, right: Kind) -> Kind:
        match sign, left, right:
            case _, "number", "number":
                return "number"
            case (("+" | "-"), "date", ("months" | "days")):
                return "date"
            case (("+" | "-"), ("months" | "days"), _) if left == right:
                return left
            case "-", "date", "date":
                return "days"
            case (("*" | "/"), ("months" | "days"), "number"):
                return left
        raise KindError(f"{IN_WORDS[left]} {sign} {IN_WORDS[right]}: так не рахують")

    @staticmethod
    def _only(kind: Kind, allowed: tuple[Kind, ...]) -> Kind:
        if kind not in allowed:
            raise KindError(f"тут не може бути {IN_WORDS[kind]}")
        return kind
