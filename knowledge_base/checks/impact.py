"""What a change of the base would mean for people: outcomes and sums before and after, over invented households."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from knowledge_base.checks.population import Person
from knowledge_base.checks.ruled import Ruled
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.facts import Contradiction

RULING = ("status", "subject", "basis_date", "derive", "eligible", "variants", "documents", "deadlines")
"""The fields of an entry that its outcomes stand on."""


@dataclass(frozen=True)
class Shift:
    """For how many people an outcome became another."""

    before: str
    after: str
    people: int


@dataclass(frozen=True)
class Moved:
    """For how many people the sum moved one way, and by how much on average, in its unit."""

    people: int
    mean: Decimal


@dataclass(frozen=True)
class Impact:
    """One entry that is not as it was. `added` and `removed` have no people to compare: nobody had, or will have it."""

    entry: str
    kind: Literal["added", "removed", "changed"]
    people: int = 0
    shifts: tuple[Shift, ...] = ()
    more: Moved | None = None
    less: Moved | None = None


def bearing(before: Mapping[str, Ruled], after: Mapping[str, Ruled]) -> frozenset[str]:
    """The facts that the entries which differ look at: nobody needs to be asked about others."""
    changed = [name for name in before.keys() & after.keys() if _differ(before[name], after[name])]
    return frozenset(
        fact for name in changed for one in (before[name], after[name]) for fact in one.rules.used_facts
    )


def impacts(
    before: Mapping[str, Ruled], after: Mapping[str, Ruled], people: Iterable[Person]
) -> Iterator[Impact]:
    """Every entry whose rules, or what they stand on, differ, though it may come to the same for everybody."""
    several = tuple(people)
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield Impact(name, "removed")
        elif name not in before:
            yield Impact(name, "added")
        elif _differ(before[name], after[name]):
            yield _compared(before[name], after[name], several)


def _differ(before: Ruled, after: Ruled) -> bool:
    return _stands_on(before) != _stands_on(after)


def _stands_on(one: Ruled) -> object:
    """All that the outcomes of an entry depend on, in JSON: a compiled base holds lists where files have tuples."""
    rules = one.rules
    return (
        rules.entry.model_dump_json(include=set(RULING)),
        {name: rules.parameters[name].model_dump_json() for name in rules.used_parameters},
        {name: fact.model_dump_json() for name, fact in rules.own_dictionary.facts.items()},
    )


def _compared(before: Ruled, after: Ruled, people: tuple[Person, ...]) -> Impact:
    shifts: Counter[tuple[str, str]] = Counter()
    more: list[Decimal] = []
    less: list[Decimal] = []
    compared = 0
    for person in people:
        one, other = _assessed(before, person), _assessed(after, person)
        if one is None or other is None:
            continue
        compared += 1
        if one.outcome is not other.outcome:
            shifts[one.outcome.value, other.outcome.value] += 1
        elif (gap := _gap(one, other)) is not None and gap:
            (more if gap > 0 else less).append(abs(gap))
    ordered = sorted(shifts.items(), key=lambda pair: (-pair[1], pair[0]))
    return Impact(
        after.rules.entry.id,
        "changed",
        compared,
        tuple(Shift(*outcomes, count) for outcomes, count in ordered),
        _moved(more),
        _moved(less),
    )


def _assessed(one: Ruled, person: Person) -> Assessment | None:
    """What it comes to; None where the answers exclude each other in that base."""
    try:
        return one.rules.assess(person.known, person.on)
    except Contradiction:
        return None


def _gap(one: Assessment, other: Assessment) -> Decimal | None:
    if one.amount is None or other.amount is None or not (one.amount.exact and other.amount.exact):
        return None
    return other.amount.low - one.amount.low


def _moved(gaps: list[Decimal]) -> Moved | None:
    if not gaps:
        return None
    return Moved(len(gaps), (sum(gaps, Decimal(0)) / len(gaps)).quantize(Decimal("0.01")))
