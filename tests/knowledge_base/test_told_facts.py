"""Facts as they are given: what is taken, and what is refused with a line that says what to mend."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge_base.rules.facts import ImpossibleFacts, Known, fault_of
from knowledge_base.rules.values import Options, Range, Value, exactly, options
from tests.knowledge_base.small_rules import DICTIONARY, FACT_MODELS, TODAY, known


@pytest.mark.parametrize(
    ("fact", "given", "expected"),
    [
        ("applicant.works", True, options(True)),
        ("applicant.works", "no", options(False)),
        ("applicant.works", [True, False], options(True, False)),
        ("applicant.role", "mother", options("mother")),
        ("applicant.role", ["mother", "father"], options("mother", "father")),
        ("household.size", 2, exactly(Decimal(2))),
        ("household.income_month", "1117.23", exactly(Decimal("1117.23"))),
        ("household.income_month", [10000, 14000], Range(Decimal(10000), Decimal(14000))),
        ("household.income_month", [None, 14000], Range(None, Decimal(14000))),
        ("household.income_month", [10000, None], Range(Decimal(10000), None)),
        ("child.birth_date", "2026-03-10", exactly(date(2026, 3, 10))),
        ("child.birth_date", [date(2026, 1, 1), None], Range(date(2026, 1, 1), None)),
    ],
)
def test_what_is_taken(fact: str, given: object, expected: Value) -> None:
    assert known({fact: given}) == Known({fact: expected})


def test_an_open_end_goes_as_far_as_the_fact_can_be() -> None:
    given = known({"household.income_month": [None, 14000], "child.birth_date": ["2026-01-01", None]})
    facts = DICTIONARY.close(given, TODAY)
    assert facts["household.income_month"] == Range(Decimal(0), Decimal(14000))
    assert facts["child.birth_date"] == Range(date(2026, 1, 1), TODAY)


@pytest.mark.parametrize(
    ("fact", "given", "kind", "part"),
    [
        ("household.sise", 2, "unknown", "household.size"),
        ("applicant.role", "mothr", "wrong", "mother"),
        ("applicant.role", [], "wrong", "guardian"),
        ("applicant.works", 1, "wrong", "true"),
        ("applicant.works", None, "wrong", "null"),
        ("household.size", "two", "wrong", "число"),
        ("household.size", {"a": 1}, "wrong", "число"),
        ("household.size", [3, 2], "wrong", "[від, до]"),
        ("household.size", [1, 2, 3], "wrong", "[від, до]"),
        ("household.size", 2.5, "impossible", "не ціле"),
        ("household.size", 40, "impossible", "20"),
        ("household.size", [None, 0], "impossible", "менше"),
        ("household.income_month", -1, "impossible", "менше за можливе, 0"),
        ("household.income_month", "NaN", "wrong", "NaN"),
        ("household.income_month", Decimal("1E+999999"), "impossible", "більше"),
        ("household.income_month", 10**400, "impossible", "…"),
        ("child.birth_date", "2026-11-25", "impossible", "ще не настало"),
        ("child.birth_date", ["2026-11-25", None], "impossible", "ще не настало"),
        ("child.birth_date", "2007-12-31", "impossible", "2008-01-01"),
        ("child.birth_date", "2026-02-30", "wrong", "2026-12-31"),
        ("child.birth_date", 2026, "wrong", "дату"),
        ("children", {"child.birth_date": "2026-01-01"}, "wrong", "список"),
        ("children", [{}] * 40, "impossible", "20"),
        ("children", [{"household.size": 2}], "wrong", "не про дитину"),
        ("children", [{"child.birth_date": "2027-01-01"}], "impossible", "ще не настало"),
    ],
)
def test_what_is_refused(fact: str, given: object, kind: str, part: str) -> None:
    with pytest.raises(ImpossibleFacts) as caught:
        known({fact: given})
    (fault,) = caught.value.faults
    assert fault.kind == kind
    assert part in fault.message
    assert "\n" not in fault.message
    assert len(fault.message) < 200


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ImpossibleFacts) as caught:
        known({"household.size": 0, "applicant.role": "king", "children": [{"child.birth_date": "x"}]})
    assert [fault.fact for fault in caught.value.faults] == [
        "household.size",
        "applicant.role",
        "child.birth_date",
    ]


def test_an_option_nobody_offers_is_a_fault() -> None:
    role = FACT_MODELS["applicant.role"]
    assert fault_of("applicant.role", role, options("mother"), TODAY) is None
    fault = fault_of("applicant.role", role, Options(frozenset({"mother", "king"})), TODAY)
    assert fault is not None
    assert fault.kind == "wrong"


def test_a_day_before_the_first_possible_one_leaves_that_one() -> None:
    facts = DICTIONARY.close(Known(), date(2001, 1, 1))
    assert facts["child.birth_date"] == exactly(date(2008, 1, 1))
