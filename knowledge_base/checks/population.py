"""Invented people and households, drawn from the fact dictionary with a fixed seed: nobody's data.

`usually:` is the prior: the usual answer comes as often as the interview takes it to. Other answers are alike;
sums spread over orders of magnitude, days over a life. Answers that would exclude each other are drawn anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from random import Random

from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.rules.interview import USUAL_WEIGHT, usual_value
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import DAY, Options, Point, Range, Value, exactly, meet, options

PEOPLE = 2000
SEED = 20261124
LIFE = 80 * 365
"""Days back to which a day may lie where a fact has no first one."""
RECENT = 3 * 365
"""Half of all days that happened lie within so many days: people ask about what happened lately."""
LEAST_SUM, GREATEST_SUM = 100, 200_000
MANY = 12
"""The greatest number drawn where a fact goes further."""
CHILDREN = (0.2, 0.4, 0.25, 0.1, 0.05)
"""How many of those who ask have no child, one, two, three and four."""
ROUNDS = 12
"""How often answers that exclude each other are drawn anew before they are left untold."""


@dataclass(frozen=True)
class Person:
    """What one invented person would answer on a day, whatever they are asked."""

    on: date
    known: Known
    _closed: dict[str, Value] = field(default_factory=dict, repr=False)

    def answer(self, fact: str) -> Value:
        """What they would say of a fact: of their only or eldest child, where it is a child's."""
        return self._closed[fact]


def people(dictionary: Dictionary, on: date, count: int = PEOPLE, seed: int = SEED) -> Iterator[Person]:
    """So many invented people; the same ones for the same dictionary, day and seed."""
    for number in range(count):
        yield _Drawing(dictionary, on, Random(f"{seed} {number}")).person()  # noqa: S311  # the same every time


class _Drawing:
    """Draws one person with their children."""

    def __init__(self, dictionary: Dictionary, on: date, chance: Random) -> None:
        self._dictionary = dictionary
        self._on = on
        self._chance = chance
        self._domains = dictionary.domains(on)
        asked = {name: fact for name, fact in dictionary.facts.items() if fact.computed is None}
        self._own = {
            name: fact for name, fact in asked.items() if fact.person != "child" and fact.counts is None
        }
        self._childs = {name: fact for name, fact in asked.items() if fact.person == "child"}

    def person(self) -> Person:
        count = self._chance.choices(range(len(CHILDREN)), CHILDREN)[0]
        facts = {name: self._drawn(name, fact) for name, fact in self._own.items()}
        children = [
            {name: self._drawn(name, fact) for name, fact in self._childs.items()} for _ in range(count)
        ]
        known = self._agreeing(Known(facts, tuple(children)))
        return Person(self._on, known, dict(self._close(known)))

    def _agreeing(self, known: Known) -> Known:
        """The answers without those that exclude others: drawn anew from what is left, at last left untold."""
        for _ in range(ROUNDS):
            try:
                self._close(known)
            except Contradiction as fault:
                known = _without(
                    known, {fault.fact, *fault.by} if self._chance.random() < 0.3 else {fault.fact}
                )
            else:
                return known
        return _first_that_agree(self._dictionary, known, self._on)

    def _close(self, known: Known) -> dict[str, Value]:
        """Every fact; a child's are the first one's."""
        if len(known.children) > 1:
            return self._dictionary.close_each(known, self._on)[0]
        return self._dictionary.close(known, self._on)

    def _drawn(self, name: str, fact: Fact) -> Value:
        whole = self._domains[name]
        usual = usual_value(fact)
        if usual is not None and meet(usual, whole) is not None and self._chance.random() < USUAL_WEIGHT:
            return usual
        if isinstance(whole, Options):
            others = whole.members - (usual.members if isinstance(usual, Options) else frozenset())
            return options(self._chance.choice(sorted(others or whole.members, key=str)))
        return exactly(self._point(fact, whole))

    def _point(self, fact: Fact, whole: Range) -> Point:
        if fact.type == "date":
            return self._day(whole)
        low = whole.low if isinstance(whole.low, Decimal) else Decimal(0)
        if fact.type == "money":
            greatest = whole.high if isinstance(whole.high, Decimal) else Decimal(GREATEST_SUM)
            drawn = Decimal(int(LEAST_SUM * (GREATEST_SUM / LEAST_SUM) ** self._chance.random()))
            return min(max(drawn, low), greatest)
        high = whole.high if isinstance(whole.high, Decimal) else low + MANY
        if fact.unit == "count":
            high = min(high, low + MANY)
        return low + Decimal(self._chance.randint(0, int((high - low).to_integral_value(ROUND_FLOOR))))

    def _day(self, whole: Range) -> date:
        last = whole.high if isinstance(whole.high, date) else self._on
        first = whole.low if isinstance(whole.low, date) else last - LIFE * DAY
        span = (last - first).days
        if self._chance.random() < 0.5:
            span = min(span, RECENT)
        return last - DAY * self._chance.randint(0, max(0, span))


def _without(known: Known, names: set[str]) -> Known:
    """The same with some facts untold."""
    facts = {name: value for name, value in known.facts.items() if name not in names}
    children = [{name: value for name, value in one.items() if name not in names} for one in known.children]
    return Known(facts, tuple(children))


def _first_that_agree(dictionary: Dictionary, known: Known, on: date) -> Known:
    """As many of the facts, in their order, as exclude nothing before them; no children."""
    told: dict[str, Value] = {}
    for name, value in known.facts.items():
        try:
            dictionary.close(Known({**told, name: value}), on)
        except Contradiction:
            continue
        told[name] = value
    return Known(told)
