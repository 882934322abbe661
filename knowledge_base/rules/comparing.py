"""Compares what is known on both sides of a sign: true for every value, for none, or for some."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from knowledge_base.rules.calculation import Length, Quantity
from knowledge_base.rules.grammar import Comparison, Name
from knowledge_base.rules.values import Options, Point, Range


class Truth(StrEnum):
    """The truth of a condition: Kleene's three, and `specialist` where the law leaves it to a person."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    SPECIALIST = "specialist"


NEGATED = {
    Truth.YES: Truth.NO,
    Truth.NO: Truth.YES,
    Truth.UNKNOWN: Truth.UNKNOWN,
    Truth.SPECIALIST: Truth.SPECIALIST,
}


def compare(left: Quantity | None, op: str, rights: Sequence[Quantity | None]) -> Truth:
    """A number, a day, a length of time or a yes/no beside one value, or beside several after `in`."""
    if op == "in":
        found = {compare(left, "=", [right]) for right in rights}
        if Truth.YES in found:
            return Truth.YES
        return Truth.NO if found == {Truth.NO} else Truth.UNKNOWN
    match left, rights[0]:
        case Options() as answers, Options() as other if other.exact:
            return _signed(_inside(answers, other), op)
        case Length() as length, Length() as other if length.unit == other.unit:
            return _ordered(Range(length.low, length.high), op, Range(other.low, other.high))
        case Range() as one, Range() as other:
            return _ordered(one, op, other)
    return Truth.UNKNOWN


def compare_option(left: Quantity | None, comparison: Comparison) -> Truth:
    """The answer to a choice beside the options that a comparison names."""
    if not isinstance(left, Options):
        return Truth.UNKNOWN
    return _signed(_inside(left, named_options(comparison)), comparison.op)


def named_options(comparison: Comparison) -> Options:
    """The options of a choice that stand on the right of a comparison."""
    return Options(frozenset(value.name for value in comparison.values if isinstance(value, Name)))


def _inside(answers: Options, allowed: Options) -> Truth:
    if answers.members <= allowed.members:
        return Truth.YES
    return Truth.UNKNOWN if answers.members & allowed.members else Truth.NO


def _signed(inside: Truth, op: str) -> Truth:
    return NEGATED[inside] if op == "!=" else inside


def _ordered(left: Range, op: str, right: Range) -> Truth:
    match op:
        case "<":
            return _less(left, right, strictly=True)
        case "<=":
            return _less(left, right, strictly=False)
        case ">":
            return _less(right, left, strictly=True)
        case ">=":
            return _less(right, left, strictly=False)
    apart = Truth.YES in (_less(left, right, strictly=True), _less(right, left, strictly=True))
    if apart:
        return _signed(Truth.NO, op)
    same = left.exact and right.exact and left.low == right.low
    return _signed(Truth.YES, op) if same else Truth.UNKNOWN


def _less(left: Range, right: Range, *, strictly: bool) -> Truth:
    """Whether the left is less than the right (or, not strictly, not greater) whatever they are."""
    if _before(left.high, right.low, strictly=strictly):
        return Truth.YES
    return Truth.NO if _before(right.high, left.low, strictly=not strictly) else Truth.UNKNOWN


def _before(one: Point | None, other: Point | None, *, strictly: bool) -> bool:
    if one is None or other is None:
        return False
    return one < other if strictly else one <= other  # type: ignore[operator]  # the kinds were checked beforehand
