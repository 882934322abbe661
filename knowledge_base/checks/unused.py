"""Reminders of what nothing uses: facts, papers, steps of a computation, options that no rule tells apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Base
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.comparing import named_options
from knowledge_base.rules.conditions import Condition, Leaf, expressions, walk
from knowledge_base.rules.grammar import Expression, Name, parse_formula, parts
from knowledge_base.rules.problems import Place, Problem
from knowledge_base.rules.schema import Schedule


@dataclass(frozen=True)
class Placed:
    """The rules of an entry and where they stand."""

    rules: Rules
    place: Place


def check_unused(
    base: Base, dictionary: Dictionary, entries: Iterable[Placed], places: Mapping[tuple[str, str], Place]
) -> Iterator[Problem]:
    """Notes on a whole base without faults. `places` are those of the registries: `("facts", id)`."""
    placed = list(entries)
    for one in placed:
        yield from _steps(one)
    used = {name for one in placed for name in one.rules.own_dictionary.facts}
    for name in base.facts:
        if name not in used:
            yield places["facts", name].problem("жодне правило не питає цього факта", blocking=False)
    for name in base.documents.keys() - _papers(base, placed):
        yield places["documents", name].problem("жодна картка не просить цього документа", blocking=False)
    yield from _options(base, dictionary, placed, places)


def _papers(base: Base, placed: list[Placed]) -> set[str]:
    added = [line.add.documents for own in base.communities.values() for line in own.overlay.entries]
    return {item.doc for one in placed for item, _ in one.rules.documents} | {
        item.doc for items in added for item in items
    }


def _steps(one: Placed) -> Iterator[Problem]:
    waiting = list(_formulas(one.rules))
    used: set[str] = set()
    while waiting:
        for part in parts(waiting.pop()):
            if isinstance(part, Name) and part.name in one.rules.steps and part.name not in used:
                used.add(part.name)
                waiting.append(one.rules.steps[part.name])
    for name in one.rules.steps:
        if name not in used:
            yield one.place.at("derive", name).problem("жодне правило не бере цього кроку", blocking=False)


def _formulas(rules: Rules) -> Iterator[Expression]:
    """Everything the entry works out in the end."""
    for condition in rules.conditions:
        yield from expressions(condition)
    yield from rules.last_days.values()
    for variant in rules.variants:
        if variant.formula is not None:
            yield variant.formula
        if variant.amount is not None and isinstance(paid := variant.amount.paid, Schedule):
            yield from map(parse_formula, (paid.once, paid.then_monthly, paid.months))


def _options(
    base: Base, dictionary: Dictionary, placed: list[Placed], places: Mapping[tuple[str, str], Place]
) -> Iterator[Problem]:
    """Options of one choice that stand on the same side of every comparison."""
    conditions = [*dictionary.conditions, *(each for one in placed for each in one.rules.conditions)]
    named: dict[str, list[frozenset[object]]] = {}
    for leaf in _leaves(conditions):
        named.setdefault(leaf.comparison.name, []).append(named_options(leaf.comparison).members)
    for name in dictionary.choices & named.keys():
        sides: dict[tuple[bool, ...], list[str]] = {}
        for option in base.facts[name].options or {}:
            sides.setdefault(tuple(option in members for members in named[name]), []).append(option)
        for alike in sides.values():
            if len(alike) > 1:
                message = f"жодне правило не розрізняє: {', '.join(alike)}"
                yield places["facts", name].at("options", alike[-1]).problem(message, blocking=False)


def _leaves(conditions: Iterable[Condition]) -> Iterator[Leaf]:
    for condition in conditions:
        yield from (node for _, node in walk(condition) if isinstance(node, Leaf))
