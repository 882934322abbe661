"""Closes what is known under the dictionary: computed facts, counts of children, implications.

The whole domain stands for what is not known, so that every fact of the dictionary has a value afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge_base.rules.calculation import Calculation
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.conditions import Condition, Leaf, read_condition
from knowledge_base.rules.facts import Contradiction, Known, domain
from knowledge_base.rules.grammar import Expression, parse_comparison, parse_formula
from knowledge_base.rules.judging import Judge
from knowledge_base.rules.narrowing import Facts, Narrowing
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Range, Value, exactly, meet

ROUNDS = 4
"""How long a chain of implications may be."""
ORDER = "child.order"
BIRTH = "child.birth_date"


@dataclass(frozen=True)
class Implied:
    """When the condition holds, so do the comparisons; `fact` declares it."""

    fact: str
    when: Condition
    then: tuple[Leaf, ...]


class Dictionary:
    """The facts of the base with their formulas and implications read once."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.choices = frozenset(name for name, fact in facts.items() if fact.type == "choice")
        self._computed: dict[str, Expression] = {
            name: parse_formula(fact.computed) for name, fact in facts.items() if fact.computed is not None
        }
        self._counts: dict[str, Condition] = {
            name: read_condition(fact.counts) for name, fact in facts.items() if fact.counts is not None
        }
        self._implied = tuple(
            Implied(name, read_condition(one.when), tuple(Leaf(parse_comparison(line)) for line in one.then))
            for name, fact in facts.items()
            for one in fact.implies
        )
        self._domains: tuple[date, dict[str, Value]] | None = None

    def inputs(self, name: str) -> frozenset[str]:
        """The facts a computed one is worked out from; none for one that is only asked."""
        if name not in self._computed:
            return frozenset()
        work = self._calculation(self.domains(date.max), date.max)
        work.of(self._computed[name])
        return frozenset(work.used_facts)

    def domains(self, today: date) -> Mapping[str, Value]:
        """Everything each fact may be on a day."""
        if self._domains is None or self._domains[0] != today:
            self._domains = (today, {name: domain(fact, today) for name, fact in self.facts.items()})
        return self._domains[1]

    def close(self, known: Known, today: date, child: int | None = None) -> dict[str, Value]:
        """Every fact with what is known of it, for one of the children where `child` says which.

        Raises Contradiction where two things that were told exclude each other.
        """
        facts = {**self.domains(today), **known.facts}
        if child is None and len(known.children) == 1:
            child = 0
        if child is not None:
            facts |= known.children[child]
        for name, value in self._counted(known, today, child):
            facts[name] = _met(facts[name], value, name, (BIRTH,))
        for _ in range(ROUNDS):
            before = dict(facts)
            self._compute(facts, today)
            self._imply(facts, today)
            if facts == before:
                break
        return facts

    def _counted(self, known: Known, today: date, child: int | None) -> Iterator[tuple[str, Value]]:
        """How many children a condition holds for, and which child in order of birth this one is."""
        if not known.children:
            return
        each = [{**self.domains(today), **known.facts, **one} for one in known.children]
        for name, condition in self._counts.items():
            truths = [self._judge(facts, today).of(condition).truth for facts in each]
            sure = truths.count(Truth.YES)
            yield name, Range(Decimal(sure), Decimal(len(truths) - truths.count(Truth.NO)))
        if child is not None and ORDER in self.facts:
            yield ORDER, _order(each, child)

    def _compute(self, facts: dict[str, Value], today: date) -> None:
        for name, formula in self._computed.items():
            work = self._calculation(facts, today)
            found = work.of(formula)
            if isinstance(found, Range):
                facts[name] = _met(facts[name], found, name, tuple(sorted(work.used_facts)))

    def _imply(self, facts: dict[str, Value], today: date) -> None:
        for implied in self._implied:
            if self._judge(facts, today).of(implied.when).truth is not Truth.YES:
                continue
            for leaf in implied.then:
                narrowed = Narrowing(lambda other: self._judge(other, today)).by(leaf, facts)
                if narrowed is None:
                    raise Contradiction(leaf.comparison.name, (implied.fact,))
                facts |= narrowed

    @staticmethod
    def _calculation(facts: Facts, today: date) -> Calculation:
        """Works over facts alone: the dictionary knows no parameters."""
        return Calculation(
            facts=facts.__getitem__, steps={}, parameters={}, basis=lambda: exactly(today), today=today
        )

    def _judge(self, facts: Facts, today: date) -> Judge:
        return Judge(
            calculation=lambda: self._calculation(facts, today),
            facts=facts,
            deadlines={},
            choices=self.choices,
            basis=None,
        )


def _met(one: Value, other: Value, name: str, by: tuple[str, ...]) -> Value:
    common = meet(one, other)
    if common is None:
        raise Contradiction(name, by)
    return common


def _order(each: list[dict[str, Value]], child: int) -> Value:
    """Which in order of birth: the surely older come before, those that may be older make a range."""
    mine = each[child][BIRTH]
    assert isinstance(mine, Range)
    older = maybe = 0
    for number, facts in enumerate(each):
        other = facts[BIRTH]
        assert isinstance(other, Range)
        if number == child:
            continue
        same = other == mine
        if (same and number < child) or _before(other.high, mine.low):
            older += 1
        elif not same and not _before(mine.high, other.low):
            maybe += 1
    return Range(Decimal(older + 1), Decimal(older + maybe + 1))


def _before(one: object, other: object) -> bool:
    return isinstance(one, date) and isinstance(other, date) and one < other
