"""What half-known facts come to never contradicts what comes out once everything is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.rules.assessment import Assessment, Rules
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Known
from knowledge_base.rules.schema import Entry
from knowledge_base.rules.values import Options, Range, Value, exactly, options
from tests.knowledge_base.small_rules import DICTIONARY, FACT_MODELS, PARAMETER_MODELS, TODAY, entry

COMPARISONS = [
    "applicant.role in [mother, father]",
    "applicant.role = guardian",
    "applicant.role != other",
    "applicant.pensioner = yes",
    "applicant.works != applicant.pensioner",
    "household.size <= 2",
    "household.size in [1, 3]",
    "household.size != 2",
    "household.income_month < 100",
    "household.income_month >= 200",
    "household.arrears <= household.income_month",
    "household.arrears > @old_limit",
    "child.birth_date >= 2026-01-01",
    "child.birth_date < today - 12 months",
    "each > 50",
    "each <= household.arrears",
    "whole >= household.income_month",
]
SUMS = [
    "@grant",
    "max(0, 300 - household.income_month)",
    "each * 2",
    "each - household.arrears",
    "household.size * 100",
]
STEPS = {
    "each": {"value": "household.income_month / household.size"},
    "whole": {"value": "household.income_month / 3 * 3"},
}
LEAF = st.one_of(
    st.sampled_from(COMPARISONS),
    st.sampled_from(COMPARISONS).map(lambda line: {"that": line, "otherwise": "specialist"}),
    st.just({"before_deadline": "apply"}),
)


def _several(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        some.map(lambda children: {"all": children}),
        some.map(lambda children: {"all": children, "otherwise": "specialist"}),
        some.map(lambda children: {"any": children}),
        some.map(lambda children: {"at_least": (len(children) + 1) // 2, "of": children}),
        inner.map(lambda child: {"not": child}),
    )


CONDITIONS = st.recursive(LEAF, _several, max_leaves=7)
POINTS: dict[str, st.SearchStrategy[Value]] = {
    "applicant.role": st.sampled_from(["mother", "father", "guardian", "other"]).map(options),
    "applicant.pensioner": st.booleans().map(options),
    "applicant.works": st.booleans().map(options),
    "household.size": st.integers(1, 4).map(lambda count: exactly(Decimal(count))),
    "household.income_month": st.sampled_from([0, 50, 99, 100, 200, 500]).map(
        lambda sum_: exactly(Decimal(sum_))
    ),
    "household.arrears": st.sampled_from([0, 50, 100, 101, 300]).map(lambda sum_: exactly(Decimal(sum_))),
    "child.birth_date": st.sampled_from(
        [date(2024, 5, 1), date(2025, 11, 23), date(2025, 11, 24), date(2025, 12, 31), date(2026, 1, 1)]
    ).map(exactly),
}


@st.composite
def ruled(draw: st.DrawFn) -> Rules:
    whole = entry("subject: person")
    named = tuple(
        {"id": f"c{number}", "all": (tree,)}
        for number, tree in enumerate(draw(st.lists(CONDITIONS, min_size=1, max_size=4)))
    )
    ways = (("few", "household.size <= 2"), ("many", "household.size > 2"))
    written = {
        **{name: getattr(whole, name) for name in whole.model_fields_set},
        "basis_date": draw(st.sampled_from(["today", "child.birth_date"])),
        "derive": STEPS,
        "eligible": {"all": named},
        "variants": tuple(
            {"id": name, "when": when, "amount": {"value": draw(st.sampled_from(SUMS)), "paid": "once"}}
            for name, when in ways
        ),
        "deadlines": ({"id": "apply", "last_day": "child.birth_date + @apply_months"},),
        "documents": {"closed_list": True, "items": ({"doc": "paper", "when": draw(CONDITIONS)},)},
    }
    return Rules(Entry.model_validate(written), DICTIONARY, PARAMETER_MODELS)


@st.composite
def half_known(draw: st.DrawFn) -> tuple[dict[str, Value], dict[str, Value]]:
    """Everything, and a part of it: some facts not at all, some within wider bounds."""
    whole = {name: draw(point) for name, point in POINTS.items()}
    part = {name: _wider(draw, name, value) for name, value in whole.items() if draw(st.booleans())}
    return whole, part


def _wider(draw: st.DrawFn, name: str, value: Value) -> Value:
    if isinstance(value, Options):
        others = (
            draw(st.sets(st.sampled_from(sorted(FACT_MODELS[name].options or ()))))
            if name.endswith("role")
            else ()
        )
        return Options(value.members | frozenset(others))
    low, high = value.low, value.high
    by = draw(st.sampled_from([0, 0, 1, 60]))
    if isinstance(low, date) and isinstance(high, date):
        return Range(low - timedelta(days=by), min(TODAY, high + timedelta(days=by)))
    assert isinstance(low, Decimal)
    return Range(max(Decimal(1), low - by) if low >= 1 else low, draw(st.sampled_from([None, low + by])))


def agrees(half: Assessment, whole: Assessment) -> bool:
    if half.outcome is not Truth.UNKNOWN and half.outcome is not whole.outcome:
        return False
    if whole.outcome is not Truth.YES:
        return True
    within = half.amount is None or (
        whole.amount is not None
        and half.amount.low <= whole.amount.low
        and whole.amount.high <= half.amount.high
    )
    papers = set(half.documents) <= set(whole.documents) <= {*half.documents, *half.possible_documents}
    last, may_be = whole.deadlines["apply"], half.deadlines.get("apply")
    return within and papers and (may_be is None or may_be.low <= last.low <= may_be.high)  # type: ignore[operator]


@settings(max_examples=150, deadline=None)
@given(ruled(), half_known())
def test_more_answers_never_flip_a_decision(
    rules: Rules, facts: tuple[Mapping[str, Value], Mapping[str, Value]]
) -> None:
    everything, part = facts
    whole, half = rules.assess(Known(everything), TODAY), rules.assess(Known(part), TODAY)
    assert whole.outcome is not Truth.UNKNOWN
    assert agrees(half, whole)
    for found in (whole, half):
        assert bool(found.because) == (found.outcome in (Truth.NO, Truth.SPECIALIST))
        assert bool(found.need) == (found.outcome is Truth.UNKNOWN)
        assert not set(found.need) & {name for name, value in part.items() if value.exact} or found is whole


@settings(max_examples=40, deadline=None)
@given(ruled(), st.lists(half_known(), min_size=2, max_size=4))
def test_what_was_assessed_before_changes_nothing(
    rules: Rules, several: list[tuple[Mapping[str, Value], Mapping[str, Value]]]
) -> None:
    asked = [Known(facts) for pair in several for facts in pair]
    remembered = [rules.assess(known, TODAY) for known in [*asked, *asked]][len(asked) :]
    fresh = [Rules(rules.entry, DICTIONARY, PARAMETER_MODELS).assess(known, TODAY) for known in asked]
    assert remembered == fresh
