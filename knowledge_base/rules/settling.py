"""Settles what Kleene's logic leaves open only because one fact stands in several comparisons.

«age under 6, or age 6 and more» is true whatever the age, though each half is unknown. Such a fact is parted at
its thresholds and the condition judged for each part: if all agree, it is settled; if not, `need` becomes exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from math import prod

from knowledge_base.rules.comparing import Truth, named_options
from knowledge_base.rules.conditions import NO_LABELS, BeforeDeadline, Condition, Group, Leaf
from knowledge_base.rules.judging import Judge, Judged, joined, left_to_a_person
from knowledge_base.rules.narrowing import Facts, step
from knowledge_base.rules.values import Answer, Options, Point, Range, Value, exactly

CELLS_AT_MOST = 256
"""Combinations of parts tried; beyond them the open question stays open, which is safe."""


JudgeOf = Callable[[Facts], Judge]


def settled(condition: Condition, facts: Facts, judge: JudgeOf) -> Judged:
    """The condition judged, with `need` exact where it can be had within a few hundred trials."""
    here = judge(facts)
    return here.memory.once("settled", condition, facts, lambda: _settled(here.of(condition), facts, judge))


def _settled(judged: Judged, facts: Facts, judge: JudgeOf) -> Judged:
    if judged.truth is not Truth.UNKNOWN or not _repeated(judged):
        return judged
    return left_to_a_person(_sought(judged, facts, judge))


def _sought(judged: Judged, facts: Facts, judge: JudgeOf) -> Judged:
    condition = judged.condition
    if isinstance(condition, Group):
        bunches = _bunches(judged.children)
        if len(bunches) > 1:
            return _by_bunches(condition, bunches, facts, judge)
        if len(judged.children) == 1:
            return joined(condition, (_settled(judged.children[0], facts, judge),))
    return _by_parts(judged, facts, judge)


def _repeated(judged: Judged) -> list[str]:
    """The facts that stand in several open comparisons."""
    times = Counter(name for leaf in open_leaves(judged) for name in leaf.need)
    return [name for name, count in times.items() if count > 1]


def _bunches(children: tuple[Judged, ...]) -> list[list[Judged]]:
    """The children in bunches that share no open fact, so that each bunch can be settled by itself."""
    bunches: list[tuple[set[str], list[Judged]]] = []
    for child in children:
        mine = {name for leaf in open_leaves(child) for name in leaf.need}
        touching = [bunch for bunch in bunches if bunch[0] & mine]
        bunches = [bunch for bunch in bunches if not bunch[0] & mine]
        names = mine.union(*(bunch[0] for bunch in touching))
        bunches.append((names, [*(one for bunch in touching for one in bunch[1]), child]))
    return [bunch for _, bunch in bunches]


def _by_bunches(condition: Group, bunches: list[list[Judged]], facts: Facts, judge: JudgeOf) -> Judged:
    found: dict[int, Judged] = {}  # by the condition's identity: equal comparisons may stand in one list
    whole: list[Judged] = []
    for bunch in bunches:
        if len(bunch) == 1:
            one = _settled(bunch[0], facts, judge)
            found[id(one.condition)] = one
        else:
            group = replace(condition, children=tuple(child.condition for child in bunch), labels=NO_LABELS)
            one = _settled(joined(group, tuple(bunch)), facts, judge)
            # What only all of them together decided stays together: none of them alone is the reason.
            apart = one.truth is Truth.UNKNOWN or all(
                child.truth is not Truth.UNKNOWN for child in one.children
            )
            found |= {id(child.condition): child if apart else one for child in one.children}
        whole.append(one)
    together = joined(condition, tuple(whole))
    shown = {id(node): node for child in condition.children for node in [found[id(child)]]}
    return replace(together, children=tuple(shown.values()))


def _by_parts(judged: Judged, facts: Facts, judge: JudgeOf) -> Judged:
    """The condition for every part of the facts that stand in it more than once."""
    leaves = open_leaves(judged)
    parted = {
        name: cells
        for name in _repeated(judged)
        if len(cells := _parts_of(name, facts[name], leaves, judge(facts))) > 1
    }
    if not parted or prod(map(len, parted.values())) > CELLS_AT_MOST:
        return judged
    names = tuple(parted)
    found = {
        cells: judge({**facts, **dict(zip(names, cells, strict=True))}).of(judged.condition)
        for cells in product(*parted.values())
    }
    agreed = _agreed(judged, list(found.values()))
    if agreed.truth is not Truth.UNKNOWN:
        return agreed
    rest = frozenset().union(*(one.need for one in found.values())) - set(names)
    deciding = {name for place, name in enumerate(names) if _decides(place, found)}
    return replace(agreed, need=rest | deciding)


def _agreed(judged: Judged, parts: list[Judged]) -> Judged:
    """The tree with every truth in which all the parts agree; they are of one shape."""
    truths = {part.truth for part in parts}
    truth = truths.pop() if len(truths) == 1 else Truth.UNKNOWN
    children = tuple(
        _agreed(child, [part.children[place] for part in parts])
        for place, child in enumerate(judged.children)
    )
    return replace(
        judged, truth=truth, need=judged.need if truth is Truth.UNKNOWN else frozenset(), children=children
    )


def open_leaves(judged: Judged) -> list[Judged]:
    """The comparisons that are unknown and still count."""
    if judged.truth is not Truth.UNKNOWN:
        return []
    if isinstance(judged.condition, Leaf | BeforeDeadline):
        return [judged]
    return [leaf for child in judged.children for leaf in open_leaves(child)]


def _parts_of(name: str, value: Value, leaves: Iterable[Judged], judge: Judge) -> list[Value]:
    """The cells of a fact, with the options of a choice that no comparison tells apart in one."""
    if name not in judge.choices or not isinstance(value, Options):
        return cells_of(name, value, leaves, judge)
    comparisons = [leaf.condition.comparison for leaf in leaves if isinstance(leaf.condition, Leaf)]
    named = [named_options(one) for one in comparisons if one.name == name]
    alike: dict[tuple[bool, ...], set[Answer]] = {}
    for member in sorted(value.members, key=str):
        alike.setdefault(tuple(member in one.members for one in named), set()).add(member)
    return [Options(frozenset(members)) for members in alike.values()]


def cells_of(name: str, value: Value, leaves: Iterable[Judged], judge: Judge) -> list[Value]:
    """The parts of a fact between the thresholds that these comparisons put to it; one where a formula hides them."""
    mine = [leaf for leaf in leaves if name in leaf.need]
    if isinstance(value, Options):
        return [Options(frozenset({member})) for member in sorted(value.members, key=str)]
    points: set[Point] = set()
    for leaf in mine:
        found = points_of(name, leaf, judge)
        if found is None:
            return [value]
        points |= found
    return parts_between(value, points)


def points_of(name: str, leaf: Judged, judge: Judge) -> set[Point] | None:
    """The exact points that a comparison holds a fact against; None where a formula or the unknown hides them."""
    condition = leaf.condition
    if not isinstance(condition, Leaf) or condition.comparison.name != name:
        return None
    work = judge.calculation()
    found = [work.result(right) for right in condition.comparison.values]
    points = {one.low for one in found if isinstance(one, Range) and one.exact and one.low is not None}
    return points if all(isinstance(one, Range) and one.exact for one in found) else None


def parts_between(value: Range, points: Iterable[Point]) -> list[Value]:
    """The range parted at points: each point within it alone, and what lies between them."""
    inside = sorted(point for point in points if _within(value, point))
    parts: list[Value] = []
    low = value.low
    for point in inside:
        before = step(point, -1)
        if low is None or (before is not None and low <= before):  # type: ignore[operator]
            parts.append(Range(low, before))
        parts.append(exactly(point))
        low = step(point, 1)
    if value.high is None or low is None or low <= value.high:  # type: ignore[operator]
        parts.append(Range(low, value.high))
    return parts


def _within(value: Range, point: Point) -> bool:
    if isinstance(value.low or value.high or point, date) != isinstance(point, date):
        return False
    return (value.low is None or value.low <= point) and (value.high is None or point <= value.high)  # type: ignore[operator]


def _decides(place: int, found: Mapping[tuple[Value, ...], Judged]) -> bool:
    """Whether the parts of one fact, the others alike, leave anything different."""
    groups: dict[tuple[Value, ...], set[object]] = {}
    for cells, judged in found.items():
        groups.setdefault(cells[:place] + cells[place + 1 :], set()).add(_rest(judged))
    return any(len(rests) > 1 for rests in groups.values())


def _rest(judged: Judged) -> object:
    """What is left to find out: the truth, or the open comparisons as they are joined."""
    if judged.truth is not Truth.UNKNOWN:
        return judged.truth
    if not judged.children:
        return id(judged.condition)
    left = tuple(
        _rest(child) for child in judged.children if child.truth in (Truth.UNKNOWN, Truth.SPECIALIST)
    )
    return left[0] if len(left) == 1 else (id(judged.condition), left)
