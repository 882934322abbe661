"""What holds of every evaluated entry of the project, whatever people answer."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge_base.checks.promises import breach
from knowledge_base.checks.ruled import Ruled
from knowledge_base.checks.sampling import GRANTED, Samples, Told, any_of
from knowledge_base.library import is_evaluated
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.schema import Property
from knowledge_base.rules.values import Options, Range, Value, greatest, least, within
from tests.dialogue.real_knowledge import real_base

BASE = real_base()
DICTIONARY = Dictionary(BASE.facts)
SAMPLES = {
    name: Samples(Ruled(Rules(entry, DICTIONARY, BASE.parameters), BASE.cases[name]))
    for name, entry in BASE.entries.items()
    if is_evaluated(entry, BASE.cases.get(name, ()))
}
PROMISES = [
    (name, promise.id, promise)
    for name, samples in SAMPLES.items()
    for promise in samples.rules.entry.properties
]
HALVES = 12
EXAMPLES = max(10, 780 // len(SAMPLES))
"""For one entry: the more there are, the fewer for each, so that all of them take about as long."""


@st.composite
def everything(draw: st.DrawFn, name: str) -> tuple[date, Told]:
    """A day, and an answer to every question that the entry may need, none against another.

    Most begin as a case that is granted, with an answer or two changed: answers drawn blindly are nearly all refused.
    """
    samples = SAMPLES[name]
    day, begun = draw(st.sampled_from(samples.beginnings))
    changed = draw(st.sets(st.sampled_from(sorted(begun)), max_size=2)) if begun else set()
    kept = {fact: value for fact, value in begun.items() if fact not in changed}
    others = draw(st.permutations([fact for fact in samples.rules.own_dictionary.facts if fact not in kept]))
    told: Told = {}
    for fact in [*kept, *others]:
        known = samples.closed(told, day)
        assert known is not None
        if known[fact].exact:
            continue
        fitting = [point for point in samples.points[fact] if within(point, kept.get(fact, known[fact]))]
        told[fact] = draw(st.sampled_from(fitting)) if fitting else any_of(known[fact])
        if samples.closed(told, day) is None:
            # It is against another answer: one that is not, where there is any.
            several = [point for point in samples.points[fact] if within(point, known[fact])]
            possible = [one for one in several if samples.closed({**told, fact: one}, day) is not None]
            assume(possible)
            told[fact] = draw(st.sampled_from(possible))
    return day, told


@st.composite
def a_part(draw: st.DrawFn, name: str, told: Told) -> Told:
    """Some of the answers, some of them only roughly."""
    kept = draw(st.sets(st.sampled_from(sorted(told)))) if told else set()
    return {fact: _wider(draw, told[fact], SAMPLES[name].points[fact]) for fact in sorted(kept)}


def _wider(draw: st.DrawFn, value: Value, others: list[Value]) -> Value:
    if draw(st.booleans()):
        return value
    other = draw(st.sampled_from(others or [value]))
    if isinstance(value, Options) and isinstance(other, Options):
        return Options(value.members | other.members)
    assert isinstance(value, Range)
    assert isinstance(other, Range)
    return Range(least(value.low, other.low), greatest(value.high, other.high))


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(draws=st.data())
def test_half_the_answers_never_say_what_all_of_them_deny(name: str, draws: st.DataObject) -> None:
    day, told = draws.draw(everything(name))
    part = draws.draw(a_part(name, told))
    whole, half = SAMPLES[name].assessed(told, day), SAMPLES[name].assessed(part, day)
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


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(draws=st.data())
def test_what_is_not_needed_changes_nothing(name: str, draws: st.DataObject) -> None:
    day, told = draws.draw(everything(name))
    # Of an entry with few questions most halves leave open only what matters, so several are tried.
    for _ in range(HALVES):
        part = draws.draw(a_part(name, told))
        half = SAMPLES[name].assessed(part, day)
        bearing = DICTIONARY.reaching(half.need).facts
        known = SAMPLES[name].closed(part, day)
        assert known is not None
        idle = [fact for fact in sorted(told) if fact not in bearing and not known[fact].exact]
        if idle:
            break
    assume(idle)
    fact = draws.draw(st.sampled_from(idle))
    inside = [{**told, fact: point} for point in SAMPLES[name].points[fact] if within(point, known[fact])]
    others = [changed for changed in inside if SAMPLES[name].closed(changed, day) is not None]
    assume(others)
    changed = draws.draw(st.sampled_from(others))
    assert SAMPLES[name].assessed(changed, day).outcome is SAMPLES[name].assessed(told, day).outcome


@pytest.mark.parametrize(
    ("name", "promise"),
    [(name, one) for name, _, one in PROMISES],
    ids=[f"{name}-{one}" for name, one, _ in PROMISES],
)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(draws=st.data())
def test_an_entry_keeps_what_it_promises(name: str, promise: Property, draws: st.DataObject) -> None:
    day, told = draws.draw(everything(name))
    chance = Random(draws.draw(st.integers(0, 1000)))
    assert breach(SAMPLES[name], promise, told, day, chance) is None
