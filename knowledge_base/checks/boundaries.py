"""Finds the limits of an entry's rules and whether its cases stand on both sides of each.

A case holds a side of a limit when one of its numbers or days, or the day it is run on, is the last on that side,
and the case would notice if the comparison came out the other way there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal, cast

from pydantic import BaseModel

from knowledge_base.checks.cases import differences
from knowledge_base.checks.walk import day_of
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Case
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.conditions import LABELS, BeforeDeadline, Condition, Leaf, walk
from knowledge_base.rules.facts import Contradiction, ImpossibleFacts, Known, read_known
from knowledge_base.rules.problems import Path
from knowledge_base.rules.schema import Entry
from knowledge_base.rules.settling import points_of
from knowledge_base.rules.values import DAY, Point, Range, Value, exactly, within

GRAIN = Decimal(1)
"""One hryvnia, year, month or person to either side of a limit, as mutants shift it; of days one day."""
UPWARD = ("<", ">=")
"""Signs whose limit is the first point of the upper side; of `<=` and `>` it is the last of the lower one."""
ORDERED = ("<", "<=", ">", ">=")
TODAY = "today"
SIDES = (Truth.YES, Truth.NO)

Edge = Literal["low", "high", "one"]


@dataclass(frozen=True)
class Boundary:
    """A limit that one comparison turns at.

    `at` is the comparison's place in the entry, `line` what is written there. `low` and `high` are the last point
    below and the first above where the comparison names them; None where they depend on other facts or on the day.
    `edge` tells the two limits of a single number apart. `held`: the truths on whose side a case stands.
    """

    at: Path
    line: str
    condition: Condition
    fact: str | None
    low: Point | None = None
    high: Point | None = None
    edge: Edge = "one"
    held: frozenset[Truth] = frozenset()

    @property
    def whole(self) -> bool:
        return self.held == frozenset(SIDES)

    @property
    def missing(self) -> tuple[Truth, ...]:
        """The sides on which no case stands."""
        return tuple(side for side in SIDES if side not in self.held)

    def __str__(self) -> str:
        where = ".".join(map(str, self.at))
        between = "" if self.low is None else f", між {self.low} і {self.high}"
        lacking = " і ".join({Truth.YES: "де так", Truth.NO: "де ні"}[side] for side in self.missing)
        return f"{where}: «{self.line}»{between}: немає випадку, {lacking}"


def boundaries(rules: Rules, cases: Iterable[Case]) -> list[Boundary]:
    """Every limit of the rules, with the sides that the cases hold."""
    found = list(_limits(rules))
    held: dict[tuple[Path, Edge], set[Truth]] = {(one.at, one.edge): set() for one in found}
    leaves = {one.at: one for one in found}
    for case in cases:
        try:
            if any(differences(rules, case)):
                continue
            sides = set(_sides(rules, case, leaves.values()))
        except (ImpossibleFacts, Contradiction):
            continue
        for at, edge, truth in sides:
            if truth not in held.get((at, edge), SIDES) and notices(rules, case, at, truth):
                held[at, edge].add(truth)
    return [replace(one, held=frozenset(held[one.at, one.edge])) for one in found]


# ---- the limits there are


def comparisons(rules: Rules) -> Iterator[tuple[Path, Condition]]:
    """Every single comparison of the right, of variants, papers and last days, with its place in the entry."""
    whole: list[tuple[Path, Condition]] = [(("eligible",), rules.eligible)]
    whole += [(("variants", number, "when"), one.when) for number, one in enumerate(rules.variants)]
    whole += [
        (("documents", "items", number, "when"), when) for number, (_, when) in enumerate(rules.documents)
    ]
    whole += [(("deadlines", number, "when"), one.when) for number, one in enumerate(rules.deadlines)]
    for path, condition in whole:
        for inner, node in walk(condition):
            if isinstance(node, Leaf | BeforeDeadline):
                yield (*path, *inner), node


def _limits(rules: Rules) -> Iterator[Boundary]:
    day = day_of(rules)
    judge = rules.judge(rules.own_dictionary.close(Known(), day), day)
    for at, condition in comparisons(rules):
        line = _line(rules.entry, at)
        if isinstance(condition, BeforeDeadline):
            yield Boundary(at, line, condition, None)
            continue
        assert isinstance(condition, Leaf)
        name, sign = condition.comparison.name, condition.comparison.op
        judged = judge.of(condition)
        if not any(_moves(rules, fact) for fact in judged.facts) and judged.facts:
            continue
        fact = name if name in rules.dictionary.facts else None
        points = points_of(name, judged, judge) if fact else None
        if fact is None or points is None:
            yield Boundary(at, line, condition, fact)
        elif sign in ORDERED:
            for point in points:
                low, high = _beside(point, upward=sign in UPWARD)
                yield from _within(rules, Boundary(at, line, condition, fact, low, high), day)
        else:
            first, last = min(points), max(points)
            below, above = _beside(first, upward=True), _beside(last, upward=False)
            yield from _within(rules, Boundary(at, line, condition, fact, *below, "low"), day)
            yield from _within(rules, Boundary(at, line, condition, fact, *above, "high"), day)


def _within(rules: Rules, one: Boundary, day: date) -> Iterator[Boundary]:
    """The limit, where both of its sides can be."""
    assert one.fact is not None
    whole = rules.dictionary.domains(day)[one.fact]
    if all(point is not None and within(exactly(point), whole) for point in (one.low, one.high)):
        yield one


def _beside(point: Point, *, upward: bool) -> tuple[Point, Point]:
    """The last point below a limit and the first above it."""
    if isinstance(point, date):
        return (point - DAY, point) if upward else (point, point + DAY)
    if upward:
        first = point.to_integral_value(ROUND_CEILING) if point % 1 else point
        return first - GRAIN, first
    last = point.to_integral_value(ROUND_FLOOR) if point % 1 else point
    return last, last + GRAIN


def _moves(rules: Rules, fact: str) -> bool:
    return rules.dictionary.facts[fact].type in ("number", "money", "date")


def _line(entry: Entry, at: Path) -> str:
    node = _inside(entry, at)
    if isinstance(node, Mapping):
        node = node.get("that") or f"до строку {node.get('before_deadline')}"
    return str(node)


def _inside(value: object, path: Path) -> object:
    for part in path:
        if isinstance(value, BaseModel):
            value = getattr(value, str(part))
        elif isinstance(value, Mapping):
            value = value[part]
        else:
            value = cast(tuple[object, ...], value)[cast(int, part)]
    return value


# ---- the sides a case stands on


def _sides(rules: Rules, case: Case, leaves: Iterable[Boundary]) -> Iterator[tuple[Path, Edge, Truth]]:
    """The limits a case stands beside: which comparison, which end of it, and on which side."""
    several = list(leaves)
    known = read_known(case.given, rules.dictionary.facts, case.as_of)
    here = truths(rules, known, case.as_of, several)
    for fact, before, after, moved, day in _steps(rules, known, case.as_of):
        try:
            there = truths(rules, moved, day, several)
        except Contradiction:
            continue
        for one, other in zip(here, there, strict=True):
            for leaf in several:
                truth, opposite = one[leaf.at], other[leaf.at]
                if truth is opposite or Truth.UNKNOWN in (truth, opposite):
                    continue
                yield leaf.at, _edge(leaf, fact, before, after, truth), truth


def _edge(leaf: Boundary, fact: str, before: Point, after: Point, truth: Truth) -> Edge:
    """Of a single number, whether the limit below or above it; the number itself is where it is equal."""
    condition = leaf.condition
    if leaf.low is None or not isinstance(condition, Leaf) or condition.comparison.op in ORDERED:
        return "one"
    if fact != leaf.fact:
        return "one"
    equal = Truth.NO if condition.comparison.op == "!=" else Truth.YES
    inner, outer = (before, after) if truth is equal else (after, before)
    return "low" if outer < inner else "high"  # type: ignore[operator]  # both are of the fact's one kind


def truths(rules: Rules, known: Known, day: date, leaves: Iterable[Boundary]) -> list[dict[Path, Truth]]:
    """The truth of the comparisons for each child of a family, or once. What a person decides counts as no."""
    if rules.entry.subject == "child" and len(known.children) > 1:
        each = rules.own_dictionary.close_each(known, day)
    else:
        each = (rules.own_dictionary.close(known, day),)
    judges = [rules.judge(facts, day) for facts in each]
    return [{leaf.at: _plain(judge.of(leaf.condition).truth) for leaf in leaves} for judge in judges]


def _plain(truth: Truth) -> Truth:
    return Truth.NO if truth is Truth.SPECIALIST else truth


def _steps(rules: Rules, known: Known, day: date) -> Iterator[tuple[str, Point, Point, Known, date]]:
    """Each exact number and day, and the day itself, moved a grain to either side: which, from, to, what is known."""
    for later in (day - DAY, day + DAY):
        yield TODAY, day, later, known, later
    for name, value in known.facts.items():
        for before, after in _shifts(rules, name, value):
            yield name, before, after, replace(known, facts={**known.facts, name: exactly(after)}), day
    for number, child in enumerate(known.children):
        for name, value in child.items():
            for before, after in _shifts(rules, name, value):
                changed = {**child, name: exactly(after)}
                children = (*known.children[:number], changed, *known.children[number + 1 :])
                yield name, before, after, replace(known, children=children), day


def _shifts(rules: Rules, name: str, value: Value) -> Iterator[tuple[Point, Point]]:
    if name not in rules.own_dictionary.facts or not isinstance(value, Range) or not value.exact:
        return
    point = value.low
    if isinstance(point, date):
        yield from ((point, point + DAY * count) for count in (-1, 1))
    elif point is not None:
        yield from ((point, point + GRAIN * count) for count in (-1, 1))


# ---- whether it would be noticed


def notices(rules: Rules, case: Case, at: Path, truth: Truth) -> bool:
    """Whether a case fails once the comparison says the contrary of what it says for the case."""
    return any(differences(turned(rules, at, truth), case))


def turned(rules: Rules, at: Path, truth: Truth) -> Rules:
    """The rules with one comparison that always says the contrary of this truth."""
    node = _inside(rules.entry, at)
    labels = {key: node[key] for key in LABELS if key in node} if isinstance(node, Mapping) else {}
    other: object = {**labels, "not": "always"} if truth is Truth.YES else {**labels, "all": ("always",)}
    entry = _replaced(rules.entry, at, other)
    assert isinstance(entry, Entry)
    return Rules(entry, rules.dictionary, rules.parameters)


def _replaced(value: object, path: Path, new: object) -> object:
    """The same with what stands at a path replaced."""
    if not path:
        return new
    part, rest = path[0], path[1:]
    if isinstance(value, BaseModel):
        return value.model_copy(update={str(part): _replaced(getattr(value, str(part)), rest, new)})
    if isinstance(value, Mapping):
        return {**value, part: _replaced(value[part], rest, new)}
    items = cast(tuple[object, ...], value)
    number = cast(int, part)
    return (*items[:number], _replaced(items[number], rest, new), *items[number + 1 :])
