"""What holds of every evaluated entry of the project, whatever people answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge_base.checks.walk import day_of
from knowledge_base.library import is_evaluated
from knowledge_base.rules.assessment import Assessment, Rules
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction, Known, read_known
from knowledge_base.rules.narrowing import step
from knowledge_base.rules.schema import Property
from knowledge_base.rules.values import (
    Options,
    Point,
    Range,
    Value,
    exactly,
    greatest,
    least,
    options,
    within,
)
from tests.dialogue.real_knowledge import real_base

BASE = real_base()
DICTIONARY = Dictionary(BASE.facts)
RULES = {
    name: Rules(entry, DICTIONARY, BASE.parameters)
    for name, entry in BASE.entries.items()
    if is_evaluated(entry, BASE.cases.get(name, ()))
}
PROMISES = [
    (name, promise.id, promise) for name, rules in RULES.items() for promise in rules.entry.properties
]
GRANTED = (Truth.YES, Truth.SPECIALIST)
EXAMPLES = max(10, 780 // len(RULES))
"""For one entry: the more there are, the fewer for each, so that all of them take about as long."""
FAR = {"money": Decimal(1_000_000), "number": Decimal(1000)}
"""A great value of a fact that has no upper bound."""

Told = dict[str, Value]


@cache
def points(entry: str) -> dict[str, list[Value]]:
    """For each fact of an entry, the values to try."""
    return {fact: _points(RULES[entry], fact) for fact in RULES[entry].own_dictionary.facts}


def _points(rules: Rules, name: str) -> list[Value]:
    """Values to try: every option; of a number or a day the ends, and those of the cases with their neighbours."""
    whole = DICTIONARY.domains(day_of(rules))[name]
    if isinstance(whole, Options):
        return [options(member) for member in sorted(whole.members, key=str)]
    grain = Decimal(1) if DICTIONARY.facts[name].unit == "count" else None
    ends = {whole.low, whole.high if whole.high is not None else FAR.get(DICTIONARY.facts[name].type)}
    for case in BASE.cases[rules.entry.id]:
        known = read_known(case.given, DICTIONARY.facts, case.as_of)
        for facts in (known.facts, *known.children):
            ends |= _ends(facts.get(name), grain)
    return [exactly(point) for point in sorted(ends - {None}, key=str) if within(exactly(point), whole)]


def _ends(value: Value | None, grain: Decimal | None) -> set[Point | None]:
    if not isinstance(value, Range):
        return set()
    told = [point for point in (value.low, value.high) if point is not None]
    if grain is not None:
        return {near for point in told for near in (point - grain, point, point + grain)}
    return {near for point in told for near in (step(point, -1), point, step(point, 1))}


@cache
def beginnings(entry: str) -> list[tuple[date, Told]]:
    """The cases that are granted, as one only child where they tell of children; and nothing told at all."""
    rules = RULES[entry]
    found: list[tuple[date, Told]] = [(day_of(rules), {})]
    for case in BASE.cases[rules.entry.id]:
        known = read_known(case.given, DICTIONARY.facts, case.as_of)
        told = {**known.facts, **(known.children[0] if known.children else {})}
        mine = {fact: value for fact, value in told.items() if fact in rules.own_dictionary.facts}
        if rules.assess(Known(mine), case.as_of).outcome in GRANTED:
            found.append((case.as_of, mine))
    return found


@st.composite
def everything(draw: st.DrawFn, name: str) -> tuple[date, Told]:
    """A day, and an answer to every question that the entry may need, none against another.

    Most begin as a case that is granted, with an answer or two changed: answers drawn blindly are nearly all refused.
    """
    rules = RULES[name]
    day, begun = draw(st.sampled_from(beginnings(name)))
    changed = draw(st.sets(st.sampled_from(sorted(begun)), max_size=2)) if begun else set()
    kept = {fact: value for fact, value in begun.items() if fact not in changed}
    others = draw(st.permutations([fact for fact in rules.own_dictionary.facts if fact not in kept]))
    told: Told = {}
    known = closed(name, told, day)
    assert known is not None
    for fact in [*kept, *others]:
        if known[fact].exact:
            continue
        fitting = [point for point in points(name)[fact] if within(point, kept.get(fact, known[fact]))]
        value = draw(st.sampled_from(fitting)) if fitting else _any(known[fact])
        told[fact] = value
        known = closed(name, told, day)
        assume(known is not None)
        assert known is not None
    return day, told


def _any(value: Value) -> Value:
    if isinstance(value, Options):
        return options(min(value.members, key=str))
    point = value.low if value.low is not None else value.high
    assert point is not None
    return exactly(point)


def closed(name: str, told: Told, day: date) -> Mapping[str, Value] | None:
    """Every fact that bears upon the entry; None where the answers exclude each other."""
    return _closed(name, tuple(told.items()), day)


# Examples begin alike, and closing is what takes the time.
@lru_cache(2**14)
def _closed(name: str, told: tuple[tuple[str, Value], ...], day: date) -> Mapping[str, Value] | None:
    try:
        return RULES[name].own_dictionary.close(Known(dict(told)), day)
    except Contradiction:
        return None


@st.composite
def a_part(draw: st.DrawFn, name: str, told: Told) -> Told:
    """Some of the answers, some of them only roughly."""
    kept = draw(st.sets(st.sampled_from(sorted(told)))) if told else set()
    return {fact: _wider(draw, told[fact], points(name)[fact]) for fact in sorted(kept)}


def _wider(draw: st.DrawFn, value: Value, others: list[Value]) -> Value:
    if draw(st.booleans()):
        return value
    other = draw(st.sampled_from(others or [value]))
    if isinstance(value, Options) and isinstance(other, Options):
        return Options(value.members | other.members)
    assert isinstance(value, Range)
    assert isinstance(other, Range)
    return Range(least(value.low, other.low), greatest(value.high, other.high))


def assessed(name: str, told: Told, day: date) -> Assessment:
    return RULES[name].assess(Known(told), day)


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(draws=st.data())
def test_half_the_answers_never_say_what_all_of_them_deny(name: str, draws: st.DataObject) -> None:
    day, told = draws.draw(everything(name))
    part = draws.draw(a_part(name, told))
    whole, half = assessed(name, told, day), assessed(name, part, day)
    assert whole.outcome is not Truth.UNKNOWN
    assert half.outcome in (Truth.UNKNOWN, whole.outcome)
    assert bool(half.need) == (half.outcome is Truth.UNKNOWN)
    if whole.outcome not in GRANTED:
        return
    assert whole.amount is None or (whole.amount.exact and whole.amount.low >= 0)
    if half.amount is not None and (whole.outcome is Truth.YES or whole.amount is not None):
        assert whole.amount is not None
        assert half.amount.low <= whole.amount.low <= half.amount.high
    assert set(half.documents) <= set(whole.documents) <= {*half.documents, *half.possible_documents}
    assert whole.possible_documents == ()
    assert set(whole.variants) <= set(half.variants)
    for deadline, last in whole.deadlines.items():
        assert deadline not in half.deadlines or within(last, half.deadlines[deadline])


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(draws=st.data())
def test_what_is_not_needed_changes_nothing(name: str, draws: st.DataObject) -> None:
    day, told = draws.draw(everything(name))
    part = draws.draw(a_part(name, told))
    half = assessed(name, part, day)
    bearing = DICTIONARY.reaching(half.need).facts
    known = closed(name, part, day)
    assert known is not None
    idle = [fact for fact in sorted(told) if fact not in bearing and not known[fact].exact]
    assume(idle)
    fact = draws.draw(st.sampled_from(idle))
    other = draws.draw(st.sampled_from(points(name)[fact]))
    assume(within(other, known[fact]))
    changed = {**told, fact: other}
    assume(closed(name, changed, day) is not None)
    assert assessed(name, changed, day).outcome is assessed(name, told, day).outcome


@pytest.mark.parametrize(
    ("name", "promise"),
    [(name, one) for name, _, one in PROMISES],
    ids=[f"{name}-{one}" for name, one, _ in PROMISES],
)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(draws=st.data())
def test_an_entry_keeps_what_it_promises(name: str, promise: Property, draws: st.DataObject) -> None:
    day, told = draws.draw(everything(name))
    before = amount(assessed(name, told, day))
    assume(before is not None)
    assert before is not None
    if promise.when_grows is None:
        sign, bound = promise.must.split()
        assert sign == ">="
        assert before >= Decimal(bound)
        return
    assume(promise.when_grows in told)
    greater = [point for point in points(name)[promise.when_grows] if _grew(told[promise.when_grows], point)]
    assume(greater)
    grown = {**told, promise.when_grows: draws.draw(st.sampled_from(greater))}
    assume(closed(name, grown, day) is not None)
    after = amount(assessed(name, grown, day))
    assume(after is not None)
    assert after is not None
    assert {"not_grow": after <= before, "not_fall": after >= before}[promise.must]


def amount(found: Assessment) -> Decimal | None:
    """The exact sum, nothing for a refusal; None where there is no sum to tell."""
    if found.outcome is Truth.NO:
        return Decimal(0)
    return found.amount.low if found.amount is not None else None


def _grew(before: Value, after: Value) -> bool:
    assert isinstance(before, Range)
    assert isinstance(after, Range)
    return before.high is not None and after.low is not None and after.low > before.high
