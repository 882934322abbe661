"""Checks of what would be said twice: a term beside its deadline, parts beside their sum, the day of the law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from knowledge_base.rules.calculation import MONTHS_IN_YEAR, Calculation, Length, Parameters
from knowledge_base.rules.conditions import Condition, Leaf, read_condition, walk
from knowledge_base.rules.functions import step_formula
from knowledge_base.rules.grammar import (
    Arithmetic,
    Comparison,
    Day,
    Expression,
    Name,
    Negative,
    Number,
    Parameter,
    Span,
    Today,
    parse_formula,
    parts,
)
from knowledge_base.rules.parameters import open_value
from knowledge_base.rules.problems import Place, Problem
from knowledge_base.rules.schema import Entry, Fact, Schedule
from knowledge_base.rules.schema import Parameter as DatedParameter
from knowledge_base.rules.values import Range, Value, exactly

TODAY = "today"
OPPOSITE_ORDER = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}

Form = dict[str, Decimal]
"""A sum: how many times each fact, parameter, `today`, written month and written day stands in it."""


class NotASum(ValueError):
    """A formula with more in it than days and lengths of time added up."""


@dataclass(frozen=True)
class TermChecks:
    """Checks one entry whose rules can be read."""

    entry: Entry
    place: Place
    facts: Mapping[str, Fact]
    parameters: Mapping[str, DatedParameter]

    def problems(self) -> Iterator[Problem]:
        yield from self._basis()
        yield from self._copies()
        yield from self._schedules()

    # ---- the day of the law

    def _basis(self) -> Iterator[Problem]:
        """A variant that looks at a day looks at the one that picks its parameters."""
        basis = self.entry.basis_date
        if basis == TODAY:
            return
        for number, variant in enumerate(self.entry.variants):
            for here, comparison in _leaves(variant.when, self.place.at("variants", number, "when")):
                sides = (Name(comparison.name), *comparison.values)
                days = {name for side in sides for name in self._facts_in(side) if self._is_day(name)}
                for name in sorted(days - {basis}):
                    message = f"варіант дивиться на «{name}», а суму бере за basis_date: порівнюйте «{basis}»"
                    yield here.problem(message)

    def _is_day(self, name: str) -> bool:
        return self.facts[name].type == "date"

    # ---- a term beside its deadline

    def _copies(self) -> Iterator[Problem]:
        """A comparison that repeats the term of a deadline, so that one of them would be changed alone."""
        for deadline in self.entry.deadlines:
            left = Arithmetic("-", parse_formula(deadline.last_day), Today())
            for tree, place in self._trees():
                for here, comparison in _leaves(tree, place):
                    in_time = self._in_time(comparison, left)
                    if in_time is None:
                        continue
                    mend = (
                        f"before_deadline: {deadline.id}"
                        if in_time
                        else f"not: {{before_deadline: {deadline.id}}}"
                    )
                    yield here.problem(f"це вдруге строк «{deadline.id}»: напишіть {{{mend}}}")

    def _trees(self) -> Iterator[tuple[object, Place]]:
        entry, place = self.entry, self.place
        yield entry.eligible, place.at("eligible")
        for number, variant in enumerate(entry.variants):
            yield variant.when, place.at("variants", number, "when")
        for number, item in enumerate(entry.documents.items if entry.documents else ()):
            yield item.when, place.at("documents", "items", number, "when")
        for number, deadline in enumerate(entry.deadlines):
            yield deadline.when, place.at("deadlines", number, "when")
        for number, where in enumerate(entry.where):
            yield where.when, place.at("where", number, "when")

    def _in_time(self, comparison: Comparison, left: Expression) -> bool | None:
        """Whether a comparison asks if time is left, or if none is; None where it asks something else."""
        if comparison.op not in OPPOSITE_ORDER:
            return None
        gap = Arithmetic("-", Name(comparison.name), comparison.values[0])
        # Two parameters may be equal by chance; a parameter and its own figure written out hardly.
        both_named = all(any(isinstance(part, Parameter) for part in self._parts(one)) for one in (gap, left))
        for figures in (False,) if both_named else (False, True):
            mine, other = self._form(gap, figures=figures), self._form(left, figures=figures)
            if mine is None or other is None or TODAY not in other:
                continue
            if mine == other:
                return comparison.op in (">", ">=")
            if mine == {name: -times for name, times in other.items()}:
                return comparison.op in ("<", "<=")
        return None

    def _form(self, formula: Expression, *, figures: bool) -> Form | None:
        """A formula as a sum; with `figures` a parameter is what it now comes to. None where it is no sum."""
        form: Form = {}
        try:
            for name, times in self._terms(formula, Decimal(1), figures=figures):
                form[name] = form.get(name, Decimal(0)) + times
        except NotASum:
            return None
        return {name: times for name, times in form.items() if times}

    def _terms(self, formula: Expression, sign: Decimal, *, figures: bool) -> Iterator[tuple[str, Decimal]]:
        match formula:
            case Today():
                yield TODAY, sign
            case Day(value=day):
                yield "days", sign * day.toordinal()
            case Name(name=name) if name in self._steps:
                yield from self._terms(self._steps[name], sign, figures=figures)
            case Name(name=name):
                yield name, sign
            case Negative(of=inner):
                yield from self._terms(inner, -sign, figures=figures)
            case Arithmetic(sign=("+" | "-") as joined, left=left, right=right):
                yield from self._terms(left, sign, figures=figures)
                yield from self._terms(right, sign if joined == "+" else -sign, figures=figures)
            case Parameter(name=name) | Span(count=Parameter(name=name)):
                unit, times = self._figure(name) if figures else (f"@{name}", Decimal(1))
                yield unit, sign * times
            case Span(count=Number(value=count), unit=unit):
                length, times = _length(count, unit)
                yield length, sign * times
            case _:
                raise NotASum

    def _figure(self, name: str) -> tuple[str, Decimal]:
        found = open_value(self.parameters[name])
        if isinstance(found.value, date):
            return "days", Decimal(found.value.toordinal())
        return _length(Decimal(found.value), found.unit)

    # ---- parts beside their sum

    def _schedules(self) -> Iterator[Problem]:
        """What is paid at once and month by month comes to the sum, in every period of the parameters."""
        for number, variant in enumerate(self.entry.variants):
            if variant.amount is None or not isinstance(variant.amount.paid, Schedule):
                continue
            paid = variant.amount.paid
            lines = (variant.amount.value, paid.once, paid.then_monthly, paid.months)
            formulas = [parse_formula(line) for line in lines]
            here = self.place.at("variants", number, "amount", "paid")
            for day in self._days_of_change(formulas):
                value, once, monthly, months = (self._number(formula, day) for formula in formulas)
                if value is None or once is None or monthly is None or months is None:
                    continue  # it depends on the person, or one of the parameters begins later
                together = once + monthly * months
                if together != value:
                    yield here.problem(f"частини разом дають {together:f}, а value — {value:f} (з {day})")

    def _days_of_change(self, formulas: list[Expression]) -> list[date]:
        inside = [part for formula in formulas for part in self._parts(formula)]
        names = {part.name for part in inside if isinstance(part, Parameter)}
        return sorted({period.from_ for name in names for period in self.parameters[name].values})

    def _number(self, formula: Expression, day: date) -> Decimal | None:
        if any(True for _ in self._facts_in(formula)):
            return None
        nothing: Mapping[str, Value] = {}
        work = Calculation(nothing.__getitem__, self._steps, self._readings, lambda: exactly(day), day)
        found = work.result(formula)
        if not isinstance(found, Range | Length) or found.low != found.high:
            return None
        return found.low if isinstance(found.low, Decimal) else None

    # ---- formulas

    @cached_property
    def _readings(self) -> Parameters:
        return Parameters(self.parameters)

    @cached_property
    def _steps(self) -> Mapping[str, Expression]:
        return {name: step_formula(step) for name, step in self.entry.derive.items()}

    def _parts(self, formula: Expression) -> Iterator[Expression]:
        """The formula, everything inside it and inside the steps it stands on."""
        for part in parts(formula):
            yield part
            if isinstance(part, Name) and part.name in self._steps:
                yield from self._parts(self._steps[part.name])

    def _facts_in(self, formula: Expression) -> Iterator[str]:
        for part in self._parts(formula):
            if isinstance(part, Name) and part.name in self.facts:
                yield part.name


def _leaves(tree: object, place: Place) -> Iterator[tuple[Place, Comparison]]:
    """The comparisons of a condition, each where it stands; none without a condition."""
    condition: Condition | None = None if tree is None else read_condition(tree)
    for path, node in walk(condition) if condition is not None else ():
        if isinstance(node, Leaf):
            yield place.at(*path), node.comparison


def _length(count: Decimal, unit: str) -> tuple[str, Decimal]:
    return ("months", count * MONTHS_IN_YEAR) if unit == "years" else (unit, count)
