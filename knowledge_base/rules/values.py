"""What is known of a fact: a set of answers, or a range of numbers or days. Not known is the whole domain.

Bounds are inclusive; None is no bound. Numbers are Decimal. Nothing here raises for an empty result: `meet`
returns None where two pieces of knowledge contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

Point = Decimal | date
Answer = bool | str

NUMBER_STEP = Decimal("0.01")
"""The least difference between two sums that anybody pays."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Options:
    """One of these answers: yes/no as True and False, options of a choice by id."""

    members: frozenset[Answer]

    @property
    def exact(self) -> bool:
        return len(self.members) == 1


@dataclass(frozen=True)
class Range:
    """Somewhere from `low` to `high`, both included. Both bounds are of one kind, numbers or days."""

    low: Point | None
    high: Point | None

    @property
    def exact(self) -> bool:
        return self.low is not None and self.low == self.high


Value = Options | Range


def options(*members: Answer) -> Options:
    return Options(frozenset(members))


def exactly(point: Point) -> Range:
    return Range(point, point)


def meet(one: Value, other: Value) -> Value | None:
    """What both allow; None where they contradict each other."""
    if isinstance(one, Options) and isinstance(other, Options):
        common = one.members & other.members
        return Options(common) if common else None
    if isinstance(one, Range) and isinstance(other, Range):
        low = greatest(one.low, other.low)
        high = least(one.high, other.high)
        return None if low is not None and high is not None and low > high else Range(low, high)  # type: ignore[operator]  # both bounds are of the fact's one kind
    return None


def hull(values: Iterable[Value]) -> Value | None:
    """The smallest knowledge that allows all of these; None for none or for values of two kinds."""
    several = list(values)
    if not several:
        return None
    if all(isinstance(one, Options) for one in several):
        return Options(frozenset().union(*(one.members for one in several if isinstance(one, Options))))
    ranges = [one for one in several if isinstance(one, Range)]
    if len(ranges) != len(several):
        return None
    lows, highs = [one.low for one in ranges], [one.high for one in ranges]
    return Range(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
    )


def within(inner: Value, outer: Value) -> bool:
    """Whether everything `inner` allows is allowed by `outer`."""
    return meet(inner, outer) == inner


def greatest(one: Point | None, other: Point | None) -> Point | None:
    """The greater of two lower bounds; None is none."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def least(one: Point | None, other: Point | None) -> Point | None:
    """The lesser of two upper bounds; None is none."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
