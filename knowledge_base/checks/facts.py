"""Checks of the dictionary: every fact can be asked, counted and computed, and no two of them exclude each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from knowledge_base.checks.rules import check_condition
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.conditions import ConditionError, expressions, read_condition
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.rules.grammar import (
    Expression,
    GrammarError,
    Name,
    parse_comparison,
    parse_formula,
    parts,
)
from knowledge_base.rules.kinds import IN_WORDS, OF_FACT, KindError, Scope
from knowledge_base.rules.problems import Place, Problem, nearest
from knowledge_base.rules.schema import Fact

OPTIONS_AT_MOST = 9
ANY_DAY = date(2026, 1, 1)
"""Implications are tried on a day that does not move, or the check would change by itself."""


def check_facts(facts: Mapping[str, Fact], places: Mapping[str, Place]) -> list[Problem]:
    """What is wrong with each fact; with all of them right, also what is wrong with them together."""
    found = [problem for name in facts for problem in _FactCheck(name, facts, places[name]).problems()]
    return found or [*_circles(facts, places), *_impossible(facts, places)]


def value_fault(fact: Fact, value: object) -> str | None:
    """Why a single value cannot be an answer to a fact; None when it can."""
    match fact.type:
        case "bool":
            fits = isinstance(value, bool)
        case "choice":
            options = fact.options or {}
            if value not in options:
                return f"немає варіанта «{value}»{nearest(str(value), options)}"
            fits = True
        case "date":
            fits = type(value).__name__ == "date"
        case _:
            fits = type(value).__name__ in ("int", "Decimal")
    return None if fits else f"значення «{value}» не типу {fact.type}"


@dataclass(frozen=True)
class _FactCheck:
    """Checks one fact beside the others."""

    name: str
    facts: Mapping[str, Fact]
    place: Place

    @property
    def _fact(self) -> Fact:
        return self.facts[self.name]

    @property
    def _scope(self) -> Scope:
        return Scope(self.facts, {})

    def problems(self) -> Iterator[Problem]:
        fact = self._fact
        if (fact.type == "choice") != bool(fact.options):
            yield self.place.problem("options потрібні саме для типу choice")
        if len(fact.options or ()) > OPTIONS_AT_MOST:
            message = f"варіантів {len(fact.options or ())}, на екрані вміщується {OPTIONS_AT_MOST}"
            yield self.place.at("options").problem(message)
        yield from self._bounds()
        if fact.tick is not None and fact.usually is None:
            yield self.place.at("tick").problem("галочка — це незвична відповідь: додайте usually")
        yield from self._rare()
        yield from self._computed()
        yield from self._counts()
        yield from self._implications()
        yield from self._consent()

    def _bounds(self) -> Iterator[Problem]:
        """Each value of the fact's type, in this order: min, usually, max."""
        fact = self._fact
        values = {"min": fact.min, "usually": fact.usually, "max": fact.max}
        written = {field: value for field, value in values.items() if value is not None}
        if fact.type == "date" and fact.max == "today":
            del written["max"]
        wrong = {field: fault for field, value in written.items() if (fault := self._value(field, value))}
        for field, fault in wrong.items():
            yield self.place.at(field).problem(fault)
        in_order = [*written.items()]
        for (low, least), (high, most) in pairwise(in_order):
            if not wrong and least > most:  # type: ignore[operator]  # both are of the fact's type
                yield self.place.at(high).problem(f"{most} — менше за {low}, {least}")

    def _value(self, field: str, value: object) -> str | None:
        if self._fact.type in ("bool", "choice") and field != "usually":
            return f"для типу {self._fact.type} меж не буває: приберіть"
        fraction = isinstance(value, Decimal) and value % 1 != 0
        if self._fact.unit == "count" and fraction:
            return f"{value} — не ціле число"
        return value_fault(self._fact, value)

    def _rare(self) -> Iterator[Problem]:
        """One line for the list, its answer of the fact's type, and something left that a tick may mean."""
        fact, here = self._fact, self.place.at("rare")
        if fact.rare is None:
            return
        if fact.tick is not None and fact.type == "bool":
            yield here.problem("рядок списку вже є в tick: лишіть щось одне")
        if fact.type == "date":
            yield here.problem("дату в список не поставити: приберіть")
            return
        answer = fact.rare.otherwise
        several = answer if isinstance(answer, tuple) else (answer,)
        faults = [fault for one in several if (fault := value_fault(fact, one))]
        if faults:
            yield here.at("otherwise").problem(faults[0])
        elif fact.type == "choice" and not set(fact.options or {}) - set(several):
            yield here.at("otherwise").problem("галочці не лишилося жодного варіанта")

    def _computed(self) -> Iterator[Problem]:
        fact, here = self._fact, self.place.at("computed")
        if fact.computed is None:
            return
        try:
            formula = parse_formula(fact.computed)
            kind = self._scope.kind(formula)
        except (GrammarError, KindError) as error:
            yield here.problem(str(error))
            return
        if OF_FACT[fact.type] not in ("number", "date"):
            yield here.problem(f"рахують лише числа, гроші й дати, а це {IN_WORDS[OF_FACT[fact.type]]}")
        elif kind != OF_FACT[fact.type]:
            yield here.problem(f"виходить {IN_WORDS[kind]}, а має бути {IN_WORDS[OF_FACT[fact.type]]}")
        of_a_child = [name for name in _named(formula) if self._of_a_child(name)]
        if fact.person != "child" and of_a_child:
            message = f"«{of_a_child[0]}» — про одну дитину, а дітей буває кілька: візьміть counts"
            yield here.problem(message)

    def _counts(self) -> Iterator[Problem]:
        fact, here = self._fact, self.place.at("counts")
        if fact.counts is None:
            return
        faults = list(check_condition(fact.counts, here, self._scope, set(), set()))
        yield from faults
        if fact.type != "number" or fact.unit != "count":
            yield here.problem("counts дає кількість: тип має бути number, а unit — count")
        if fact.person == "child":
            yield here.problem("counts рахує всіх дітей: person не може бути child")
        if not faults and not any(map(self._of_a_child, _looked_at(fact.counts))):
            yield here.problem("умова має дивитися на факт про дитину")

    def _of_a_child(self, name: str) -> bool:
        return name in self.facts and self.facts[name].person == "child"

    def _implications(self) -> Iterator[Problem]:
        for number, implied in enumerate(self._fact.implies):
            here = self.place.at("implies", number)
            yield from check_condition(implied.when, here.at("when"), self._scope, set(), set())
            for position, line in enumerate(implied.then):
                try:
                    self._scope.check(parse_comparison(line))
                except (GrammarError, KindError) as error:
                    yield here.at("then", position).problem(str(error))

    def _consent(self) -> Iterator[Problem]:
        """A fact whose answer tells another one needs the same consent."""
        if self._fact.consent is not None:
            return
        for name in self._told_by_it():
            needed = self.facts[name].consent if name in self.facts else None
            if needed is not None:
                yield self.place.problem(f"відповідь видає «{name}»: додайте consent: {needed}")

    def _told_by_it(self) -> Iterator[str]:
        fact = self._fact
        try:
            if fact.computed is not None:
                yield from _named(parse_formula(fact.computed))
            if fact.counts is not None:
                yield from _looked_at(fact.counts)
            for implied in fact.implies:
                if self.name in _looked_at(implied.when):
                    yield from (parse_comparison(line).name for line in implied.then)
        except (GrammarError, ConditionError):  # reported already
            return


