"""Closes what is known under the dictionary: computed facts, counts of children, implications.

The whole domain stands for what is not known, so that every fact of the dictionary has a value afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from knowledge_base.rules.calculation import Calculation, Parameters
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.conditions import Condition, Leaf, expressions, read_condition, walk
from knowledge_base.rules.facts import Contradiction, Known, domain
from knowledge_base.rules.grammar import Expression, Name, parse_comparison, parse_formula, parts
from knowledge_base.rules.judging import Judge
from knowledge_base.rules.narrowing import Facts, Narrowing
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Range, Value, exactly, meet, options

ROUNDS = 4
"""How long a chain of implications may be."""
ORDER = "child.order"
BIRTH = "child.birth_date"
ANY_CHILD = "child.any"
"""Whether there is a child at all: whoever tells of one has said so."""
ROUNDED = Decimal("0.05")
"""The part by which a figure worked out in the head may differ from what it is worked out from."""
NO_PARAMETERS = Parameters({})
"""The dictionary looks at facts alone."""

Counts = dict[str, tuple[Value, tuple[str, ...]]]
"""What follows for facts from the children together, each with the facts it follows from."""


@dataclass(frozen=True)
class Implied:
    """When the condition holds, so do the comparisons; `fact` declares it."""

    fact: str
    when: Condition
    then: tuple[Leaf, ...]

    @property
    def facts(self) -> frozenset[str]:
        """The facts it compares."""
        nodes = [node for condition in (self.when, *self.then) for _, node in walk(condition)]
        return frozenset(node.comparison.name for node in nodes if isinstance(node, Leaf))


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
        implied = (
            Implied(name, read_condition(one.when), tuple(Leaf(parse_comparison(line)) for line in one.then))
            for name, fact in facts.items()
            for one in fact.implies
        )
        # In a part of the dictionary an implication that reaches outside it decides nothing there.
        self._implied = tuple(one for one in implied if one.facts <= facts.keys())
        self._domains: tuple[date, dict[str, Value]] | None = None

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition that facts themselves stand on: what is counted, and what implies what."""
        yield from self._counts.values()
        for implied in self._implied:
            yield from (implied.when, *implied.then)

    def inputs(self, name: str) -> frozenset[str]:
        """The facts a computed one is worked out from; none for one that is only asked."""
        return self._inputs.get(name, frozenset())

    @cached_property
    def _inputs(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(self._names_in([formula])) for name, formula in self._computed.items()}

    def reaching(self, names: Iterable[str]) -> Dictionary:
        """The part of the dictionary that decides what is known of these facts."""
        reached = set(names)
        while len(reached) < len(wider := reached | set(self._behind(reached))):
            reached = wider
        return Dictionary({name: fact for name, fact in self.facts.items() if name in reached})

    def _behind(self, names: set[str]) -> Iterator[str]:
        """The facts that these are worked out from, counted by or implied by."""
        for name in names:
            if name in self._computed:
                yield from self._inputs[name]
            if name in self._counts:
                yield from self._names_in(expressions(self._counts[name]))
            if name == ORDER:
                yield BIRTH
        for implied in self._implied:
            if any(leaf.comparison.name in names for leaf in implied.then):
                yield from self._names_in(expressions(implied.when))
                yield from self._names_in(one for leaf in implied.then for one in expressions(leaf))

    def _names_in(self, expressions: Iterable[Expression]) -> Iterator[str]:
        for expression in expressions:
            for part in parts(expression):
                if isinstance(part, Name) and part.name in self.facts:
                    yield part.name

    def domains(self, today: date) -> Mapping[str, Value]:
        """Everything each fact may be on a day."""
        if self._domains is None or self._domains[0] != today:
            self._domains = (today, {name: domain(fact, today) for name, fact in self.facts.items()})
        return self._domains[1]

    def supposing(self, condition: Condition, today: date) -> Facts | None:
        """The domains narrowed to where a condition over facts holds; None where it never does."""
        narrowing = Narrowing(lambda facts: self._judge(facts, today))
        return narrowing.by(condition, self.domains(today))

    def close(self, known: Known, today: date) -> dict[str, Value]:
        """Every fact with what is known of it; facts of the dictionary's other parts are left aside.

        An only child's facts stand among the others. Raises Contradiction where two things that were told
        exclude each other.
        """
        if len(known.children) == 1:
            return self.close_each(known, today)[0]
        facts = self._with(known.facts, self.domains(today), today)
        counted = self._counted(self._each(known, today), today)
        return self._closed(facts, {**counted, **self._someone(known)}, today)

    def close_each(self, known: Known, today: date) -> tuple[dict[str, Value], ...]:
        """The same for each of the children, in their order. Raises Contradiction."""
        each = self._each(known, today)
        counted = self._counted(each, today)
        return tuple(
            self._closed(dict(facts), {**counted, **self._someone(known), **self._order(each, number)}, today)
            for number, facts in enumerate(each)
        )

    def check(self, known: Known, today: date) -> None:
        """Raises Contradiction where told facts exclude each other, whatever they bear upon."""
        self.close(known, today)
        self.close_each(known, today)

    def _each(self, known: Known, today: date) -> list[dict[str, Value]]:
        """What is known with each child, before the children are counted."""
        if not known.children:
            return []
        whole = self._with(known.facts, self.domains(today), today)
        each = [self._with(child, whole, today) for child in known.children]
        for facts in each:
            self._settle(facts, today)
        return each

    def _with(self, told: Mapping[str, Value], facts: Mapping[str, Value], today: date) -> dict[str, Value]:
        """The facts as they were told over others, an open end as far as it can be."""
        whole = self.domains(today)
        return {
            **facts,
            **{name: _ended(value, whole[name]) for name, value in told.items() if name in whole},
        }

    def _closed(self, facts: dict[str, Value], counted: Counts, today: date) -> dict[str, Value]:
        for name, (value, by) in counted.items():
            facts[name] = _met(facts[name], value, name, by)
        self._settle(facts, today)
        return facts

    def _settle(self, facts: dict[str, Value], today: date) -> None:
        """Works out and implies until nothing more follows."""
        for _ in range(ROUNDS):
            before = dict(facts)
            self._compute(facts, today)
            self._imply(facts, today)
            if facts == before:
                break

    def _counted(self, each: list[dict[str, Value]], today: date) -> Counts:
        """How many children each counting condition holds for, and what it looks at; nothing without children."""
        if not each:
            return {}
        counted: Counts = {}
        for name, condition in self._counts.items():
            truths = [self._judge(facts, today).of(condition).truth for facts in each]
            count = Range(Decimal(truths.count(Truth.YES)), Decimal(len(truths) - truths.count(Truth.NO)))
            counted[name] = count, tuple(sorted(set(self._names_in(expressions(condition)))))
        return counted

    def _someone(self, known: Known) -> Counts:
        """Where a child was told of, there is one."""
        if ANY_CHILD not in self.facts or not (known.children or BIRTH in known.facts):
            return {}
        return {ANY_CHILD: (options(True), (BIRTH,))}

    def _order(self, each: list[dict[str, Value]], child: int) -> Counts:
        if ORDER not in self.facts:
            return {}
        return {ORDER: (_order(each, child), (BIRTH,))}

    def _compute(self, facts: dict[str, Value], today: date) -> None:
        for name, formula in self._computed.items():
            work = self._calculation(facts, today)
            found = work.of(formula)
            if isinstance(found, Range):
                told = facts[name]
                rounded = meet(told, found) is None and _nearly(told, found)
                facts[name] = found if rounded else _met(told, found, name, tuple(sorted(work.used_facts)))

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
        return Calculation(
            facts=facts.__getitem__,
            steps={},
            parameters=NO_PARAMETERS,
            basis=lambda: exactly(today),
            today=today,
        )

    def _judge(self, facts: Facts, today: date) -> Judge:
        return Judge(
            calculation=lambda: self._calculation(facts, today),
            facts=facts,
            deadlines={},
            choices=self.choices,
            basis=None,
        )


def _ended(value: Value, whole: Value) -> Value:
    """A range with an open end goes as far as the fact can."""
    if isinstance(value, Range) and (value.low is None or value.high is None):
        return meet(whole, value) or value
    return value


def _met(one: Value, other: Value, name: str, by: tuple[str, ...]) -> Value:
    common = meet(one, other)
    if common is None:
        raise Contradiction(name, by)
    return common


def _nearly(told: Value, found: Range) -> bool:
    """Whether what was told is what was worked out, as people round it who work it out in their heads."""
    if not isinstance(told, Range):
        return False
    gaps = [
        (low - high, low)
        for low, high in ((told.low, found.high), (found.low, told.high))
        if isinstance(low, Decimal) and isinstance(high, Decimal)
    ]
    return bool(gaps) and all(gap <= low * ROUNDED for gap, low in gaps)


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
