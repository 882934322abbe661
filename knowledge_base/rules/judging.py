"""Judges conditions by what is known, in Kleene's logic: yes, no, unknown, or a specialist's to decide.

Each judged node keeps its children, the facts it looked at and the parameters it read, so that the same tree
explains the outcome. `need` holds the facts whose answer may still change the truth of the node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from knowledge_base.rules.calculation import Calculation, ParameterRead
from knowledge_base.rules.comparing import NEGATED, Truth, compare, compare_option
from knowledge_base.rules.conditions import Always, AtLeast, BeforeDeadline, Condition, Group, Leaf, Not
from knowledge_base.rules.grammar import Comparison, Expression, Name
from knowledge_base.rules.values import Value, exactly


@dataclass(frozen=True)
class Judged:
    """A condition with its truth and what it stands on."""

    condition: Condition
    truth: Truth
    need: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    parameters: tuple[ParameterRead, ...] = ()
    children: tuple[Judged, ...] = ()

    def walk(self) -> Iterator[Judged]:
        """The node and everything inside it."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def deciding(self) -> tuple[Judged, ...]:
        """The children that made the node what it is; the open ones where only all of them together did."""
        if isinstance(self.condition, Not):
            return self.children
        alike = tuple(child for child in self.children if child.truth is self.truth)
        return alike or tuple(child for child in self.children if child.truth is Truth.UNKNOWN)


REMEMBERED_AT_MOST = 512
Found = TypeVar("Found")


@dataclass(frozen=True)
class Memory:
    """What has been judged on one day: the same condition over the same values is judged once.

    `looks` names, for each condition that lives as long as the memory, by identity, the facts it may look at.
    """

    looks: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    _kept: dict[tuple[object, ...], object] = field(default_factory=dict)

    def once(
        self, how: str, condition: Condition, facts: Mapping[str, Value], work: Callable[[], Found]
    ) -> Found:
        """What this kind of work on a condition comes to: remembered, else done now."""
        looks = self.looks.get(id(condition))
        if looks is None:
            return work()
        key = (how, id(condition), *[facts[name] for name in looks])
        found = self._kept.get(key, self)
        if found is self:
            found = work()
            if len(self._kept) >= REMEMBERED_AT_MOST:
                self._kept.clear()
            self._kept[key] = found
        return cast(Found, found)


@dataclass(frozen=True)
class Judge:
    """Judges conditions over one set of facts. `calculation` makes a fresh one for each leaf.

    `deadlines` are the last days as formulas; `basis` is the fact the parameters' day depends on, if any.
    """

    calculation: Callable[[], Calculation]
    facts: Mapping[str, Value]
    deadlines: Mapping[str, Expression]
    choices: frozenset[str]
    basis: str | None
    memory: Memory = field(default_factory=Memory)

    def of(self, condition: Condition) -> Judged:
        """The condition judged node by node."""
        return self.memory.once(
            "judged", condition, self.facts, lambda: left_to_a_person(self._of(condition))
        )

    def _of(self, condition: Condition) -> Judged:
        match condition:
            case Always():
                return Judged(condition, Truth.YES)
            case Leaf(comparison=comparison):
                return self._leaf(condition, comparison)
            case BeforeDeadline(deadline=name):
                return self._before(condition, self.deadlines[name])
            case Group(children=children):
                return joined(condition, tuple(map(self.of, children)))
            case AtLeast(count=count, children=children):
                return _at_least(condition, count, tuple(map(self.of, children)))
            case Not(child=child):
                inner = self.of(child)
                return Judged(condition, NEGATED[inner.truth], inner.need, children=(inner,))

    def _leaf(self, condition: Condition, comparison: Comparison) -> Judged:
        work = self.calculation()
        left = work.result(Name(comparison.name))
        if comparison.name in self.choices:
            truth = compare_option(left, comparison)
        else:
            truth = compare(left, comparison.op, [work.result(value) for value in comparison.values])
        return self._judged(condition, truth, work)

    def _before(self, condition: Condition, last_day: Expression) -> Judged:
        work = self.calculation()
        truth = compare(work.of(last_day), ">=", [exactly(work.today)])
        return self._judged(condition, truth, work)

    def _judged(self, condition: Condition, truth: Truth, work: Calculation) -> Judged:
        read = tuple(work.used_parameters.values())
        used = set(work.used_facts)
        if self.basis is not None and any(len(one.periods) > 1 for one in read):
            used.add(self.basis)
        need: frozenset[str] = frozenset()
        if truth is Truth.UNKNOWN:
            need = frozenset(name for name in used if not self.facts[name].exact)
        return Judged(condition, truth, need, frozenset(used), read)


def _need(children: tuple[Judged, ...]) -> frozenset[str]:
    return frozenset().union(*(child.need for child in children if child.truth is Truth.UNKNOWN))


def joined(condition: Group, children: tuple[Judged, ...]) -> Judged:
    """All of the children, or any of them. A no settles `all` and a yes settles `any`; then nothing is needed."""
    decisive, other = (Truth.NO, Truth.YES) if condition.kind == "all" else (Truth.YES, Truth.NO)
    truths = {child.truth for child in children}
    truth = next((one for one in (decisive, Truth.UNKNOWN, Truth.SPECIALIST) if one in truths), other)
    need = _need(children) if truth is Truth.UNKNOWN else frozenset()
    return Judged(condition, truth, need, children=children)


def left_to_a_person(judged: Judged) -> Judged:
    """A no that the law leaves to a specialist is no refusal."""
    if judged.condition.labels.to_specialist and judged.truth is Truth.NO:
        return replace(judged, truth=Truth.SPECIALIST, need=frozenset())
    return judged


def _at_least(condition: Condition, count: int, children: tuple[Judged, ...]) -> Judged:
    def holding(*truths: Truth) -> int:
        return sum(child.truth in truths for child in children)

    if holding(Truth.YES) >= count:
        truth = Truth.YES
    elif holding(Truth.YES, Truth.UNKNOWN, Truth.SPECIALIST) < count:
        truth = Truth.NO
    elif holding(Truth.UNKNOWN):
        truth = Truth.UNKNOWN
    else:
        truth = Truth.SPECIALIST
    need = _need(children) if truth is Truth.UNKNOWN else frozenset()
    return Judged(condition, truth, need, children=children)
