"""Answers to try an entry with: values near those its cases tell, and whole sets of answers drawn by chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from random import Random

from knowledge_base.checks.ruled import Ruled
from knowledge_base.checks.walk import GRANTED, day_of
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction, Known, read_known
from knowledge_base.rules.narrowing import step
from knowledge_base.rules.values import Options, Point, Range, Value, exactly, options, within

FAR = {"money": Decimal(1_000_000), "number": Decimal(1000)}
"""A great value of a fact that has no upper bound."""
CHANGED_AT_MOST = 2
TRIES_AT_MOST = 20
"""How often a set of answers is begun anew where one excluded another."""

Told = dict[str, Value]


class Samples:
    """What may be answered to the questions of one entry."""

    def __init__(self, ruled: Ruled) -> None:
        self.rules = ruled.rules
        self._cases = ruled.cases
        self._drawn: dict[int, list[tuple[date, Told]]] = {}

    @cached_property
    def points(self) -> Mapping[str, list[Value]]:
        """For each fact that bears upon the entry, the values to try."""
        return {name: list(self._points(name)) for name in self.rules.own_dictionary.facts}

    def _points(self, name: str) -> Iterator[Value]:
        """Every option; of a number or a day the ends, and those of the cases with their neighbours."""
        dictionary = self.rules.dictionary
        whole, fact = dictionary.domains(day_of(self.rules))[name], dictionary.facts[name]
        if isinstance(whole, Options):
            yield from (options(member) for member in sorted(whole.members, key=str))
            return
        grain = Decimal(1) if fact.unit == "count" else None
        ends = {whole.low, whole.high if whole.high is not None else FAR.get(fact.type)}
        for case in self._cases:
            known = read_known(case.given, dictionary.facts, case.as_of)
            for facts in (known.facts, *known.children):
                ends |= _ends(facts.get(name), grain)
        yield from (
            exactly(point)
            for point in sorted(ends - {None}, key=str)
            if point is not None and within(exactly(point), whole)
        )

    @cached_property
    def beginnings(self) -> list[tuple[date, Told]]:
        """Nothing told at all; and the cases that are granted, as one only child where they tell of children."""
        rules = self.rules
        found: list[tuple[date, Told]] = [(day_of(rules), {})]
        for case in self._cases:
            known = read_known(case.given, rules.dictionary.facts, case.as_of)
            told = {**known.facts, **(known.children[0] if known.children else {})}
            mine = {fact: value for fact, value in told.items() if fact in rules.own_dictionary.facts}
            if rules.assess(Known(mine), case.as_of).outcome in GRANTED:
                found.append((case.as_of, mine))
        return found

    def closed(self, told: Mapping[str, Value], day: date) -> dict[str, Value] | None:
        """Every fact that bears upon the entry; None where the answers exclude each other."""
        try:
            return self.rules.own_dictionary.close(Known(told), day)
        except Contradiction:
            return None

    def assessed(self, told: Mapping[str, Value], day: date) -> Assessment:
        return self.rules.assess(Known(told), day)

    def several(self, count: int, seed: int) -> list[tuple[date, Told]]:
        """So many draws at most, the same ones for the same entry and seed; drawn once."""
        if seed not in self._drawn:
            chance = Random(f"{seed} {self.rules.entry.id}")  # noqa: S311  # the same draws every time
            drawn = (self.drawn(chance) for _ in range(count))
            self._drawn[seed] = [one for one in drawn if one is not None]
        return self._drawn[seed]

    def drawn(self, chance: Random) -> tuple[date, Told] | None:
        """A day, and an answer to every question that may be needed, none against another; None where none was found.

        Most begin as a case that is granted, with an answer or two changed: answers drawn blindly are nearly all
        refused.
        """
        for _ in range(TRIES_AT_MOST):
            day, begun = chance.choice(self.beginnings)
            changed = chance.sample(sorted(begun), chance.randint(0, min(CHANGED_AT_MOST, len(begun))))
            kept = {fact: value for fact, value in begun.items() if fact not in changed}
            told = self._completed(chance, kept, day)
            if told is not None:
                return day, told
        return None

    def _completed(self, chance: Random, kept: Told, day: date) -> Told | None:
        others = [fact for fact in self.rules.own_dictionary.facts if fact not in kept]
        told: Told = {
            fact: value if value.exact else self._answer(chance, fact, value) for fact, value in kept.items()
        }
        known = self.closed(told, day)
        for fact in chance.sample(others, len(others)):
            if known is None:
                return None
            if not known[fact].exact:
                told[fact] = self._answer(chance, fact, known[fact])
                known = self.closed(told, day)
        return told if known is not None else None

    def _answer(self, chance: Random, fact: str, allowed: Value) -> Value:
        fitting = [point for point in self.points[fact] if within(point, allowed)]
        return chance.choice(fitting) if fitting else any_of(allowed)

    def greater(self, fact: str, than: Value) -> list[Value]:
        """The values to try of a number or a day that are greater."""
        return [point for point in self.points[fact] if _grew(than, point)]


def _ends(value: Value | None, grain: Decimal | None) -> set[Point | None]:
    if not isinstance(value, Range):
        return set()
    told = [point for point in (value.low, value.high) if point is not None]
    if grain is not None:
        return {
            near
            for point in told
            if isinstance(point, Decimal)
            for near in (point - grain, point, point + grain)
        }
    return {near for point in told for near in (step(point, -1), point, step(point, 1))}


def any_of(value: Value) -> Value:
    """One exact value of those allowed."""
    if isinstance(value, Options):
        return options(min(value.members, key=str))
    point = value.low if value.low is not None else value.high
    assert point is not None
    return exactly(point)


def _grew(before: Value, after: Value) -> bool:
    assert isinstance(before, Range)
    assert isinstance(after, Range)
    return before.high is not None and after.low is not None and after.low > before.high  # type: ignore[operator]  # both are of the fact's one kind


def amount_of(found: Assessment) -> Decimal | None:
    """The exact sum, nothing for a refusal; None where there is no sum to tell."""
    if found.outcome is Truth.NO:
        return Decimal(0)
    return found.amount.low if found.amount is not None else None
