"""How long one assessment takes with nothing, half and all known, beside a plain function and reading the facts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from knowledge_base.checks import CONTENT
from knowledge_base.library import Library
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Base, Case
from knowledge_base.rules.facts import Known, read_known
from knowledge_base.rules.reading import read_content
from knowledge_base.rules.values import Range, Value, exactly
from knowledge_base.snapshot import Snapshot

ROUNDS = 7
PEOPLE = 50
PARTS = {"nothing": 0.0, "half": 0.5, "all": 1.0}
SUBSIDY = "housing-subsidy"


def main() -> None:
    """Print a table of medians in microseconds an assessment."""
    base = read_content(CONTENT).base
    library = Library(Snapshot("benchmark", base), next(iter(base.communities)))
    entries = [name for name in library.entry_ids if library.evaluated(name)]
    cases = {name: _fullest(base, name) for name in entries}
    print(f"{len(entries)} evaluated entries, {PEOPLE} people, median of {ROUNDS} rounds, µs an assessment")
    print(f"{'':<34}" + "".join(f"{part:>10}" for part in PARTS) + f"{'first':>10}")
    totals = dict.fromkeys([*PARTS, "first"], 0.0)
    for name in entries:
        rules, case = library.rules(name), cases[name]
        row = {part: _of_people(rules, case, share) for part, share in PARTS.items()}
        row["first"] = _first(rules, case)
        totals = {column: totals[column] + value for column, value in row.items()}
        print(f"{name:<34}" + "".join(f"{value:10.0f}" for value in row.values()))
    print(f"{'all of them, one after another':<34}" + "".join(f"{value:10.0f}" for value in totals.values()))
    if library.evaluated(SUBSIDY):
        case = next(case for case in base.cases[SUBSIDY] if case.expect.amount)
        _beside_the_floor(library.rules(SUBSIDY), case)


def _fullest(base: Base, name: str) -> Case:
    """The case that tells most facts, a yes where there is one."""
    return max(base.cases[name], key=lambda case: (case.expect.outcome == "yes", len(case.given)))


def _of_people(rules: Rules, case: Case, share: float) -> float:
    """People whose sums differ by kopiykas: what was judged for one helps the next only where they are alike."""
    known = read_known(case.given, rules.dictionary.facts, case.as_of)
    told = dict(list(known.facts.items())[: round(len(known.facts) * share)])
    people = [Known(_another(told, number), known.children if share else ()) for number in range(PEOPLE)]

    def assess_all() -> None:
        for person in people:
            rules.assess(person, case.as_of)

    return _microseconds(assess_all, PEOPLE)


def _another(told: Mapping[str, Value], number: int) -> dict[str, Value]:
    return {
        name: exactly(value.low - number * Decimal("0.01"))
        if isinstance(value, Range) and value.exact and isinstance(value.low, Decimal) and value.low >= 100
        else value
        for name, value in told.items()
    }


def _first(rules: Rules, case: Case) -> float:
    """The very first assessment of a day: nothing known, nothing judged before."""
    times = []
    for _ in range(ROUNDS):
        fresh = Rules(rules.entry, rules.dictionary, rules.parameters)
        fresh.assess(Known(), date(2026, 1, 1))  # reads the rules, on another day
        start = time.perf_counter()
        fresh.assess(Known(), case.as_of)
        times.append((time.perf_counter() - start) * 1e6)
    return median(times)


def _beside_the_floor(rules: Rules, case: Case) -> None:
    facts = {
        name: float(value) if isinstance(value, Decimal) else value for name, value in case.given.items()
    }
    text = json.dumps(facts)
    minimum = Decimal(next(one.value for one in rules.parameters["pm_general"].values if one.to is None))  # type: ignore[arg-type]  # no date
    known = read_known(case.given, rules.dictionary.facts, case.as_of)
    amount = rules.assess(known, case.as_of).amount
    assert amount is not None
    assert plain_subsidy(facts, minimum) == amount.low
    rows = {
        "an assessment of known facts": _microseconds(lambda: rules.assess(known, case.as_of), 1),
        "reading the facts of it": _microseconds(
            lambda: read_known(case.given, rules.dictionary.facts, case.as_of), 1
        ),
        "floor: a plain Python function": _microseconds(lambda: plain_subsidy(facts, minimum), 1),
        "floor: json.loads of the facts": _microseconds(lambda: json.loads(text), 1),
    }
    floor = rows["floor: a plain Python function"]
    print(f"\n{SUBSIDY}, everything known")
    for name, value in rows.items():
        print(f"{name:<34}{value:10.1f} µs  {value / floor:6.1f} x floor")


def plain_subsidy(facts: Mapping[str, object], minimum: Decimal) -> Decimal | None:
    """What the rules come to when every fact is known, written by hand for these facts only."""
    if (
        facts["household.has_car"]
        or facts["household.second_home"]
        or facts["household.adult_abroad_long"]
        or facts["household.adult_without_income"]
        or facts["household.alimony_debt"]
        or facts["household.arrears"] > 680  # type: ignore[operator]  # a sum
        or facts["household.big_purchase"] > 100_000  # type: ignore[operator]  # a sum
        or facts["household.deposits"] > 100_000  # type: ignore[operator]  # a sum
        or facts["household.currency_bought"] > 50_000  # type: ignore[operator]  # a sum
    ):
        return None
    income = Decimal(str(facts["household.income_month"]))
    share = income / Decimal(str(facts["household.size"])) / minimum / 2 * Decimal("0.15")
    left = Decimal(str(facts["household.bill_in_norm"])) - income * share
    return left.quantize(Decimal("0.01"), ROUND_HALF_UP) if left > 0 else None


def _microseconds(work: Callable[[], object], assessments: int) -> float:
    times = []
    for _ in range(ROUNDS):
        repeats = max(1, PEOPLE // assessments)
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        times.append((time.perf_counter() - start) * 1e6 / repeats / assessments)
    return median(times)


if __name__ == "__main__":
    main()
