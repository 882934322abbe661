"""How many questions an interview asks until the outcome is decided, beside the facts asked in the order of the entry.

Synthetic people answer everything; usual answers are usual. In the order of the entry each fact is one question,
asked only while it may still decide. A list to tick counts as one question.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from statistics import mean

from knowledge_base.checks import CONTENT
from knowledge_base.library import Library
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.conditions import walk
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.rules.grammar import Comparison
from knowledge_base.rules.interview import next_question, usual_value
from knowledge_base.rules.reading import read_content
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Value, exactly, meet, options
from knowledge_base.snapshot import Snapshot

PEOPLE = 300
USUAL = 0.85
TODAY = date(2026, 11, 25)
YEARS = 12
LIMITS = {"money": 30_000, "number": 8}


def main() -> None:
    """Print a row an entry: mean questions to a decision, greedy and in the order of the entry."""
    base = read_content(CONTENT).base
    library = Library(Snapshot("benchmark", base), next(iter(base.communities)))
    entries = [name for name in library.entry_ids if library.evaluated(name)]
    print(f"{PEOPLE} synthetic people, mean number of questions until the outcome is decided, {TODAY}")
    print(f"{'':<28}{'interview':>10}{'in order':>10}{'ratio':>8}")
    totals: list[tuple[float, float]] = []
    for name in entries:
        rules = library.rules(name)
        chance = random.Random(name)
        people = [_person(rules, chance) for _ in range(PEOPLE)]
        asked = mean(_interviewed(rules, person) for person in people)
        ordered = mean(_in_order(rules, person) for person in people)
        totals.append((asked, ordered))
        print(f"{name:<28}{asked:>10.2f}{ordered:>10.2f}{asked / ordered:>8.2f}")
    asked, ordered = (mean(column) for column in zip(*totals, strict=True))
    print(f"{'mean of entries':<28}{asked:>10.2f}{ordered:>10.2f}{asked / ordered:>8.2f}")


def _person(rules: Rules, chance: random.Random) -> dict[str, Value]:
    """Everything about somebody, without contradictions."""
    while True:
        facts = {name: _answer(rules.dictionary.facts[name], chance) for name in rules.used_facts}
        try:
            rules.assess(Known(facts), TODAY)
        except Contradiction:
            continue
        return facts


def _answer(fact: Fact, chance: random.Random) -> Value:
    usual = usual_value(fact)
    if usual is not None and chance.random() < USUAL:
        return usual
    match fact.type:
        case "bool":
            return options(chance.random() < 0.5)
        case "choice":
            return options(chance.choice(list(fact.options or {})))
        case "date":
            return exactly(TODAY - timedelta(days=chance.randrange(YEARS * 365)))
    low = fact.min if isinstance(fact.min, int) else 0
    high = fact.max if isinstance(fact.max, int) else LIMITS[fact.type]
    return exactly(Decimal(chance.randint(low, min(high, LIMITS[fact.type]))))


def _interviewed(rules: Rules, person: dict[str, Value]) -> int:
    known: dict[str, Value] = {}
    for count in range(100):
        question = next_question(rules, Known(known), TODAY)
        if question is None or question.goal != "outcome":
            return count
        for tick in question.ticks:
            ticked = meet(person[tick.fact], tick.ticked) is not None
            known[tick.fact] = tick.ticked if ticked else tick.clear
        if question.kind == "threshold":
            mine = person[question.fact]
            known[question.fact] = next(part for part in question.parts if meet(part, mine) is not None)
        elif question.kind == "fact":
            known[question.fact] = person[question.fact]
    raise AssertionError(f"{rules.entry.id}: the interview does not end")


def _in_order(rules: Rules, person: dict[str, Value]) -> int:
    known: dict[str, Value] = {}
    order = list(dict.fromkeys([*_named(rules), *rules.used_facts]))
    for count in range(100):
        found = rules.assess(Known(known), TODAY)
        if found.outcome is not Truth.UNKNOWN:
            return count
        name = next(name for name in order if name in found.need and name not in known)
        known[name] = person[name]
    raise AssertionError(f"{rules.entry.id}: nothing left to ask")


def _named(rules: Rules) -> Iterator[str]:
    """The facts in the order in which the conditions name them."""
    for _, node in walk(rules.eligible):
        comparison = getattr(node, "comparison", None)
        if isinstance(comparison, Comparison):
            yield comparison.name


if __name__ == "__main__":
    main()
