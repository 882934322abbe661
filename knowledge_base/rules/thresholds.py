"""The limit to ask about instead of a sum: people answer «більше чи менше» without telling their income."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.conditions import Condition
from knowledge_base.rules.judging import Judged
from knowledge_base.rules.narrowing import Facts, Turn, turns
from knowledge_base.rules.settling import open_leaves, parts_between, points_of
from knowledge_base.rules.values import NUMBER_STEP, Point, Range, exactly

GREATEST_SOUGHT = Decimal(10) ** 9
"""A limit hidden in a formula is looked for up to this sum where the fact itself has no upper bound."""


def threshold(rules: Rules, facts: Facts, fact: str, today: date) -> Point | None:
    """The limit of a number or of a day that is still needed, over closed facts; a sum to a whole kopiyka.

    Of several the one whose sides settle most. None for what is known exactly, for a choice, and where the limit
    depends on another fact that is not known.
    """
    value = facts[fact]
    if not isinstance(value, Range) or value.exact:
        return None
    leaves = [leaf for leaf in open_leaves(rules.outlook(facts, today)) if fact in leaf.need]
    grain = Decimal(1) if rules.dictionary.facts[fact].unit == "count" else NUMBER_STEP
    sought = _Sought(rules, facts, fact, value, today)
    points = sorted({_to_grain(point, grain) for leaf in leaves for point in sought.limits(leaf)})
    return max(points, key=sought.sides_settled) if len(points) > 1 else next(iter(points), None)


@dataclass(frozen=True)
class _Sought:
    """A fact whose limits are sought, beside all others."""

    rules: Rules
    facts: Facts
    fact: str
    value: Range
    today: date

    def limits(self, leaf: Judged) -> Iterator[Point]:
        """The points one open comparison turns at: those written in it, or, in a formula, found by halving."""
        written = points_of(self.fact, leaf, self.rules.judge(self.facts, self.today))
        if written is not None:
            yield from written
        elif leaf.need == {self.fact}:
            yield from self._hidden(leaf.condition)

    def _hidden(self, condition: Condition) -> Iterator[Point]:
        def truth(point: Point) -> Truth:
            facts = {**self.facts, self.fact: exactly(point)}
            return self.rules.judge(facts, self.today).of(condition).truth

        low, high = self.value.low, self.value.high
        if high is None and isinstance(low, Decimal):
            high = GREATEST_SOUGHT
        for turn in turns(truth, Range(low, high)):
            if Truth.UNKNOWN not in (turn.before_truth, turn.after_truth):
                yield _limit_of(turn)

    def sides_settled(self, point: Point) -> int:
        """On how many sides of a point the fact would no longer be needed."""
        sides = [part for part in parts_between(self.value, [point]) if part != exactly(point)]
        found = [self.rules.outlook({**self.facts, self.fact: side}, self.today) for side in sides]
        return sum(one.truth is not Truth.UNKNOWN or self.fact not in one.need for one in found)


def _limit_of(turn: Turn) -> Point:
    """Of the two points beside a turn the rounder sum; else the one where the condition holds."""
    ends = [turn.before, turn.after]
    if turn.after_truth is Truth.YES:
        ends.reverse()
    return min(ends, key=lambda point: len(f"{point.normalize():f}") if isinstance(point, Decimal) else 0)


def _to_grain(point: Point, grain: Decimal) -> Point:
    """More than the lower kopiyka, or the lower whole one, is more than the limit: nobody has a part of it."""
    return point.quantize(grain, ROUND_FLOOR) if isinstance(point, Decimal) and point % grain else point
