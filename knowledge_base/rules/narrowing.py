"""Narrows what is known of the facts by a condition that is taken to hold, and parts a fact at its thresholds.

Ranges of amounts are told under the supposition that the person is entitled: a birth date within the term, a
role that may apply. Narrowing never loses a value that the condition allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from knowledge_base.rules.comparing import Truth, named_options
from knowledge_base.rules.conditions import AtLeast, BeforeDeadline, Condition, Group, Leaf, Not
from knowledge_base.rules.grammar import Comparison, Operator
from knowledge_base.rules.judging import Judge
from knowledge_base.rules.values import DAY, NUMBER_STEP, Options, Point, Range, Value, exactly, hull, meet

Facts = Mapping[str, Value]
OPPOSITE: dict[Operator, Operator] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}


@dataclass(frozen=True)
class Narrowing:
    """Narrows by conditions; `judge` makes a judge over other facts."""

    judge: Callable[[Facts], Judge]

    def by(self, condition: Condition, facts: Facts) -> Facts | None:
        """The facts where the condition holds; None where it cannot."""
        if condition.labels.to_specialist:
            return facts
        truth = self.judge(facts).of(condition).truth
        if truth is not Truth.UNKNOWN:
            return None if truth is Truth.NO else facts
        match condition:
            case Leaf(comparison=comparison):
                return self._leaf(comparison, facts)
            case BeforeDeadline():
                return self._deadline(condition, facts)
            case Not(child=Leaf(comparison=comparison)) if comparison.op in OPPOSITE:
                return self._leaf(replace(comparison, op=OPPOSITE[comparison.op]), facts)
            case Group(kind="all", children=children):
                return self._all(children, facts)
            case Group(children=children):
                return self._any(children, facts)
            case AtLeast(count=count, children=children):
                judge = self.judge(facts)
                able = [child for child in children if judge.of(child).truth is not Truth.NO]
                return self._all(able, facts) if len(able) == count else facts
        return facts

    def _all(self, children: Iterable[Condition], facts: Facts) -> Facts | None:
        narrowed: Facts | None = facts
        for child in children:
            narrowed = self.by(child, narrowed) if narrowed is not None else None
        return narrowed

    def _any(self, children: tuple[Condition, ...], facts: Facts) -> Facts | None:
        """What one of them allows, fact by fact."""
        ways = [way for child in children if (way := self.by(child, facts)) is not None]
        if not ways:
            return None
        if any(way is facts for way in ways):
            return facts
        joined = dict(facts)
        for name, value in facts.items():
            if any(way[name] is not value for way in ways):
                joined[name] = hull(way[name] for way in ways) or value
        return joined

    def _leaf(self, comparison: Comparison, facts: Facts) -> Facts | None:
        name = comparison.name
        if name not in facts:  # a derived step: its facts are not narrowed by it
            return facts
        value = facts[name]
        allowed = self._allowed(comparison, value, facts)
        if allowed is None:
            return facts
        common = meet(value, allowed)
        return None if common is None else {**facts, name: common}

    def _allowed(self, comparison: Comparison, value: Value, facts: Facts) -> Value | None:
        """What the comparison allows the fact to be; None where it says nothing."""
        judge = self.judge(facts)
        if isinstance(value, Options):
            if comparison.name in judge.choices:
                named = named_options(comparison)
            else:
                right = judge.calculation().of(comparison.values[0])
                if not isinstance(right, Options) or not right.exact:
                    return None
                named = right
            return Options(value.members - named.members) if comparison.op == "!=" else named
        work = judge.calculation()
        found = [work.result(one) for one in comparison.values]
        rights = [one for one in found if isinstance(one, Range)]
        if len(rights) != len(found):
            return None
        return _range_allowed(comparison.op, rights)

    def _deadline(self, condition: BeforeDeadline, facts: Facts) -> Facts | None:
        """The one open day of a last day cannot be so early that the term is over."""
        judged = self.judge(facts).of(condition)
        if len(judged.need) != 1:
            return facts
        (name,) = judged.need
        value = facts[name]
        if not isinstance(value, Range) or not isinstance(value.low, date):
            return facts

        def truth(point: Point) -> Truth:
            return self.judge({**facts, name: exactly(point)}).of(condition).truth

        ends = list(turns(truth, value))
        first = next((turn.after for turn in ends if turn.before_truth is Truth.NO), None)
        return {**facts, name: Range(first, value.high)} if first is not None else facts


def _range_allowed(op: Operator, rights: list[Range]) -> Range | None:
    right = rights[0]
    match op:
        case "=":
            return right
        case "in":
            joined = hull(rights)
            return joined if isinstance(joined, Range) else None
        case "<=":
            return Range(None, right.high)
        case ">=":
            return Range(right.low, None)
        case "<":
            return Range(None, step(right.high, -1))
        case ">":
            return Range(step(right.low, 1), None)
    return None


def step(point: Point | None, count: Literal[-1, 1]) -> Point | None:
    """The next point of its kind: a kopiyka or a day away."""
    if point is None:
        return None
    if isinstance(point, Decimal):
        return point + NUMBER_STEP * count
    return point + DAY * count


@dataclass(frozen=True)
class Turn:
    """Where a truth turns as a fact grows: the last point before and the first one after."""

    before: Point
    after: Point
    before_truth: Truth
    after_truth: Truth


TURNS_AT_MOST = 4


def turns(truth: Callable[[Point], Truth], value: Range) -> Iterator[Turn]:
    """The points at which the truth changes within a bounded range, found by halving; none in an open one.

    Right for a truth that turns in one direction, which every comparison of a rising or falling formula does.
    """
    low, high = value.low, value.high
    if low is None or high is None:
        return
    for _ in range(TURNS_AT_MOST):
        here = truth(low)
        if low == high or truth(high) is here:
            return
        before, after = low, high
        while (middle := _between(before, after)) is not None:
            if truth(middle) is here:
                before = middle
            else:
                after = middle
        yield Turn(before, after, here, truth(after))
        low = after


def _between(low: Point, high: Point) -> Point | None:
    """A point halfway, of the same grain; None where there is none."""
    if isinstance(low, date) and isinstance(high, date):
        gap = (high - low).days
        return low + timedelta(days=gap // 2) if gap > 1 else None
    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    steps = int((high - low) / NUMBER_STEP)
    return low + NUMBER_STEP * (steps // 2) if steps > 1 else None