def _named(*formulas: Expression) -> list[str]:
    """The names in formulas: facts, and options on the right of a choice."""
    return [part.name for formula in formulas for part in parts(formula) if isinstance(part, Name)]


def _looked_at(tree: object) -> list[str]:
    return _named(*expressions(read_condition(tree)))


def _circles(facts: Mapping[str, Fact], places: Mapping[str, Place]) -> Iterator[Problem]:
    """Facts that are worked out from themselves."""
    inputs = {
        name: _named(parse_formula(fact.computed))
        for name, fact in facts.items()
        if fact.computed is not None
    }
    for name in inputs:
        reached: set[str] = set()
        waiting = list(inputs[name])
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += inputs.get(one, ())
        if name in reached:
            yield places[name].at("computed").problem("рахується саме через себе")


def _impossible(facts: Mapping[str, Fact], places: Mapping[str, Place]) -> Iterator[Problem]:
    """Implications whose condition never holds, or never together with what follows from it."""
    dictionary = Dictionary(facts)
    whole = dictionary.domains(ANY_DAY)
    for name, fact in facts.items():
        for number, implied in enumerate(fact.implies):
            here = places[name].at("implies", number)
            supposed = dictionary.supposing(read_condition(implied.when), ANY_DAY)
            if supposed is None:
                yield here.at("when").problem("такого не буває: ця умова не виконується ніколи")
                continue
            told = {one: value for one, value in supposed.items() if value != whole[one]}
            try:
                dictionary.close(Known(told), ANY_DAY)
            except Contradiction as error:
                yield here.problem(f"так не буває: {error}")
